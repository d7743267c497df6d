-- migrate:up
CREATE INDEX notes_account_id ON notes (account_id);

-- migrate:down
DROP INDEX notes_account_id;
