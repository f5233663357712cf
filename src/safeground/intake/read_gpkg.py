"""GeoPackages (OGC 12-128r18): read by a worker process; values and outlines are checked against what is declared."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.ground.crs import parse_crs
from safeground.intake import worker_main
from safeground.intake.limits import WORKER_BYTES, WORKER_SECONDS
from safeground.intake.outlines import OutlineFault
from safeground.intake.table import RawTable, refusal, row_error

_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_WHOLE = ("INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT", "BOOLEAN")
_REAL = ("REAL", "DOUBLE", "FLOAT")


@lru_cache(maxsize=1)
def isolation() -> tuple[str, ...]:
    """Return the command that takes the network from a process, () = the system does not offer it."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    command = (program, "--map-root-user", "--net")
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if tried.returncode == 0 else ()


def _frames(stream: IO[bytes]) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
    while line := stream.readline():
        frame = json.loads(line)
        yield frame, [stream.read(length) for length in frame.get("lengths", ())]


def run_worker(
    path: Path, layer: str, *, byte_count: int = WORKER_BYTES, seconds: int = WORKER_SECONDS,
    program: Path | None = None,
) -> tuple[list[tuple[dict[str, Any], list[bytes]]], str]:
    """Return the worker's frames, and how it failed ("" = it did not)."""
    command = [*isolation(), sys.executable, "-I", "-B", str(program or worker_main.__file__), str(path), layer,
               str(byte_count), str(seconds)]
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                              cwd=path.parent, env=environment, timeout=seconds + 10, check=False)
        frames = list(_frames(io.BytesIO(done.stdout)))
    except subprocess.TimeoutExpired:
        return [], f"took longer than {seconds} seconds"
    except ValueError:
        return [], "sent no readable answer"
    if done.returncode or not frames or not ({"end", "refused"} & set(frames[-1][0])):
        return [], f"ended with code {done.returncode} before its last row"
    return frames, ""


