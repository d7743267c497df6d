-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY accounts_id ON accounts (id);
-- +goose Down
DROP INDEX CONCURRENTLY accounts_id;
