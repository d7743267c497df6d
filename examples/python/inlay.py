"""inlay.py - ensure_migrated() for Python, by ctypes.

    migrations = inlay.load("app_migrations.so")
    with inlay.sqlite("app.db") as connection:
        report = connection.ensure(migrations)

The connections are inlay's own, of the client library that libinlay.so is linked with. A call lets
other threads run; Ctrl-C is seen when it has returned.
"""

import ctypes
import enum
import os
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char, c_char_p, c_int, c_int64, c_size_t, c_uint32
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, List, Optional

ABI = 4  # INLAY_ABI of the inlay.h that the structs below are from.
FROM_ENVIRONMENT = 0xFFFFFFFF

Result = enum.IntEnum(
    "Result",
    "OK LOCKED EDITED MISSING LATE AHEAD FOREIGN FAILED INTERRUPTED UNREACHABLE NO_MEMORY MISUSE "
    "PENDING IRREVERSIBLE CANCELLED",
    start=0,
)
EventKind = enum.IntEnum(
    "EventKind",
    "APPLIED APPLYING FAILED WAITING RETRYING CONFIGURED CHECKED LOCKED STATEMENT PENDING DRIFT "
    "ROLLING_BACK ROLLED_BACK WOULD_RUN UNCHECKED BASELINED REPAIRED",
)


class _Error(Structure):  # struct inlay_error
    _fields_ = [
        ("size", c_size_t), ("result", c_int), ("applied_count", c_uint32), ("version", c_int64),
        ("line", c_uint32), ("column", c_uint32), ("statement", c_uint32), ("code", c_int),
        ("sqlstate", c_char * 8), ("migration", c_char * 256), ("file", c_char * 512),
        ("message", c_char * 2048), ("pending_count", c_uint32), ("rolled_back_count", c_uint32),
        ("unchecked", c_int), ("is_cached", c_uint32), ("recorded_count", c_uint32),
    ]  # fmt: skip


class _Event(Structure):  # The beginning of struct inlay_event.
    _fields_ = [
        ("size", c_size_t), ("kind", c_int), ("version", c_int64), ("migration", c_char_p),
        ("file", c_char_p), ("statement_count", c_uint32), ("index", c_uint32),
        ("count", c_uint32), ("duration_ms", c_int64), ("message", c_char_p),
    ]  # fmt: skip


_OnEvent = ctypes.CFUNCTYPE(None, ctypes.c_void_p, POINTER(_Event))


class _Options(Structure):  # The beginning of struct inlay_options: the rest is as by default.
    _fields_ = [
        ("size", c_size_t), ("table", c_char_p), ("lock_timeout_ms", c_uint32),
        ("refuse_ahead", c_uint32), ("on_event", _OnEvent), ("context", ctypes.c_void_p),
        ("statement_lock_timeout_ms", c_uint32), ("statement_timeout_ms", c_uint32),
        ("transaction_timeout_ms", c_uint32), ("retry_count", c_uint32),
        ("separate_commits", c_uint32), ("gate", c_int), ("user_version", c_int),
        ("schema", c_char_p), ("auto_migrate", c_uint32), ("dry_run", c_uint32),
    ]  # fmt: skip


class _Set(Structure):  # struct inlay_set
    _fields_ = [
        ("abi", c_uint32), ("function_count", c_uint32), ("image", ctypes.c_void_p),
        ("functions", ctypes.c_void_p),
    ]  # fmt: skip


def _text(of_c: bytes) -> str:
    return of_c.decode(errors="replace")  # It may quote what is not UTF-8 in a database.


class InlayError(Exception):
    """A call that did not end in OK; str() is the message."""

    def __init__(self, error: _Error):
        super().__init__(_text(error.message))
        self.result = Result(error.result)
        self.version: Optional[int] = error.version if error.version >= 0 else None
        self.file: str = _text(error.file)
        self.line: int = error.line
        self.column: int = error.column
        self.sqlstate: str = error.sqlstate.decode()
        self.code: int = error.code
        self.applied_count: int = error.applied_count


@dataclass(frozen=True)
class Report:
    applied_count: int
    is_cached: bool


@dataclass(frozen=True)
class Event:
    kind: EventKind
    version: Optional[int]
    migration: str
    file: str
    duration_ms: int
    message: str


def _open_library() -> ctypes.CDLL:
    library = ctypes.CDLL("libinlay.so.0.1")
    library.inlay_version.restype = c_char_p
    for function in (library.ensure_migrated_sqlite, library.ensure_migrated_postgres):
        function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, POINTER(_Options), POINTER(_Error)]
    # libinlay.so brings these along: they are found through it, and are the ones that it uses.
    library.sqlite3_open_v2.argtypes = [c_char_p, POINTER(ctypes.c_void_p), c_int, c_char_p]
    library.sqlite3_errmsg.restype = c_char_p
    library.sqlite3_errmsg.argtypes = library.sqlite3_close.argtypes = [ctypes.c_void_p]
    library.PQconnectdb.restype = ctypes.c_void_p
    library.PQconnectdb.argtypes = [c_char_p]
    library.PQerrorMessage.restype = c_char_p
    for function in (library.PQerrorMessage, library.PQstatus, library.PQfinish):
        function.argtypes = [ctypes.c_void_p]
    _check_layout(library)
    return library


