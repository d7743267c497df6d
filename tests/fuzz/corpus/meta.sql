\restrict x
select 1 \gset
;
