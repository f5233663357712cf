"""What an intake would change in records held: told field by field before anything is overwritten."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from safeground.intake.table import as_text
from safeground.records.base import Record
from safeground.records.payload import to_plain

#: Fields that say where a row came from, not what it says.
_ORIGIN = {"version", "source_id", "source_row", "original"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record, as held and as it would become."""

    record_id: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DifferenceReport:
    """Records that are new, changed field by field, unchanged, and held but not in the file (ids)."""

    new: tuple[str, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[str, ...]
    missing: tuple[str, ...]


def difference(existing: Sequence[Record], incoming: Sequence[Record]) -> DifferenceReport:
    """Compare incoming records with those held under the same ids; where a row came from does not count."""
    held = {record.id: record for record in existing}
    new, changed, unchanged = [], [], []
    for record in incoming:
        before = held.get(record.id)
        if before is None:
            new.append(record.id)
            continue
        changes = [
            Change(record.id, field.name, as_text(to_plain(getattr(before, field.name))),
                   as_text(to_plain(getattr(record, field.name))))
            for field in dataclasses.fields(record)
            if field.name not in _ORIGIN and getattr(before, field.name) != getattr(record, field.name)]
        changed.extend(changes)
        if not changes:
            unchanged.append(record.id)
    missing = tuple(sorted(set(held) - {record.id for record in incoming}))
    return DifferenceReport(tuple(new), tuple(changed), tuple(unchanged), missing)
