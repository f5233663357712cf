"""PEP 249 face of ``apsw``, so that one SQLite library alone touches the live file.

The standard library's module bundles another SQLite; two of them in one process drop each other's file locks
(``docs/decisions/0020-one-sqlite-library.md``).  Only what SQLAlchemy asks for is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import apsw

apilevel = "2.0"
paramstyle = "qmark"
threadsafety = 1
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))
Binary = bytes
PARSE_DECLTYPES = 0
PARSE_COLNAMES = 0


class Error(Exception):
    """A failure of the database; `args[0]` says why."""


class DatabaseError(Error):
    """Any failure other than one of the interface."""


class InterfaceError(Error):
    """The interface was used wrongly."""


class OperationalError(DatabaseError):
    """Busy, locked, full, read-only, input or output error."""


class IntegrityError(DatabaseError):
    """A unique, foreign key, not-null or trigger rule said no."""


class ProgrammingError(DatabaseError):
    """The statement is faulty."""


class DataError(DatabaseError):
    """A value does not fit."""


class InternalError(DatabaseError):
    """The database contradicts itself."""


class NotSupportedError(DatabaseError):
    """Not offered."""


class LockedError(OperationalError):
    """Another connection holds the lock for longer than the timeout."""


class StorageError(OperationalError):
    """Disk full, read-only or failing."""


class DamagedError(DatabaseError):
    """Not a database, or a damaged one."""


_KINDS: tuple[tuple[tuple[type[Exception], ...], type[Error]], ...] = (
    ((apsw.BusyError, apsw.LockedError), LockedError),
    ((apsw.FullError, apsw.ReadOnlyError, apsw.IOError, apsw.CantOpenError, apsw.PermissionsError), StorageError),
    ((apsw.NotADBError, apsw.CorruptError), DamagedError),
    ((apsw.ConstraintError,), IntegrityError),
    ((apsw.SQLError, apsw.BindingsError), ProgrammingError),
)


def _translated(error: apsw.Error) -> Error:
    for kinds, ours in _KINDS:
        if isinstance(error, kinds):
            return ours(str(error))
    return OperationalError(f"{type(error).__name__}: {error}")


class Cursor:
    """One statement's results."""

    arraysize = 1000

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self.description: Sequence[tuple[Any, ...]] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def _describe(self, cursor: apsw.Cursor, statement: str, bindings: Any) -> bool:
        self.description = cursor.description or None  # known before the first step, also when no row follows
        return True

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run one statement."""
        self.description = None
        self._cursor.exec_trace = self._describe
        before = self._connection.total_changes()
        try:
            self._cursor.execute(statement, tuple(parameters))
        except apsw.Error as error:
            raise _translated(error) from error
        finally:
            self._cursor.exec_trace = None
        if self.description is None:
            self.rowcount = self._connection.total_changes() - before
            self.lastrowid = self._connection.last_insert_rowid()
        else:
            self.rowcount = -1
        return self

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> Cursor:
        """Run one statement for each row of values."""
        try:
            self._cursor.executemany(statement, rows)
            self.description = None
            self.rowcount = -1
        except apsw.Error as error:
            raise _translated(error) from error
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        """Return the next row, None at the end."""
        try:
            return next(iter(self._cursor), None)
        except apsw.Error as error:
            raise _translated(error) from error

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Return the next rows, at most `size`."""
        rows: list[tuple[Any, ...]] = []
        for _ in range(size or self.arraysize):
            row = self.fetchone()
            if row is None:
                break
            rows.append(row)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows that are left."""
        try:
            return self._cursor.fetchall()
        except apsw.Error as error:
            raise _translated(error) from error

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchone, None)

    def setinputsizes(self, sizes: Any) -> None:
        """Ignored, as PEP 249 allows."""

    def setoutputsize(self, size: Any, column: Any = None) -> None:
        """Ignored, as PEP 249 allows."""

    def close(self) -> None:
        """Give the statement back."""
        self._cursor.close(True)


class Connection:
    """One connection; a transaction starts by an explicit ``BEGIN``."""

    isolation_level: str | None = None

    def __init__(self, path: str, *, read_only: bool, timeout_ms: int) -> None:
        flags = apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        try:
            self.apsw = apsw.Connection(path, flags=flags)
            self.apsw.set_busy_timeout(timeout_ms)
            self.apsw.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        except apsw.Error as error:
            raise _translated(error) from error

    def cursor(self) -> Cursor:
        """Return a new cursor."""
        return Cursor(self.apsw)

    def create_function(
        self, name: str, count: int, function: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """Offer a Python function to SQL."""
        self.apsw.create_scalar_function(
            name, function, count, deterministic=deterministic, flags=apsw.SQLITE_INNOCUOUS)

    def commit(self) -> None:
        """Make the transaction durable; at return it is on disk."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction."""
        self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        if self.apsw.in_transaction:
            try:
                self.apsw.execute(word)
            except apsw.Error as error:
                raise _translated(error) from error

    def close(self) -> None:
        """Close; an open transaction is undone."""
        try:
            self.apsw.close(True)
        except apsw.Error as error:
            raise _translated(error) from error


def connect(path: str, *, read_only: bool = False, timeout_ms: int = 10_000, **_: Any) -> Connection:
    """Open a SQLite file."""
    return Connection(path, read_only=read_only, timeout_ms=timeout_ms)
