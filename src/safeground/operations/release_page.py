"""The pages of release: one area's, as a file or as bytes, and the list of all areas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safeground.ledger.book import LandBook
from safeground.operations.context import Caller
from safeground.operations.project import opened
from safeground.operations.release import ReleaseCheck, check_json, list_releases
from safeground.operations.release_files import keep_whole
from safeground.records.payload import to_plain
from safeground.records.release import DossierState
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus
from safeground.report.release_list_page import release_list_html
from safeground.report.release_page import release_html
from safeground.store.project import Project, Reader


def write_release_page(project: str, result: ReleaseCheck, out: Path | None = None) -> str:
    """Write the page of a check and return its path; registered nowhere, because it shows one moment.

    Parameters
    ----------
    out : file to write; None = ``NAME.release/AREA.html`` beside the project.
    """
    if out is None:
        folder = Path(project).with_suffix(".release") if "://" not in project else Path("release")
        folder.mkdir(exist_ok=True)
        plain = re.sub(r"[^A-Za-z0-9]+", "-", result.area.local_id or result.area.id).strip("-")[:60]
        out = folder / f"{plain or 'area'}.html"
    keep_whole(out, page_of(result))
    return str(out)


def page_of(result: ReleaseCheck) -> bytes:
    """Return the page of a check."""
    return release_html(check_json(result), [to_plain(d) for d in result.decisions])


def releases_json(location: Project | str, caller: Caller) -> dict[str, Any]:
    """Return every dossier and decision as every face's JSON shows it."""
    return {"project": location.location if isinstance(location, Project) else location,
            "releases": list_releases(location, caller)}


def release_list_page(location: Project | str, caller: Caller, address: Callable[[str], str]) -> bytes:
    """Return the page of all areas with an outline, and of every dossier and decision; writes nothing.

    Parameters
    ----------
    address : from an area's id to its own page.
    """
    with opened(location, caller) as held:
        values = releases_json(held, caller)
        with held.read() as reader:
            areas = _areas(reader)
        return release_list_html({**values, "name": held.name, "areas": areas}, address)


def _areas(reader: Reader) -> list[dict[str, Any]]:
    """Return areas with what their ground is, cm²: dossiers under way first, then those with no hazardous ground."""
    book = LandBook.from_entries(reader.entries())
    waiting: Counter[str] = Counter()
    for entry in book.pending():
        for posting in entry.postings:
            waiting[posting.account.hazardous_area_id] += max(posting.amount_cm2, 0)
    states: dict[str, str] = {}
    for dossier in reader.records("release_dossier"):
        if states.get(dossier.hazardous_area_id) != DossierState.SIGNED.value:
            states[dossier.hazardous_area_id] = dossier.state.value
    rows = []
    for area in reader.records("hazardous_area"):
        if area.geometry.geom_type not in ("Polygon", "MultiPolygon"):
            continue
        ground = book.held(area.id)
        rows.append({"id": area.id, "local_id": area.local_id, "name": area.name, "dossier": states.get(area.id, ""),
                     "hazardous_cm2": sum(ground.get(s, 0) for s in (LandStatus.SUSPECTED, LandStatus.CONFIRMED)),
                     "waiting_cm2": waiting[area.id],
                     "released_cm2": sum(ground.get(s, 0) for s in RELEASED_STATUSES)})

    def order(row: dict[str, Any]) -> tuple[int, str, str]:
        signed = row["dossier"] == DossierState.SIGNED.value
        rank = (0 if row["dossier"] in (DossierState.DRAFT.value, DossierState.VERIFIED.value) else 4 if signed else
                1 if not row["hazardous_cm2"] else 2 if row["waiting_cm2"] or row["released_cm2"] else 3)
        return rank, row["local_id"] or row["name"], row["id"]

    return sorted(rows, key=order)
