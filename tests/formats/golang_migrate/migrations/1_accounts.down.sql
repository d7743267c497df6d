-- down
DROP TABLE accounts;
