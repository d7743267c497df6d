-- migrate:up
CREATE TABLE message (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL);

-- migrate:down
DROP TABLE message;
