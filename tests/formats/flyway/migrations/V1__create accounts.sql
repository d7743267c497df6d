CREATE TABLE ${flyway:defaultSchema}.accounts (id bigint PRIMARY KEY);
ALTER TABLE accounts OWNER TO ${Owner};
