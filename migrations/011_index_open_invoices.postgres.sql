-- The list of what is due reads this index; it is built without locking the table, so outside a transaction.
-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY invoice_open_due ON invoice (due_on) WHERE status = 'sent';

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY invoice_open_due;
