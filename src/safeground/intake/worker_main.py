"""The worker that opens a stranger's SQLite: its own process, without network, with limits.  Imports no Safeground.

Called as ``python worker_main.py FILE LAYER BYTES SECONDS``.  Writes frames to standard output: a line of JSON, and
behind a line of rows the geometry blobs, whose lengths the line names.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

_BATCH = 2000
_DEADLINE_STEPS = 20_000


class Refused(Exception):
    """Why the file is refused: code and words."""


def limit(byte_count: int, seconds: int) -> None:
    """Take away what a reader does not need; what the system cannot limit, the parent's clock does."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (byte_count, byte_count))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_network() -> None:
    """Refuse every socket and every new process that Python is asked for."""
    def guard(event: str, arguments: Any) -> None:
        if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "ctypes.")):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(guard)


def send(value: Any, blobs: tuple[bytes, ...] = ()) -> None:
    """Write one frame."""
    out = sys.stdout.buffer
    out.write(json.dumps(value, ensure_ascii=True, default=repr).encode() + b"\n")
    out.writelines(blobs)


def opened(path: str, seconds: int) -> Any:
    """Open the file read-only, distrusting its schema."""
    import apsw

    connection = apsw.Connection(f"{Path(path).resolve().as_uri()}?immutable=1",
                                 flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    for option, value in ((apsw.SQLITE_DBCONFIG_DEFENSIVE, 1), (apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
                          (apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0), (apsw.SQLITE_DBCONFIG_ENABLE_VIEW, 0)):
        connection.config(option, value)
    connection.limit(apsw.SQLITE_LIMIT_LENGTH, 64 << 20)
    connection.limit(apsw.SQLITE_LIMIT_ATTACHED, 0)
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _DEADLINE_STEPS)
    return connection


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def layers_of(connection: Any) -> list[dict[str, Any]]:
    """Return the feature layers that the file lists, with their coordinate system and columns."""
    tables = {name: kind for kind, name in connection.execute("SELECT type, name FROM sqlite_master")}
    for needed in ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"):
        if tables.get(needed) != "table":
            raise Refused("SG-INTAKE-003", f"is no GeoPackage: it has no table {needed}")
    found = []
    listed = connection.execute(
        "SELECT c.table_name, g.column_name, g.srs_id, s.organization, s.organization_coordsys_id, s.definition "
        "FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name "
        "LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE c.data_type = 'features' ORDER BY c.rowid")
    for name, column, srs, organization, code, definition in listed:
        if tables.get(name) != "table":
            raise Refused("SG-INTAKE-005", f"lists the layer {name!r}, which is {tables.get(name, 'not there')}")
        if column is None or (organization is None and srs not in (0, -1)):
            raise Refused("SG-INTAKE-010", f"layer {name!r} has the coordinate system {srs}, which the file does not "
                                           "list")
        columns = connection.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
        found.append({"layer": name, "geometry": column, "srs_id": srs, "organization": organization, "code": code,
                      "definition": definition, "columns": [[c[1], (c[2] or "").upper(), c[5]] for c in columns]})
    if not found:
        raise Refused("SG-INTAKE-006", "lists no layer of features")
    return found


def unread(connection: Any, layers: list[str]) -> list[list[Any]]:
    """Return the tables that hold rows and are no layer, with their number of rows; those of the format left out."""
    own = ("gpkg_", "rtree_", "sqlite_", "idx_")
    tables = [name for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
              if name not in layers and not name.lower().startswith(own) and name != "layer_styles"
              and not (sql or "").upper().startswith("CREATE VIRTUAL")]
    counts = [[name, connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0]] for name in tables]
    return [[name, count] for name, count in counts if count]


def plain(value: Any) -> Any:
    """Return a value as JSON can say it; bytes as their length."""
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, float) and value not in (value,):
        return {"number": "nan"}
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return {"number": repr(value)}
    return value


def own_key(name: str, key: int) -> bool:
    """Return whether a column is the row number that GDAL and QGIS add; any other key is the sender's."""
    return bool(key) and name.lower() in ("fid", "ogc_fid")


def read(path: str, layer: str, seconds: int) -> None:
    """Send every layer's head and rows."""
    connection = opened(path, seconds)
    check = connection.execute("PRAGMA quick_check(3)").fetchall()
    if check != [("ok",)]:
        raise Refused("SG-INTAKE-005", f"is damaged: {check[0][0]}")
    found = layers_of(connection)
    if layer and layer not in [item["layer"] for item in found]:
        raise Refused("SG-INTAKE-012", f"has no layer {layer!r}; it has {', '.join(i['layer'] for i in found)}")
    for item in found:
        if layer and item["layer"] != layer:
            continue
        send({"head": item})
        names = [name for name, _, key in item["columns"] if name != item["geometry"] and not own_key(name, key)]
        chosen = ", ".join(quoted(name) for name in (item["geometry"], *names))
        rows = connection.execute(f"SELECT {chosen} FROM {quoted(item['layer'])} ORDER BY rowid")
        while batch := [row for _, row in zip(range(_BATCH), rows, strict=False)]:
            blobs = [row[0] if isinstance(row[0], bytes) else None if row[0] is None else str(row[0]).encode()
                     for row in batch]
            kinds = ["n" if row[0] is None else "b" if isinstance(row[0], bytes) else "t" for row in batch]
            send({"rows": [[plain(value) for value in row[1:]] for row in batch], "names": names, "kinds": kinds,
                  "lengths": [len(blob or b"") for blob in blobs]}, tuple(blob or b"" for blob in blobs))
    send({"end": True, "unread": [] if layer else unread(connection, [item["layer"] for item in found])})


def main() -> int:
    """Read the file named on the command line."""
    path, layer, byte_count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    import apsw

    limit(byte_count, seconds)
    forbid_network()
    try:
        read(path, layer, seconds)
    except Refused as refused:
        send({"refused": refused.args})
    except (apsw.Error, MemoryError, UnicodeError, ValueError, OSError) as error:
        send({"refused": ["SG-INTAKE-005", f"cannot be read: {type(error).__name__}: {str(error)[:200]}"]})
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
