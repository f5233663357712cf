"""A report as PDF/A-2b and PDF/UA-1, typeset by typst; all text goes in as data, never as markup."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from safeground.foundation.errors import SurroundingsError
from safeground.report.charts import chart_png
from safeground.report.language import Catalogue
from safeground.report.layout import Page, PageTable
from safeground.report.words import printable

#: Tried in this order: fonts that come with the packages, so that the same input gives the same bytes on every machine;
#: then the machine's fonts too, for scripts that they lack; then without a claim, which forbids missing letters.
_ATTEMPTS: tuple[tuple[bool, tuple[str, ...]], ...] = (
    (False, ("a-2b", "ua-1")), (True, ("a-2b", "ua-1")), (True, ()))
_FONTS = ("DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans Khmer", "Libertinus Serif")


def _plain(value: Any) -> Any:
    """Return a value for typst's JSON: control characters become spaces, all else stays as it is."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _need(table: PageTable, column: int) -> float:
    """Return how much width a column needs, in letters: its longest figure, or a fair line of its words."""
    longest = max((len(row[column].text) for row in table.rows), default=1)
    head = max(len(part) for part in table.heads[column].split() or [""])
    return float(max(head, longest + 2 if table.numeric[column] else min(longest, 20), 5))


def _table(table: PageTable) -> dict[str, Any]:
    widths = [1.0 if table.signing or not number else 0.0 for number in table.numeric]
    if len(table.heads) > 6:  # figures at their full width would leave words no room: share it out by length
        widths = [_need(table, column) for column in range(len(table.heads))]
    return asdict(table) | {"widths": widths}


def page_data(page: Page) -> dict[str, Any]:
    """Return a page as the template reads it."""
    chapters = [{"title": c.title, "paragraphs": c.paragraphs, "points": c.points,
                 "tables": [_table(t) for t in c.tables],
                 "charts": [{"name": chart.name, "alt": chart.alt} for chart in c.charts]} for c in page.chapters]
    return {"language": page.language, "direction": page.direction, "title": page.title, "notices": page.notices,
            "about": [(name, asdict(said)) for name, said in page.about], "chapters": chapters,
            "records_title": page.records_title, "records": [asdict(item) for item in page.records],
            "records_note": page.records_note, "wide": page.wide, "missing": ""}


def _compile(folder: Path, data: dict[str, Any], made_at: datetime, system: bool, claims: tuple[str, ...]) -> bytes:
    own = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    fonts = typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=[own])
    held = set(fonts.families())
    given = data | {"fonts": [name for name in _FONTS if name in held]}
    (folder / "data.json").write_text(json.dumps(_plain(given), ensure_ascii=False), encoding="utf-8")
    typeset: Any = typst.compile  # its stub knows only some of the standards that it takes
    return bytes(typeset(str(folder / "treaty.typ"), format="pdf", root=str(folder), font_paths=fonts,
                         timestamp=int(made_at.timestamp()), pdf_standards=list(claims)))


def write_pdf(page: Page, words: Catalogue, made_at: datetime, path: Path) -> tuple[str, ...]:
    """Write the report as a tagged PDF in its language.

    Parameters
    ----------
    made_at : the PDF's only time stamp.

    Returns
    -------
    The standards that the file claims: ``a-2b`` and ``ua-1``, or none where a letter has no font on this machine; the
    file is tagged all the same, and says so.

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-REPORT-002``).
    """
    data, reason = page_data(page), ""
    with tempfile.TemporaryDirectory(prefix="safeground-") as name:
        folder = Path(name)
        source = files("safeground.report").joinpath("treaty.typ").read_text(encoding="utf-8")
        (folder / "treaty.typ").write_text(source, encoding="utf-8")
        for chapter in page.chapters:
            for chart in chapter.charts:
                (folder / f"{chart.name}.png").write_bytes(chart_png(chart.chart, words))
        for system, claims in _ATTEMPTS:
            try:
                made = _compile(folder, data if claims else data | {"missing": page.fonts_missing}, made_at, system,
                                claims)
            except typst.TypstError as error:
                reason = str(error)
                continue
            path.write_bytes(made)
            return claims
    raise SurroundingsError("SG-REPORT-002", path.name, f"cannot be typeset: {reason[:300]}.",
                            "Write the HTML or DOCX form instead, and report this.")
