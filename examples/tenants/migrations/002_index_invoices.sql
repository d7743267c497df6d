-- migrate:up
CREATE INDEX invoice_customer ON invoice (customer);

-- migrate:down
DROP INDEX invoice_customer;
