-- a comment
create  table account(id INTEGER primary key)
