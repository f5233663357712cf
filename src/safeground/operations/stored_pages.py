"""Pages that a command wrote beside the project and registered in the journal: shown again as they were written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safeground.operations.context import Caller
from safeground.operations.project import opened
from safeground.operations.release_case import BEARING
from safeground.store.project import Project

#: Stage -> setting that names the page's hash, and the page's name; its folder is ``NAME.STAGE``.
STORED = {"hazard": ("hazard/latest", "hazard.html"), "plan": ("plan/latest", "plan.html"),
          "forecast": ("forecast/latest", "forecast.html")}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A stage's page as its last run left it.

    Attributes
    ----------
    content : the file's bytes, None = there is none to show.
    why : why there is none, in a sentence; "" = there is one.
    made_at : when the run was written to the journal.
    newer : how many records of areas, work, finds and accidents came in or changed since.
    """

    stage: str
    project: str
    content: bytes | None = None
    why: str = ""
    made_at: datetime | None = None
    newer: int = 0


def stored_page(location: Project | str, stage: str, caller: Caller) -> StoredPage:
    """Return the page of a stage of `STORED`, if the file beside the project is the one that the journal names."""
    key, name = STORED[stage]
    with opened(location, caller) as project, project.read() as reader:
        held = reader.setting(key)
        if not held:
            return StoredPage(stage=stage, project=project.name, why=f"There is no {stage} yet.")
        digest = held.get("files", {}).get(name)
        written = [e for e in reader.history(key)
                   if dict(e.payload.get("value") or {}).get("files", {}).get(name) == digest]
        if digest is None or not written:
            return StoredPage(stage=stage, project=project.name,
                              why=f"The last {stage} was computed without writing its page.")
        content = _read(project, stage, name)
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            return StoredPage(stage=stage, project=project.name, why=(
                f"The file {name} is not beside the project." if content is None else
                f"The file {name} beside the project is not the one that the {stage} wrote; it is not shown."))
        newer = len(reader.changed_since(written[0].seq, ("hazardous_area", *BEARING)))
        return StoredPage(stage=stage, project=project.name, content=content, made_at=written[0].at, newer=newer)


def _read(project: Project, stage: str, name: str) -> bytes | None:
    where = project.path
    folder = where.with_suffix(f".{stage}") if where is not None else Path(f"{project.name}.{stage}")
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None
