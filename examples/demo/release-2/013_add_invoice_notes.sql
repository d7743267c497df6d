-- migrate:up
ALTER TABLE invoice ADD COLUMN note TEXT;

UPDATE invoice SET note = 'reminder sent' WHERE status = 'sent';

-- migrate:down
ALTER TABLE invoice DROP COLUMN note;
