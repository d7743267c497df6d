-- What yoyo-migrations 9.0.0 made on PostgreSQL 15 of tests/real_tools/yoyo/migrations.
CREATE TABLE public._yoyo_log (
    id character varying(36) NOT NULL,
    migration_hash character varying(64),
    migration_id character varying(255),
    operation character varying(10),
    username character varying(255),
    hostname character varying(255),
    comment character varying(255),
    created_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_migration (
    migration_hash character varying(64) NOT NULL,
    migration_id character varying(255),
    applied_at_utc timestamp without time zone
);
CREATE TABLE public._yoyo_version (
    version integer NOT NULL,
    installed_at_utc timestamp without time zone
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
CREATE TABLE public.yoyo_lock (
    locked integer DEFAULT 1 NOT NULL,
    ctime timestamp without time zone,
    pid integer NOT NULL
);
INSERT INTO public._yoyo_log VALUES ('3c2aab66-e5e0-11f1-a07f-02fc00000001', 'e0a48f6b0978f6f172fd96e28f12f658d49538ac9c21c2f77b17329feb60c5fa', '0001_create_accounts', 'apply', 'root', 'localhost', NULL, '2026-11-21 19:17:47.013435');
INSERT INTO public._yoyo_log VALUES ('3c3149a8-e5e0-11f1-a07f-02fc00000001', 'c1828a4a121448ee15e88f014f6fe1213c74160be178bfaca042ffdc6c9d0e82', '0002_create_notes', 'apply', 'root', 'localhost', NULL, '2026-11-21 19:17:47.049593');
INSERT INTO public._yoyo_log VALUES ('3c36a358-e5e0-11f1-a07f-02fc00000001', '31cc8532dff226921a87c15f714c9b4b8cf608333a3f6fada33f02443d228d40', '0003_index_notes', 'apply', 'root', 'localhost', NULL, '2026-11-21 19:17:47.084644');
INSERT INTO public._yoyo_migration VALUES ('e0a48f6b0978f6f172fd96e28f12f658d49538ac9c21c2f77b17329feb60c5fa', '0001_create_accounts', '2026-11-21 19:17:47.027111');
INSERT INTO public._yoyo_migration VALUES ('c1828a4a121448ee15e88f014f6fe1213c74160be178bfaca042ffdc6c9d0e82', '0002_create_notes', '2026-11-21 19:17:47.057512');
INSERT INTO public._yoyo_migration VALUES ('31cc8532dff226921a87c15f714c9b4b8cf608333a3f6fada33f02443d228d40', '0003_index_notes', '2026-11-21 19:17:47.087515');
INSERT INTO public._yoyo_version VALUES (2, '2026-11-21 19:17:46.949271');
ALTER TABLE ONLY public._yoyo_log
    ADD CONSTRAINT _yoyo_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public._yoyo_migration
    ADD CONSTRAINT _yoyo_migration_pkey PRIMARY KEY (migration_hash);
ALTER TABLE ONLY public._yoyo_version
    ADD CONSTRAINT _yoyo_version_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.yoyo_lock
    ADD CONSTRAINT yoyo_lock_pkey PRIMARY KEY (locked);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
