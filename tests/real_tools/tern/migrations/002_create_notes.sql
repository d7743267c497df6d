CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);

---- create above / drop below ----

DROP TABLE notes;
