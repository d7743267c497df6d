-- British and Swedish numbers can be told from what we have.
-- migrate:up
UPDATE customer
SET vat_number = CASE country
                     WHEN 'GB' THEN 'GB' || CAST(100000000 + id AS TEXT)
                     WHEN 'SE' THEN 'SE' || CAST(550000000000 + id AS TEXT) || '01'
                 END
WHERE vat_number IS NULL;

-- migrate:down
UPDATE customer SET vat_number = NULL;
