SELECT $a$ $$ $b$;
