\set ON_ERROR_STOP on
SELECT 1;
\copy t from 'x.csv'
SELECT 2 \gx
SELECT 3
\restrict inside
;
