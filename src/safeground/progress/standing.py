"""How the entries of the book stand: waiting, posted, rejected, taken back; and which ground therefore counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeground.records.fieldwork import LandPart
from safeground.records.land import EntryState, LandEntry


class Stand(StrEnum):
    """How far an entry has come."""

    PENDING = "pending"
    POSTED = "posted"
    VOID = "void"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class EntryStand:
    """An entry's state, and the decision that made it so (None = undecided, or posted at once)."""

    stand: Stand
    entry: LandEntry
    decision: LandEntry | None = None

    @property
    def counts(self) -> bool:
        """Whether the ground that the entry moves is taken."""
        return self.stand in (Stand.PENDING, Stand.POSTED)


def stands_of(entries: Iterable[LandEntry]) -> dict[str, EntryStand]:
    """Return how every entry stands, by id; decisions and reversals are told under what they decide or reverse."""
    found: dict[str, EntryStand] = {}
    decided: dict[str, str] = {}
    for entry in entries:
        if entry.decides:
            stand = Stand.POSTED if entry.state is EntryState.POSTED else Stand.VOID
            found[entry.decides] = EntryStand(stand, found[entry.decides].entry, entry)
            decided[entry.id] = entry.decides
        elif entry.reverses:
            target = decided.get(entry.reverses, entry.reverses)
            found[target] = EntryStand(Stand.REVERSED, found[target].entry, entry)
        else:
            stand = Stand.PENDING if entry.state is EntryState.PENDING else Stand.POSTED
            found[entry.id] = EntryStand(stand, entry)
    return found


def counting(parts: Sequence[LandPart], stands: dict[str, EntryStand]) -> list[LandPart]:
    """Return the parts whose ground is taken: by an entry that waits or is posted."""
    return [part for part in parts if part.entry_id in stands and stands[part.entry_id].counts]


def rejected(
    parts: Sequence[LandPart], stands: dict[str, EntryStand], return_ids: Collection[str]
) -> list[tuple[LandPart, date]]:
    """Return the parts that inspection rejected or that were taken back later, with the day of that.

    A void that names a correcting return beside what the entry rested on was made by a correction, and rejects nothing.
    """
    found = []
    for part in parts:
        stand = stands.get(part.entry_id)
        if stand is None or stand.counts or stand.decision is None:
            continue
        more = set(stand.decision.evidence_ids) - set(stand.entry.evidence_ids)
        if not (stand.stand is Stand.VOID and more & set(return_ids)):
            found.append((part, stand.decision.effective_date))
    return found
