ALTER TABLE accounts ADD COLUMN nested text;
