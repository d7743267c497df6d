-- What Sqitch 1.3.1 made on SQLite of tests/real_tools/sqitch/migrations.
-- Its registry, a file of its own (sqitch.db beside app.db).
CREATE TABLE releases (
    version         FLOAT       PRIMARY KEY,
    installed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    installer_name  TEXT        NOT NULL,
    installer_email TEXT        NOT NULL
);
INSERT INTO releases VALUES(1.1000000000000000888,'2026-11-21 19:17:41.187','Alice','alice@example.org');
CREATE TABLE projects (
    project         TEXT        PRIMARY KEY,
    uri             TEXT            NULL UNIQUE,
    created_at      DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    creator_name    TEXT        NOT NULL,
    creator_email   TEXT        NOT NULL
);
INSERT INTO projects VALUES('example',NULL,'2026-11-21 19:17:41.189','Alice','alice@example.org');
CREATE TABLE changes (
    change_id       TEXT        PRIMARY KEY,
    script_hash     TEXT            NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, script_hash)
);
INSERT INTO changes VALUES('6e204949651fee17cf30a465385920948da80f7d','f5480fb12c808f83ee89b2152493ef6025edd560','create_accounts','example','Accounts.','2026-11-21 19:17:41.231','Alice','alice@example.org','2024-01-01 12:00:00','Alice Example','alice@example.org');
INSERT INTO changes VALUES('c3c2ad942b5cd556b29199c2e9799af2a44663ac','c2fb61910beb4f1b38a370be77831fb0aa692342','create_notes','example','Notes.','2026-11-21 19:17:41.314','Alice','alice@example.org','2024-01-02 12:00:00','Alice Example','alice@example.org');
INSERT INTO changes VALUES('e6b1cd64d914f7401a0990b6e884408f7cc048e4','918ebea18952e3aa568d8145387aa144164873c7','index_notes','example','Notes of an account.','2026-11-21 19:17:41.417','Alice','alice@example.org','2024-01-03 12:00:00','Alice Example','alice@example.org');
CREATE TABLE tags (
    tag_id          TEXT        PRIMARY KEY,
    tag             TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    UNIQUE(project, tag)
);
CREATE TABLE dependencies (
    change_id       TEXT        NOT NULL REFERENCES changes(change_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type            TEXT        NOT NULL,
    dependency      TEXT        NOT NULL,
    dependency_id   TEXT            NULL REFERENCES changes(change_id) ON UPDATE CASCADE
                                         CONSTRAINT dependencies_check CHECK (
            (type = 'require'  AND dependency_id IS NOT NULL)
         OR (type = 'conflict' AND dependency_id IS NULL)
    ),
    PRIMARY KEY (change_id, dependency)
);
INSERT INTO dependencies VALUES('c3c2ad942b5cd556b29199c2e9799af2a44663ac','require','create_accounts','6e204949651fee17cf30a465385920948da80f7d');
INSERT INTO dependencies VALUES('e6b1cd64d914f7401a0990b6e884408f7cc048e4','require','create_notes','c3c2ad942b5cd556b29199c2e9799af2a44663ac');
CREATE TABLE events (
    event           TEXT        NOT NULL CONSTRAINT events_event_check CHECK (
        event IN ('deploy', 'revert', 'fail', 'merge')
    ),
    change_id       TEXT        NOT NULL,
    change          TEXT        NOT NULL,
    project         TEXT        NOT NULL REFERENCES projects(project) ON UPDATE CASCADE,
    note            TEXT        NOT NULL DEFAULT '',
    requires        TEXT        NOT NULL DEFAULT '',
    conflicts       TEXT        NOT NULL DEFAULT '',
    tags            TEXT        NOT NULL DEFAULT '',
    committed_at    DATETIME    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    committer_name  TEXT        NOT NULL,
    committer_email TEXT        NOT NULL,
    planned_at      DATETIME    NOT NULL,
    planner_name    TEXT        NOT NULL,
    planner_email   TEXT        NOT NULL,
    PRIMARY KEY (change_id, committed_at)
);
INSERT INTO events VALUES('deploy','6e204949651fee17cf30a465385920948da80f7d','create_accounts','example','Accounts.','','','','2026-11-21 19:17:41.232','Alice','alice@example.org','2024-01-01 12:00:00','Alice Example','alice@example.org');
INSERT INTO events VALUES('deploy','c3c2ad942b5cd556b29199c2e9799af2a44663ac','create_notes','example','Notes.','create_accounts','','','2026-11-21 19:17:41.317','Alice','alice@example.org','2024-01-02 12:00:00','Alice Example','alice@example.org');
INSERT INTO events VALUES('deploy','e6b1cd64d914f7401a0990b6e884408f7cc048e4','index_notes','example','Notes of an account.','create_notes','','','2026-11-21 19:17:41.418','Alice','alice@example.org','2024-01-03 12:00:00','Alice Example','alice@example.org');
