CREATE INDEX b ON app_accounts (n);
---- create above / drop below ----
---- tern: disable-tx ----
DROP INDEX CONCURRENTLY b;
