"""Backup and restore: a backup is none until it was read back and verified."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from safeground.operations.context import Caller
from safeground.operations.project import opened
from safeground.store.backup import backup_project, restore_project
from safeground.store.project import Project
from safeground.store.verify import verify_journal


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupResult:
    """A backup and what it holds; `chain_ok` is known after a restore."""

    project: str
    backup: str
    sha256: str
    byte_count: int
    journal_seq: int
    chain_ok: bool | None = None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_backup(project: Project | str, target: Path, caller: Caller) -> BackupResult:
    """Copy a project into one file that can be restored anywhere.

    Raises
    ------
    RequestError : the target exists.  SurroundingsError : disk full; the half-written file is removed.
    """
    with opened(project, caller) as held:
        caller.progress("copying", None)
        seq = backup_project(held, target)
        return BackupResult(project=held.location, backup=str(target), sha256=_digest(target),
                            byte_count=target.stat().st_size, journal_seq=seq)


def restore_backup(archive: Path, location: str, caller: Caller) -> BackupResult:
    """Rebuild a project from a backup and verify it.

    Raises
    ------
    SourceError : the backup is damaged or not one.  RequestError : the project exists.
    """
    caller.progress("checking and restoring", None)
    restore_project(archive, location)
    with opened(location, caller) as held:
        check = verify_journal(held)
        with held.read() as reader:
            seq, _ = reader.head()
        return BackupResult(project=held.location, backup=str(archive), sha256=_digest(archive),
                            byte_count=archive.stat().st_size, journal_seq=seq, chain_ok=check.chain_ok)
