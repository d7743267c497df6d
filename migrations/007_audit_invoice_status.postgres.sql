-- Every change of an invoice's status leaves a trace.
-- migrate:up
CREATE TABLE invoice_event (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    invoice_id  BIGINT NOT NULL REFERENCES invoice (id) ON DELETE CASCADE,
    old_status  TEXT NOT NULL,
    new_status  TEXT NOT NULL,
    happened_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE FUNCTION record_invoice_status() RETURNS trigger
    LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.status <> OLD.status THEN
        INSERT INTO invoice_event (invoice_id, old_status, new_status)
        VALUES (NEW.id, OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END;
$body$;

CREATE TRIGGER invoice_status_changed
    AFTER UPDATE OF status ON invoice
    FOR EACH ROW EXECUTE FUNCTION record_invoice_status();

-- migrate:down
DROP TRIGGER invoice_status_changed ON invoice;
DROP FUNCTION record_invoice_status();
DROP TABLE invoice_event;
