DROP VIEW IF EXISTS person_name;
CREATE VIEW person_name AS SELECT name FROM person;
