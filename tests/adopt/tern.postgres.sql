-- What tern 2.3.4 made on PostgreSQL 15 of tests/real_tools/tern/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
INSERT INTO public.schema_version VALUES (3);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
