"""A report as PDF/A-2b and PDF/UA-1, typeset by typst; all text goes in as data, never as markup."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from safeground.report.archival import archival_pdf
from safeground.report.charts import chart_png
from safeground.report.language import Catalogue
from safeground.report.layout import Page, PageTable


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
    pictures = {f"{chart.name}.png": chart_png(chart.chart, words) for c in page.chapters for chart in c.charts}
    made, claims = archival_pdf(
        "treaty.typ", page_data(page), pictures, made_at=made_at, name=path.name, missing=page.fonts_missing,
        remedy="Write the HTML or DOCX form instead, and report this.")
    path.write_bytes(made)
    return claims
