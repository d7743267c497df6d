-- migrate:session fresh
ALTER EXTENSION x UPDATE;
-- migrate:call a
