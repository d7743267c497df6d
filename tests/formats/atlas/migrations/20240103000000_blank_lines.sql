-- atlas:delimiter \n\n\n

CREATE FUNCTION f() RETURNS integer LANGUAGE sql BEGIN ATOMIC
  SELECT 1;
  SELECT 2;
END


CREATE TABLE b (id bigint)


