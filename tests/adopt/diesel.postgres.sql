-- What diesel_cli 2.3.14 made on PostgreSQL 15 of tests/real_tools/diesel/migrations.
CREATE TABLE public.__diesel_schema_migrations (
    version character varying(50) NOT NULL,
    run_on timestamp without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
INSERT INTO public.__diesel_schema_migrations VALUES ('20240101120000', '2026-11-21 19:32:43.806636');
INSERT INTO public.__diesel_schema_migrations VALUES ('20240102120000', '2026-11-21 19:32:43.808501');
INSERT INTO public.__diesel_schema_migrations VALUES ('20240103120000', '2026-11-21 19:32:43.809657');
ALTER TABLE ONLY public.__diesel_schema_migrations
    ADD CONSTRAINT __diesel_schema_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
