CREATE TABLE {{.a}} (id bigint);
CREATE TABLE {{.b}} (id bigint);
{{ template "shared/v1.sql" . }}
{{ if .a }}SELECT 1;{{ end }}
SELECT {{
.a }};
---- create above / drop below ----
---- create above / drop below ----
-- tern: x
---- tern: disable tx ----
