pragma main.foreign_keys=0;
BEGIN IMMEDIATE;
CREATE TABLE invoice (id integer PRIMARY KEY);
COMMIT;
