CREATE TABLE a (id integer PRIMARY KEY, t text DEFAULT 'x;y');
SELECT 1 -- no semicolon at the end
