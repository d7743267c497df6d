-- migrate:up
COPY t FROM STDIN
-- migrate:down
SELECT 1;
