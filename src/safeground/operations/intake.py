"""Files in: read, map, check, compare with what is held, book, and commit; or refuse and change nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from shapely import box

from safeground.foundation.clock import Clock
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.intake.mapping import Mapping, dump_mapping, load_mapping
from safeground.intake.pipeline import IntakeContext, TableIntake, take_in
from safeground.intake.proposal import propose_mapping
from safeground.intake.readers import ReadOptions, read_source
from safeground.intake.table import RawTable, ReadResult
from safeground.operations.area_names import with_areas
from safeground.operations.booking import Booking, book_records
from safeground.operations.changes import Comparison, compare
from safeground.operations.context import Caller
from safeground.operations.inspection_finds import outcome_of_finds
from safeground.operations.project import opened
from safeground.operations.rules import project_standard
from safeground.records.land import Overlap
from safeground.records.nouns import Accident, OrdnanceItem, Source
from safeground.records.standard import NationalStandard
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIntake:
    """One table of one file: every row accounted for, in rows and in area.

    Conserves: accepted + quarantined + refused == rows_in, and the areas likewise.  `accepted` = new + changed +
    unchanged; unchanged rows are in the project already, word for word.
    """

    file: str
    layer: str
    noun: str
    sha256: str
    format: str
    encoding: str
    crs: str
    rows_in: int
    accepted: int
    new: int
    changed: int
    unchanged: int
    quarantined: int
    refused: int
    area_in_m2: float
    area_accepted_m2: float
    area_quarantined_m2: float
    area_refused_m2: float
    mapping: str = ""
    source_id: str = ""
    written: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeResult:
    """What an intake did, file by file and in total, with every finding."""

    project: str
    files: tuple[FileIntake, ...]
    findings: tuple[Finding, ...]
    overlaps: tuple[Overlap, ...] = ()
    entries: int = 0
    dry_run: bool = False
    rows_in: int = field(init=False)
    accepted: int = field(init=False)
    quarantined: int = field(init=False)
    refused: int = field(init=False)
    area_in_m2: float = field(init=False)
    area_accepted_m2: float = field(init=False)

    def __post_init__(self) -> None:
        for name in ("rows_in", "accepted", "quarantined", "refused", "area_in_m2", "area_accepted_m2"):
            object.__setattr__(self, name, sum(getattr(item, name) for item in self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRequest:
    """What is asked of an intake.

    Attributes
    ----------
    as_noun : the noun or alias to take the rows as, "" = as the mapping says.
    mapping_toml : a person's confirmed mapping, "" = the proposal, if it leaves no question open.
    options : what the user says of the file: CRS, encoding, delimiter, layer.
    accept_changes : overwrite attributes of records held, after the difference report was read.
    dry_run : do everything but write.
    """

    as_noun: str = ""
    mapping_toml: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)
    accept_changes: bool = False
    dry_run: bool = False


def context_of(reader: Reader, clock: Clock) -> IntakeContext:
    """Return what the entry checks compare with: rule pack, region and today's date."""
    region = reader.setting("region")
    return IntakeContext(standard=project_standard(reader), region=box(*region) if region else None,
                         today=clock().date())


def take_files(location: Project | str, paths: list[Path], caller: Caller, request: IntakeRequest) -> IntakeResult:
    """Take files into a project; each file is committed whole or not at all.

    Raises
    ------
    RequestError : no such noun, a faulty mapping, or a file given twice.
    RefusedError : the file would change records held and `accept_changes` was not given; nothing changed.
    ProjectLockedError, SurroundingsError : somebody else writes; disk full; nothing changed.
    """
    doubled = {path for path in paths if paths.count(path) > 1}
    if doubled:
        raise RequestError("SG-OPS-011", min(p.name for p in doubled), "is given more than once.", "Name it once.")
    with opened(location, caller) as project:
        files: list[FileIntake] = []
        findings: list[Finding] = []
        overlaps: list[Overlap] = []
        entries = 0
        for number, path in enumerate(paths):
            caller.progress(f"reading {path.name}", number / len(paths))
            read = read_source(path, options=request.options)
            findings.extend(read.findings)
            if any(f.severity is Severity.REFUSAL for f in read.findings):
                files.append(_refused_file(read, request.as_noun))
                continue
            for table in read.tables:
                outcome, booking, told = _take_table(project, path, read, table, caller, request)
                files.append(outcome)
                findings.extend(told)
                overlaps.extend(booking.overlaps)
                entries += len(booking.entries)
        caller.progress("done", 1.0)
        return IntakeResult(project=project.location, files=tuple(files), findings=tuple(findings),
                            overlaps=tuple(overlaps), entries=entries, dry_run=request.dry_run)


def propose(
    location: Project | str, path: Path, caller: Caller, request: IntakeRequest
) -> list[tuple[str, tuple[Finding, ...]]]:
    """Return, for each table of a file, the proposed mapping as TOML and the questions it leaves open."""
    with opened(location, caller) as project, project.read() as reader:
        standard = project_standard(reader)
        read = read_source(path, options=request.options)
        if not read.tables:
            return [("", read.findings)]
        proposals = []
        for table in read.tables:
            mapping, questions = propose_mapping(table, request.as_noun, standard)
            proposals.append((dump_mapping(mapping), (*read.findings, *questions)))
        return proposals


