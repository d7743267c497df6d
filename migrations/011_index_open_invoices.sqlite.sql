-- The list of what is due reads this index.
-- migrate:up
CREATE INDEX invoice_open_due ON invoice (due_on) WHERE status = 'sent';

-- migrate:down
DROP INDEX invoice_open_due;
