"""Projects with cleared ground that waits for inspection: strips of one area, a day each, by one team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import shapely

from safeground.foundation.clock import fixed_clock
from safeground.foundation.seeds import stable_id
from safeground.ground.partition import partition
from safeground.ledger.book import LandBook
from safeground.ledger.post import pending_transfer
from safeground.operations.context import Caller
from safeground.records.fieldwork import LandPart
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea, Person, Team
from safeground.records.vocabulary import LandStatus, ReleaseMethod
from safeground.store.project import Project
from support.projects import area, caller, new_project, opening

FIRST = date(2026, 2, 2)
#: The draw is on this day; visits come after it.
TODAY = datetime(2026, 3, 1, 8, tzinfo=UTC)
SIZE = 0.0004


def at(day: int = 0, actor: str = "quality officer", reason: str = "test") -> Caller:
    """A caller some days after the first of March."""
    return Caller(actor=actor, reason=reason, clock=fixed_clock(TODAY + timedelta(days=day)))


def strips(record: HazardousArea, count: int) -> list[shapely.Geometry]:
    """Vertical strips that cover an area."""
    west, south, east, north = record.geometry.bounds
    wide = (east - west) / count
    return [shapely.box(west + k * wide, south, west + (k + 1) * wide, north) for k in range(count)]


def work(record: HazardousArea, count: int = 4, *, team: str = "T1", asset: str = "manual", first: date = FIRST,
         mark: str = "", only: Sequence[int] | None = None, book: LandBook | None = None
         ) -> tuple[list[LandPart], list[LandEntry]]:
    """The parts and pending entries of an area cleared strip by strip."""
    held = book or LandBook.from_entries([opening(record)])
    parts, entries = [], []
    for piece in partition(record.geometry, record.area_cm2, strips(record, count)):
        k = piece.cutter_index
        if k is None or (only is not None and k not in only):
            continue
        entry = pending_transfer(held, record.id, LandStatus.SUSPECTED, LandStatus.CLEARED, piece.area_cm2,
                                 entry_id=stable_id("entry", record.id, k, mark), on=first + timedelta(days=k),
                                 reason="daily return", evidence_ids=(stable_id("return", record.id, k, mark),))
        held.add(entry)
        entries.append(entry)
        parts.append(LandPart(
            id=stable_id("part", record.id, k, mark), entry_id=entry.id, hazardous_area_id=record.id,
            geometry=piece.geometry, area_cm2=piece.area_cm2, release_method=ReleaseMethod.CLEARED, team_id=team,
            asset=asset, method="manual", work_date=first + timedelta(days=k), depth_cm=20.0,
            record_ids=(stable_id("return", record.id, k, mark),)))
    return parts, entries


def cleared_project(path: Path, areas: Sequence[HazardousArea] | None = None, *, count: int = 4,
                    teams: Sequence[str] = ("T1",)) -> Project:
    """A project whose areas are cleared and wait; the i-th area was worked by the i-th team, of one operator."""
    records = list(areas) if areas is not None else [area(0, size=SIZE)]
    project = new_project(path)
    people = [Person(id=stable_id("person", "ines"), name="Inspector One", organisation="Authority",
                     roles=("inspector",)),
              Person(id=stable_id("person", "theo"), name="Team Member", organisation="Authority",
                     roles=("inspector",), team_ids=("T1",)),
              Person(id=stable_id("person", "oscar"), name="Own Inspector", organisation="Operator",
                     roles=("inspector",)),
              Person(id=stable_id("person", "vera"), name="Author One", organisation="Authority", roles=("author",))]
    with project.write(caller().info("progress")) as writer:
        writer.put([*records, *people, *(Team(id=t, name=f"Team {t}", organisation="Operator")
                                         for t in dict.fromkeys(teams))])
        writer.add_entries([opening(r) for r in records])
        for k, record in enumerate(records):
            parts, entries = work(record, count, team=teams[min(k, len(teams) - 1)])
            writer.put(parts)
            writer.add_entries(entries)
    return project
