"""A file beside a project: written under another name and renamed, so that it is never seen half."""

from __future__ import annotations

import os
from pathlib import Path

from safeground.foundation.errors import SurroundingsError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file: a reader sees the old one or the new one.

    Raises
    ------
    SurroundingsError : the disk refuses (``SG-OPS-006``); an earlier file is left as it was.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        raise SurroundingsError("SG-OPS-006", path.name, f"cannot be written: {error.strerror or error}.",
                                "Free some space, or choose another folder.") from error
    finally:
        beside.unlink(missing_ok=True)
