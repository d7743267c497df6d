-- checksum: sha256:a3a5e39d47a4f5758a81281416bf4d083e77e5f17fd61962afa36b4db5fbaebd
CREATE TABLE account (id integer PRIMARY KEY);
