-- What Prisma 6.19.3 made on PostgreSQL 15 of tests/real_tools/prisma/migrations.
CREATE TABLE public._prisma_migrations (
    id character varying(36) NOT NULL,
    checksum character varying(64) NOT NULL,
    finished_at timestamp with time zone,
    migration_name character varying(255) NOT NULL,
    logs text,
    rolled_back_at timestamp with time zone,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_steps_count integer DEFAULT 0 NOT NULL
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
INSERT INTO public._prisma_migrations VALUES ('c2d0decf-15c6-4b5b-bd79-a6ed1c018627', 'eacc7cbda3c23a9976fff6b91412d4c0592dbbc8fd5c8ee37ff04ee85955f392', '2026-11-21 19:19:52.349+00', '20240101120000_create_accounts', NULL, NULL, '2026-11-21 19:19:52.238+00', 1);
INSERT INTO public._prisma_migrations VALUES ('eb404b99-2cf7-48e7-9b5e-5dafc75992c3', 'c60ce5f84f8a9b096857d28c51af67e7bf42dd13246d4e32f5320fd6a36e33c0', '2026-11-21 19:19:52.562+00', '20240102120000_create_notes', NULL, NULL, '2026-11-21 19:19:52.358+00', 1);
INSERT INTO public._prisma_migrations VALUES ('68daa816-3406-4edb-bad4-adacd9d1e090', '15a466f4d947db759e311391ed2e121ff709b8498141bdcecaded16ab4a2022b', '2026-11-21 19:19:52.691+00', '20240103120000_index_notes', NULL, NULL, '2026-11-21 19:19:52.57+00', 1);
ALTER TABLE ONLY public._prisma_migrations
    ADD CONSTRAINT _prisma_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
