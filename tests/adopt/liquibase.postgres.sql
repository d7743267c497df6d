-- What Liquibase 4.33.0 made on PostgreSQL 15 of tests/real_tools/liquibase/migrations.
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.databasechangelog (
    id character varying(255) NOT NULL,
    author character varying(255) NOT NULL,
    filename character varying(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype character varying(10) NOT NULL,
    md5sum character varying(35),
    description character varying(255),
    comments character varying(255),
    tag character varying(255),
    liquibase character varying(20),
    contexts character varying(255),
    labels character varying(255),
    deployment_id character varying(10)
);
CREATE TABLE public.databasechangeloglock (
    id integer NOT NULL,
    locked boolean NOT NULL,
    lockgranted timestamp without time zone,
    lockedby character varying(255)
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
INSERT INTO public.databasechangelog VALUES ('1', 'alice', 'changelog.sql', '2026-11-21 19:17:26.297711', 1, 'EXECUTED', '9:a22190eae729f418454a822200bbc1ed', 'sql', '', NULL, '4.33.0', NULL, NULL, '5288644358');
INSERT INTO public.databasechangelog VALUES ('2', 'alice', 'changelog.sql', '2026-11-21 19:17:26.332385', 2, 'EXECUTED', '9:4c4e5939c4b7f0757812de5550386fd2', 'sql', '', NULL, '4.33.0', NULL, NULL, '5288644358');
INSERT INTO public.databasechangelog VALUES ('index-notes', 'bob', 'changelog.sql', '2026-11-21 19:17:26.356169', 3, 'EXECUTED', '9:aae18ba4c070d7f2542d97f76612024b', 'sql', '', NULL, '4.33.0', NULL, NULL, '5288644358');
INSERT INTO public.databasechangeloglock VALUES (1, false, NULL, NULL);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.databasechangeloglock
    ADD CONSTRAINT databasechangeloglock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
