"""Typst source to a tagged PDF, with typst's own letters first so that one text gives one file on every machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import typst

from safeground.foundation.errors import SurroundingsError

#: As the report's: own letters and PDF/UA; the machine's letters too; then without the claim of PDF/UA.
ATTEMPTS: tuple[tuple[bool, str], ...] = ((True, "ua-1"), (False, "ua-1"), (False, ""))


def typeset(source: str, name: str, at: datetime) -> bytes:
    """Return a PDF.

    Parameters
    ----------
    source : whole typst text; it names no file.
    name : what is typeset, for the message.
    at : time stamp of the file.

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-REPORT-002``).
    """
    reason = ""
    for own_fonts, standard in ATTEMPTS:
        fonts = typst.Fonts(include_system_fonts=not own_fonts, include_embedded_fonts=True)
        compile_: Any = typst.compile  # its stub knows only some of the standards that it takes
        try:
            return bytes(compile_(source.encode(), format="pdf", font_paths=fonts, timestamp=int(at.timestamp()),
                                  pdf_standards=[standard] if standard else []))
        except typst.TypstError as error:
            reason = str(error)
    raise SurroundingsError("SG-REPORT-002", name, f"cannot be typeset: {reason[:300]}.", "Report this.")
