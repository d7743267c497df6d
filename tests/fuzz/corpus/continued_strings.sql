select E'a'
'b\'c;d' -- note

'e';
