"""Six languages for reports: words from catalogue files, numbers and dates as each language writes them."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.foundation.invariant import invariant
from safeground.report.document import Cell, Day, Joined, Measure, Num, Span, Text, Traced, Word
from safeground.report.words import printable

LANGUAGES = ("en", "fr", "es", "ar", "ru", "uk")
#: Digits that a unit's figures are printed with after the decimal sign.
_PLACES = {"m²": 2, "hours": 1}


def _flat(table: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{key}.")
        else:
            found[before + key] = str(value)
    return found


class Catalogue:
    """One language: its words by key, its numbers and dates."""

    def __init__(self, code: str, words: dict[str, str]) -> None:
        self.code = code
        self.words = words
        self.direction = words["language.dir"]

    def word(self, key: str) -> str:
        """Return a word or sentence.

        Raises
        ------
        InvariantBroken : the catalogue lacks the key (``SG-REPORT-007``).
        """
        invariant(key in self.words, f"{self.code} has no words for {key}", code="SG-REPORT-007", subject=key)
        return self.words[key]

    def number(self, amount: int, unit: str = "") -> str:
        """Return an exact amount (cm² for ``m²``, minutes for ``hours``) as people read it, half away from zero."""
        places = _PLACES.get(unit, 0)
        scale = {"m²": 10_000, "hours": 60}.get(unit, 1)
        tens: int = 10**places
        whole = (2 * abs(amount) * tens + scale) // (2 * scale)
        head, tail = divmod(whole, tens)
        grouped = f"{head:,}".replace(",", self.words["number.group"])
        text = f"{grouped}{self.words['number.decimal']}{tail:0{places}d}" if places else grouped
        return f"\N{MINUS SIGN}{text}" if amount < 0 and whole else text

    def figure(self, figure: Traced, mark: str = "") -> str:
        """Return a figure, or the mark that stands in its place."""
        return mark or self.number(figure.amount, figure.unit)

    def measure(self, cell: Measure) -> str:
        """Return a measured number or range with its unit, trailing zeros of a whole number left out."""
        said = []
        for value in cell.values:
            text = f"{value:,.{cell.places}f}"
            text = text.replace(",", "\0").replace(".", self.words["number.decimal"])
            said.append(text.replace("\0", self.words["number.group"]))
        unit = "°" if cell.unit == "°" else f"\N{NO-BREAK SPACE}{self.unit(cell.unit)}"
        return f"{'–'.join(dict.fromkeys(said))}{unit}"

    def unit(self, unit: str) -> str:
        """Return a unit in words."""
        return self.word("unit.m2" if unit == "m²" else f"unit.{unit}")

    def day(self, day: date) -> str:
        """Return a date in words."""
        return self.words["date.pattern"].format(day=day.day, month=self.words[f"month.{day.month}"], year=day.year)

    def say(self, cell: Cell) -> str:
        """Return a cell as text in this language; a record's own text stays as it is."""
        if isinstance(cell, Word):
            return self.word(cell.key).format(**{name: self.say(value) for name, value in cell.values})
        if isinstance(cell, Num):
            return self.figure(cell.figure, cell.mark)
        if isinstance(cell, Text):
            return printable(cell.text)
        if isinstance(cell, Day):
            return self.day(cell.day) if cell.day else self.word("word.not_stated")
        if isinstance(cell, Span):
            return self.words["date.span"].format(start=self.day(cell.start), end=self.day(cell.end))
        if isinstance(cell, Measure):
            return self.measure(cell)
        assert_joined(cell)
        return ("\N{ARABIC COMMA} " if self.direction == "rtl" else ", ").join(self.say(inner) for inner in cell.cells)


def assert_joined(cell: Joined) -> None:
    """Refuse a cell of a kind that no language knows how to say."""
    invariant(isinstance(cell, Joined), f"{type(cell).__name__} is no cell", code="SG-REPORT-007", subject="cell")


@cache
def catalogue(code: str) -> Catalogue:
    """Return a language by its ISO 639 code.

    Raises
    ------
    RequestError : it is not one of the six (``SG-REPORT-008``).
    """
    if code not in LANGUAGES:
        raise RequestError("SG-REPORT-008", code or "(empty)", "is not a language of reports.",
                           f"Use one of: {', '.join(LANGUAGES)}.")
    text = files("safeground.report").joinpath("languages", f"{code}.toml").read_text(encoding="utf-8")
    return Catalogue(code, _flat(tomllib.loads(text)))
