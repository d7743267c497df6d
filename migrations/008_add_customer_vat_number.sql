-- migrate:up
ALTER TABLE customer ADD COLUMN vat_number TEXT;

-- migrate:down
ALTER TABLE customer DROP COLUMN vat_number;
