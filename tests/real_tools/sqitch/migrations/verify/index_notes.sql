-- Verify example:index_notes
SELECT 1;
