ALTER TABLE app_accounts ADD COLUMN n text;
