DROP INDEX notes_account_id;
