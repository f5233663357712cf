"""Reports and exports: everything is read from the project at one moment, and a file is written whole or not at all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from safeground.foundation.errors import ProjectLockedError, RequestError, SurroundingsError
from safeground.foundation.finding import Finding, SourceRef
from safeground.operations.changes import REFUSED, source_noun
from safeground.operations.context import Caller
from safeground.operations.ledger import LedgerResult, show
from safeground.operations.project import opened
from safeground.records.base import Record
from safeground.records.nouns import WORD_OF, Accident, OrdnanceItem, Source
from safeground.records.quarantine import QuarantinedRow
from safeground.records.standard import standard_from_toml
from safeground.report.exports import EXPORTED, ExportFeature, feature_of, feature_of_row, to_csv, to_geojson
from safeground.report.figures import Figure, situation_figures
from safeground.report.html import situation_html
from safeground.report.maps import map_png
from safeground.report.pdf import situation_pdf
from safeground.report.positions import PERSONAL, draw_layers, geometry_of, is_withheld, shown_outline
from safeground.report.situation import (
    AccidentLine,
    AsideRow,
    FindingGroup,
    RecordLine,
    SituationInput,
    SourceAccount,
)
from safeground.store.export import write_geopackage
from safeground.store.project import Project, Reader

#: Report kinds, and the suffixes that each can be written as.
REPORTS: dict[str, tuple[str, ...]] = {"situation": (".html", ".pdf", ".png")}
EXPORTS = (".gpkg", ".geojson", ".csv")
#: Nouns that the report counts.
_COUNTED = ("hazardous_area", "activity", "ordnance", "accident")
WITHHELD = "withheld: it may tell a position that must not be shown, or of a person"
_ATTEMPTS = 5
#: File, layer and row number.
Row = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResult:
    """A report: its file, its kind, and its figures with the records behind them."""

    file: str
    kind: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """An export: its file, and how many records each layer holds."""

    file: str
    layers: tuple[tuple[str, int], ...]


def _check_target(output: Path, suffixes: tuple[str, ...], what: str) -> None:
    """Refuse a name that cannot be written, before any work is done."""
    if output.suffix.lower() not in suffixes:
        raise RequestError("SG-OPS-005", output.name, f"{output.suffix or 'no suffix'} is not a form of the {what}.",
                           f"Name the file with {', '.join(suffixes)}.")
    if output.is_dir():
        raise RequestError("SG-OPS-006", output.name, "is a folder.", "Name a file.")
    if not output.parent.is_dir():
        raise RequestError("SG-OPS-006", output.name, f"cannot be written: there is no folder {output.parent.name}.",
                           "Make the folder first, or name another one.")


def _write_whole(output: Path, write: Callable[[Path], object]) -> None:
    """Write to a name beside the target, then rename: a reader sees the old file or the new one, never a half."""
    beside = output.with_name(f".{output.stem}.part{output.suffix}")
    try:
        write(beside)
        os.replace(beside, output)
    except OSError as error:
        raise SurroundingsError("SG-OPS-006", output.name, f"cannot be written: {error.strerror or error}.",
                                "Free some space, or choose another folder.") from error
    finally:
        beside.unlink(missing_ok=True)


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
    records = [record for noun in _COUNTED for record in reader.records(noun)]
    lines = {row.hazardous_area_id: row for row in book.sheet.rows}
    rows = tuple(AsideRow(
        id=row.id, noun=row.noun, place=str(SourceRef(row.source_file, row.source_layer, row.source_row)),
        codes=row.finding_codes, area_m2=row.area_m2, refused=bool(row.resolved)) for row in aside)
    return SituationInput(
        project=name, generated_at=now, standard=standard.name, edition=standard.edition,
        region=(region[0], region[1], region[2], region[3]) if region else None, layers=draw_layers(records, lines, aside), sheet=book.sheet,
        overlaps=book.overlaps, contested_cm2=book.contested_cm2,
        sources=tuple(_source_accounts(reader, sources.values(), aside)), aside=rows,
        findings=_groups(reader.findings(), *_withheld_rows(records, aside, sources)), assertions=tuple(reader.assertions()), assertion_gaps=book.findings,
        accidents=tuple(AccidentLine(r.id, r.killed_count, r.injured_count)
                        for r in records if isinstance(r, Accident)),
        ordnance=tuple((r.id, r.quantity) for r in records if isinstance(r, OrdnanceItem)),
        records=tuple(_lines(records, sources, aside)), journal_seq=book.journal_seq, journal_hash=book.journal_hash,
        withheld_positions=sum(is_withheld(r) for r in records),
        without_position=sum(geometry_of(r) is None for r in records))


def _read_once(project: Project, caller: Caller) -> SituationInput:
    """Return book and records of one state of the project; read again if somebody wrote in between."""
    for _ in range(_ATTEMPTS):
        caller.progress("reading the land book", 0.1)
        book = show(project, caller)
        caller.progress("reading the records", 0.4)
        with project.read() as reader:
            if reader.head() == (book.journal_seq, book.journal_hash):
                return gather(reader, project.name, book, caller.clock())
    raise ProjectLockedError("SG-REPORT-004", project.name, f"changed {_ATTEMPTS} times while it was read.",
                             "Make the report again when the intake is done.")


def make_report(location: Project | str, kind: str, output: Path, caller: Caller) -> ReportResult:
    """Write a report in which every figure can be traced to its records; an earlier report of that name is replaced.

    Parameters
    ----------
    kind : ``situation``.
    output : ``.html`` or ``.pdf``; ``.png`` for the map alone.

    Raises
    ------
    RequestError : no such kind or form (``SG-OPS-005``); a folder is in the way or missing (``SG-OPS-006``).
    ProjectLockedError : others kept writing while it was read (``SG-REPORT-004``).
    SurroundingsError : the disk refuses; an earlier file is left as it was.
    """
    if kind not in REPORTS:
        raise RequestError("SG-OPS-005", kind or "(empty)", "is not a kind of report.",
                           f"Use one of: {', '.join(REPORTS)}.")
    _check_target(output, REPORTS[kind], f"{kind} report")
    with opened(location, caller) as project:
        given = _read_once(project, caller)
    caller.progress(f"writing {output.name}", 0.7)
    form = output.suffix.lower()
    if form == ".html":
        _write_whole(output, lambda path: path.write_text(situation_html(given), encoding="utf-8"))
    elif form == ".pdf":
        _write_whole(output, lambda path: situation_pdf(given, path))
    else:
        _write_whole(output, lambda path: map_png(given, path, titled=True))
    caller.progress("done", 1.0)
    return ReportResult(file=str(output), kind=kind, figures=situation_figures(given))


def _features(reader: Reader) -> list[ExportFeature]:
    """Return every record that may be exported, and the provisional outline of every row kept aside."""
    found = [feature_of(record) for noun in EXPORTED for record in reader.records(noun)]
    found += [feature_of_row(row) for row in reader.quarantine() if not row.resolved or row.resolved == REFUSED]
    return [feature for feature in found if feature is not None]


def _chosen(features: list[ExportFeature], layer: str) -> list[ExportFeature]:
    chosen = [f for f in features if not layer or layer == f.layer or (layer == f.noun and layer in EXPORTED)]
    if layer and not chosen:
        there = sorted({f.layer for f in features})
        raise RequestError("SG-OPS-005", layer, "is not a layer of this project that can be exported.",
                           f"Layers: {', '.join(there) or 'none, the project is empty'}.")
    return chosen


def export_layers(location: Project | str, output: Path, caller: Caller, layer: str = "") -> ExportResult:
    """Write layers for other systems; positions that must not be recorded are never written.

    Parameters
    ----------
    output : ``.gpkg`` (all layers), ``.geojson`` or ``.csv`` (one file of all layers, or of one).
    layer : name of a layer such as ``activity_area`` or of a noun such as ``activity``; "" = all.

    Raises
    ------
    RequestError : no such form or layer (``SG-OPS-005``); a folder is in the way or missing (``SG-OPS-006``); a GeoPackage of
        that name exists.
    """
    _check_target(output, EXPORTS, "export")
    form = output.suffix.lower()
    if form == ".gpkg" and layer:
        raise RequestError("SG-OPS-005", layer, "a GeoPackage is exported with all its layers.",
                           "Leave --layer out, or export .geojson or .csv.")
    if form == ".gpkg" and output.exists():
        raise RequestError("SG-OPS-006", output.name, "exists already, and a GeoPackage may hold a project.",
                           "Name another file, or delete it yourself.")
    with opened(location, caller) as project:
        caller.progress("reading the records", 0.1)
        if form == ".gpkg":
            _write_whole(output, lambda path: write_geopackage(project, path))
            with project.read() as reader:
                return ExportResult(file=str(output), layers=tuple((i.name, i.count) for i in reader.layers()))
        with project.read() as reader:
            chosen = _chosen(_features(reader), layer)
    caller.progress(f"writing {output.name}", 0.7)
    if form == ".geojson":
        _write_whole(output, lambda path: path.write_text(to_geojson(chosen), encoding="utf-8"))
    else:  # the mark at the start tells spreadsheets that it is UTF-8
        _write_whole(output, lambda path: path.write_text(to_csv(chosen), encoding="utf-8-sig", newline=""))
    return ExportResult(file=str(output), layers=tuple(sorted(Counter(f.layer for f in chosen).items())))
