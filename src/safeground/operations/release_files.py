"""The files of a release beside the project: on disk whole before the project names their hashes."""

from __future__ import annotations

import os
import re
from pathlib import Path

from safeground.foundation.errors import SurroundingsError
from safeground.records.nouns import HazardousArea
from safeground.records.release import ReleaseDossier
from safeground.store.project import Project


def release_folder(project: Project) -> Path:
    """Return the folder of a project's release files: ``NAME.release`` beside it."""
    return project.path.with_suffix(".release") if project.path is not None else Path(f"{project.name}.release")


def file_stem(area: HazardousArea, dossier: ReleaseDossier) -> str:
    """Return the name that an area's files share: its own, and the beginning of the dossier's id."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", area.local_id or area.name or area.id).strip("-")[:60]
    return f"{plain or 'area'}-{dossier.id[:8]}"


def keep_files(folder: Path, area: HazardousArea, dossier: ReleaseDossier, pdf: bytes, data: bytes
               ) -> tuple[Path, Path]:
    """Write certificate and dossier file, each whole or not at all, and return their paths.

    Raises
    ------
    SurroundingsError : the folder cannot be written (``SG-STORE-006``).
    """
    stem = file_stem(area, dossier)
    certificate, beside = folder / f"{stem}.certificate.pdf", folder / f"{stem}.dossier.json"
    try:
        folder.mkdir(exist_ok=True)
        for path, content in ((beside, data), (certificate, pdf)):
            keep_whole(path, content)
    except OSError as error:
        raise SurroundingsError("SG-STORE-006", folder.name, f"cannot be written: {error.strerror}.",
                                "Make room, or choose another disk; nothing was released.") from error
    return certificate, beside


def keep_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole after a power cut, or not at all."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
