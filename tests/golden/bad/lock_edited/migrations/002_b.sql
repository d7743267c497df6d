/* only a comment */ CREATE TABLE invoice (id integer PRIMARY KEY);
