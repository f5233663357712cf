"""A project: made, opened, read and written; the same on a GeoPackage file and on PostGIS."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, insert, inspect

from safeground.foundation.clock import Clock, iso_utc
from safeground.foundation.errors import RequestError, SurroundingsError
from safeground.records.journal import OperationInfo
from safeground.store import dbapi, migrate, styles
from safeground.store.engine import (
    file_engine,
    is_local,
    is_server,
    server_engine,
    shown_location,
    translated,
    wal_is_fixed,
)
from safeground.store.journal import GENESIS, Chain
from safeground.store.reader import FeatureBatch, Reader
from safeground.store.schema import HEAD, REVISION
from safeground.store.writer import Writer


class Project:
    """An open project.

    Attributes
    ----------
    location : path or URL as it may be printed (without a password).
    backend : ``geopackage`` or ``postgis``.
    name : the programme's or district's name.
    path : the file, None on a server.
    """

    def __init__(self, engine: Engine, location: str, clock: Clock, path: Path | None) -> None:
        self.engine, self.location, self.path = engine, location, path
        self.backend = "geopackage" if path is not None else "postgis"
        self._clock = clock
        self._writing = threading.Lock()  # one writer queue for each open file: no commit is starved
        self._logged = self._log_ahead()
        with self.read() as reader:
            self.name = str(reader.setting("name", ""))

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Yield a reader of one unchanging state."""
        with translated(self.location), self._connected() as connection:
            yield Reader(connection, self.backend)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        options = {"isolation_level": "REPEATABLE READ"} if self.backend == "postgis" else {}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, info: OperationInfo) -> Iterator[Writer]:
        """Yield a writer; at the end everything is on disk, or, on any error, nothing.

        Raises
        ------
        ProjectLockedError : another program is writing.  SurroundingsError : disk full or failing.
        """
        with (self._writing, translated(self.location),
              self.engine.connect().execution_options(writes=True) as connection, connection.begin()):
            if self.backend == "postgis":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '15s'")
            chain = Chain(connection, info, self._clock())
            yield Writer(connection, self.backend, chain)
            chain.flush()

    def _log_ahead(self) -> bool:
        """Use a write-ahead log where that loses nothing: a fixed SQLite, a disk of this machine; return whether."""
        if self.path is None or not wal_is_fixed(dbapi.sqlite_version_info) or not is_local(self.path):
            return False
        with suppress(dbapi.LockedError, dbapi.StorageError):  # read-only, or held: the rollback journal serves
            _pragma(self.engine, "PRAGMA journal_mode=WAL")
            return True
        return False

    def close(self) -> None:
        """Close; a file is left whole in one piece."""
        if self.path is not None and self._logged:
            with translated(self.location):
                _pragma(self.engine, "PRAGMA wal_checkpoint(TRUNCATE)")
                with suppress(dbapi.LockedError):  # others still have it open: their last close leaves it whole
                    _pragma(self.engine, "PRAGMA journal_mode=DELETE")
        self.engine.dispose()

    def __enter__(self) -> Project:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _pragma(engine: Engine, statement: str) -> None:
    """Run a statement outside a transaction."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(statement)
    finally:
        raw.close()


def create_project(
    location: str, *, name: str, standard_toml: str, crs: str, clock: Clock, info: OperationInfo
) -> Project:
    """Make a new, empty project and open it; nothing is left behind if that fails.

    Parameters
    ----------
    location : path ending in ``.gpkg`` that does not exist yet; or a PostgreSQL URL of a database without a project.
    standard_toml : the rule pack's text.
    crs : working coordinate system, "" = none chosen.

    Raises
    ------
    RequestError : it exists (``SG-STORE-002``), or the location is neither kind (``SG-STORE-001``).
    SurroundingsError : the folder cannot be written; the server cannot be reached.
    """
    settings = {"name": name, "standard_toml": standard_toml, "crs": crs}
    if is_server(location):
        engine = server_engine(location)
        with translated(shown_location(location)):
            _fill(engine, settings, clock, info, shown_location(location))
        return Project(engine, shown_location(location), clock, None)
    path = Path(location)
    if path.suffix.lower() != ".gpkg":
        raise RequestError("SG-STORE-001", location, "is neither a path ending in .gpkg nor a postgresql:// URL.",
                           "Name the file, e.g. district.gpkg.")
    refuse_existing(path)
    part = path.with_name(f".{path.stem}.{os.getpid()}.part.gpkg")
    part.unlink(missing_ok=True)
    try:
        engine = file_engine(part)
        with translated(path.name):
            _fill(engine, settings, clock, info, path.name)
        engine.dispose()
        publish(part, path)
    finally:
        part.unlink(missing_ok=True)
    return open_project(location, clock=clock)


def publish(part: Path, path: Path) -> None:
    """Give a finished file its name; one that is there is never replaced."""
    descriptor = os.open(part, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(part, path)
    except FileExistsError:
        refuse_existing(path)
    except OSError:  # a file system without hard links
        refuse_existing(path)
        part.rename(path)


def refuse_existing(path: Path) -> None:
    """Refuse a name that is taken, or whose folder does not exist."""
    if path.exists():
        raise RequestError("SG-STORE-002", path.name, "exists already.", "Choose another name, or open it.")
    if not path.resolve().parent.is_dir():
        raise SurroundingsError("SG-STORE-006", path.name, "its folder does not exist.", "Make the folder first.")


def _fill(engine: Engine, settings: dict[str, str], clock: Clock, info: OperationInfo, subject: str) -> None:
    at = clock()
    server = engine.dialect.name != "sqlite"
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if server:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
            if inspect(connection).has_table("sg_journal"):
                raise RequestError("SG-STORE-002", subject, "the database holds a project already.",
                                   "Name another database, or open this one.")
        migrate.upgrade(connection, iso_utc(at))
        connection.execute(insert(HEAD).values(id=1, seq=0, hash=GENESIS))
        if not server:
            styles.add_styles(connection)
        chain = Chain(connection, info, at)
        writer = Writer(connection, "postgis" if server else "geopackage", chain)
        for key, value in settings.items():
            writer.set_setting(key, value)
        chain.flush()


def _keep_older(engine: Engine, path: Path | None, revision: str) -> None:
    """Copy a file before its schema is upgraded, as ``NAME.schema-REVISION.gpkg``; a copy that is there stays."""
    if path is None:
        return
    copy = path.with_name(f"{path.stem}.schema-{revision}{path.suffix}")
    if not copy.exists():
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(copy),))
        finally:
            raw.close()


def open_project(location: str, *, clock: Clock) -> Project:
    """Open a project; a file of an older schema is copied as ``NAME.schema-REVISION.gpkg`` and then upgraded.

    Raises
    ------
    RequestError : nothing there (``SG-STORE-001``), no project (``-003``), written by a newer Safeground (``-004``).
    SurroundingsError : the server cannot be reached, the file cannot be read.
    """
    if is_server(location):
        engine, path, shown = server_engine(location), None, shown_location(location)
    else:
        path, shown = Path(location), location
        if not path.is_file():
            raise RequestError("SG-STORE-001", location, "no project is there.",
                               f"Make one with: safeground new {location}")
        engine = file_engine(path)
    held: Project | None = None
    try:
        with translated(shown):
            with engine.connect() as connection, connection.begin():
                revision = migrate.revision_of(connection, shown)
            if revision != REVISION:
                _keep_older(engine, path, revision)
                with engine.connect().execution_options(writes=True) as connection, connection.begin():
                    migrate.upgrade(connection, iso_utc(clock()))
        held = Project(engine, shown, clock, path)
        return held
    finally:
        if held is None:
            engine.dispose()


__all__ = ["FeatureBatch", "Project", "Reader", "Writer", "create_project", "open_project"]
