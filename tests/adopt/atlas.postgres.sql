-- What Atlas (cmd/atlas) 0.13.1 made on PostgreSQL 15 of tests/real_tools/atlas/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.atlas_schema_revisions (
    version character varying NOT NULL,
    description character varying NOT NULL,
    type bigint DEFAULT 2 NOT NULL,
    applied bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    executed_at timestamp with time zone NOT NULL,
    execution_time bigint NOT NULL,
    error text,
    error_stmt text,
    hash character varying NOT NULL,
    partial_hashes jsonb,
    operator_version character varying NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
INSERT INTO public.atlas_schema_revisions VALUES ('20240101120000', 'create_accounts', 2, 1, 1, '2026-11-21 19:32:43.364178+00', 524818, '', '', '2q0Rb9MB+w7Kp3k5Za8CrSZB/1ruvKUa2ZV2ND7KirU=', '["h1:/rxX86uUvWiEZMnwH8w2GWhwZKVLhj+PMuDBD3VP4QE="]', 'Atlas CLI - development');
INSERT INTO public.atlas_schema_revisions VALUES ('20240102120000', 'create_notes', 2, 1, 1, '2026-11-21 19:32:43.370888+00', 763707, '', '', 'LltAr5JvVeLpZWEvxSYQrq5eUcmgTXWwwRJ2afJ6VqY=', '["h1:jcJeOEYMU5dXvrSIYoXO4BTOkjWLlCqICNegSa0yyYQ="]', 'Atlas CLI - development');
INSERT INTO public.atlas_schema_revisions VALUES ('20240103120000', 'index_notes', 2, 1, 1, '2026-11-21 19:32:43.378665+00', 644497, '', '', '+CdS9Xo0bIn0TBTvfkvxQiNTNKctpKteYGh5rGbwS50=', '["h1:tUmI5nSjmrFAZHf8OAQ8lUPGdWon8Bhiuhmxlt+eR3w="]', 'Atlas CLI - development');
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.atlas_schema_revisions
    ADD CONSTRAINT atlas_schema_revisions_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
