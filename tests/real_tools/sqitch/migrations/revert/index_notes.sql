-- Revert example:index_notes
DROP INDEX notes_account_id;
