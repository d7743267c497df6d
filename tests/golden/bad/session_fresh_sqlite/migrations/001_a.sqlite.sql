-- migrate:session fresh
CREATE TABLE a (id INTEGER);
