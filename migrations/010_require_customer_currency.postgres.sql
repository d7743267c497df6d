-- Invoices are not all in one currency any more.
-- migrate:up
ALTER TABLE customer
    ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR',
    ADD CONSTRAINT customer_currency CHECK (currency ~ '^[A-Z]{3}$');

UPDATE customer SET currency = CASE country WHEN 'GB' THEN 'GBP' WHEN 'SE' THEN 'SEK' ELSE 'EUR' END;

ALTER TABLE customer ALTER COLUMN currency DROP DEFAULT;

-- migrate:down
ALTER TABLE customer DROP COLUMN currency;
