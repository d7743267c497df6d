-- inlay:ignore-file drop-tabel -- misspelled
-- migrate:up transaction:false
-- inlay:ignore unnamed-index -- the table is small, and the server makes the name up
CREATE INDEX CONCURRENTLY ON account (email);
CREATE INDEX CONCURRENTLY ON account (name); -- inlay:ignore unnamed-index
CREATE INDEX CONCURRENTLY ON account (born); -- inlay:ignroe unnamed-index -- misspelled
-- inlay:ignore unnamed-index -- this one has a name
CREATE INDEX CONCURRENTLY account_city ON account (city);
