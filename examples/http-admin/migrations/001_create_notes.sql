-- migrate:up
CREATE TABLE note (
	id BIGINT NOT NULL PRIMARY KEY,
	text TEXT NOT NULL
);

-- migrate:down
DROP TABLE note;
