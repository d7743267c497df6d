explain query plan create temp trigger t after insert on u begin select case 1 when 1 then 2 end; end; select 1;
