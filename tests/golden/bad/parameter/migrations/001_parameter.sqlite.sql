INSERT INTO t VALUES (?1, :name);
SELECT '?' AS "@x";
