-- What dbmate 2.36.0 made on PostgreSQL 15 of tests/real_tools/dbmate/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);
INSERT INTO public.schema_migrations VALUES ('20240101120000');
INSERT INTO public.schema_migrations VALUES ('20240102120000');
INSERT INTO public.schema_migrations VALUES ('20240103120000');
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
