/* A version is a part of the name here. */
-- migrate:repeatable
-- migrate:up
DELETE FROM person WHERE name = '';
