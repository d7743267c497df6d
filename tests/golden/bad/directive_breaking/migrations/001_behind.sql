-- migrate:breaking news
SELECT 1;
