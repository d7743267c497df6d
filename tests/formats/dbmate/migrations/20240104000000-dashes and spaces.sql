-- migrate:up transaction:true
ALTER TABLE a ADD COLUMN n integer;
-- migrate:down
