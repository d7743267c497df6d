CREATE OR REPLACE VIEW person_name AS SELECT name FROM person;
