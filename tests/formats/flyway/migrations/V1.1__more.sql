ALTER TABLE accounts ADD COLUMN a text;
