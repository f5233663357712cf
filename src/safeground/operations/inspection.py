"""The inspection stage: lots, sealed draws, visits, verdicts that post or void, and non-conformities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.ground.shapes import polygonal
from safeground.inspection.cases import blocking
from safeground.inspection.draw import (
    STRATA,
    LotUnits,
    draw_units,
    grid_name,
    lot_units,
    require_seed,
    to_plane,
    verify_draw,
)
from safeground.inspection.lots import group_parts, lot_id, make_lot
from safeground.inspection.plans import SamplingPlan, escalation, make_plan
from safeground.inspection.risk import choose_units
from safeground.inspection.verdict import (
    Verdict,
    missing_units,
    require_after_draw,
    require_independent,
    require_state,
    verdict,
)
from safeground.ledger.book import LandBook
from safeground.ledger.post import post_pending, void_pending
from safeground.operations.context import Caller
from safeground.operations.inspection_cases import (
    CaseResult,
    act_on_case,
    case_of_rejection,
    close_case,
    open_case,
    verify_case,
)
from safeground.operations.inspection_finds import FindOutcome, cases_of_find, found_after_work, outcome_of_finds
from safeground.operations.inspection_risk import expected_in_units
from safeground.operations.inspection_seeds import new_seed, sealed_seed
from safeground.operations.inspection_state import (
    InspectionState,
    area_named,
    at_work,
    finds_in,
    inspected_by_teams,
    inspector_named,
    names_of,
    waiting_parts,
)
from safeground.operations.inspection_visit import Visit, VisitFind, read_visit
from safeground.operations.project import opened
from safeground.records.base import Record
from safeground.records.land import LandEntry
from safeground.records.nouns import Inspection, Nonconformity, OrdnanceItem
from safeground.records.quality import InspectionLot, LotState, SamplingDraw
from safeground.records.vocabulary import InspectionKind
from safeground.store.project import Project, Reader

__all__ = ["CaseResult", "DecisionResult", "DrawResult", "LotsResult", "Visit", "VisitFind", "VisitResult",
           "act_on_case", "cases_of_find", "close_case", "decide_lot", "draw_sample", "form_lots",
           "open_case", "read_visit", "record_visit", "reseal_lot", "verify_case", "withdraw_lot"]
#: A visit's find farther outside its lot has a wrong position, m.
FIND_AWAY_M = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LotsResult:
    """The lots that were formed, with their seeds sealed."""

    project: str
    lots: tuple[InspectionLot, ...]
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawResult:
    """A lot's sample by the plan, the risk-aware one beside it (None = no posterior), and the plan itself."""

    project: str
    lot: InspectionLot
    plan: SamplingPlan
    draw: SamplingDraw
    risk: SamplingDraw | None
    units: LotUnits
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitResult:
    """A visit as recorded, the items it found, and the drawn units that no visit has covered yet."""

    project: str
    lot: InspectionLot
    visit: Inspection
    finds: tuple[OrdnanceItem, ...]
    missing: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """A lot decided: what was said, the entries that post or void its parts, and the case opened, if any."""

    project: str
    lot: InspectionLot
    verdict: Verdict
    entries: tuple[LandEntry, ...]
    case: Nonconformity | None = None
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


