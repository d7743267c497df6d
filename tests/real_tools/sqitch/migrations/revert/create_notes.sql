-- Revert example:create_notes
DROP TABLE notes;
