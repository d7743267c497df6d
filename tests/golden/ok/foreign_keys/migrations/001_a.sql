PRAGMA foreign_keys = OFF;
CREATE TABLE account (id integer PRIMARY KEY);
PRAGMA foreign_keys = ON;