def form_lots(project: Project | str, caller: Caller, *, area: str = "", seed_file: Path | None = None,
              dry_run: bool = False) -> LotsResult:
    """Form lots of the pending cleared parts that are in none, and seal a seed with each.

    Parameters
    ----------
    area : id, sender's id or name of one hazardous area; "" = all.
    seed_file : the authority's own secret, from which each lot's seed is made; None = a random seed is kept beside the
        project, readable by its owner alone.

    Raises
    ------
    RefusedError : the rule pack has no sampling plan (``SG-OPS-120``).
    SurroundingsError : a seed cannot be kept; nothing is written then.
    """
    with opened(project, caller) as held, at_work(held, caller, "lots", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        area_id = area_named(reader, area).id if area else ""
        waiting = waiting_parts(state, LandBook.from_entries(reader.entries()), area_id)
        lots: list[InspectionLot] = []
        for parts in group_parts(waiting, state.rules):
            seed = new_seed(held, lot_id(parts), seed_file, keep=not dry_run)
            lots.append(make_lot(
                parts, [*state.lots, *lots], number=len(state.lots) + len(lots) + 1, formed_at=caller.clock(),
                plan_version=state.rules.version, seed_sha256=sha256_hex(seed.encode())))
        most_m2 = state.rules.lot_area_m2_max
        findings = [Finding(
            Severity.WARNING, "SG-OPS-125", lot.local_id, f"is one part of {lot.area_cm2 / 1e4:,.0f} m², more than the "
            f"{most_m2:,.0f} m² of a lot.", "Report work in smaller parts.")
            for lot in lots if lot.area_cm2 > most_m2 * 1e4]
        if not lots:
            findings.append(Finding(Severity.INFO, "SG-OPS-124", area or "project", "no cleared ground waits for a "
                                    "lot.", "Take in daily returns of a final pass first."))
        if writer is not None and lots:
            writer.put(lots)
            writer.add_findings(findings)
    return LotsResult(project=held.name, lots=tuple(lots), findings=tuple(findings), dry_run=dry_run)


def reseal_lot(project: Project | str, lot_id: str, caller: Caller, *, seed_file: Path | None = None,
               dry_run: bool = False) -> LotsResult:
    """Seal a lot anew before it is drawn, because its seed was lost or may be known; the former seal stays in the book.

    Raises
    ------
    RequestError : no reason is given (``SG-OPS-123``).  RefusedError : the lot was drawn (``SG-INSPECTION-009``).
    """
    with opened(project, caller) as held, at_work(held, caller, "reseal", dry_run) as (reader, writer):
        lot = InspectionState.read(reader).lot(lot_id)
        require_state(lot, LotState.FORMED, "be sealed anew")
        if not caller.reason.strip():
            raise RequestError("SG-OPS-123", "reason", "no reason is given for a new seal.", "Say why, with --reason.")
        seed = new_seed(held, lot.id, seed_file, keep=not dry_run, mark=f".v{lot.version + 1}")
        lot = replace(lot, version=lot.version + 1, seed_sha256=sha256_hex(seed.encode()))
        if writer is not None:
            writer.put([lot])
    return LotsResult(project=held.name, lots=(lot,), dry_run=dry_run)


def withdraw_lot(project: Project | str, lot_id: str, caller: Caller, *, dry_run: bool = False) -> LotsResult:
    """Withdraw a lot of which an entry was decided otherwise, such as by a corrected return; its other parts are free.

    Nothing else can be withdrawn: a sample that somebody does not like is no reason, and a lot in which a unit failed
    or an item was found is rejected.

    Raises
    ------
    RefusedError : all its entries are pending, or a visit failed (``SG-INSPECTION-015``); it is decided
        (``SG-INSPECTION-009``).
    """
    with opened(project, caller) as held, at_work(held, caller, "withdraw", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        lot = state.lot(lot_id)
        if lot.state is not LotState.FORMED:
            require_state(lot, LotState.DRAWN, "be withdrawn")
        visits = state.visits_to(lot)
        found = any(i.activity_id in {v.id for v in visits} for i in reader.records("ordnance"))
        pending = {entry.id for entry in LandBook.from_entries(reader.entries()).pending()}
        if set(lot.entry_ids) <= pending or found or any(v.failed_units for v in visits):
            raise _decided_otherwise(lot, "all its entries are pending, or a visit to it failed",
                                     "Draw it, inspect it and decide it.")
        lot = replace(lot, version=lot.version + 1, state=LotState.WITHDRAWN)
        if writer is not None:
            writer.put([lot])
    return LotsResult(project=held.name, lots=(lot,), dry_run=dry_run)


def _decided_otherwise(lot: InspectionLot, why: str, remedy: str) -> RefusedError:
    return RefusedError("SG-INSPECTION-015", lot.local_id or lot.id, f"{why}.", remedy,
                        criterion="a lot is decided whole", clause="sampling plan, lots")


def draw_sample(project: Project | str, lot_id: str, caller: Caller, *, seed_file: Path | None = None,
                dry_run: bool = False) -> DrawResult:
    """Draw a lot's units from its sealed seed, and lay the risk-aware sample beside them.

    Raises
    ------
    RequestError : no such lot; the seed is not there (``SG-OPS-121``, ``-122``).
    RefusedError : the lot was drawn before, or the seed is not the sealed one (``SG-INSPECTION-009``, ``-004``).
    """
    with opened(project, caller) as held, at_work(held, caller, "draw", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        lot, rules = state.lot(lot_id), state.rules
        require_state(lot, LotState.FORMED, "be drawn")
        seed = sealed_seed(held, lot, seed_file)
        require_seed(lot, seed)
        near = tuple((i.geometry.x, i.geometry.y, max(rules.block_m, i.position_accuracy_m or 0.0))
                     for i in finds_in(reader, lot) if i.geometry is not None and i.geometry.geom_type == "Point")
        units = lot_units(lot, state.parts_of(lot), unit_m=rules.unit_m, edge_m=rules.edge_m, near=near)
        plan = make_plan(units.sizes, rules, factor=escalation(lot, state.lots, rules))
        chosen = draw_units(units, plan.by_stratum, seed, lot.id)
        expected, findings = expected_in_units(held, reader, lot, units)
        names = units.names

        def record(at: np.ndarray[tuple[int], np.dtype[np.int64]], risk_aware: bool) -> SamplingDraw:
            found = None if expected is None else float(rules.detection * expected[at].sum())
            return SamplingDraw(
                id=stable_id("draw", lot.id, "risk" if risk_aware else "plan"), lot_id=lot.id, seed=seed,
                unit_m=rules.unit_m, unit_count=len(units), sample_count=len(at), geometry=units.on_earth(at),
                drawn_at=now, acceptance_number=plan.acceptance, quality=rules.quality, confidence=rules.confidence,
                detection=rules.detection, plan_version=rules.version, risk_aware=risk_aware,
                units=tuple(names[i] for i in at), crs=grid_name(units), edge_m=rules.edge_m, near_finds=near,
                formula_count=plan.formula or 0, expected_found=found,
                strata=() if risk_aware else tuple(zip(STRATA, units.sizes, plan.by_stratum, strict=True)))

        now = caller.clock()
        draw = record(chosen, False)
        risk = None if expected is None else record(choose_units(expected, plan.taken), True)
        lot = replace(lot, version=lot.version + 1, state=LotState.DRAWN)
        if writer is not None:
            writer.put([draw, *([risk] if risk is not None else []), lot])
            writer.add_findings(findings)
    return DrawResult(project=held.name, lot=lot, plan=plan, draw=draw, risk=risk, units=units,
                      findings=tuple(findings), dry_run=dry_run)


def _drawn(state: InspectionState, lot: InspectionLot) -> tuple[SamplingDraw, LotUnits]:
    """Return a lot's sample, drawn again to see that it is the recorded one."""
    draw = state.draw_of(lot)
    if draw is None:
        raise RefusedError("SG-INSPECTION-009", lot.local_id, "has no sample.", "Draw it first.",
                           criterion="each step once and in its order", clause="sampling plan, lots")
    return draw, verify_draw(lot, draw, state.parts_of(lot))


def record_visit(project: Project | str, lot_id: str, caller: Caller, *, visit: Visit, dry_run: bool = False
                 ) -> VisitResult:
    """Record a quality-control visit to a drawn lot; several visits together may cover the sample.

    An item found beside the lot, in other ground that was accepted, opens a case and takes that ground back.

    Raises
    ------
    RequestError : a unit that is none, or the same visit sent before (``SG-INSPECTION-013``, ``SG-OPS-123``).
    RefusedError : dated before the draw; an inspector of the inspected organisation or team; the lot is not drawn
        (``SG-INSPECTION-011``, ``-012``, ``-009``).
    """
    with opened(project, caller) as held, at_work(held, caller, "record", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        lot = state.lot(lot_id)
        require_state(lot, LotState.DRAWN, "be inspected")
        draw, units = _drawn(state, lot)
        require_after_draw(visit.visit_date, draw, lot.local_id)
        inspected = _require_inspector(reader, lot, visit)
        made, items = _visit_records(lot, draw, units, visit, inspected)
        if any(v.id == made.id for v in state.visits):
            raise RequestError("SG-OPS-123", lot.local_id, "the same visit is recorded already.", "Nothing needs to be "
                               "done.")
        grounds = [v.geometry for v in (*state.visits_to(lot), made) if v.geometry is not None]
        outcome = FindOutcome()
        if writer is not None:
            writer.put([made, *items])
            outcome = outcome_of_finds(writer, caller.clock().date(), [item.id for item in items])
            outcome.keep(writer)
    return VisitResult(project=held.name, lot=lot, visit=made, finds=items, dry_run=dry_run, findings=outcome.findings,
                       missing=missing_units(units, draw.units, grounds))


def _require_inspector(reader: Reader, lot: InspectionLot, visit: Visit) -> tuple[str, str]:
    """Return the inspecting and the inspected organisation, after the inspector was found independent."""
    who = inspector_named(reader, visit.inspector, visit.inspecting_organisation, visit.visit_date)
    organisations, teams = inspected_by_teams(reader, lot, visit.inspected_organisation)
    require_independent(
        inspector=visit.inspector, inspector_names=who.names, inspecting_organisation=who.organisation,
        inspector_teams=who.teams, inspected_organisations=organisations, teams=teams, subject=lot.local_id or lot.id)
    return who.organisation, ", ".join(organisations)


def _visit_records(lot: InspectionLot, draw: SamplingDraw, units: LotUnits, visit: Visit, organisations: tuple[str, str]
                   ) -> tuple[Inspection, tuple[OrdnanceItem, ...]]:
    """Return a visit and its finds as records; a drawn unit in which an item lay has failed."""
    shapes = list(visit.outlines)
    if visit.units:
        shapes.append(units.on_earth(units.find(visit.units)))
    units.find(visit.failed)
    if not shapes and not visit.finds:
        raise RequestError("SG-OPS-123", lot.local_id, "the visit names no inspected unit or ground, and no find.",
                           "Send the units or the outline that was inspected.")
    content = canonical_json([lot.id, visit.visit_date.isoformat(), visit.inspector, sorted(visit.units),
                              sorted(g.wkt for g in visit.outlines), sorted(visit.failed),
                              [[f.lon, f.lat, f.category.value, f.model] for f in visit.finds]])
    identity = stable_id("visit", lot.id, sha256_hex(content))
    ground = to_plane(lot.geometry, units.crs)
    for f in visit.finds:
        away = float(shapely.distance(ground, to_plane(shapely.Point(f.lon, f.lat), units.crs)))
        if not away <= FIND_AWAY_M:
            raise RequestError("SG-OPS-123", lot.local_id, f"a find at {f.lon}, {f.lat} lies {away:,.0f} m outside the "
                               "lot.", "Check longitude and latitude; report a find elsewhere as ordnance.")
    items = tuple(OrdnanceItem(
        id=stable_id("visit find", identity, k), category=f.category, geometry=shapely.Point(f.lon, f.lat),
        hazardous_area_id=lot.hazardous_area_id, activity_id=identity, model=f.model, depth_cm=f.depth_cm,
        found_date=visit.visit_date) for k, f in enumerate(visit.finds))
    geometry = polygonal(shapely.union_all(shapes)) if shapes else None
    missing = missing_units(units, draw.units, [geometry]) if geometry is not None else draw.units
    failed = tuple(dict.fromkeys((*visit.failed, *(f.unit for f in visit.finds if f.unit in set(draw.units)))))
    made = Inspection(
        id=identity, kind=InspectionKind.QUALITY_CONTROL, visit_date=visit.visit_date, lot_id=lot.id, draw_id=draw.id,
        hazardous_area_id=lot.hazardous_area_id, inspecting_organisation=organisations[0],
        inspected_organisation=organisations[1], inspector=visit.inspector, geometry=geometry,
        measures_taken=visit.measures_taken, units_checked=len(draw.units) - len(missing), units_failed=len(failed),
        failed_units=failed, date_of_information=visit.visit_date)
    return made, items


def decide_lot(project: Project | str, lot_id: str, caller: Caller, *, dry_run: bool = False) -> DecisionResult:
    """Decide a lot: accepted, every entry is posted; rejected, every entry is void and the land is what it was before.

    An item of ordnance found by inspection, or an item or accident in its ground after the work, rejects the lot
    whatever the acceptance number, and opens a critical case with every lot that it reaches.

    Raises
    ------
    RefusedError : drawn units were not inspected; an open critical case reaches the lot; it is not drawn, or decided
        before (``SG-INSPECTION-010``, ``-014``, ``-009``).
    """
    with opened(project, caller) as held, at_work(held, caller, "decide", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        lot = state.lot(lot_id)
        require_state(lot, LotState.DRAWN, "be decided")
        visits = state.visits_to(lot)
        items = [i for i in reader.records("ordnance") if i.activity_id in {v.id for v in visits}]
        after = found_after_work(reader, state, lot)
        said = _require_decidable(state, lot, visits, len(items), len(after))
        today = caller.clock().date()
        entries = _entries(LandBook.from_entries(reader.entries()), lot, said, today)
        decided = replace(lot, version=lot.version + 1,
                          state=LotState.ACCEPTED if said.accepted else LotState.REJECTED)
        closed = [replace(v, version=v.version + 1, passed=said.accepted) for v in visits]
        lots = [decided if other.id == lot.id else other for other in state.lots]
        case = None if said.accepted else case_of_rejection(
            decided, said, visits, [*items, *after], lots, state, today)
        if writer is not None:
            records: list[Record] = [decided, *closed, *([case] if case is not None else [])]
            writer.put(records)
            writer.add_entries(entries)
    return DecisionResult(project=held.name, lot=decided, verdict=said, entries=tuple(entries), case=case,
                          dry_run=dry_run)


def _entries(book: LandBook, lot: InspectionLot, said: Verdict, on: date) -> list[LandEntry]:
    """Return the entries that post or void a lot's parts; of a rejected lot, those that nobody else has decided."""
    pending, why = {entry.id for entry in book.pending()}, f"lot {lot.local_id}: {said.reason}"
    decided = [entry_id for entry_id in lot.entry_ids if entry_id not in pending]
    if decided and said.accepted:
        raise _decided_otherwise(lot, f"{len(decided)} of its {len(lot.entry_ids)} entries were decided otherwise",
                                 "Withdraw the lot, and form lots of the parts that still wait.")
    made = []
    for entry_id in lot.entry_ids:
        if entry_id in pending:
            made.append((post_pending if said.accepted else void_pending)(book, entry_id, on=on, reason=why))
            book.add(made[-1])
    return made


def _require_decidable(state: InspectionState, lot: InspectionLot, visits: Sequence[Inspection], finds: int, after: int
                       ) -> Verdict:
    """Return the verdict on a lot, or refuse it: units missing, or a critical case open."""
    draw, units = _drawn(state, lot)
    missing = missing_units(units, draw.units, [v.geometry for v in visits if v.geometry is not None])
    said = verdict(draw, visits, missing, finds, after)
    if missing and not said.finds:
        raise RefusedError(
            "SG-INSPECTION-010", lot.local_id, f"{len(missing)} of {len(draw.units)} drawn units were not inspected: "
            f"{', '.join(missing[:20])}{' …' if len(missing) > 20 else ''}.", "Inspect them, and record the visit.",
            criterion="every drawn unit is inspected", clause=f"sampling plan {draw.plan_version}")
    if said.accepted:
        open_cases = blocking(lot, state.cases, state.lots, window_days=int(state.rules.lot_days_max))
        if open_cases:
            reached = names_of(state.lots, {i for c in open_cases for i in (*c.origin_lot_ids, *c.lot_ids)})
            raise RefusedError(
                "SG-INSPECTION-014", lot.local_id, f"{len(open_cases)} critical cases are open that reach it: "
                f"{', '.join(c.local_id or c.id for c in open_cases)} (lots named: {reached}).",
                "Act on the cases, have them verified and closed, then decide.",
                criterion="no lot is accepted while a critical case reaches it", clause="IMAS 07.40")
    return said
