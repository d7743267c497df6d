ALTER TABLE accounts ADD COLUMN d text;
