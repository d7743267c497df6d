COPY t FROM STDIN
-- migrate:call a
