-- Verify example:create_notes
SELECT 1;
