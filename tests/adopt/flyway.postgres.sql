-- What Flyway 11.14.0 made on PostgreSQL 15 of tests/real_tools/flyway/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.flyway_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
INSERT INTO public.flyway_schema_history VALUES (1, '1', 'create accounts', 'SQL', 'V1__create_accounts.sql', -265028396, 'postgres', '2026-11-21 19:56:17.176204', 266, true);
INSERT INTO public.flyway_schema_history VALUES (2, '2', 'create notes', 'SQL', 'V2__create_notes.sql', -314870116, 'postgres', '2026-11-21 19:56:18.367857', 193, true);
INSERT INTO public.flyway_schema_history VALUES (3, '3', 'index notes', 'SQL', 'V3__index_notes.sql', -213590070, 'postgres', '2026-11-21 19:56:18.835572', 197, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
