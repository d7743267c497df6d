-- migrate:up
CREATE TABLE c (d int);
SELECT 1
-- migrate:down
DROP TABLE c;
