-- migrate:]0;owned
SELECT 'a	b[31m ‮  ', 'open;
