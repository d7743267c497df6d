--liquibase formatted sql

--changeset alice:1
CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);
--rollback DROP TABLE accounts;

--changeset alice:2
CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
--rollback DROP TABLE notes;

--changeset bob:index-notes
CREATE INDEX notes_account_id ON notes (account_id);
--rollback DROP INDEX notes_account_id;
