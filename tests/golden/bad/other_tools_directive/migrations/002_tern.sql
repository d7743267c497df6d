CREATE TABLE b (id INTEGER PRIMARY KEY);
---- create above / drop below ----
DROP TABLE b;
