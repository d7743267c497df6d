-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION twice(n integer) RETURNS integer AS $$
BEGIN
    RETURN n * 2; -- a semicolon that goose would split at
END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd

-- +goose StatementBegin
SELECT twice(1)
-- +goose StatementEnd
-- +goose StatementBegin
INSERT INTO accounts VALUES (1, 'a;b'); INSERT INTO accounts VALUES (2, 'c');
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION twice(integer);
