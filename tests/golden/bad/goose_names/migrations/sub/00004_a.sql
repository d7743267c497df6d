-- +goose Up
CREATE TABLE a (id bigint);
