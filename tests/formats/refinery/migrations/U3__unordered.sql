ALTER TABLE accounts ADD COLUMN unordered text;
