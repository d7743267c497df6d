-- checksum: sha256:437e54f8128cdd375462b680c166ee19d22d69d8f4886ef60065ba0f1ecdb85c
CREATE TABLE account (id integer PRIMARY KEY);
