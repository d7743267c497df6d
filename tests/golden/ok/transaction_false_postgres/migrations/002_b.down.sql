-- migrate:down transaction:false
VACUUM;
