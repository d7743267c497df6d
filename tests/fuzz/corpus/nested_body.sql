create function f() begin atomic create procedure begin() begin atomic ;; end; end;
