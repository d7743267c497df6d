/* e */ -- migrate:session fresh
CREATE TABLE e (id INTEGER);
