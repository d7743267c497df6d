-- TimescaleDB wants this to be the very first command of a session.
-- migrate:session fresh

ALTER EXTENSION timescaledb UPDATE;
