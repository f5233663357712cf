"""Survey outcomes: reported by one person, waiting, approved or turned down by another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from shapely import Geometry

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import geodesic_area_cm2
from safeground.intake.readers import ReadOptions
from safeground.ledger.book import LandBook
from safeground.ledger.post import pending_release, post_pending, void_pending
from safeground.operations.context import Caller
from safeground.operations.intake import context_of
from safeground.operations.progress_book import grounds_of
from safeground.operations.progress_files import TakenTable, read_files
from safeground.operations.progress_settle import content_id, held_of
from safeground.operations.project import opened
from safeground.operations.survey_land import area_named
from safeground.progress.count import Claim, count_ground
from safeground.progress.judge import outside_share
from safeground.progress.returns import same_content
from safeground.progress.standing import Stand, stands_of
from safeground.progress.states import Step, require_step
from safeground.progress.survey import Objection, SurveyFacts, approval_objection, objections
from safeground.records.base import Record
from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea
from safeground.records.quality_rules import ReleaseRules
from safeground.records.quarantine import QuarantinedRow
from safeground.records.standard import NationalStandard
from safeground.records.vocabulary import LandStatus, ReleaseMethod
from safeground.store.project import Project, Reader, Writer

#: Nouns that a report may rest on.
EVIDENCE_NOUNS = ("evidence", "activity", "ordnance", "accident", "progress_return", "inspection", "document")
_STEP = {ReleaseMethod.CANCELLED: Step.CANCEL, ReleaseMethod.REDUCED: Step.REDUCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRequest:
    """What is asked when survey reports are taken in.

    Attributes
    ----------
    reports : reports entered by hand, beside those of files; `local_id` names each.
    options, mapping_toml : as for any intake.
    """

    reports: tuple[SurveyReport, ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    mapping_toml: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """A report, and the ground that it makes wait or moved."""

    report: SurveyReport
    area_cm2: int
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResult:
    """What survey reports did.

    Attributes
    ----------
    step : ``report``, ``approve`` or ``reject``.
    outcomes : reports that are new, or were decided now.
    """

    project: str
    step: str
    outcomes: tuple[OutcomeLine, ...]
    new: int = 0
    repeated: int = 0
    quarantined: int = 0
    refused: int = 0
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


def release_rules(standard: NationalStandard) -> ReleaseRules:
    """Return the pack's rules for release, which list the criteria of survey outcomes.

    Raises
    ------
    RequestError : the pack is older than they are (``SG-OPS-060``).
    """
    if standard.release is None:
        raise RequestError("SG-OPS-060", standard.name, "has no [release] figures.",
                           "Start a project with a rule pack that has them.")
    return standard.release


def _facts(reader: Reader, area: HazardousArea, part: Geometry) -> SurveyFacts:
    nouns = {noun: tuple(reader.records(noun)) for noun in EVIDENCE_NOUNS}
    known: dict[str, Record] = {}
    for records in nouns.values():
        for record in records:
            known |= {name: record for name in (record.local_id, record.id) if name}
    return SurveyFacts(area=area, part=part, known=known, evidence=nouns["evidence"], ordnance=nouns["ordnance"],
                       accidents=nouns["accident"])


@dataclass(slots=True)
class _Judged:
    """A report that may wait: its part of the area, entry and ground; or what forbids it."""

    report: SurveyReport
    part: LandPart | None = None
    entry: LandEntry | None = None
    objections: list[Objection] = field(default_factory=list)


def _judge(reader: Reader, report: SurveyReport, standard: NationalStandard, entries: Sequence[LandEntry],
           parts: Sequence[LandPart]) -> _Judged:
    """Return what a report may do, with all objections at once."""
    area = area_named(reader, report.hazardous_area_id)
    report = replace(report, hazardous_area_id=area.id)
    if report.outcome is None:
        return _Judged(report)
    rules = release_rules(standard)
    if report.outcome in _STEP:
        require_step(area, _STEP[report.outcome])
    part = report.geometry if report.geometry is not None else area.geometry
    found = objections(report, _facts(reader, area, part), rules, standard.programme)
    share, out_m2 = outside_share(part, area.geometry)
    most = standard.progress.outside_share_max if standard.progress is not None else 0.0
    if share > most:
        found.append(Objection("SG-PROGRESS-049", f"covers {out_m2:,.2f} m² outside the area ({100 * share:.1f} %).",
                               "Draw the part inside the area.", "an outcome holds for ground of its area", "IMAS "
                                                                                                            "08.10"))
    if found:
        return _Judged(report, objections=found)
    held = held_of(reader)
    ground = grounds_of(reader, held, entries, parts, [area.id], list(held.returns))[area.id]
    result = count_ground(ground, [Claim(record_id=report.id, geometry=part, work_date=report.survey_date)])
    if not result.increments:
        why = ("the land book and the ground counted so far disagree" if result.gap_cm2
               else "all of it is counted already")
        return _Judged(report, objections=[Objection(
            "SG-PROGRESS-049", f"moves nothing: {why}.", "Look at what waits or was accepted there.",
            "ground is released once", "land book, rule 3")])
    increment = result.increments[0]
    entry = pending_release(
        LandBook.from_entries(entries), area.id, LandStatus(report.outcome.value), increment.area_cm2,
        entry_id=stable_id("survey", report.id, report.version), on=report.survey_date,
        reason=f"{report.survey_type.value} report {report.local_id}: {', '.join(report.criteria)}",
        evidence_ids=(report.id,))
    made = LandPart(
        id=stable_id("land_part", entry.id), entry_id=entry.id, hazardous_area_id=area.id, geometry=increment.geometry,
        area_cm2=increment.area_cm2, release_method=report.outcome, record_ids=(report.id,),
        work_date=report.survey_date, date_of_information=report.survey_date)
    return _Judged(report, made, entry)


def _refusal(report: SurveyReport, objection: Objection) -> RefusedError:
    return RefusedError(objection.code, report.local_id or report.id, objection.message, objection.remedy,
                        criterion=objection.criterion, clause=objection.clause)


def hand_report(values: SurveyReport) -> SurveyReport:
    """Return a report entered by hand with the identity that the same report from a file would have."""
    area_cm2 = int(geodesic_area_cm2([values.geometry])[0]) if values.geometry is not None else 0
    return replace(values, id=stable_id("survey_report", values.local_id), area_cm2=area_cm2,
                   date_of_information=values.survey_date)


def report_outcomes(location: Project | str, files: Sequence[Path], caller: Caller, request: SurveyRequest
                    ) -> SurveyResult:
    """Take survey reports in; each outcome that may stand waits for another person's approval.

    A report from a file that may not is kept aside with every objection; one entered by hand is refused.

    Raises
    ------
    RefusedError : a report entered by hand has an objection; nothing changed.
    RequestError : the rule pack has no ``[release]`` (``SG-OPS-060``); a report by hand names no area.
    """
    with opened(location, caller) as project:
        with project.read() as reader:
            context = context_of(reader, caller.clock)
        release_rules(context.standard)
        taken = read_files(list(files), caller, context, request.options, request.mapping_toml, noun="survey_report")
        info = caller.info("survey", input_hashes=tuple(dict.fromkeys(t.read.sha256 for t in taken.tables)),
                           parameters=(("step", "report"),))
        with project.write(info) as writer:
            run = _Run(writer, context.standard)
            for table in taken.tables:
                for record in table.taken.records:
                    if isinstance(record, SurveyReport):
                        run.from_file(table, record)
            for report in request.reports:
                run.by_hand(hand_report(report))
            aside = [row for table in taken.tables for row in table.taken.quarantined] + run.aside
            if not request.dry_run:
                _keep(writer, taken.tables, run, aside, [*taken.findings, *run.findings])
        return SurveyResult(
            project=project.name, step="report", new=len(run.lines), repeated=run.repeated, quarantined=len(aside),
            refused=sum(len(t.taken.refused) for t in taken.tables) + sum(r.rows_in for r in taken.refused),
            outcomes=tuple(run.lines), findings=(*taken.findings, *run.findings), dry_run=request.dry_run)


class _Run:
    """Reports taken in one after the other, each seeing what those before it moved."""

    def __init__(self, reader: Reader, standard: NationalStandard) -> None:
        self.reader, self.standard = reader, standard
        self.entries: list[LandEntry] = list(reader.entries())
        self.parts: list[LandPart] = list(reader.records("land_part"))
        self.made: list[LandEntry] = []
        self.ground: list[LandPart] = []
        self.lines: list[OutcomeLine] = []
        self.aside: list[QuarantinedRow] = []
        self.findings: list[Finding] = []
        self.repeated = 0
        self._fresh: dict[str, SurveyReport] = {}

    def _known(self, report: SurveyReport) -> SurveyReport | None:
        held = self._fresh.get(report.id) or self.reader.get("survey_report", report.id)
        return held if isinstance(held, SurveyReport) else None

    def from_file(self, table: TakenTable, report: SurveyReport) -> None:
        """Take a report of a file, or keep it aside."""
        known = self._known(report)
        if known is not None:
            if same_content(replace(known, approver=""), report):
                self.repeated += 1
                return
            self._hold(table, report, [Objection(
                "SG-PROGRESS-001", "was taken in before with other content; the first stays and this one is kept "
                                   "aside.",
                "Send it under a new id.", "nothing is overwritten", "programme setting")])
            return
        try:
            judged = _judge(self.reader, report, self.standard, self.entries, self.parts)
        except (RefusedError, RequestError) as error:
            clause = error.clause if isinstance(error, RefusedError) else ""
            rule = error.criterion if isinstance(error, RefusedError) else ""
            judged = _Judged(report, objections=[Objection(error.code, error.message, error.remedy, rule, clause)])
        if judged.objections:
            self._hold(table, report, judged.objections)
        else:
            self._add(judged)

    def by_hand(self, report: SurveyReport) -> None:
        """Take a report entered by hand.

        Raises
        ------
        RefusedError : it has an objection, or another one bears its id.
        """
        known = self._known(report)
        if known is not None:
            area = area_named(self.reader, report.hazardous_area_id)
            if area.id == known.hazardous_area_id and same_content(replace(known, approver=""), report):
                self.repeated += 1
                return
            raise RefusedError("SG-PROGRESS-001", report.local_id, "was taken in before with other content.",
                               "Give it a new id.", criterion="nothing is overwritten", clause="programme setting")
        judged = _judge(self.reader, report, self.standard, self.entries, self.parts)
        if judged.objections:
            raise _refusal(report, judged.objections[0])
        self._add(judged)

    def _add(self, judged: _Judged) -> None:
        self._fresh[judged.report.id] = judged.report
        moved = 0
        if judged.entry is not None and judged.part is not None:
            self.entries.append(judged.entry)
            self.parts.append(judged.part)
            self.made.append(judged.entry)
            self.ground.append(judged.part)
            moved = judged.part.area_cm2
        self.lines.append(OutcomeLine(report=judged.report, area_cm2=moved,
                                      entry_ids=(judged.entry.id,) if judged.entry is not None else ()))

    def _hold(self, table: TakenTable, report: SurveyReport, found: list[Objection]) -> None:
        place = SourceRef(table.read.file, table.source.layer, report.source_row)
        self.findings += [Finding(Severity.ERROR, o.code, report.local_id, o.message, o.remedy, place) for o in found]
        self.aside.append(QuarantinedRow(
            id=content_id("survey_report", report), noun="survey_report", source_id=table.source.id,
            source_file=table.read.file, source_layer=table.source.layer, source_row=report.source_row,
            original=report.original, finding_codes=tuple(dict.fromkeys(o.code for o in found)),
            provisional_geometry=report.geometry, area_m2=cm2_to_m2(report.area_cm2) if report.area_cm2 else None))


def _keep(writer: Writer, tables: Sequence[TakenTable], run: _Run, aside: Sequence[QuarantinedRow],
          findings: Sequence[Finding]) -> None:
    known = {row.id for row in writer.quarantine()}
    fresh = [row for row in aside if row.id not in known]
    if not (run.lines or fresh):
        return
    used = {line.report.source_id for line in run.lines} | {row.source_id for row in fresh}
    for table in tables:
        if table.source.id in used and writer.get("source", table.source.id) is None:
            writer.put([table.source])
            writer.keep_bytes(table.source.id, table.path if table.read.content is None else table.read.content)
    writer.put([*(line.report for line in run.lines), *run.ground])
    writer.add_entries(run.made)
    writer.add_quarantine(fresh)
    writer.add_findings(findings)


def _report_named(reader: Reader, name: str) -> SurveyReport:
    found = [r for r in reader.records("survey_report") if name and name in (r.id, r.local_id)]
    if len(found) != 1:
        raise RequestError("SG-PROGRESS-040", name or "report", f"is borne by {len(found) or 'no'} survey reports.",
                           "Give the id of one report.")
    return found[0]  # type: ignore[no-any-return]


def decide_report(location: Project | str, name: str, caller: Caller, *, approve: bool, on: date | None = None,
                  dry_run: bool = False) -> SurveyResult:
    """Post a report's outcome, or turn it down; whoever decides is not its author.

    Everything that the report rests on is looked at again: an item found since then forbids it.

    Raises
    ------
    RequestError : no such report, it moves nothing, or it was decided before (``SG-PROGRESS-040``, ``-046``).
    RefusedError : author and approver are one, or something forbids the outcome now; nothing changed.
    """
    step = "approve" if approve else "reject"
    with opened(location, caller) as project, project.write(caller.info("survey", parameters=(
            ("step", step), ("report", name)))) as writer:
        report = _report_named(writer, name)
        entries = writer.entries()
        stands = stands_of(entries)
        parts = [p for p in writer.records("land_part") if report.id in p.record_ids
                 and stands[p.entry_id].stand is Stand.PENDING]
        if not parts:
            raise RequestError("SG-PROGRESS-046", name, "was decided before, or moves no land.",
                               "List the reports with 'safeground survey PROJECT'.")
        objection = approval_objection(report, caller.actor)
        if objection is not None:
            raise _refusal(report, objection)
        standard = context_of(writer, caller.clock).standard
        area = area_named(writer, report.hazardous_area_id)
        if approve:
            for part in parts:
                found = objections(report, _facts(writer, area, part.geometry), release_rules(standard),
                                   standard.programme)
                if found:
                    raise _refusal(report, found[0])
        day, book, made = on or caller.clock().date(), LandBook.from_entries(entries), []
        for part in parts:
            reason = caller.reason or f"{step}d by {caller.actor}" if approve else caller.reason or "turned down"
            entry = (post_pending if approve else void_pending)(book, part.entry_id, on=day, reason=reason)
            book.add(entry)
            made.append(entry)
        decided = replace(report, version=report.version + 1, approver=caller.actor) if approve else report
        if not dry_run:
            writer.put([decided] if approve else [])
            writer.add_entries(made)
        line = OutcomeLine(report=decided, area_cm2=sum(p.area_cm2 for p in parts), entry_ids=tuple(e.id for e in made))
        return SurveyResult(project=project.name, step=step, outcomes=(line,), dry_run=dry_run)


def list_reports(location: Project | str, caller: Caller) -> tuple[tuple[SurveyReport, str, int], ...]:
    """Return every survey report with how it stands (pending, posted, void, reversed, "" = moves nothing) and cm²."""
    with opened(location, caller) as project, project.read() as reader:
        stands = stands_of(reader.entries())
        by_report: dict[str, list[LandPart]] = {}
        for part in reader.records("land_part"):
            for name in part.record_ids:
                by_report.setdefault(name, []).append(part)
        return tuple((r, stands[own[-1].entry_id].stand.value if (own := by_report.get(r.id, [])) else "",
                      sum(p.area_cm2 for p in own)) for r in reader.records("survey_report"))


def survey_json(result: SurveyResult) -> dict[str, Any]:
    """Return the survey stage's JSON."""
    return {
        "project": result.project, "step": result.step, "dry_run": result.dry_run, "new": result.new,
        "repeated": result.repeated, "quarantined": result.quarantined, "refused": result.refused,
        "outcomes": [outcome_json(line.report, line.area_cm2) | {"entries": list(line.entry_ids)}
                     for line in result.outcomes],
        "findings": [f.as_plain() for f in result.findings]}


def outcome_json(report: SurveyReport, area_cm2: int) -> dict[str, Any]:
    """Return one report as JSON."""
    return {"id": report.id, "report": report.local_id, "area": report.hazardous_area_id,
            "survey_type": report.survey_type.value, "survey_date": report.survey_date.isoformat(),
            "outcome": report.outcome.value if report.outcome is not None else "", "criteria": list(report.criteria),
            "evidence": list(report.evidence_ids), "author": report.author, "approver": report.approver,
            "area_cm2": area_cm2}

