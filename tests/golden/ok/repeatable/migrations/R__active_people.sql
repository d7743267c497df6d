-- Views are made anew whenever this file changes.
DROP VIEW IF EXISTS active_person;
CREATE VIEW active_person AS SELECT id, name FROM person WHERE left_at IS NULL;
