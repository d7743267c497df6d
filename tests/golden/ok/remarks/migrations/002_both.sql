CREATE TABLE city (id INTEGER PRIMARY KEY); -- inlay:ignore transaction-control, empty -- neither
-- inlay:ignore empty -- nothing follows
