-- migrate:breaking
DROP TABLE e;
