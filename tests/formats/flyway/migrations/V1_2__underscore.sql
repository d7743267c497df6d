ALTER TABLE accounts ADD COLUMN b text;
