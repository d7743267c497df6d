-- +goose Up
CREATE INDEX notes_account_id ON notes (account_id);

-- +goose Down
DROP INDEX notes_account_id;
