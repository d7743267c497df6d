-- checksum: sha256:gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg
SELECT 1;
