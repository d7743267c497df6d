-- migrate:up
CREATE TABLE a (
	b int,
-- migrate:down
	c int
);
