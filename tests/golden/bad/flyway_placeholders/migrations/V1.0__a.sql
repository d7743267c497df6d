SELECT ${known}, ${unknown};
-- ${KNOWN} ${flyway:user}
SELECT ${open
