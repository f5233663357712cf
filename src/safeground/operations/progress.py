"""Daily returns in: each submission once, each square metre once, all in one transaction or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from safeground.foundation.finding import Finding
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import geodesic_area_m2
from safeground.ground.shapes import polygonal
from safeground.intake.readers import ReadOptions
from safeground.ledger.book import LandBook
from safeground.operations.context import Caller
from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.inspection_finds import FindOutcome, finds_near, outcome_of_finds
from safeground.operations.intake import context_of
from safeground.operations.progress_book import OPEN, Counted, Counting, progress_rules
from safeground.operations.progress_files import TakenFiles, read_files
from safeground.operations.progress_settle import Held, Settled, Settling, effective, held_of
from safeground.operations.progress_view import held_json, view_of, write_page
from safeground.operations.project import opened
from safeground.progress.returns import has_ground
from safeground.progress.standing import counting, stands_of
from safeground.records.land import Account, EntryState
from safeground.records.nouns import ProgressReturn
from safeground.records.standard import NationalStandard
from safeground.store.project import Project, Reader, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRequest:
    """What is asked when daily returns are taken in.

    Attributes
    ----------
    received : day on which the files came in; the day of the call when None.
    options : what the user says of the files: CRS, encoding, delimiter, layer.
    mapping_toml : a person's mapping of the returns, "" = the proposal, if it leaves no question open.
    page : write the page of field work anew where anything changed.
    update_hazard : compute the hazard of the touched areas' sites anew afterwards.
    dry_run : do everything but write.
    """

    received: date | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    mapping_toml: str = ""
    page: bool = True
    update_hazard: bool = False
    seed: int = 1
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFile:
    """One table of one file.  Conserves: rows_in == new + repeated + quarantined + refused."""

    file: str
    layer: str
    noun: str
    sha256: str
    format: str
    rows_in: int
    new: int
    repeated: int
    quarantined: int
    refused: int
    area_in_m2: float
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProgress:
    """How far an area has come.

    Attributes
    ----------
    processed_m2 : ground that any return that holds reports, by any method, once.
    pending_cm2 : ground that waits for inspection.  remaining_cm2 : open ground that nothing is reported for.
    coverage : share of the area's own ground that counts, waiting or accepted.
    """

    id: str
    name: str
    processed_m2: float
    pending_cm2: int
    remaining_cm2: int
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressResult:
    """What taking returns in did.

    Attributes
    ----------
    new, corrected, late : submissions taken in now; corrections and late ones are among the new.
    repeated : rows that are held already, word for word.  quarantined : rows kept aside, with a finding each.
    processed_m2 : of the new returns, each by itself.  pending_cm2 : what the new entries make wait.
    voided_cm2 : what corrections took back.
    overlaps : (submission, counted by, m²).
    page : file that shows the state, "" where nothing was written.
    held : where no file was given, the figures of everything that the project holds, as JSON; None = files were given.
    """

    project: str
    files: tuple[ReturnFile, ...]
    new: int
    repeated: int
    corrected: int
    late: int
    quarantined: int
    processed_m2: float
    pending_cm2: int
    voided_cm2: int
    entries: tuple[str, ...]
    areas: tuple[AreaProgress, ...]
    overlaps: tuple[tuple[str, str, float], ...]
    finds: int
    downtime_hours: float
    findings: tuple[Finding, ...]
    dry_run: bool = False
    page: str = ""
    hazard_page: str = ""
    held: dict[str, Any] | None = None


def take_returns(location: Project | str, files: Sequence[Path], caller: Caller, request: ProgressRequest
                 ) -> ProgressResult:
    """Take daily returns in, count the ground they add, and make it wait for inspection.

    A submission that came before changes nothing; a correction replaces what it names, and the ground is counted again.
    All of it is one transaction: what is compared is what is written to, so that parallel retries make one record.

    Raises
    ------
    RequestError : the rule pack has no ``[progress]`` (``SG-OPS-060``), a file given twice, a faulty mapping.
    ProjectLockedError, SurroundingsError : somebody else writes; disk full; nothing changed.
    """
    with opened(location, caller) as project:
        with project.read() as reader:
            context = context_of(reader, caller.clock)
        progress_rules(context.standard)
        taken = read_files(list(files), caller, context, request.options, request.mapping_toml)
        today = context.today
        caller.progress("counting ground", None)
        if request.dry_run:
            with project.read() as reader:
                result = _outcome(reader, project.name, taken, *_worked_out(
                    reader, taken, context.standard, request.received or today, today), today, dry_run=True)
            caller.progress("done", 1.0)
            return result
        hashes = tuple(dict.fromkeys(table.read.sha256 for table in taken.tables))
        info = caller.info("progress", input_hashes=hashes, parameters=(
            ("files", " ".join(path.name for path in files)),))
        with project.write(info) as writer:
            held, settled, counted = _worked_out(writer, taken, context.standard, request.received or today, today)
            changed = _keep(writer, taken, settled, counted)
            outcome = _struck(writer, settled, counted, today)
            result = _outcome(writer, project.name, taken, held, settled, counted, today, dry_run=False)
            result = replace(result, findings=(*result.findings, *outcome.findings))
        page = write_page(project, caller, anew=changed or not files) if request.page else ""
        hazard_page = ""
        if request.update_hazard and settled.new:
            areas = frozenset(item.hazardous_area_id for item in settled.new.values()) | set(counted.by_area)
            hazard_page = run_hazard(project, HazardRequest(areas=areas - {""}, seed=request.seed), caller).page
        caller.progress("done", 1.0)
        return replace(result, page=page, hazard_page=hazard_page)


def _worked_out(reader: Reader, taken: TakenFiles, standard: NationalStandard, received: date, today: date
                ) -> tuple[Held, Settled, Counted]:
    held = held_of(reader)
    settled = Settling(held, progress_rules(standard), received).take(taken.tables)
    return held, settled, Counting(reader, held, settled, standard, today).count()


def _keep(writer: Writer, taken: TakenFiles, settled: Settled, counted: Counted) -> bool:
    """Write what is new and return whether anything was; files of which nothing is new leave no trace."""
    records = [*settled.new.values(), *settled.finds.values(), *counted.parts]
    if not (records or settled.aside or counted.entries):
        return False
    used = {record.source_id for record in (*settled.new.values(), *settled.finds.values())}
    used |= {row.source_id for row in settled.aside.values()}
    kept: set[str] = set()
    for table in taken.tables:
        if table.source.id in used and table.source.id not in kept:
            kept.add(table.source.id)
            if writer.get("source", table.source.id) is None:
                writer.put([table.source])
                content = table.read.content
                writer.keep_bytes(table.source.id, table.path if content is None else content)
    writer.put(records)
    writer.add_entries(counted.entries)
    writer.add_quarantine(settled.aside.values())
    writer.add_findings([*taken.findings, *settled.findings, *counted.findings])
    return True


def _struck(writer: Writer, settled: Settled, counted: Counted, today: date) -> FindOutcome:
    """Open cases for finds in ground that counted as cleared before, also where that ground was reported only now."""
    near = finds_near(writer, [part.geometry for part in counted.parts])
    outcome = outcome_of_finds(writer, today, [*settled.finds, *near])
    outcome.keep(writer)
    return outcome


def _outcome(reader: Reader, name: str, taken: TakenFiles, held: Held, settled: Settled, counted: Counted,
             today: date, *, dry_run: bool) -> ProgressResult:
    tally = [count for table, count in settled.tally.items() if table.noun == "progress_return"]
    findings = (*taken.findings, *settled.findings, *counted.findings)
    fresh = list(settled.new.values())
    files = _files(taken, settled)
    return ProgressResult(
        project=name, files=files, new=len(fresh), repeated=sum(t["repeated"] for t in tally),
        corrected=sum(t["corrected"] for t in tally), late=sum(f.code == "SG-PROGRESS-025" for f in findings),
        quarantined=sum(f.quarantined for f in files if f.noun == "progress_return"),
        processed_m2=cm2_to_m2(sum(item.area_cm2 for item in fresh)),
        pending_cm2=sum(part.area_cm2 for part in counted.parts), voided_cm2=counted.voided_cm2,
        entries=tuple(entry.id for entry in counted.entries),
        areas=_areas(held, settled, counted, every=not taken.given),
        overlaps=tuple((_submission(held, settled, a), _submission(held, settled, b), m2)
                       for a, b, m2 in counted.overlaps),
        finds=sum(item.quantity for item in settled.finds.values()),
        downtime_hours=sum(item.downtime_hours or 0.0 for item in fresh), findings=findings, dry_run=dry_run,
        held=None if taken.given else held_json(view_of(reader, name, today)))


def _submission(held: Held, settled: Settled, record_id: str) -> str:
    item = settled.new.get(record_id) or held.returns.get(record_id)
    return item.submission_id if item is not None else record_id


def _files(taken: TakenFiles, settled: Settled) -> tuple[ReturnFile, ...]:
    found = []
    for table in taken.tables:
        rows, tally = table.taken, settled.tally[table]
        found.append(ReturnFile(
            file=table.read.file, layer=table.source.layer, noun=table.noun, sha256=table.read.sha256,
            format=table.read.format, rows_in=rows.rows_in, new=tally["new"], repeated=tally["repeated"],
            quarantined=tally["aside"] + len(rows.quarantined), refused=len(rows.refused), area_in_m2=rows.area_in_m2,
            source_id=table.source.id))
    found += [ReturnFile(file=read.file, layer="", noun="", sha256=read.sha256, format=read.format,
                         rows_in=read.rows_in, new=0, repeated=0, quarantined=0, refused=read.rows_in, area_in_m2=0.0)
              for read in taken.refused]
    return tuple(found)


def _areas(held: Held, settled: Settled, counted: Counted, *, every: bool) -> tuple[AreaProgress, ...]:
    """Return how far the areas touched now have come, or `every` area that was ever worked on."""
    entries = [*held.entries, *counted.entries]
    touched = {item.hazardous_area_id for item in settled.new.values()} | set(counted.by_area)
    if every:
        touched |= {item.hazardous_area_id for item in effective(settled.after)}
        touched |= {part.hazardous_area_id for part in held.parts}
    return area_progress(held, entries, [*held.parts, *counted.parts], effective(settled.after),
                         sorted(touched & set(held.areas)))


def area_progress(held: Held, entries: Sequence[Any], parts: Sequence[Any], returns: Sequence[ProgressReturn],
                  area_ids: Sequence[str]) -> tuple[AreaProgress, ...]:
    """Return how far each area has come, by the book and by the outlines of the returns that hold."""
    book, stands = LandBook.from_entries(entries), stands_of(entries)
    found = []
    for area_id in area_ids:
        area = held.areas[area_id]
        worked = [item.geometry for item in returns if item.hazardous_area_id == area_id and has_ground(item)]
        own = [part for part in counting(parts, stands) if part.hazardous_area_id == area_id]
        total = sum(cm2 for status, cm2 in book.held(area_id).items() if status.value not in ("overlap", "unexplained"))
        ground = polygonal(shapely.intersection(shapely.union_all(worked), area.geometry)) if worked else None
        found.append(AreaProgress(
            id=area_id, name=area.name or area.local_id, processed_m2=float(geodesic_area_m2([ground])[0]),
            pending_cm2=sum(part.area_cm2 for part in own
                            if stands[part.entry_id].entry.state is EntryState.PENDING
                            and stands[part.entry_id].decision is None),
            remaining_cm2=sum(max(book.available(Account(area_id, status)), 0) for status in OPEN),
            coverage=sum(part.area_cm2 for part in own) / total if total else 0.0))
    return tuple(found)


def progress_json(result: ProgressResult) -> dict[str, Any]:
    """Return the progress stage's JSON."""
    return {
        "project": result.project, "dry_run": result.dry_run,
        "files": [{name: getattr(item, name) for name in (
            "file", "layer", "noun", "sha256", "format", "rows_in", "new", "repeated", "quarantined", "refused",
            "area_in_m2", "source_id")} for item in result.files],
        "returns": {"new": result.new, "repeated": result.repeated, "corrected": result.corrected, "late": result.late,
                    "quarantined": result.quarantined},
        "processed_m2": result.processed_m2, "pending_cm2": result.pending_cm2, "voided_cm2": result.voided_cm2,
        "entries": list(result.entries),
        "areas": [{name: getattr(area, name) for name in (
            "id", "name", "processed_m2", "pending_cm2", "remaining_cm2", "coverage")} for area in result.areas],
        "overlaps": [{"submission": a, "counted_by": b, "area_m2": m2} for a, b, m2 in result.overlaps],
        "finds": result.finds, "downtime_hours": result.downtime_hours, "held": result.held, "page": result.page,
        "hazard_page": result.hazard_page, "findings": [finding.as_plain() for finding in result.findings]}
