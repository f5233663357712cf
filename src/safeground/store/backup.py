"""Backup and restore: one file that rebuilds the project anywhere, read back before it counts.

A backup is an ordinary ZIP with ``project.gpkg`` and ``manifest.json``; its comment is the SHA-256 of everything
before it, so that any changed byte is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from pathlib import Path

from sqlalchemy import inspect, select, text

from safeground.foundation.clock import iso_utc, system_clock
from safeground.foundation.errors import RequestError, SourceError, SurroundingsError
from safeground.store import migrate, styles
from safeground.store.copying import copy_project
from safeground.store.engine import file_engine, is_server, server_engine, shown_location, translated
from safeground.store.project import Project, open_project, publish, refuse_existing
from safeground.store.schema import HEAD, LAYER_TABLES
from safeground.store.verify import verify_journal

_SEAL = 64
_CHUNK = 1 << 20
_MEMBER = "project.gpkg"


def _part_of(path: Path, word: str) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}.{word}.part.gpkg")
    part.unlink(missing_ok=True)
    return part


def _sealed_digest(path: Path) -> str:
    """Return the SHA-256 of everything before the seal."""
    digest, left = hashlib.sha256(), path.stat().st_size - _SEAL
    with path.open("rb") as file:
        while left > 0 and (part := file.read(min(_CHUNK, left))):
            digest.update(part)
            left -= len(part)
    return digest.hexdigest()


def _snapshot(project: Project, part: Path) -> None:
    """Write the project's committed state into a new file while others go on working."""
    if project.path is not None:
        raw = project.engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(part),))
        finally:
            raw.close()
        return
    engine, at = file_engine(part), iso_utc(system_clock())
    try:
        with project.read() as reader, engine.connect() as target, target.begin():
            migrate.upgrade(target, at)
            styles.add_styles(target)
            copy_project(reader.connection, target, at)
    finally:
        engine.dispose()


def _checked(part: Path) -> tuple[int, str, str]:
    """Return a snapshot's head and name after verifying it from end to end."""
    with open_project(str(part), clock=system_clock) as copy:
        check = verify_journal(copy)
        if not check.chain_ok:
            first = check.findings[0]
            raise SourceError("SG-STORE-030", copy.name, f"does not verify: {first.subject} {first.message}",
                              "Run 'safeground ledger PROJECT verify' on the project itself.")
        with copy.read() as reader:
            seq, digest = reader.head()
        return seq, digest, copy.name


def backup_project(project: Project, target: Path) -> int:
    """Copy a project into one file, verify the copy, and return the last event's number that it holds.

    Raises
    ------
    RequestError : the target exists (``SG-STORE-002``).  SurroundingsError : disk full; nothing is left behind.
    SourceError : the project itself does not verify (``SG-STORE-030``).
    """
    refuse_existing(target)
    snapshot, archive = _part_of(target, "snapshot"), _part_of(target, "backup")
    try:
        with translated(target.name):
            _snapshot(project, snapshot)
        seq, digest, name = _checked(snapshot)
        with snapshot.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        manifest = {"schema": "safeground/backup/1", "project": name, "seq": seq, "hash": digest, "sha256": content}
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            packed.writestr("manifest.json", json.dumps(manifest, indent=1))
            packed.write(snapshot, _MEMBER)
            packed.comment = b"0" * _SEAL
        seal = _sealed_digest(archive)
        with archive.open("r+b") as file:
            file.seek(-_SEAL, os.SEEK_END)
            file.write(seal.encode())
        publish(archive, target)
        return seq
    except OSError as error:
        raise SurroundingsError("SG-STORE-006", target.name, f"cannot be written: {error.strerror}.",
                                "Free space or choose another folder; nothing was left behind.") from error
    finally:
        snapshot.unlink(missing_ok=True)
        archive.unlink(missing_ok=True)


def _unpack(archive: Path, part: Path) -> None:
    """Take the project's file out of a backup after checking every byte of it."""
    refused = SourceError("SG-STORE-030", archive.name, "is damaged or no backup of Safeground.",
                          "Use another copy of the backup.")
    try:
        with archive.open("rb") as file:
            file.seek(-_SEAL, os.SEEK_END)
            seal = file.read(_SEAL)
        if seal != _sealed_digest(archive).encode():
            raise refused
        with zipfile.ZipFile(archive) as packed:
            manifest = json.loads(packed.read("manifest.json"))
            with packed.open(_MEMBER) as source, part.open("wb") as file:
                digest = hashlib.sha256()
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
        if digest.hexdigest() != manifest["sha256"]:
            raise refused
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise refused from error


def restore_project(archive: Path, location: str) -> None:
    """Rebuild a project from a backup, as a file or on a server.

    Raises
    ------
    SourceError : the backup is damaged or none (``SG-STORE-030``).  RequestError : a project is there already.
    """
    if not archive.is_file():
        raise RequestError("SG-STORE-001", archive.name, "no such file.", "Name the backup file.")
    path = archive if is_server(location) else Path(location)
    if not is_server(location):
        refuse_existing(path)
    part = _part_of(path, "restore")
    try:
        _unpack(archive, part)
        _checked(part)
        if is_server(location):
            _load(part, location)
        else:
            publish(part, path)
    finally:
        part.unlink(missing_ok=True)


def _load(part: Path, location: str) -> None:
    """Copy a project file's tables into an empty database."""
    shown, at = shown_location(location), iso_utc(system_clock())
    target, source = server_engine(location), file_engine(part, read_only=True)
    try:
        with translated(shown), source.connect() as held, held.begin(), target.connect() as out, out.begin():
            out.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
            if inspect(out).has_table("sg_journal"):
                raise RequestError("SG-STORE-002", shown, "the database holds a project already.",
                                   "Name another database.")
            migrate.upgrade(out, at)
            copy_project(held, out, at)
            for name in LAYER_TABLES:
                out.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'fid'), "
                                 f"(SELECT coalesce(max(fid), 0) + 1 FROM {name}), false)"))
            out.execute(select(HEAD.c.seq)).one()
    finally:
        source.dispose()
        target.dispose()


