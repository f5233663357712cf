"""Typst templates to PDF/A-2b and PDF/UA-1 in any of the report's languages; text goes in as data, never as markup."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib
import typst

from safeground.foundation.errors import SurroundingsError
from safeground.report.words import printable

#: Tried in this order: fonts that come with the packages, so that the same input gives the same bytes on every machine;
#: then the machine's fonts too, for scripts that they lack; then without a claim, which forbids missing letters.
ATTEMPTS: tuple[tuple[bool, tuple[str, ...]], ...] = (
    (False, ("a-2b", "ua-1")), (True, ("a-2b", "ua-1")), (True, ()))
FONTS = ("DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans Khmer", "Libertinus Serif")


def plain(value: Any) -> Any:
    """Return a value for typst's JSON: control characters become spaces, all else stays as it is."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _compile(folder: Path, template: str, data: dict[str, Any], made_at: datetime, system: bool,
             claims: tuple[str, ...]) -> bytes:
    own = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    fonts = typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=[own])
    held = set(fonts.families())
    given = data | {"fonts": [name for name in FONTS if name in held]}
    (folder / "data.json").write_text(json.dumps(plain(given), ensure_ascii=False), encoding="utf-8")
    typeset: Any = typst.compile  # its stub knows only some of the standards that it takes
    return bytes(typeset(str(folder / template), format="pdf", root=str(folder), font_paths=fonts,
                         timestamp=int(made_at.timestamp()), pdf_standards=list(claims)))


def archival_pdf(template: str, data: dict[str, Any], pictures: Mapping[str, bytes], *, made_at: datetime, name: str,
                 missing: str, remedy: str = "Report this.") -> tuple[bytes, tuple[str, ...]]:
    """Return a tagged PDF of a template of this room, and the standards that it claims.

    Parameters
    ----------
    template : file of this room that reads ``data.json``; pictures : further files that it reads, by name.
    made_at : the PDF's only time stamp.
    name, remedy : what is typeset, and what to do if it cannot be, for the message.
    missing : what ``data.missing`` says where a letter has no font on this machine, so that nothing is claimed.

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-REPORT-002``).
    """
    reason = ""
    with tempfile.TemporaryDirectory(prefix="safeground-") as made:
        folder = Path(made)
        source = files("safeground.report").joinpath(template).read_text(encoding="utf-8")
        (folder / template).write_text(source, encoding="utf-8")
        for file, content in pictures.items():
            (folder / file).write_bytes(content)
        for system, claims in ATTEMPTS:
            try:
                return _compile(folder, template, data | {"missing": "" if claims else missing}, made_at, system,
                                claims), claims
            except typst.TypstError as error:
                reason = str(error)
    raise SurroundingsError("SG-REPORT-002", name, f"cannot be typeset: {reason[:300]}.", remedy)
