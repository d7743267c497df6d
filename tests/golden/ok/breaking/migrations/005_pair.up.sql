-- migrate:breaking
DROP TABLE a;
