-- +goose StatementBegin
-- +goose Up
SELECT 1;
-- +goose StatementEnd
