SELECT 1; -- migrate:call a
SELECT (1
-- migrate:call a
);
/* a */ -- migrate:call a
