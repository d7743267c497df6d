-- migrate:up
ALTER TABLE note ADD COLUMN color TEXT NOT NULL DEFAULT 'yellow';

-- migrate:down
ALTER TABLE note DROP COLUMN color;
