-- migrate:up transaction:false
--   migrate:session   fresh  
CREATE TABLE a (id INTEGER);
-- migrate:down
-- migrate:session fresh
DROP TABLE a;
