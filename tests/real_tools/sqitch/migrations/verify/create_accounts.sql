-- Verify example:create_accounts
SELECT 1;
