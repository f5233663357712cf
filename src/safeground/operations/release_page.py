"""The page of one area's release, written beside the project or where it is asked for."""

from __future__ import annotations

import re
from pathlib import Path

from safeground.operations.release import ReleaseCheck, check_json
from safeground.operations.release_files import keep_whole
from safeground.records.payload import to_plain
from safeground.report.release_page import release_html


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
    keep_whole(out, release_html(check_json(result), [to_plain(d) for d in result.decisions]))
    return str(out)
