-- migrate:repeatable
GRANT SELECT ON person TO PUBLIC;
