"""Rows that name an area by its sender's identifier: the identifier becomes the record's, or the row is kept aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.intake.fields import OF_AN_AREA
from safeground.intake.pipeline import TableIntake
from safeground.records.base import Record
from safeground.records.nouns import WORD_OF, Source
from safeground.records.quarantine import QuarantinedRow
from safeground.store.project import Reader


def with_areas(reader: Reader, taken: TableIntake, source: Source) -> TableIntake:
    """Return an intake of papers, markers or handovers whose areas are named by the ids of the project's records.

    A row that names no area of the project, or an identifier that several areas share, is kept aside (``SG-OPS-143``).
    """
    if not any(WORD_OF[type(record)] in OF_AN_AREA for record in taken.records):
        return taken
    by_name = reader.ids_by_local_id("hazardous_area")
    held = {record.id for record in reader.records("hazardous_area")}
    kept: list[Record] = []
    findings: list[Finding] = []
    aside: list[QuarantinedRow] = []
    for record in taken.records:
        named = str(getattr(record, "hazardous_area_id", ""))
        ids = (named,) if named in held else by_name.get(named, ())
        if len(ids) == 1:
            change: dict[str, Any] = {"hazardous_area_id": ids[0]}
            kept.append(replace(record, **change))
            continue
        said = "is no area of the project" if not ids else f"is the identifier of {len(ids)} areas"
        findings.append(Finding(
            Severity.ERROR, "SG-OPS-143", record.local_id or named, f"{named!r} {said}.",
            "Take the area in first, or write its identifier as the project has it.",
            SourceRef(source.file_name, source.layer, record.source_row, "hazardous_area_id")))
        aside.append(QuarantinedRow(
            id=stable_id("quarantine", source.sha256, source.layer, record.source_row), noun=WORD_OF[type(record)],
            source_id=source.id, source_file=source.file_name, source_layer=source.layer, source_row=record.source_row,
            original=record.original, finding_codes=("SG-OPS-143",),
            provisional_geometry=getattr(record, "geometry", None)))
    return replace(taken, records=tuple(kept), quarantined=(*taken.quarantined, *aside),
                   findings=(*taken.findings, *findings))
