-- What sqlx-cli 0.9.0 made on PostgreSQL 15 of tests/real_tools/sqlx/migrations.
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
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
INSERT INTO public._sqlx_migrations VALUES (20240101120000, 'create accounts', '2026-11-21 19:17:44.880076+00', true, '\x6fefdeb193f98f844aef1c1ff256d169ae7bc7f0272eaa1bdde93515b44ba3894f8123316b4a96d561bcdf4964f8c90f', 8774177);
INSERT INTO public._sqlx_migrations VALUES (20240102120000, 'create notes', '2026-11-21 19:17:44.894132+00', true, '\xa5f2b3de8fdf6169a6feb06b012dc095ad6d146c02e9a8feba26bbbe49844fe96fcfd02fe2c8efb1f1691c6e539ec390', 32946534);
INSERT INTO public._sqlx_migrations VALUES (20240103120000, 'index notes', '2026-11-21 19:17:44.929567+00', true, '\x4f721d5141ed499b9b2162b4a7b17a7f6f6c96cfabc36cbf65bc47be2a3ea7fc5a272684da9e41bfa68816eb8d969d79', 18026874);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
