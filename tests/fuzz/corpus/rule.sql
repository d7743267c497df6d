create rule r as on insert to t do (insert into a values (1); delete from b;);
