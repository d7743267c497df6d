-- +goose Up
-- +goose STATEMENT BEGIN
SELECT 1;
