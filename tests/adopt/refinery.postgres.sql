-- What refinery_cli 0.10.0 made on PostgreSQL 15 of tests/real_tools/refinery/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
CREATE TABLE public.refinery_schema_history (
    version integer NOT NULL,
    name character varying(255),
    applied_on character varying(255),
    checksum character varying(255)
);
INSERT INTO public.refinery_schema_history VALUES (1, 'create_accounts', '2026-11-21T19:17:39.800537073Z', '13945197156329080965');
INSERT INTO public.refinery_schema_history VALUES (2, 'create_notes', '2026-11-21T19:17:39.80056878Z', '5900396212820766129');
INSERT INTO public.refinery_schema_history VALUES (3, 'index_notes', '2026-11-21T19:17:39.800571625Z', '3118789922196189621');
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.refinery_schema_history
    ADD CONSTRAINT refinery_schema_history_pkey PRIMARY KEY (version);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
