-- +goose Up
SELECT 'ÿ';
