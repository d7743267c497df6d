SELECT 'Ã©í €';
