-- +goose Up
CREATE TABLE a (id bigint);
-- +goose Down
DROP TABLE b
;;DROP TABLE a(
