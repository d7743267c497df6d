-- checksum: sha256:abc
SELECT 1;
