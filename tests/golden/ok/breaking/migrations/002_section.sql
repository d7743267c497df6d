-- migrate:up transaction:false
-- migrate:breaking
CREATE TABLE c (d INTEGER);
-- migrate:down
DROP TABLE c;
