-- What Sqitch 1.3.1 made on PostgreSQL 15 of tests/real_tools/sqitch/migrations.
CREATE SCHEMA sqitch;
CREATE TABLE public.accounts (
    id integer NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.notes (
    id integer NOT NULL,
    account_id integer NOT NULL,
    body text
);
CREATE TABLE sqitch.changes (
    change_id text NOT NULL,
    script_hash text,
    change text NOT NULL,
    project text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    committed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL
);
CREATE TABLE sqitch.dependencies (
    change_id text NOT NULL,
    type text NOT NULL,
    dependency text NOT NULL,
    dependency_id text,
    CONSTRAINT dependencies_check CHECK ((((type = 'require'::text) AND (dependency_id IS NOT NULL)) OR ((type = 'conflict'::text) AND (dependency_id IS NULL))))
);
CREATE TABLE sqitch.events (
    event text NOT NULL,
    change_id text NOT NULL,
    change text NOT NULL,
    project text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    requires text[] DEFAULT '{}'::text[] NOT NULL,
    conflicts text[] DEFAULT '{}'::text[] NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    committed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL,
    CONSTRAINT events_event_check CHECK ((event = ANY (ARRAY['deploy'::text, 'revert'::text, 'fail'::text, 'merge'::text])))
);
CREATE TABLE sqitch.projects (
    project text NOT NULL,
    uri text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    creator_name text NOT NULL,
    creator_email text NOT NULL
);
CREATE TABLE sqitch.releases (
    version real NOT NULL,
    installed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    installer_name text NOT NULL,
    installer_email text NOT NULL
);
CREATE TABLE sqitch.tags (
    tag_id text NOT NULL,
    tag text NOT NULL,
    project text NOT NULL,
    change_id text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    committed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    committer_name text NOT NULL,
    committer_email text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    planner_name text NOT NULL,
    planner_email text NOT NULL
);
INSERT INTO sqitch.changes VALUES ('6e204949651fee17cf30a465385920948da80f7d', 'f5480fb12c808f83ee89b2152493ef6025edd560', 'create_accounts', 'example', 'Accounts.', '2026-11-21 19:17:43.845762+00', 'Alice', 'alice@example.org', '2024-01-01 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.changes VALUES ('c3c2ad942b5cd556b29199c2e9799af2a44663ac', 'c2fb61910beb4f1b38a370be77831fb0aa692342', 'create_notes', 'example', 'Notes.', '2026-11-21 19:17:43.995803+00', 'Alice', 'alice@example.org', '2024-01-02 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.changes VALUES ('e6b1cd64d914f7401a0990b6e884408f7cc048e4', '918ebea18952e3aa568d8145387aa144164873c7', 'index_notes', 'example', 'Notes of an account.', '2026-11-21 19:17:44.148928+00', 'Alice', 'alice@example.org', '2024-01-03 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.dependencies VALUES ('c3c2ad942b5cd556b29199c2e9799af2a44663ac', 'require', 'create_accounts', '6e204949651fee17cf30a465385920948da80f7d');
INSERT INTO sqitch.dependencies VALUES ('e6b1cd64d914f7401a0990b6e884408f7cc048e4', 'require', 'create_notes', 'c3c2ad942b5cd556b29199c2e9799af2a44663ac');
INSERT INTO sqitch.events VALUES ('deploy', '6e204949651fee17cf30a465385920948da80f7d', 'create_accounts', 'example', 'Accounts.', '{}', '{}', '{}', '2026-11-21 19:17:43.84774+00', 'Alice', 'alice@example.org', '2024-01-01 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.events VALUES ('deploy', 'c3c2ad942b5cd556b29199c2e9799af2a44663ac', 'create_notes', 'example', 'Notes.', '{create_accounts}', '{}', '{}', '2026-11-21 19:17:44.000643+00', 'Alice', 'alice@example.org', '2024-01-02 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.events VALUES ('deploy', 'e6b1cd64d914f7401a0990b6e884408f7cc048e4', 'index_notes', 'example', 'Notes of an account.', '{create_notes}', '{}', '{}', '2026-11-21 19:17:44.160306+00', 'Alice', 'alice@example.org', '2024-01-03 12:00:00+00', 'Alice Example', 'alice@example.org');
INSERT INTO sqitch.projects VALUES ('example', NULL, '2026-11-21 19:17:43.67888+00', 'Alice', 'alice@example.org');
INSERT INTO sqitch.releases VALUES (1.1, '2026-11-21 19:17:43.675334+00', 'Alice', 'alice@example.org');
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY sqitch.changes
    ADD CONSTRAINT changes_pkey PRIMARY KEY (change_id);
ALTER TABLE ONLY sqitch.changes
    ADD CONSTRAINT changes_project_script_hash_key UNIQUE (project, script_hash);
ALTER TABLE ONLY sqitch.dependencies
    ADD CONSTRAINT dependencies_pkey PRIMARY KEY (change_id, dependency);
ALTER TABLE ONLY sqitch.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (change_id, committed_at);
ALTER TABLE ONLY sqitch.projects
    ADD CONSTRAINT projects_pkey PRIMARY KEY (project);
ALTER TABLE ONLY sqitch.projects
    ADD CONSTRAINT projects_uri_key UNIQUE (uri);
ALTER TABLE ONLY sqitch.releases
    ADD CONSTRAINT releases_pkey PRIMARY KEY (version);
ALTER TABLE ONLY sqitch.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (tag_id);
ALTER TABLE ONLY sqitch.tags
    ADD CONSTRAINT tags_project_tag_key UNIQUE (project, tag);
CREATE INDEX notes_account_id ON public.notes USING btree (account_id);
ALTER TABLE ONLY sqitch.changes
    ADD CONSTRAINT changes_project_fkey FOREIGN KEY (project) REFERENCES sqitch.projects(project) ON UPDATE CASCADE;
ALTER TABLE ONLY sqitch.dependencies
    ADD CONSTRAINT dependencies_change_id_fkey FOREIGN KEY (change_id) REFERENCES sqitch.changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE ONLY sqitch.dependencies
    ADD CONSTRAINT dependencies_dependency_id_fkey FOREIGN KEY (dependency_id) REFERENCES sqitch.changes(change_id) ON UPDATE CASCADE;
ALTER TABLE ONLY sqitch.events
    ADD CONSTRAINT events_project_fkey FOREIGN KEY (project) REFERENCES sqitch.projects(project) ON UPDATE CASCADE;
ALTER TABLE ONLY sqitch.tags
    ADD CONSTRAINT tags_change_id_fkey FOREIGN KEY (change_id) REFERENCES sqitch.changes(change_id) ON UPDATE CASCADE;
ALTER TABLE ONLY sqitch.tags
    ADD CONSTRAINT tags_project_fkey FOREIGN KEY (project) REFERENCES sqitch.projects(project) ON UPDATE CASCADE;
