-- migrate:up
CREATE TABLE a (
	t text DEFAULT 'x
y'
);
-- migrate:down transaction:false
DROP TABLE a;