def _check_layout(library: ctypes.CDLL) -> None:
    """A call without a connection is refused, and fills in the error as far as the library has it."""
    error = _Error()
    ctypes.memset(byref(error), 0xFF, ctypes.sizeof(error))
    error.size = ctypes.sizeof(error)
    result = library.ensure_migrated_sqlite(None, None, None, byref(error))
    if (error.result, result, error.version, error.file, error.recorded_count) != (
        Result.MISUSE, Result.MISUSE, -1, b"", 0,
    ):  # fmt: skip
        version = library.inlay_version().decode()
        raise ImportError(f"libinlay {version} has another struct inlay_error than inlay.py")


_library = _open_library()


def load(path: "str | os.PathLike[str]", name: str = "app_migrations") -> _Set:
    """The set of a shared object made of what `inlay compile` wrote."""
    migrations = _Set.in_dll(ctypes.CDLL(str(Path(path).resolve())), name)
    if migrations.abi != ABI:
        raise ImportError(f"{path}: compiled for INLAY_ABI {migrations.abi}, inlay.py is for {ABI}")
    return migrations


class Connection:
    """Made by sqlite() or postgres(); used by one thread at a time."""

    def __init__(self, handle: Optional[ctypes.c_void_p], ensure: Callable[..., int]):
        self._handle = handle
        self._ensure = ensure

    def ensure(
        self,
        migrations: _Set,
        *,
        on_event: Optional[Callable[[Event], None]] = None,
        schema: Optional[str] = None,
        lock_timeout_ms: int = FROM_ENVIRONMENT,
        auto_migrate: Optional[bool] = None,
    ) -> Report:
        """Applies what is pending.  Raises InlayError, or, when all went well, what on_event did."""
        thrown: List[BaseException] = []

        def tell(_: None, event: "ctypes._Pointer[_Event]") -> None:
            if on_event is None or thrown:
                return
            try:
                on_event(_event_of(event.contents))
            except BaseException as exception:  # C can not pass it on.
                thrown.append(exception)

        options = _Options(
            size=ctypes.sizeof(_Options), table=b"schema_migrations",
            lock_timeout_ms=lock_timeout_ms, on_event=_OnEvent(tell),
            statement_lock_timeout_ms=5000, retry_count=5,
            schema=None if schema is None else schema.encode(),
            auto_migrate=FROM_ENVIRONMENT if auto_migrate is None else auto_migrate,
            dry_run=FROM_ENVIRONMENT,
        )  # fmt: skip
        error = _Error(size=ctypes.sizeof(_Error))
        if self._ensure(self._handle, byref(migrations), byref(options), byref(error)) != Result.OK:
            raise InlayError(error)
        if thrown:
            raise thrown[0]
        return Report(error.applied_count, error.is_cached != 0)


def _event_of(event: _Event) -> Event:
    return Event(
        EventKind(event.kind), event.version if event.version >= 0 else None,
        _text(event.migration), _text(event.file), event.duration_ms, _text(event.message),
    )  # fmt: skip


@contextmanager
def sqlite(path: "str | os.PathLike[str]") -> Iterator[Connection]:
    """Opens a file, or makes it, and closes it again at the end."""
    handle = ctypes.c_void_p()
    flags = 0x2 | 0x4  # SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    name = os.fsencode(path)
    if b"\0" in name:  # C would open what is before it.
        raise ValueError("embedded null byte")
    connection = Connection(handle, _library.ensure_migrated_sqlite)
    try:
        if _library.sqlite3_open_v2(name, byref(handle), flags, None) != 0:
            raise OSError(f"{os.fspath(path)}: {_text(_library.sqlite3_errmsg(handle))}")
        yield connection
    finally:
        connection._handle = None  # Who uses it later is told that there is none.
        _library.sqlite3_close(handle)


@contextmanager
def postgres(dsn: str) -> Iterator[Connection]:
    """Connects by libpq's connection string or URL, and disconnects at the end."""
    handle = ctypes.c_void_p(_library.PQconnectdb(dsn.encode()))
    connection = Connection(handle, _library.ensure_migrated_postgres)
    try:
        if _library.PQstatus(handle) != 0:
            raise OSError(_text(_library.PQerrorMessage(handle)).strip())
        yield connection
    finally:
        connection._handle = None
        _library.PQfinish(handle)
