-- migrate:up
ALTER TABLE note ADD COLUMN written_on TEXT;

-- migrate:down
ALTER TABLE note DROP COLUMN written_on;
