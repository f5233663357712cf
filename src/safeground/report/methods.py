"""Working methods and assets in the reader's language: the field's usual words are translated, all others stay."""

from __future__ import annotations

import re

from safeground.report.document import Cell, Word, given_text

#: Words that the catalogues hold under ``method``: as records, rule packs and plans write them.
METHODS = ("manual", "manual_clearance", "manual_demining", "machine", "mechanical", "mechanical_clearance", "dog",
           "dogs", "mdd", "animal", "rat", "visual", "visual_search", "survey", "detector", "bac", "eod", "qc",
           "land_use", "unknown")


def method_cell(text: str) -> Cell:
    """Return a record's method or asset: in the reader's language where the whole text is a word of `METHODS`.

    Anything else, such as ``flail, two passes``, is the record's own text and stays as it is.
    """
    key = re.sub(r"[\s_-]+", "_", text.strip().casefold())
    return Word(f"method.{key}") if key in METHODS else given_text(text)
