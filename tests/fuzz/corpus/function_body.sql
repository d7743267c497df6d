create or replace function f() returns int begin atomic select case when 1 then 2 end; select 1 as end; end; select 1;
