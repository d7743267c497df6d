-- Up
CREATE TABLE a (
    direction TEXT
    -- up
);

-- Down
DROP TABLE a;
