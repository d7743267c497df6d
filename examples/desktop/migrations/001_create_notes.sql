-- migrate:up
-- "NOTE": whose files these are.  No other program's file is ever upgraded.
PRAGMA application_id = 1313821765;
CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);

-- migrate:down
DROP TABLE note;
