--+goose Up
-- +goose statementbegin
CREATE VIEW v AS SELECT 1;
-- +goose STATEMENTEND
