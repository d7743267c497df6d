-- What Prisma 6.19.3 made on SQLite of tests/real_tools/prisma/migrations.
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);
INSERT INTO _prisma_migrations VALUES('fe2c4b5c-5477-4a91-a412-0c8ef2076e99','eacc7cbda3c23a9976fff6b91412d4c0592dbbc8fd5c8ee37ff04ee85955f392','2026-11-21T19:18:58.593+00:00','20240101120000_create_accounts',NULL,NULL,'2026-11-21T19:18:58.541+00:00',1);
INSERT INTO _prisma_migrations VALUES('5c132e99-4be4-407d-81f7-93c50648dbf3','c60ce5f84f8a9b096857d28c51af67e7bf42dd13246d4e32f5320fd6a36e33c0','2026-11-21T19:18:58.622+00:00','20240102120000_create_notes',NULL,NULL,'2026-11-21T19:18:58.599+00:00',1);
INSERT INTO _prisma_migrations VALUES('8a5513ab-0a9c-484b-91dc-904dffb714be','15a466f4d947db759e311391ed2e121ff709b8498141bdcecaded16ab4a2022b','2026-11-21T19:18:58.653+00:00','20240103120000_index_notes',NULL,NULL,'2026-11-21T19:18:58.628+00:00',1);
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
CREATE INDEX notes_account_id ON notes (account_id);
