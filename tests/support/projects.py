"""Projects for tests: empty ones on each backend, and records to put into them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import shapely

from safeground.foundation.clock import fixed_clock
from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_cm2
from safeground.operations.context import Caller, standard_text
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Posting
from safeground.records.nouns import Accident, HazardousArea, Source
from safeground.records.quarantine import QuarantinedRow
from safeground.records.vocabulary import AreaType, LandStatus
from safeground.store.project import Project, create_project

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
BACKENDS = ("geopackage", "postgis")
#: A manual team and one of quality control, as a teams file.
TEAMS = """
[[team]]
id = "M1"
methods = ["manual"]
calendar = "A"
lon = -30.0
lat = 51.0

[[team]]
id = "Q1"
methods = ["qc"]
calendar = "A"
lon = -30.0
lat = 51.0

[calendar.A]
weekly_off = ["fri"]
"""


def caller(actor: str = "information manager") -> Caller:
    """A caller whose clock ticks a second at each look."""
    return Caller(actor=actor, reason="test", clock=fixed_clock(START))


def new_project(location: str | Path, *, name: str = "Test district") -> Project:
    """An empty project."""
    who = caller()
    return create_project(str(location), name=name, standard_toml=standard_text("imas"), crs="", clock=who.clock,
                          info=who.info("new"))


def area(number: int, *, size: float = 0.005, **values: object) -> HazardousArea:
    """A suspected square in the sea, apart from its neighbours."""
    x = -30.0 + 0.01 * (number % 100)
    y = 51.0 + 0.01 * (number // 100)
    shape = shapely.box(x, y, x + size, y + size)
    given: dict[str, object] = {
        "id": stable_id("test", number), "local_id": f"SHA-{number}", "source_id": "", "geometry": shape,
        "area_type": AreaType.SUSPECTED_HAZARDOUS_AREA, "area_cm2": int(geodesic_area_cm2([shape])[0])}
    return HazardousArea(**(given | values))  # type: ignore[arg-type]


def opening(record: HazardousArea) -> LandEntry:
    """The entry that opens an area's account."""
    status = LandStatus.SUSPECTED
    return LandEntry(
        id=stable_id("opening", record.id), kind=EntryKind.OPENING, state=EntryState.POSTED,
        effective_date=date(2026, 3, 1), postings=(
            Posting(Account(record.id, LandStatus.OUTSIDE), -record.area_cm2),
            Posting(Account(record.id, status), record.area_cm2)))


def accident(number: int) -> Accident:
    """An accident at a point in the sea."""
    return Accident(id=stable_id("accident", number), geometry=shapely.Point(-30 + 0.01 * number, 51), injured_count=1)


def source(sha256: str = "ab" * 32, *, noun: str = "hazardous_area", layer: str = "") -> Source:
    """A file as received."""
    return Source(id=stable_id("source", sha256, noun, layer), file_name="areas.csv", sha256=sha256, byte_count=3,
                  format="CSV", layer=layer, mapping=f'noun = "{noun}"\n')


def aside(number: int, resolved: str = "") -> QuarantinedRow:
    """A row kept aside with its provisional outline."""
    return QuarantinedRow(
        id=stable_id("aside", number), noun="hazardous_area", source_id="", source_file="areas.csv", source_layer="",
        source_row=number, original=(("name", "field"),), finding_codes=("SG-INTAKE-300",), resolved=resolved,
        provisional_geometry=shapely.box(-30, 51, -29.9, 51.1), area_m2=12.5)
