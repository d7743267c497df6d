-- migrate:breaking
CREATE TABLE a (b INTEGER);
