"""The situation report as a tagged PDF, typeset by typst; all text goes in as data, never as markup."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from safeground.foundation.errors import SurroundingsError
from safeground.report.content import Bar, Table, header_lines, record_lists, situation_sections
from safeground.report.figures import situation_figures
from safeground.report.maps import map_png
from safeground.report.situation import SituationInput
from safeground.report.words import NOTICE, printable

#: Tried in this order: typst's own font, so that the same input gives the same bytes on every machine; then the
#: machine's fonts too, for scripts that it lacks; then without the claim of PDF/UA, which forbids missing letters.
_ATTEMPTS: tuple[tuple[bool, str], ...] = ((True, "ua-1"), (False, "ua-1"), (False, ""))
_FONTS = ["Libertinus Serif", "Noto Sans", "Noto Sans Arabic", "Noto Sans Khmer"]
_MISSING = "Some letters in this report have no font on the machine that made it; the HTML report shows them."


def _plain(value: Any) -> Any:
    """Return a value for typst's JSON: control characters become spaces, all else stays as it is."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _table(table: Table) -> dict[str, Any]:
    rest = (f"{table.left_out:,} more are not printed here; “safeground export” writes them all."
            if table.left_out else "")
    widths = ["auto" if column.number else "1fr" for column in table.columns]
    return asdict(table) | {"rest": rest, "widths": widths}


def _bars(title: str, bars: tuple[Bar, ...]) -> dict[str, Any]:
    longest = max((sum(m2 for _, m2 in bar.parts) for bar in bars), default=0.0) or 1.0
    return {"title": title, "bars": [
        {"label": bar.label, "text": bar.text,
         "parts": [{"kind": kind, "percent": 100 * m2 / longest} for kind, m2 in bar.parts]} for bar in bars]}


def _document(given: SituationInput) -> dict[str, Any]:
    drawn = ", ".join(f"{len(layer.ids):,} {layer.kind.value}" for layer in given.layers) or "nothing"
    sections = [{"title": s.title, "paragraphs": s.paragraphs, "points": s.points, "has_map": s.has_map,
                 "bars": [_bars(title, bars) for title, bars in s.bars], "tables": [_table(t) for t in s.tables]}
                for s in situation_sections(given)]
    records = [_table(table) | {"anchor": name} for name, _, table in record_lists(given, situation_figures(given))]
    return {"title": f"Situation report: {given.project}", "notice": NOTICE, "about": header_lines(given),
            "fonts": _FONTS, "footer": f"{given.generated_at:%Y-%m-%d %H:%M %Z} · journal event {given.journal_seq:,}",
            "map_alt": f"Map of the project in IMAS symbols. Drawn: {drawn}. The tables hold the same figures.",
            "sections": sections, "records": records}


def _compile(folder: Path, document: dict[str, Any], given: SituationInput, own_fonts: bool, standard: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=not own_fonts, include_embedded_fonts=True)
    held = set(fonts.families())
    document = document | {"fonts": [name for name in _FONTS if name in held]}
    if not standard:
        document["sections"] = [*document["sections"], {
            "title": "About this file", "paragraphs": [_MISSING], "points": [], "has_map": False, "bars": [],
            "tables": []}]
    (folder / "data.json").write_text(json.dumps(_plain(document), ensure_ascii=False), encoding="utf-8")
    typeset: Any = typst.compile  # its stub knows only some of the standards that it takes
    made = typeset(str(folder / "situation.typ"), format="pdf", root=str(folder), font_paths=fonts,
                   timestamp=int(given.generated_at.timestamp()), pdf_standards=[standard] if standard else [])
    return bytes(made)


def situation_pdf(given: SituationInput, path: Path) -> str:
    """Write the report as a tagged PDF.

    Parameters
    ----------
    path : file to write; replaced whole or not at all.

    Returns
    -------
    ``ua-1`` where the file claims PDF/UA-1, "" where a letter has no font on this machine: the file is tagged all the
    same, and says so.

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-REPORT-002``).
    InvariantBroken : its figures do not equal the land book (``SG-REPORT-001``).
    """
    document = _document(given)
    with tempfile.TemporaryDirectory(prefix="safeground-") as name:
        folder = Path(name)
        source = files("safeground.report").joinpath("situation.typ").read_text(encoding="utf-8")
        (folder / "situation.typ").write_text(source, encoding="utf-8")
        map_png(given, folder / "map.png", 2000, width_in=7.0)
        reason = ""
        for own_fonts, standard in _ATTEMPTS:
            try:
                data = _compile(folder, document, given, own_fonts, standard)
            except typst.TypstError as error:
                reason = str(error)
                continue
            beside = path.with_name(f".{path.name}.part")
            beside.write_bytes(data)
            os.replace(beside, path)
            return standard
    raise SurroundingsError("SG-REPORT-002", path.name, f"cannot be typeset: {reason[:300]}.",
                            "Write the HTML report instead, and report this.")
