ALTER TABLE accounts ADD COLUMN later text;
