CREATE TABLE {{.prefix}}_accounts (id bigint PRIMARY KEY, {{ .prefix }} text);

---- create above / drop below ----

DROP TABLE {{.prefix}}_accounts;
