-- grьяe
SELECT 'cafй';
