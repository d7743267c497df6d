copy t (a, b) from stdin with (format csv);
1,';
\.
select 1;
