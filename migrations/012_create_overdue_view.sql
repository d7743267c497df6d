-- migrate:up
CREATE VIEW overdue_invoice AS
SELECT invoice.id, invoice.number, customer.name AS customer, customer.currency, invoice.due_on,
       balance.total_cents - balance.paid_cents AS owed_cents
FROM invoice
JOIN customer ON customer.id = invoice.customer_id
JOIN invoice_balance AS balance ON balance.invoice_id = invoice.id
WHERE invoice.status = 'sent'
  AND balance.total_cents > balance.paid_cents;

-- migrate:down
DROP VIEW overdue_invoice;
