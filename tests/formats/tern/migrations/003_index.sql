---- tern: disable-tx ----
CREATE INDEX CONCURRENTLY a ON app_accounts (n);
---- create above / drop below ----
DROP INDEX a;
