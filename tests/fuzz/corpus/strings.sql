select 'it''s', E'a\'b', U&'\0061', N'x', B'01', X'1f' ;
