"""Values as written to values as typed: numbers, counts, areas, words; what does not fit says why."""

from __future__ import annotations

import math
import re
from enum import StrEnum

from safeground.intake.fields import SYNONYMS
from safeground.intake.table import CellError, Formula, as_text

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_AREA = re.compile(r"([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*([^\d\s].*)?")
_TRUTH = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}


class ValueFault(ValueError):
    """A value that does not fit; `args[0]` is the finding's code, `args[1]` says why."""


def is_blank(value: object) -> bool:
    """Return whether a value says nothing."""
    return value is None or (isinstance(value, str) and value.strip() in ("", "-", "n/a", "N/A", "NULL", "null"))


def check_cell(value: object) -> None:
    """Refuse what a spreadsheet computes or fails to compute.

    Raises
    ------
    ValueFault : a formula or an error cell (``SG-INTAKE-246``).
    """
    if isinstance(value, Formula | CellError):
        kind = "a formula" if isinstance(value, Formula) else "an error"
        raise ValueFault("SG-INTAKE-246", f"holds {kind}, {str(value)[:60]!r}, expected a recorded value")


def read_number(value: object, decimal: str = ".") -> float:
    """Return a finite number.

    Raises
    ------
    ValueFault : no number (``SG-INTAKE-240``).
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
    else:
        text = value.strip() if isinstance(value, str) else ""
        if decimal == "," and "." not in text:
            text = text.replace(",", ".")
        number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueFault("SG-INTAKE-240", f"is {as_text(value)[:60]!r}, expected a number such as 12.5")
    return number


def read_count(value: object) -> int:
    """Return a whole number of 0 or more.

    Raises
    ------
    ValueFault : a fraction, a negative number, or none (``SG-INTAKE-240``).
    """
    number = read_number(value)
    if number < 0 or not number.is_integer() or number > 1e9:
        raise ValueFault("SG-INTAKE-240", f"is {as_text(value)[:60]!r}, expected a whole number of 0 or more")
    return int(number)


def read_positive(value: object, decimal: str) -> float:
    """Return a number of 0 or more."""
    number = read_number(value, decimal)
    if number < 0:
        raise ValueFault("SG-INTAKE-240", f"is {as_text(value)[:60]!r}, expected 0 or more")
    return number


def read_area(value: object, unit: str, units: dict[str, float], decimal: str) -> float | None:
    """Return a stated area in m²; None if neither the value nor the mapping names its unit.

    Parameters
    ----------
    unit : of values that name none, "" = not stated.
    units : unit word -> m², as the rule pack declares them.

    Raises
    ------
    ValueFault : no number, below zero, or an undeclared unit (``SG-INTAKE-240``, ``-245``).
    """
    word, number_text = unit, value
    if isinstance(value, str):
        found = _AREA.fullmatch(value.strip())
        if not found:
            raise ValueFault("SG-INTAKE-240", f"is {value[:60]!r}, expected a number with its unit")
        number_text, named = found[1], (found[2] or "").strip()
        word = named.replace("²", "2").casefold() or unit
    number = read_positive(number_text, decimal)
    if not word:
        return None
    if word not in units:
        raise ValueFault("SG-INTAKE-245", f"is in {word!r}; the rule pack declares {', '.join(sorted(units))}")
    return number * units[word]


def read_word(value: object, words: type[StrEnum], own: dict[str, str], other: StrEnum | None) -> StrEnum:
    """Return the member of a vocabulary that a word names.

    Parameters
    ----------
    own : further words of this mapping, word -> member's value.
    other : for a word that is not known, None = it does not fit.

    Raises
    ------
    ValueFault : not in the vocabulary (``SG-INTAKE-241``).
    """
    text = as_text(value).strip()
    key = " ".join(text.casefold().replace("_", " ").split())
    member = own.get(text) or own.get(key) or SYNONYMS.get(words.__name__, {}).get(key)
    for item in words:
        if member == item.value or key in (item.value.replace("_", " "), item.name.casefold().replace("_", " ")):
            return item
    if other is not None:
        return other
    known = ", ".join(item.value for item in words)
    raise ValueFault("SG-INTAKE-241", f"is {text[:60]!r}; the vocabulary knows {known}")


def read_truth(value: object) -> bool:
    """Return yes or no.

    Raises
    ------
    ValueFault : neither (``SG-INTAKE-241``).
    """
    if isinstance(value, bool):
        return value
    text = as_text(value).strip().casefold()
    if text not in _TRUTH:
        raise ValueFault("SG-INTAKE-241", f"is {text[:60]!r}, expected yes or no")
    return _TRUTH[text]
