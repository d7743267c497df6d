-- migrate:up
CREATE TABLE payment (
    id           BIGINT NOT NULL PRIMARY KEY,
    invoice_id   BIGINT NOT NULL REFERENCES invoice (id),
    amount_cents BIGINT NOT NULL CHECK (amount_cents <> 0), -- negative: a refund; never zero
    paid_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX payment_invoice ON payment (invoice_id);

-- migrate:down
DROP TABLE payment;
