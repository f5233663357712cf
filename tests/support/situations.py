"""A small district on the open ocean, at 51° N 30° W."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import shapely

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.ground.area import geodesic_area_cm2
from safeground.records.land import BalanceAssertion, BalanceRow, BalanceSheet, Overlap
from safeground.records.vocabulary import LandStatus
from safeground.report.situation import (
    AccidentLine,
    AsideRow,
    FindingGroup,
    Layer,
    LayerKind,
    RecordLine,
    SituationInput,
    SourceAccount,
)


def layer(kind: LayerKind, shapes: list[Any], prefix: str) -> Layer:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return Layer(kind, array, tuple(f"{prefix}-{i}" for i in range(1, len(shapes) + 1)))


def square(lon: float, lat: float, size: float = 0.02) -> Any:
    return shapely.box(lon, lat, lon + size, lat + size * 0.6)


def sheet_of(rows: list[tuple[str, str, str, dict[LandStatus, int]]]) -> BalanceSheet:
    lines = tuple(BalanceRow(hazardous_area_id=i, name=n, contamination=c, admin_unit="Vesterlund",
                             opening_cm2=sum(held.values()), by_status_cm2=tuple(held.items()), pending_cm2=0)
                  for i, n, c, held in rows)
    totals = {status: sum(dict(line.by_status_cm2).get(status, 0) for line in lines) for status in LandStatus}
    return BalanceSheet(rows=lines, totals_cm2=tuple(totals.items()), opening_cm2=sum(r.opening_cm2 for r in lines),
                        pending_cm2=0, balanced=True)


SUSPECTED = [square(-30.4, 50.9), square(-30.1, 51.0), square(-29.8, 51.1), square(-29.65, 51.2, 0.002)]
CONFIRMED = [square(-30.3, 51.05), square(-29.95, 51.15).difference(square(-29.944, 51.153, 0.006))]
CLEARED = [square(-30.09, 51.004), square(-29.7, 50.95)]


def make_situation() -> SituationInput:
    """Return the district's situation: four suspected, two confirmed, two cleared areas, one overlap."""
    def cm2(shapes: list[Any]) -> list[int]:
        return [int(a) for a in geodesic_area_cm2(shapes)]

    shared = int(geodesic_area_cm2([SUSPECTED[1].intersection(CLEARED[0])])[0])
    cleared = cm2(CLEARED)
    rows = [(f"sha-{i}", f"Vesterlund SHA {i}", "apm" if i % 2 else "cmr", {LandStatus.SUSPECTED: a})
            for i, a in enumerate(cm2(SUSPECTED), 1)]
    rows += [(f"cha-{i}", f"Nordhavn CHA {i}", "avm", {LandStatus.CONFIRMED: a})
             for i, a in enumerate(cm2(CONFIRMED), 1)]
    rows += [("clr-1", "Midtvang CLR 1", "apm", {LandStatus.CLEARED: cleared[0] - shared, LandStatus.OVERLAP: shared}),
             ("clr-2", "Midtvang CLR 2", "unknown", {LandStatus.CLEARED: cleared[1]})]
    example = Finding(Severity.ERROR, "SG-INTAKE-210", "SHA-007", "the outline crosses itself at -29.9, 51.1.",
                      "Ask the survey team for the order of the turning points.",
                      SourceRef("suspected.geojson", "", 7, "geometry"))
    gap = Finding(Severity.WARNING, "SG-LEDGER-020", "authority", "published 9,000,000.00 m², book 8,000,000.00 m².",
                  "Ask the publisher which areas are counted.")
    return SituationInput(
        project="Border district", generated_at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC), standard="IMAS",
        edition="2026-06", region=(-30.5, 50.8, -29.5, 51.3),
        layers=(layer(LayerKind.CLEARED, CLEARED, "clr"),
                layer(LayerKind.QUARANTINED, [square(-29.9, 50.9, 0.03), square(51.0, -30.0)], "q"),
                layer(LayerKind.SUSPECTED, SUSPECTED, "sha"), layer(LayerKind.CONFIRMED, CONFIRMED, "cha"),
                layer(LayerKind.ORDNANCE, [shapely.Point(-30.09, 51.005), shapely.Point(-30.2, 51.2)], "ord"),
                layer(LayerKind.ACCIDENT, [shapely.Point(-30.29, 51.06)], "acc")),
        sheet=sheet_of(rows),
        overlaps=(Overlap(counted_in="sha-2", other="clr-1", counted_status=LandStatus.SUSPECTED,
                          other_status=LandStatus.CLEARED, area_cm2=shared),),
        contested_cm2=shared,
        sources=(SourceAccount(id="src-1", file="suspected.geojson", layer="", noun="hazardous_area", sha256="ab" * 32,
                               rows_in=8, accepted=6, quarantined=1, refused=1, ),
                 SourceAccount(id="src-2", file="cleared.xlsx", layer="Ark1", noun="activity", sha256="cd" * 32,
                               rows_in=3, accepted=2, quarantined=1, refused=0)),
        aside=(AsideRow(id="q-1", noun="hazardous_area", place="suspected.geojson, row 7", codes=("SG-INTAKE-210",),
                        area_m2=4_300_000.5, refused=False),
               AsideRow(id="q-2", noun="activity", place="cleared.xlsx, row 3", codes=("SG-INTAKE-220",),
                        area_m2=None, refused=False),
               AsideRow(id="q-3", noun="hazardous_area", place="suspected.geojson, row 8", codes=("SG-INTAKE-230",),
                        area_m2=None, refused=True)),
        findings=(FindingGroup(code="SG-INTAKE-210", severity=Severity.ERROR, count=1, example=example),),
        assertions=(BalanceAssertion(id="as-1", publisher="Authority", as_of=date(2025, 12, 31),
                                     status=LandStatus.SUSPECTED, area_cm2=90_000_000_000),),
        assertion_gaps=(gap,),
        accidents=(AccidentLine("acc-1", 1, 2), AccidentLine("acc-2", 0, 1)), ordnance=(("ord-1", 1), ("ord-2", 12)),
        records=tuple(RecordLine(id=i, noun="hazardous_area", label=n, place="suspected.geojson, row 1")
                      for i, n, _, _ in rows),
        journal_seq=1234, journal_hash="0f" * 32, withheld_positions=1)
