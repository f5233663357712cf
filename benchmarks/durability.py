"""Does "saved" survive a power cut and a kill?  ``python -m benchmarks.durability [--states N] [--kills N] [--json]``.

Power cut: a recorder between SQLite and the disk keeps every write, truncation, deletion and sync while the store
commits; then states of the disk are rebuilt as a cut could leave them: what was synced is there, of what was not any
part of any sector may be.  Each state is opened and asked for every commit that had been acknowledged.
Kill: a writing process is ended by SIGKILL at a random moment, again and again.
The same is done with ``synchronous`` weakened to NORMAL and OFF: a harness that finds nothing there would be blind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import shapely

from safeground.foundation.clock import fixed_clock
from safeground.operations.context import Caller, standard_text
from safeground.records.nouns import Accident
from safeground.store import engine
from safeground.store.project import Project, create_project, open_project

SECTOR = 512
SEED = 20_261_125


def _caller() -> Caller:
    return Caller(actor="benchmark", reason="durability", clock=fixed_clock(datetime(2026, 3, 1, tzinfo=UTC)))


def make_project(path: Path) -> None:
    """Make an empty project file."""
    who = _caller()
    create_project(str(path), name="durability", standard_toml=standard_text("imas"), crs="", clock=who.clock,
                   info=who.info("new")).close()


def write_one(project: Project, number: int) -> None:
    """Commit one record."""
    with project.write(_caller().info("intake")) as writer:
        writer.put([Accident(id=f"r{number}", geometry=shapely.Point(-30 + number * 1e-5, 51), note="x" * 200)])


@dataclass
class Recording:
    """What went to the disk, in order: ("write", file, offset, bytes), ("truncate", file, size), ("sync", file),
    ("delete", file, is_synced), ("ack", number)."""

    operations: list[tuple[Any, ...]] = field(default_factory=list)
    base: dict[str, bytes] = field(default_factory=dict)


class _File(apsw.VFSFile):
    def __init__(self, inherit: str, name: Any, flags: list[int], log: list[tuple[Any, ...]]) -> None:
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name)).name
        self._log = log
        super().__init__(inherit, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        """Keep and pass on."""
        self._log.append(("write", self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        """Keep and pass on."""
        self._log.append(("truncate", self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        """Keep and pass on."""
        self._log.append(("sync", self._name))
        super().xSync(flags)


class _Recorder(apsw.VFS):
    def __init__(self, log: list[tuple[Any, ...]]) -> None:
        self._log, self._base = log, apsw.vfs_names()[0]
        super().__init__("recorder", self._base, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        """Open a file that is recorded."""
        return _File(self._base, name, flags, self._log)

    def xDelete(self, name: str, sync_directory: bool) -> None:
        """Keep and pass on."""
        self._log.append(("delete", Path(name).name, sync_directory))
        super().xDelete(name, sync_directory)


@contextmanager
def weakened(level: str, *, log_ahead: bool) -> Iterator[None]:
    """Use another ``synchronous`` level, and the rollback journal in place of the write-ahead log if asked."""
    level_before, fixed_before = engine.SYNCHRONOUS, engine._WAL_FIXED
    engine.SYNCHRONOUS = level
    import safeground.store.project as module

    wal_before = module.wal_is_fixed
    module.wal_is_fixed = lambda version: log_ahead and wal_before(version)  # type: ignore[assignment]
    try:
        yield
    finally:
        engine.SYNCHRONOUS, engine._WAL_FIXED = level_before, fixed_before
        module.wal_is_fixed = wal_before


def record(folder: Path, commits: int, level: str, *, log_ahead: bool) -> Recording:
    """Commit records one by one and return what went to the disk."""
    path = folder / "project.gpkg"
    make_project(path)
    recording = Recording(base={path.name: path.read_bytes()})
    recorder = _Recorder(recording.operations)
    try:
        with weakened(level, log_ahead=log_ahead), open_project(str(path), clock=_caller().clock) as project:
            for number in range(commits):
                write_one(project, number)
                recording.operations.append(("ack", number))
    finally:
        recorder.unregister()
    return recording


def rebuild(recording: Recording, cut: int, chance: random.Random) -> dict[str, bytes]:
    """Return the files as a power cut after `cut` operations could leave them."""
    files = {name: bytearray(content) for name, content in recording.base.items()}
    last_sync: dict[str, int] = {}
    for index, operation in enumerate(recording.operations[:cut]):
        if operation[0] == "sync":
            last_sync[operation[1]] = index
    unlinked: set[str] = set()  # names whose deletion did not reach the disk: what was made anew is not there either
    for index, operation in enumerate(recording.operations[:cut]):
        kind = operation[0]
        if kind in ("ack", "sync") or operation[1] in unlinked:
            continue
        name = operation[1]
        durable = index < last_sync.get(name, -1)
        if kind == "write":
            _apply(files.setdefault(name, bytearray()), operation[2], operation[3], None if durable else chance)
        elif kind == "truncate" and (durable or chance.random() < 0.5):
            content = files.setdefault(name, bytearray())
            size = operation[2]
            files[name] = content[:size] if len(content) >= size else content + bytes(size - len(content))
        elif kind == "delete":
            if operation[2] or durable or chance.random() < 0.5:
                files.pop(name, None)
            else:
                unlinked.add(name)
    return {name: bytes(content) for name, content in files.items()}


def _apply(content: bytearray, offset: int, data: bytes, chance: random.Random | None) -> None:
    """Write data, whole if durable; else any of its sectors, or one torn in the middle."""
    for start in range(0, len(data), SECTOR):
        piece = data[start : start + SECTOR]
        if chance is not None:
            luck = chance.random()
            if luck < 0.45:
                continue
            if luck < 0.5:
                piece = piece[: chance.randrange(len(piece) + 1)]
        at = offset + start
        if len(content) < at + len(piece):
            content.extend(bytes(at + len(piece) - len(content)))
        content[at : at + len(piece)] = piece


def examine(folder: Path, files: dict[str, bytes], acknowledged: int) -> str:
    """Open a state and return "ok", "lost" or "corrupt"."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    path = folder / "project.gpkg"
    try:
        connection = apsw.Connection(str(path))
        try:
            check = connection.execute("PRAGMA quick_check(1)").fetchall()
            if check != [("ok",)]:
                return "corrupt"
            held = {row[0] for row in connection.execute("SELECT id FROM sg_record")}
            seq, last = connection.execute("SELECT max(seq), count(*) FROM sg_journal").fetchone()
            head = connection.execute("SELECT seq FROM sg_head").fetchone()[0]
            drawn = connection.execute("SELECT count(*) FROM accident").fetchone()[0]
            boxes = connection.execute("SELECT count(*) FROM rtree_accident_geom").fetchone()[0]
        finally:
            connection.close()
    except apsw.Error:
        return "corrupt"
    if not seq == last == head or not len(held) == drawn == boxes:
        return "corrupt"
    return "ok" if all(f"r{number}" in held for number in range(acknowledged)) else "lost"


