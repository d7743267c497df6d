PRAGMA foreign_keys;
PRAGMA foreign_key_list(a);
SELECT 1;
