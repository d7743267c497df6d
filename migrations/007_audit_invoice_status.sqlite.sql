-- Every change of an invoice's status leaves a trace.
-- migrate:up
CREATE TABLE invoice_event (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    invoice_id  INTEGER NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    old_status  TEXT NOT NULL,
    new_status  TEXT NOT NULL,
    happened_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TRIGGER invoice_status_changed
AFTER UPDATE OF status ON invoice
WHEN NEW.status <> OLD.status
BEGIN
    INSERT INTO invoice_event (invoice_id, old_status, new_status)
    VALUES (NEW.id, OLD.status, NEW.status);
END;

-- migrate:down
DROP TRIGGER invoice_status_changed;
DROP TABLE invoice_event;
