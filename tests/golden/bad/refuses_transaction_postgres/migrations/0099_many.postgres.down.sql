DROP INDEX CONCURRENTLY accounts_email;
DROP TABLE accounts;
