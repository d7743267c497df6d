ALTER TABLE accounts ADD COLUMN c text;
