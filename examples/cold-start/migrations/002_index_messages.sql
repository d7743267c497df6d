-- migrate:up
CREATE INDEX message_text ON message (text);

-- migrate:down
DROP INDEX message_text;
