-- migrate:up
ALTER TABLE note ADD COLUMN author TEXT NOT NULL DEFAULT 'unknown';

-- migrate:down
ALTER TABLE note DROP COLUMN author;
