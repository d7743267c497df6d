-- atlas:checkpoint v1

CREATE TABLE a (id INTEGER PRIMARY KEY);
