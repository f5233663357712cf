"""How figures and the field's words are written in a report."""

from __future__ import annotations

import unicodedata

from safeground.records.vocabulary import ContaminationCategory
from safeground.report.figures import Figure

CONTAMINATION: dict[str, str] = {
    ContaminationCategory.ANTI_PERSONNEL_MINE: "anti-personnel mine",
    ContaminationCategory.ANTI_VEHICLE_MINE: "anti-vehicle mine",
    ContaminationCategory.CLUSTER_MUNITION_REMNANT: "cluster munition remnant",
    ContaminationCategory.UNEXPLODED_ORDNANCE: "unexploded ordnance",
    ContaminationCategory.ABANDONED_ORDNANCE: "abandoned ordnance",
    ContaminationCategory.BOOBY_TRAP: "booby trap",
    ContaminationCategory.IMPROVISED_EXPLOSIVE_DEVICE: "improvised explosive device",
    ContaminationCategory.OTHER_DEVICE: "other device",
    ContaminationCategory.SMALL_ARMS_AMMUNITION: "small arms ammunition",
    ContaminationCategory.MIXED: "mixed",
    ContaminationCategory.UNKNOWN: "not stated",
}
NOTICE = ("This report supports decisions and makes none. It never declares land free of explosive hazard: "
          "“cancelled”, “reduced” and “cleared” say what a record claims was done, and ground that no record mentions "
          "is unknown.")


def printable(text: str) -> str:
    """Return text with a space for each letter that no document may hold: control characters, halves of a pair."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" else c for c in text)


def contamination_words(value: str) -> str:
    """Return a contamination category in words; a value that is not one is shown as it is."""
    return CONTAMINATION.get(value, value) or "not stated"


def number(value: float | int) -> str:
    """Return a number with thousands separators; a measured one with two decimals."""
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def square_metres(area_cm2: int) -> str:
    """Return an area of the book in m², two decimals."""
    return f"{area_cm2 / 10_000:,.2f}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return ``1 area`` or ``1,234 areas``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shown_area(area_cm2: int) -> str:
    """Return a table cell for an area: m², or a bare 0 so that the eye finds what is there."""
    return square_metres(area_cm2) if area_cm2 else "0"


def unbroken_m2(area_cm2: int) -> str:
    """Return an area with its unit, kept on one line."""
    return f"{square_metres(area_cm2)}\N{NO-BREAK SPACE}m²"


def plain_noun(noun: str) -> str:
    """Return a noun such as ``hazardous_area`` as people write it."""
    return noun.replace("_", " ")


def anchor(figure: Figure) -> str:
    """Return the name of the list of records behind a figure; a count of areas leads to the list of their areas."""
    return "records-" + figure.name.removesuffix(" areas").replace(" ", "-")