def power_cuts(states: int, level: str, *, log_ahead: bool, commits: int = 40, seed: int = SEED) -> dict[str, Any]:
    """Rebuild and examine states; return how many were sound, lost an acknowledged commit, or were corrupt."""
    chance = random.Random(f"{seed} {level} {log_ahead}")
    counts = {"ok": 0, "lost": 0, "corrupt": 0}
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        recording = record(Path(one), commits, level, log_ahead=log_ahead)
        for _ in range(states):
            cut = chance.randrange(1, len(recording.operations) + 1)
            acknowledged = sum(operation[0] == "ack" for operation in recording.operations[:cut])
            counts[examine(Path(two), rebuild(recording, cut, chance), acknowledged)] += 1
    return {"synchronous": level, "journal": "wal" if log_ahead else "rollback", "states": states, **counts,
            "operations": len(recording.operations), "seconds": round(time.perf_counter() - started, 1)}


def kills(count: int, *, seed: int = SEED) -> dict[str, Any]:
    """Kill a writing process at random moments; return how many acknowledged commits were lost, and corrupt files."""
    chance = random.Random(seed)
    lost = corrupt = written = 0
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.gpkg"
        make_project(path)
        for _ in range(count):
            acknowledged = _killed_writer(path, written, chance.uniform(0.002, 0.04))
            outcome, written = _after_kill(path, acknowledged, written)
            lost += outcome == "lost"
            corrupt += outcome == "corrupt"
    return {"kills": count, "commits": written, "lost": lost, "corrupt": corrupt,
            "seconds": round(time.perf_counter() - started, 1)}


def _killed_writer(path: Path, first: int, patience: float) -> int:
    """Let a child commit records until it is killed; return how many it had acknowledged in all."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        project = open_project(str(path), clock=_caller().clock)
        os.write(write_end, b"o")
        number = first
        while True:
            write_one(project, number)
            os.write(write_end, b".")
            number += 1
    os.close(write_end)
    os.read(read_end, 1)
    time.sleep(patience)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = 0
    while part := os.read(read_end, 65536):
        told += len(part)
    os.close(read_end)
    return first + told


def _after_kill(path: Path, acknowledged: int, before: int) -> tuple[str, int]:
    connection = apsw.Connection(str(path))
    try:
        sound = connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        numbers = {int(row[0][1:]) for row in connection.execute("SELECT id FROM sg_record")}
        seq, events = connection.execute("SELECT max(seq), count(*) FROM sg_journal").fetchone()
    except apsw.Error:
        return "corrupt", before
    finally:
        connection.close()
    if not sound or seq != events or numbers != set(range(len(numbers))):
        return "corrupt", len(numbers)
    return ("ok" if len(numbers) >= acknowledged else "lost"), len(numbers)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--states", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = {"schema": "safeground/benchmark/1", "name": "durability", "seed": SEED, "power_cuts": [
        power_cuts(asked.states, engine.SYNCHRONOUS, log_ahead=True),
        power_cuts(asked.states, engine.SYNCHRONOUS, log_ahead=False),
        power_cuts(max(200, asked.states // 10), "FULL", log_ahead=False),
        power_cuts(max(200, asked.states // 10), "NORMAL", log_ahead=True),
        power_cuts(max(200, asked.states // 10), "OFF", log_ahead=True),
        power_cuts(max(200, asked.states // 10), "OFF", log_ahead=False)], "kills": kills(asked.kills)}
    if asked.json:
        json.dump(figures, sys.stdout)
        sys.stdout.write("\n")
        return
    for row in figures["power_cuts"]:  # type: ignore[attr-defined]
        print(f"power cut, {row['journal']}, synchronous={row['synchronous']}: {row['states']:,} states, "
              f"{row['lost']:,} lost an acknowledged commit, {row['corrupt']:,} corrupt ({row['seconds']} s)")
    row = figures["kills"]  # type: ignore[assignment]
    print(f"kill -9: {row['kills']:,} kills over {row['commits']:,} commits: {row['lost']} lost, {row['corrupt']} "
          "corrupt "
          f"({row['seconds']} s)")


if __name__ == "__main__":
    main()
