-- checksum:
SELECT 1;
