-- A new installation shows something on its first screen.
-- migrate:up
INSERT INTO customer (id, account_id, name, country)
VALUES (1, 1, 'Ada''s Engines; Ltd.', 'GB'),
       (2, 1, 'Smörgås & Söner', 'SE');

INSERT INTO invoice (id, customer_id, number, issued_on, due_on, status)
VALUES (1, 1, '2026-001', '2026-01-15', '2026-02-14', 'sent'),
       (2, 2, '2026-002', '2026-02-01', '2026-03-03', 'draft');

INSERT INTO invoice_line (invoice_id, position, description, quantity, price_cents)
VALUES (1, 1, 'Difference engine, second hand', 1, 1250000),
       (1, 2, 'Delivery -- by canal', 3, 4900),
       (2, 1, 'Smörgåsbord /* for twelve */', 12, 18500);

INSERT INTO payment (id, invoice_id, amount_cents)
VALUES (1, 1, 500000);

-- migrate:down
DELETE FROM payment WHERE id = 1;
DELETE FROM invoice WHERE id IN (1, 2);
DELETE FROM customer WHERE id IN (1, 2);
