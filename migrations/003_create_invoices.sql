-- migrate:up
CREATE TABLE invoice (
    id          BIGINT NOT NULL PRIMARY KEY,
    customer_id BIGINT NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    number      TEXT NOT NULL,
    issued_on   DATE NOT NULL,
    due_on      DATE NOT NULL,
    status      TEXT NOT NULL DEFAULT 'draft',
    UNIQUE (customer_id, number),
    CHECK (due_on >= issued_on),
    CHECK (status IN ('draft', 'sent', 'paid', 'void'))
);

CREATE TABLE invoice_line (
    invoice_id  BIGINT NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    description TEXT NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    price_cents BIGINT NOT NULL CHECK (price_cents >= 0),
    PRIMARY KEY (invoice_id, position)
);

-- migrate:down
DROP TABLE invoice_line;
DROP TABLE invoice;
