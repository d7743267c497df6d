CREATE INDEX notes_account_id ON notes (account_id);

---- create above / drop below ----

DROP INDEX notes_account_id;
