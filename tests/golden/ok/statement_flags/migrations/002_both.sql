-- migrate:up transaction:false
VACUUM;
CREATE INDEX CONCURRENTLY b_id ON b (id);
-- migrate:down transaction:false
DROP INDEX CONCURRENTLY b_id;
