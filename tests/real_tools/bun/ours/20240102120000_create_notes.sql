CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);
