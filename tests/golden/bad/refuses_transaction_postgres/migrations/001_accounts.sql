-- Accounts, and a way to find them.
CREATE TABLE accounts (
    id bigint PRIMARY KEY,
    email text NOT NULL -- the only one
);
INSERT INTO accounts VALUES (1, 'a@b.example');
SET maintenance_work_mem = '1GB';
CREATE UNIQUE INDEX /* c */ CONCURRENTLY accounts_email ON accounts (email);
REINDEX (VERBOSE, CONCURRENTLY) TABLE accounts;
RESET maintenance_work_mem;
COMMENT ON TABLE accounts IS 'whoever may log in, by the address to which the letters go, and that is that';
