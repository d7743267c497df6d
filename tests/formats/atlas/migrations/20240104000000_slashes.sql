-- atlas:delimiter //
-- atlas:txmode file

CREATE TABLE c (id bigint)//
CREATE TABLE d (id bigint)//
