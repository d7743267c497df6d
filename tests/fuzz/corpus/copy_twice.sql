copy t from stdin; copy u from stdin; select 1;
1
\.
2
\.
