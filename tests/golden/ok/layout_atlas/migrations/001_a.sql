-- atlas:nolint
-- atlas:txmode none

CREATE TABLE a (id bigint);

-- atlas:nolint
SELECT 1;
