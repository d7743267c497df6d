CREATE TABLE Account (id integer PRIMARY KEY);
