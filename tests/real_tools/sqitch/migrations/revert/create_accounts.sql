-- Revert example:create_accounts
DROP TABLE accounts;
