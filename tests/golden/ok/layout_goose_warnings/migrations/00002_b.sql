-- +goose NO TRANSACTION
-- +goose Up
-- +goose ENVSUB ON
SELECT 1; CREATE INDEX ${T}_name ON ${T} (name);
CREATE INDEX accounts_id ON accounts (id);
-- +goose ENVSUB OFF
-- +goose StatementBegin
CREATE INDEX accounts_both ON accounts (id, name);
-- +goose StatementEnd
