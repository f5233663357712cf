"""Connections: one SQLite library on the file, full sync, explicit transactions; or a PostgreSQL server."""

from __future__ import annotations

import math
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import Engine, create_engine, event
from sqlalchemy import exc as sa_exc
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import QueuePool

from safeground.foundation.errors import (
    ProjectLockedError,
    RequestError,
    SafegroundError,
    SourceError,
    SurroundingsError,
)
from safeground.store import dbapi

#: SQLite versions from which WAL with several connections loses nothing (sqlite.org/wal.html, "the WAL-reset bug").
_WAL_FIXED = (3, 51, 3)
_WAL_BACKPORTED = ((3, 44, 6), (3, 50, 7))
#: File systems on which shared memory between processes cannot be relied on.
_NETWORK_FILE_SYSTEMS = ("nfs", "cifs", "smb", "9p", "fuse.sshfs", "vboxsf", "afs", "ceph", "gluster")
BUSY_TIMEOUT_MS = 15_000
#: What "saved" means: on disk before the commit returns.  FULL is not enough: with a rollback journal it leaves the
#: journal's deletion unsynced, and a power cut takes an acknowledged commit back (``benchmarks/durability.py``).
SYNCHRONOUS = "EXTRA"
_SERVER = r"^postgres(ql)?(\+\w+)?://"


class ApswDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite dialect on the connections of :mod:`safeground.store.dbapi`."""

    driver = "apsw"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        """Return the driver; never the standard library's."""
        return dbapi

    @classmethod
    def get_pool_class(cls, url: URL) -> type[QueuePool]:
        """Return the pool for files."""
        return QueuePool

    def create_connect_args(self, url: URL) -> Any:
        """Return what :func:`safeground.store.dbapi.connect` is called with."""
        return [url.database], {"read_only": url.query.get("mode") == "ro", "timeout_ms": BUSY_TIMEOUT_MS}

    def on_connect(self) -> Any:
        """Return what each new connection is prepared with."""
        return _prepare

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        """Keep SQLite's one level, serializable."""


registry.register("sqlite.apsw", "safeground.store.engine", "ApswDialect")


def _header(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """Return minx, maxx, miny, maxy of a GeoPackage geometry, None if empty (OGC 12-128r18 §2.1.3)."""
    if blob is None or len(blob) < 8 or blob[3] & 0x10:
        return None
    if (blob[3] >> 1) & 7:
        low_x, high_x, low_y, high_y = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        return None if math.isnan(low_x) else (low_x, high_x, low_y, high_y)
    min_x, min_y, max_x, max_y = shapely.from_wkb(blob[8:]).bounds
    return min_x, max_x, min_y, max_y


def _bound(index: int) -> Any:
    def value(blob: bytes | None) -> float | None:
        box = _header(blob)
        return None if box is None else box[index]

    return value


def _prepare(connection: dbapi.Connection) -> None:
    for index, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, _bound(index), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, lambda blob: int(_header(blob) is None), deterministic=True)
    run = connection.cursor().execute
    run(f"PRAGMA synchronous={SYNCHRONOUS}")
    run("PRAGMA foreign_keys=ON")
    run("PRAGMA temp_store=MEMORY")
    run("PRAGMA cache_size=-65536")


def wal_is_fixed(version: tuple[int, ...]) -> bool:
    """Return whether this SQLite may use a write-ahead log with several connections."""
    return version >= _WAL_FIXED or any(version[:2] == fixed[:2] and version >= fixed for fixed in _WAL_BACKPORTED)


def is_local(path: Path) -> bool:
    """Return whether a file lies on a disk of this machine; unknown counts as not."""
    if str(path).startswith("\\\\"):
        return False
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return os.name == "nt"
    kind, longest = "", -1
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        point = fields[1].replace("\\040", " ")
        inside = str(path.resolve()) == point or str(path.resolve()).startswith(point.rstrip("/") + "/")
        if inside and len(point) > longest:
            kind, longest = fields[2], len(point)
    return bool(kind) and not kind.startswith(_NETWORK_FILE_SYSTEMS)


def file_engine(path: Path, *, read_only: bool = False) -> Engine:
    """Return an engine on a GeoPackage file; a write begins with ``BEGIN IMMEDIATE``."""
    url = URL.create("sqlite+apsw", database=str(path), query={"mode": "ro"} if read_only else {})
    engine = create_engine(url, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def server_engine(location: str) -> Engine:
    """Return an engine on a PostgreSQL server.

    Raises
    ------
    SurroundingsError : the driver is not installed (``SG-STORE-007``).
    """
    url = make_url(re.sub(_SERVER, "postgresql+psycopg://", location))
    try:
        return create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True,
                             connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise SurroundingsError("SG-STORE-007", "PostgreSQL driver", "is not installed.",
                                "Install it with: pip install 'safeground[postgis]'.") from error


def is_server(location: str) -> bool:
    """Return whether a location names a PostgreSQL database."""
    return re.match(_SERVER, location) is not None


def shown_location(location: str) -> str:
    """Return a location as it may be printed: without a password."""
    return make_url(location).render_as_string(hide_password=True) if is_server(location) else location


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn a driver's failure into one that says what to do; everything else passes."""
    try:
        yield
    except sa_exc.DBAPIError as error:
        raise _ours(error.orig, subject) from error
    except (dbapi.Error, sa_exc.SQLAlchemyError) as error:
        raise _ours(error, subject) from error


def _ours(error: BaseException | None, subject: str) -> SafegroundError:
    state = getattr(error, "sqlstate", None) or ""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, dbapi.LockedError) or state in ("55P03", "40001", "40P01"):
        return ProjectLockedError("SG-STORE-005", subject, "another program is writing to the project.",
                                  "Wait until it has finished, then run this again; nothing was changed.")
    if isinstance(error, dbapi.StorageError) or state.startswith("53"):
        return SurroundingsError("SG-STORE-006", subject, f"cannot be written or read: {said}.",
                                 "Free space or check the permissions, then run this again; nothing was saved.")
    if isinstance(error, dbapi.DamagedError):
        return SourceError("SG-STORE-008", subject, f"is damaged or no project: {said}.",
                           "Restore the last backup with 'safeground restore'.")
    if isinstance(error, dbapi.IntegrityError) or state.startswith("23"):
        return RequestError("SG-STORE-009", subject, f"the project holds this already or refuses it: {said}.",
                            "Nothing was changed; run again, the second time finds what is there.")
    return SurroundingsError("SG-STORE-007", subject, f"the database says: {said}.",
                             "Check that the server runs, the URL is right, and PostGIS is installed.")
