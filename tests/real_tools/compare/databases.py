"""A PostgreSQL of our own, SQLite files, and a proxy that counts round trips."""

import fcntl
import os
import shutil
import socket
import sqlite3
import struct
import subprocess
import tempfile
import threading
import time

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A server below a temporary directory, for as long as the `with`."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="compare")
        self.port = free_port()
        self.made = 0
        bindir = subprocess.check_output(["pg_config", "--bindir"], text=True).strip()
        user = {}
        if os.getuid() == 0:  # The server refuses to be root's.
            shutil.chown(self.directory, "postgres", "postgres")
            user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        data = os.path.join(self.directory, "data")
        subprocess.run([f"{bindir}/initdb", "-A", "trust", "-U", "postgres", "-N", "-D", data],
                       check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "max_connections": 400,
                   "unix_socket_directories": self.directory, "fsync": "off"}
        with open(os.path.join(self.directory, "log"), "wb") as log:
            self.server = subprocess.Popen(
                [f"{bindir}/postgres", "-D", data]
                + [f"--{name}={value}" for name, value in options.items()],
                stdout=log, stderr=log, cwd="/", **user)
        for _ in range(300):
            if self.psql("postgres", "SELECT 1", check=False) == ["1"]:
                return self
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start")

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.directory)

    def psql(self, database, sql, check=True):
        done = subprocess.run(
            ["psql", "-XqAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
             "-d", database, "-c", sql], capture_output=True, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout.split("\n")[:-1]

    def fresh(self):
        self.made += 1
        name = f"d{self.made}"
        self.psql("postgres", f"CREATE DATABASE {name}")
        return PostgresDatabase(self, name)


class PostgresDatabase:
    dialect = "postgres"

    def __init__(self, server, name):
        self.server, self.name, self.port = server, name, server.port

    def query(self, sql):
        return self.server.psql(self.name, sql)

    def has(self, table):
        return self.query(f"SELECT to_regclass('public.{table}') IS NOT NULL") == ["t"]

    def others(self):
        return "SELECT {} FROM pg_stat_activity WHERE datname = current_database()" \
            " AND pid <> pg_backend_pid()"

    def busy(self):
        """Whether somebody is inside the slow statement, or waits for a lock."""
        return self.query(self.others().format("count(*)") + " AND state = 'active' AND"
                          " (wait_event = 'PgSleep' OR query LIKE '%CONCURRENTLY%')") != ["0"]

    def settle(self):
        """Waits until no connection is left: a killed client's server process works on."""
        for _ in range(300):
            if self.query(self.others().format("count(*)")) == ["0"]:
                return
            time.sleep(0.1)
        raise RuntimeError("somebody stays connected")

    def terminate(self):
        self.query(self.others().format("pg_terminate_backend(pid)"))
        self.settle()


def locked(path, byte):
    """Whether another process has a lock on that byte of a file."""
    try:
        with open(path, "r+b") as file:
            asked = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
            return struct.unpack("hhqqi", fcntl.fcntl(file, fcntl.F_GETLK, asked))[0] != \
                fcntl.F_UNLCK
    except FileNotFoundError:
        return False


class SqliteDatabase:
    dialect = "sqlite"

    def __init__(self, directory):
        self.path = os.path.join(directory, "app.db")
        self.seen = None

    def query(self, sql):
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            rows = connection.execute(sql).fetchall()
        finally:
            connection.close()
        return ["|".join(str(field) for field in row) for row in rows]

    def has(self, table):
        return self.query("SELECT count(*) FROM sqlite_master"
                          f" WHERE name = '{table}'") == ["1"]

    def busy(self):
        """Whether somebody has held the write lock for a second (asked without taking it)."""
        held = locked(self.path, 0x40000001) or locked(self.path + "-shm", 120)
        self.seen = (self.seen or time.monotonic()) if held else None
        return held and time.monotonic() - self.seen > 1

    def settle(self):
        pass


class Proxy:
    """Between a tool and the server: counts connections, and what the client waited for after it
    was connected.  One answer that is waited for is a round trip."""

    def __init__(self, port):
        self.server_port = port
        self.connections = self.round_trips = 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self, client):
        first = self.startup(client)
        if not first:
            return
        server = socket.create_connection(("127.0.0.1", self.server_port))
        for s in (client, server):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.sendall(first)
        self.connections += 1
        turn = {"ready": False, "answered": False}
        threading.Thread(target=self.answers, args=(server, client, turn), daemon=True).start()
        while data := self.receive(client):
            if turn["answered"] and data[:1] != b"X":
                self.round_trips += 1
                turn["answered"] = False
            server.sendall(data)
        server.close()

    def startup(self, client):
        """The first packet that is not a question for TLS, which we refuse."""
        while True:
            data = self.receive(client)
            if data[:8] != SSL_REQUEST:
                return data
            client.sendall(b"N")

    @staticmethod
    def receive(connection):
        try:
            return connection.recv(1 << 20)
        except OSError:
            return b""

    def answers(self, server, client, turn):
        while data := self.receive(server):
            if not turn["ready"]:  # ReadyForQuery ends the start-up.
                turn["ready"] = data[-6:-1] == b"Z\x00\x00\x00\x05"
            turn["answered"] = turn["ready"]
            try:
                client.sendall(data)
            except OSError:
                break
        client.close()
