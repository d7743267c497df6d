-- checksum: sqlite sha256:437e54f8128cdd375462b680c166ee19d22d69d8f4886ef60065ba0f1ecdb85c
-- checksum: postgres sha256:a3a5e39d47a4f5758a81281416bf4d083e77e5f17fd61962afa36b4db5fbaebd
CREATE TABLE account (id integer PRIMARY KEY);
