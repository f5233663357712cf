"""What a rule of the time tagger knows: the text, its sentence, the anchor day, and the day spoken of last."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from safeground.claims.tense import direction
from safeground.claims.time_values import days_of
from safeground.records.claims import Span

_FIXED = re.compile(r"\d{4}(?:-(?:\d{2}(?:-\d{2})?|W\d{2}|Q\d|H\d|SP|SU|FA|WI))?(?:T.*)?")


@dataclass(frozen=True, slots=True)
class Timex:
    """What a rule makes of its words: TIMEX3 type, value and modifier, and the characters they stand on."""

    type: str
    value: str
    start: int
    end: int
    mod: str = ""


@dataclass(slots=True)
class Context:
    """The state of one document's reading.

    Attributes
    ----------
    anchor : day of publication, None = unknown; values are then left open (``XXXX-08``).
    sentence : the sentence that is read.  found : what was found before, in order.
    """

    text: str
    anchor: date | None
    sentence: Span
    found: list[Timex] = field(default_factory=list)

    def ahead(self, begin: int, end: int) -> int:
        """Return -1, 0 or +1: whether the words around [begin, end) look back or ahead."""
        return direction(self.text, self.sentence, begin, end)

    def before(self, begin: int, letters: int = 40) -> str:
        """Return the letters of the sentence before a place, at most so many."""
        return self.text[max(self.sentence.start, begin - letters):begin]

    def after(self, end: int, letters: int = 40) -> str:
        """Return the letters of the sentence after a place, at most so many."""
        return self.text[end:min(self.sentence.end, end + letters)]

    def reference(self) -> str:
        """Return the value of the last dated expression, the anchor where there is none, "" = neither."""
        for item in reversed(self.found):
            if item.type in ("DATE", "TIME") and _FIXED.fullmatch(item.value):
                return item.value.split("T")[0]
        return self.anchor.isoformat() if self.anchor else ""

    def reference_day(self) -> date | None:
        """Return the first day of the reference, None = there is none."""
        days = days_of(self.reference())
        return days[0] if days else None

    def year_in_sentence(self, begin: int) -> int | None:
        """Return the year of the last expression before a place in this sentence that names one, None = none does."""
        for item in reversed(self.found):
            if item.start < self.sentence.start:
                return None
            if re.search(r"\b(?:since|by|until|till)\s+$", self.text[max(0, item.start - 7):item.start]):
                continue
            written = re.search(r"\b(1[5-9]\d\d|20\d\d)\b", self.text[item.start:item.end])
            if item.end <= begin and written and item.type == "DATE":
                return int(written[1])
        return None


Handler = Callable[[re.Match[str], Context], Timex | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, what makes its value, and the kinds of trigger word without which it need not be tried."""

    pattern: re.Pattern[str]
    handler: Handler
    needs: str
