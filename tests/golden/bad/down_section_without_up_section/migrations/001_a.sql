-- migrate:down
DROP TABLE account;
