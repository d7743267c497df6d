-- migrate:up
CREATE INDEX note_author ON note (author);

-- migrate:down
DROP INDEX note_author;
