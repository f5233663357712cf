"""What all records share: identity, version, origin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A noun that the book keeps.

    Attributes
    ----------
    id : UUID as text, made once, never renumbered.
    version : 1 for the first; a change makes a new version, the old one stays in the journal.
    local_id : the identifier the sender uses ("" = none given).
    source_id : id of the :class:`~safeground.records.nouns.Source` it came from ("" = entered by hand).
    source_row : 1-based row in that source, 0 = none.
    date_of_information : when the fact was so, not when it was typed; None = the source does not say.
    original : the sender's values as text, by the sender's field names; never changed.
    """

    id: str
    version: int = 1
    local_id: str = ""
    source_id: str = ""
    source_row: int = 0
    date_of_information: date | None = None
    original: tuple[tuple[str, str], ...] = ()
