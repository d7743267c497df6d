-- checksum: sha256:3895268ae80c0c75c7af6f53e2c5f1bc09a83f757d77b33e8d0875880a547d3b
CREATE TABLE invoice (id integer PRIMARY KEY);
