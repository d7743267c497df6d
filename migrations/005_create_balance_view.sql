-- What is still owed, per invoice.
-- migrate:up
CREATE VIEW invoice_balance AS
SELECT invoice.id AS invoice_id,
       COALESCE((SELECT SUM(line.quantity * line.price_cents)
                 FROM invoice_line AS line
                 WHERE line.invoice_id = invoice.id), 0) AS total_cents,
       COALESCE((SELECT SUM(payment.amount_cents)
                 FROM payment
                 WHERE payment.invoice_id = invoice.id), 0) AS paid_cents
FROM invoice;

-- migrate:down
DROP VIEW invoice_balance;
