-- migrate:session
-- migrate:session freshly
-- migrate:session Fresh
-- migrate:session fresh transaction:true
-- migrate:sessions fresh
CREATE TABLE a (id INTEGER);
