PRAGMA foreign_keys(/* off */ yes);
SELECT 1;
