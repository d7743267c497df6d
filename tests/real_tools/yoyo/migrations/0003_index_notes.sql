-- depends: 0002_create_notes
CREATE INDEX notes_account_id ON notes (account_id);