def read_gpkg(path: Path, content: bytes, layer: str | None) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return a table for each layer of features (or the one named)."""
    file = path.name
    with tempfile.TemporaryDirectory(prefix="safeground-") as folder:
        copy = Path(folder) / "copy.gpkg"
        copy.write_bytes(content)  # what was hashed is what is read; the user's own file is never opened by SQLite
        frames, failed = run_worker(copy, layer or "")
    if failed:
        return (), [refusal(file, "SG-INTAKE-013", f"the reader of this file {failed}.",
                            "Export the layer again as a new GeoPackage.")]
    last = frames[-1][0]
    if "refused" in last:
        code, words = last["refused"]
        return (), [refusal(file, code, f"{words}.", "Export the layer again as a new GeoPackage.")]
    tables: list[RawTable] = []
    head: dict[str, Any] | None = None
    rows: list[tuple[list[Any], str, bytes]] = []
    for frame, blobs in frames:
        if "head" in frame or "end" in frame:
            if head is not None:
                made = _table(file, head, rows)
                if isinstance(made, Finding):
                    return (), [made]
                tables.append(made)
            head, rows = frame.get("head"), []
        else:
            rows.extend(zip(frame["rows"], frame["kinds"], blobs, strict=True))
    return tuple(table for table in tables if table.row_numbers), _unread(file, last["unread"])


def _unread(file: str, tables: list[tuple[str, int]]) -> list[Finding]:
    if not tables:
        return []
    named = ", ".join(f"{name} ({count:,} rows)" for name, count in tables[:10])
    return [Finding(
        Severity.WARNING, "SG-INTAKE-032", file, f"holds {len(tables)} tables without outlines, which were not read: "
        f"{named}{' …' if len(tables) > 10 else ''}.", "Export them as CSV if their rows are meant to be taken in.",
        SourceRef(file))]


def _crs(file: str, head: dict[str, Any]) -> tuple[str | None, Finding | None]:
    if head["srs_id"] in (0, -1):
        return None, None
    text = f"EPSG:{head['code']}" if str(head["organization"]).upper() == "EPSG" else str(head["definition"])
    try:
        parse_crs(text)
        return text, None
    except RequestError as error:
        return None, refusal(file, "SG-INTAKE-010", f"layer {head['layer']}: {error.message}", error.remedy)


def outline(blob: bytes, srs_id: int) -> Geometry | None:
    """Return the geometry of a GeoPackage blob (§2.1.3).

    Raises
    ------
    OutlineFault : the head or the well-known binary is broken, or of another system than its layer.
    """
    if len(blob) < 8 or blob[:2] != b"GP" or blob[2] != 0:
        raise OutlineFault(f"the outline does not begin as a GeoPackage's: {blob[:4].hex() or 'no bytes'}")
    flags = blob[3]
    own = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)[0]
    if own != srs_id:
        raise OutlineFault(f"the outline is in system {own}, its layer in {srs_id}")
    start = 8 + _ENVELOPE.get((flags >> 1) & 7, len(blob))
    with np.errstate(invalid="ignore"):
        shape = shapely.from_wkb(blob[start:], on_invalid="ignore") if start < len(blob) else None
    if shape is None:
        raise OutlineFault("the outline cannot be read: it is cut or of no known kind")
    coordinates = shapely.get_coordinates(shape)
    if not np.isfinite(coordinates).all() and not (flags & 0x10):
        raise OutlineFault("a coordinate is not a finite number")
    return shape


def _value(value: Any, declared: str) -> tuple[object, str]:
    """Return a value and what is wrong with it."""
    if isinstance(value, dict):
        if "number" in value:
            return float(value["number"]), ""
        return f"({value['bytes']} bytes)", "holds bytes where a value belongs"
    base = declared.split("(")[0]
    if value is not None and (base in _WHOLE or base in _REAL) and isinstance(value, str):
        return value, f"holds {value[:40]!r} in a column declared as {declared}"
    if base == "BOOLEAN" and value in (0, 1):
        return bool(value), ""
    if base in _WHOLE and isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return value, f"holds {value!r} in a column declared as {declared}"
    return value, ""


def _table(file: str, head: dict[str, Any], rows: list[tuple[list[Any], str, bytes]]) -> RawTable | Finding:
    layer = head["layer"]
    crs, refused = _crs(file, head)
    if refused is not None:
        return refused
    names = [(name, kind) for name, kind, key in head["columns"]
             if name != head["geometry"] and not worker_main.own_key(name, key)]
    values: dict[str, list[object]] = {name: [] for name, _ in names}
    geometry = np.full(len(rows), None, dtype=object)
    faults: dict[int, list[Finding]] = {}
    texts: dict[int, str] = {}
    for index, (row, kind, blob) in enumerate(rows):
        for (name, declared), raw in zip(names, row, strict=True):
            value, wrong = _value(raw, declared)
            values[name].append(value)
            if wrong:
                faults.setdefault(index, []).append(row_error(
                    file, layer, index + 1, name, "SG-INTAKE-024", f"{wrong}.", "Correct the value."))
        if kind == "n":
            continue
        try:
            if kind == "t":
                raise OutlineFault("the outline is text, expected a GeoPackage's binary")
            geometry[index] = outline(blob, head["srs_id"])
        except OutlineFault as error:
            faults.setdefault(index, []).append(row_error(
                file, layer, index + 1, head["geometry"], "SG-INTAKE-021", f"{error}.", "Draw the outline again."))
            texts[index] = blob.hex()[:100_000]
    return RawTable(
        file=file, layer=layer, columns=tuple(values), values=values, geometry=geometry,
        row_numbers=tuple(range(1, len(rows) + 1)), crs_text=crs, crs_origin="file" if crs else "",
        geometry_text=texts, row_findings={i: tuple(f) for i, f in faults.items()}, typed=True)
