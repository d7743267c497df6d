-- +goose up
-- +goose ENVSUB ON
-- $50 a month is prose.
CREATE SCHEMA ${SCHEMA}; CREATE TABLE $SCHEMA.t (a text DEFAULT '${NAME:-nobody}${EMPTY}${EMPTY-x}${EMPTY:-y}');
-- +goose ENVSUB OFF
DO $$ BEGIN PERFORM '${SCHEMA}'; END $$;
-- +goose DOWN
