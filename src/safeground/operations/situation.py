"""What a situation report is made from, read from one state of a project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from safeground.foundation.finding import Finding, SourceRef
from safeground.operations.changes import REFUSED, source_noun
from safeground.operations.land import retired_areas
from safeground.operations.ledger import LedgerResult
from safeground.records.base import Record
from safeground.records.nouns import WORD_OF, Accident, OrdnanceItem, Source
from safeground.records.quarantine import QuarantinedRow
from safeground.records.standard import standard_from_toml
from safeground.report.positions import PERSONAL, draw_layers, geometry_of, is_withheld, shown_outline
from safeground.report.situation import (
    AccidentLine,
    AsideRow,
    FindingGroup,
    RecordLine,
    SituationInput,
    SourceAccount,
)
from safeground.store.project import Reader

#: Nouns that the report counts.
_COUNTED = ("hazardous_area", "activity", "ordnance", "accident")
WITHHELD = "withheld: it may tell a position that must not be shown, or of a person"
#: File, layer and row number.
Row = tuple[str, str, int]


def _place(sources: dict[str, Source], record: Record) -> str:
    source = sources.get(record.source_id)
    return str(SourceRef(source.file_name, source.layer, record.source_row)) if source else "entered by hand"


def _source_accounts(reader: Reader, sources: Iterable[Source], aside: Iterable[QuarantinedRow]) -> list[SourceAccount]:
    """Account for every row of every file: the rows that records name, and those kept aside."""
    wanted = {source_noun(source) for source in sources}
    named: dict[str, set[object]] = {}
    for noun in sorted(noun for noun in wanted if noun and noun != "source"):
        for record in reader.records(noun):
            named.setdefault(record.source_id, set()).add(record.source_row or record.id)
    open_rows = Counter(row.source_id for row in aside if not row.resolved)
    refused = Counter(row.source_id for row in aside if row.resolved == REFUSED)
    return [SourceAccount(
        id=s.id, file=s.file_name, layer=s.layer, noun=source_noun(s), sha256=s.sha256, rows_in=s.row_count,
        accepted=len(named.get(s.id, ())), quarantined=open_rows[s.id], refused=refused[s.id]) for s in sources]


def _groups(findings: Iterable[Finding], withheld: set[Row], personal: set[Row]) -> tuple[FindingGroup, ...]:
    """Group findings by code; the example is the first that tells neither a withheld position nor of a person."""
    held: dict[str, list[Finding]] = {}
    for finding in findings:
        held.setdefault(finding.code, []).append(finding)
    groups = []
    for code, group in sorted(held.items(), key=lambda item: (-len(item[1]), item[0])):
        told = [f for f in group if (f.source.file, f.source.layer, f.source.row) not in withheld
                and (f.source.file, f.source.layer, 0) not in personal]
        example = told[0] if told else replace(group[0], subject=WITHHELD, message=WITHHELD, candidates=())
        groups.append(FindingGroup(code=code, severity=group[0].severity, count=len(group), example=example))
    return tuple(groups)


def _withheld_rows(
    records: Iterable[Record], aside: Iterable[QuarantinedRow], sources: dict[str, Source]
) -> tuple[set[Row], set[Row]]:
    """Return the rows whose findings may tell a withheld position, and the files that are about people."""
    rows = {(sources[r.source_id].file_name, sources[r.source_id].layer, r.source_row)
            for r in records if is_withheld(r) and r.source_id in sources}
    rows |= {(row.source_file, row.source_layer, row.source_row) for row in aside
             if row.provisional_geometry is not None and shown_outline(row) is None}
    return rows, {(s.file_name, s.layer, 0) for s in sources.values() if source_noun(s) in PERSONAL}


def _lines(records: Iterable[Record], sources: dict[str, Source], aside: Iterable[QuarantinedRow]) -> list[RecordLine]:
    lines = [RecordLine(id=r.id, noun=WORD_OF[type(r)], label=getattr(r, "name", "") or r.local_id,
                        place=_place(sources, r)) for r in records]
    lines += [RecordLine(id=s.id, noun="source", label=s.file_name, place=s.layer) for s in sources.values()]
    lines += [RecordLine(id=row.id, noun=row.noun, label=", ".join(row.finding_codes),
                         place=str(SourceRef(row.source_file, row.source_layer, row.source_row))) for row in aside]
    return lines


def gather(reader: Reader, name: str, book: LedgerResult, now: datetime) -> SituationInput:
    """Return what a situation report is made from, read from one state of the project.

    Parameters
    ----------
    name : the project's name, printed on the report.
    book : the land book as it stands.
    now : aware time, printed on the report.
    """
    standard = standard_from_toml(reader.setting("standard_toml"), reader.setting("standard_override_toml", "") or "")
    region = reader.setting("region")
    sources = {source.id: source for source in reader.sources()}
    aside = [row for row in reader.quarantine() if not row.resolved or row.resolved == REFUSED]
    retired = retired_areas(reader.entries())  # their parts stand for them
    records = [record for noun in _COUNTED for record in reader.records(noun) if record.id not in retired]
    lines = {row.hazardous_area_id: row for row in book.sheet.rows}
    rows = tuple(AsideRow(
        id=row.id, noun=row.noun, place=str(SourceRef(row.source_file, row.source_layer, row.source_row)),
        codes=row.finding_codes, area_m2=row.area_m2, refused=bool(row.resolved)) for row in aside)
    return SituationInput(
        project=name, generated_at=now, standard=standard.name, edition=standard.edition,
        region=(region[0], region[1], region[2], region[3]) if region else None,
        layers=draw_layers(records, lines, aside), sheet=book.sheet,
        overlaps=book.overlaps, contested_cm2=book.contested_cm2,
        sources=tuple(_source_accounts(reader, sources.values(), aside)), aside=rows,
        findings=_groups(reader.findings(), *_withheld_rows(records, aside, sources)),
        assertions=tuple(reader.assertions()), assertion_gaps=book.findings,
        accidents=tuple(AccidentLine(r.id, r.killed_count, r.injured_count)
                        for r in records if isinstance(r, Accident)),
        ordnance=tuple((r.id, r.quantity) for r in records if isinstance(r, OrdnanceItem)),
        records=tuple(_lines(records, sources, aside)), journal_seq=book.journal_seq, journal_hash=book.journal_hash,
        withheld_positions=sum(is_withheld(r) for r in records),
        without_position=sum(geometry_of(r) is None for r in records))
