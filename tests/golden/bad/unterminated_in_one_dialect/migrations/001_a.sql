SELECT 'x' AS [it's];
