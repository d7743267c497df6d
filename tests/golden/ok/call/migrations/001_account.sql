-- migrate:up
CREATE TABLE account (id INTEGER NOT NULL PRIMARY KEY, password TEXT NOT NULL, plan TEXT)
-- migrate:call import_accounts
ALTER TABLE account ADD COLUMN hash TEXT;
  -- migrate:call hash_passwords version:2
ALTER TABLE account DROP COLUMN password
-- migrate:call hash_passwords
-- migrate:down
-- migrate:call unhash_passwords version:2147483647
