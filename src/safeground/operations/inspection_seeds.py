"""Sealed seeds: kept by the authority outside the project, until the draw reveals them.

A seed inside the project file would be known to everybody who holds a copy, the inspected operator too.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RequestError, SurroundingsError
from safeground.operations.inspection_state import folder_of
from safeground.records.quality import InspectionLot
from safeground.store.project import Project

_LEAST = 16


def seed_path(project: Project, lot_id: str, mark: str = "") -> Path:
    """Return where a lot's seed is kept: ``NAME.seeds/LOT.seed``; a seal made anew has a mark of its own."""
    return folder_of(project, "seeds") / f"{lot_id}{mark}.seed"


def _from_master(path: Path, lot_id: str) -> str:
    """Return a lot's seed made from the authority's own secret file: it tells nothing of other lots' seeds."""
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise RequestError("SG-OPS-122", path.name, f"cannot be read: {error.strerror}.",
                           "Name the seed file.") from error
    if len(secret) < _LEAST:
        raise RequestError("SG-OPS-122", path.name, f"holds {len(secret)} bytes; expected: at least {_LEAST}.",
                           "Make a longer secret, e.g. 32 random bytes.")
    return sha256_hex(secret + b":" + lot_id.encode())


def new_seed(project: Project, lot_id: str, seed_file: Path | None, *, keep: bool, mark: str = "") -> str:
    """Return the seed of a lot that is being formed: random, or from the authority's file.

    A random one is kept in a file that only its owner can read, on disk before the lot is; a file that is there already
    belongs to a lot that was never written, and is used.

    Raises
    ------
    RequestError : the authority's file cannot serve.  SurroundingsError : the seed cannot be kept (``SG-OPS-122``).
    """
    if seed_file is not None:
        return _from_master(seed_file, lot_id)
    seed, path = secrets.token_hex(32), seed_path(project, lot_id, mark)
    if not keep:
        return seed
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            handle = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(seed + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.link(path.with_suffix(".part"), path)  # fails where a seed is kept already: none is ever overwritten
        path.with_suffix(".part").unlink(missing_ok=True)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SurroundingsError("SG-OPS-122", path.name, f"the seed cannot be kept: {error}.",
                                "Make room, or give --seed-file.") from error


def sealed_seed(project: Project, lot: InspectionLot, seed_file: Path | None) -> str:
    """Return the seed of a lot that is to be drawn: of the files kept for it, the one that was sealed.

    Raises
    ------
    RequestError : it is not where it was kept (``SG-OPS-122``).  Whether it is the sealed one is for the draw to say.
    """
    if seed_file is not None:
        return _from_master(seed_file, lot.id)
    folder = folder_of(project, "seeds")
    try:
        seeds = [path.read_text(encoding="ascii").strip() for path in sorted(folder.glob(f"{lot.id}*.seed"))]
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError("SG-OPS-122", folder.name, f"a seed of {lot.local_id} cannot be read: {error}.",
                           "Bring the file that was kept when the lot was formed, or give --seed-file.") from error
    if not seeds:
        raise RequestError("SG-OPS-122", f"{folder.name}/{lot.id}.seed", "is not there.",
                           "Bring the file that was kept when the lot was formed, or give --seed-file.")
    return next((seed for seed in seeds if sha256_hex(seed.encode()) == lot.seed_sha256), seeds[0])