def _refused_file(read: ReadResult, noun: str) -> FileIntake:
    return FileIntake(
        file=read.file, layer="", noun=noun, sha256=read.sha256, format=read.format, encoding=read.encoding, crs="",
        rows_in=read.rows_in, accepted=0, new=0, changed=0, unchanged=0, quarantined=0, refused=read.rows_in,
        area_in_m2=0.0, area_accepted_m2=0.0, area_quarantined_m2=0.0, area_refused_m2=0.0)


def _mapping_for(
    table: RawTable, request: IntakeRequest, standard: NationalStandard
) -> tuple[Mapping, tuple[Finding, ...]]:
    if request.mapping_toml:
        return load_mapping(request.mapping_toml), ()
    return propose_mapping(table, request.as_noun, standard)


#: Nouns whose rows move land or come again: the command that takes them in.
_OWN_COMMAND = {"progress_return": "progress", "survey_report": "survey"}


def _refuse_own(mapping: Mapping, file: str) -> None:
    command = _OWN_COMMAND.get(mapping.noun)
    if command is not None:
        raise RequestError("SG-OPS-061", file, f"holds rows of the kind {mapping.noun}, which intake would keep "
                                               "without "
                           "counting what they move.", f"Use 'safeground {command} PROJECT FILE'.")


def _take_table(
    project: Project, path: Path, read: ReadResult, table: RawTable, caller: Caller, request: IntakeRequest
) -> tuple[FileIntake, Booking, list[Finding]]:
    started = time.perf_counter()
    with project.read() as reader:
        context = context_of(reader, caller.clock)
        mapping, questions = _mapping_for(table, request, context.standard)
        _refuse_own(mapping, read.file)
        source = _source(read, table, mapping)
        caller.progress(f"checking {len(table.row_numbers):,} rows of {read.file}", None)
        taken = with_areas(reader, take_in(table, mapping, mapping.noun, source, context), source)
        comparison = compare(reader, taken, source, accept_changes=request.accept_changes,
                             dry_run=request.dry_run)
    told = [*(q for q in questions if q not in comparison.taken.findings), *comparison.taken.findings]
    booking = Booking()
    written = False
    whole_refused = len(comparison.taken.refused) == comparison.taken.rows_in
    if not request.dry_run and comparison.writes and not whole_refused:
        caller.progress(f"saving {len(comparison.to_put):,} records", None)
        booking = _commit(project, path, read, comparison, source, caller, told)
        told.extend(booking.findings)
        written = True
    outcome = _outcome(read, table, source, comparison, mapping, written, time.perf_counter() - started)
    return outcome, booking, told


def _source(read: ReadResult, table: RawTable, mapping: Mapping) -> Source:
    return Source(
        id=stable_id("source", read.sha256, mapping.noun, table.layer), file_name=read.file, sha256=read.sha256,
        byte_count=read.byte_count, format=read.format, layer=table.layer, crs=mapping.crs or table.crs_text or "",
        encoding=read.encoding, mapping=dump_mapping(mapping), row_count=len(table.row_numbers))


def _commit(
    project: Project, path: Path, read: ReadResult, comparison: Comparison, source: Source, caller: Caller,
    told: list[Finding],
) -> Booking:
    info = caller.info("intake", input_hashes=(read.sha256,), parameters=(("file", read.file), ("noun", source.format)))
    with project.write(info) as writer:
        held = writer.get("source", source.id)
        writer.put([replace(source, version=held.version + 1) if held is not None else source])
        if held is None:
            writer.keep_bytes(source.id, path if read.content is None else read.content)
        writer.put(comparison.to_put)
        writer.add_quarantine(comparison.to_quarantine)
        booking = book_records(writer, comparison.new, caller.clock().date(), f"taken in from {read.file}")
        writer.add_entries(booking.entries)
        writer.add_findings([*told, *booking.findings])
        struck = [r.id for r in comparison.to_put if isinstance(r, OrdnanceItem | Accident)]
        outcome = outcome_of_finds(writer, caller.clock().date(), struck)
        outcome.keep(writer)
    return replace(booking, findings=(*booking.findings, *outcome.findings))


def _outcome(
    read: ReadResult, table: RawTable, source: Source, comparison: Comparison, mapping: Mapping, written: bool,
    seconds: float,
) -> FileIntake:
    taken: TableIntake = comparison.taken
    return FileIntake(
        file=read.file, layer=table.layer, noun=mapping.noun, sha256=read.sha256, format=read.format,
        encoding=read.encoding, crs=source.crs, rows_in=taken.rows_in, accepted=len(taken.records),
        new=len(comparison.new), changed=len(comparison.changed), unchanged=comparison.unchanged,
        quarantined=len(taken.quarantined), refused=len(taken.refused), area_in_m2=taken.area_in_m2,
        area_accepted_m2=taken.area_accepted_m2, area_quarantined_m2=taken.area_quarantined_m2,
        area_refused_m2=taken.area_refused_m2, mapping=source.mapping, source_id=source.id, written=written,
        seconds=seconds)


__all__ = ["FileIntake", "IntakeRequest", "IntakeResult", "SourceRef", "context_of", "project_standard", "propose",
           "take_files"]
