SELECT 1;
SELECT 'a\'; -- \\';
SELECT 3;
