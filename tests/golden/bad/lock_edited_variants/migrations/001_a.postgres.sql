CREATE TABLE account (id integer PRIMARY KEY);
SELECT 1;
