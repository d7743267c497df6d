-- +goose Up
-- +goose ENVSUB ON
SELECT $SET, ${SET}, $UNSET,
    ${UNSET};
SELECT ${SET?message}, $1, $$;
SELECT ${open;
-- +goose ENVSUB OFF
SELECT $1, $$x$$;
