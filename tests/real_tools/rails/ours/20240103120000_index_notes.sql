CREATE INDEX notes_account_id ON notes (account_id);
