"""The inspection stage as JSON, and the page that shows all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.ground.crs import choose_working_crs
from safeground.inspection.cases import blocking, case_state, overdue
from safeground.inspection.draw import to_plane, verify_draw
from safeground.inspection.plans import escalation
from safeground.inspection.sampling import code_letter, defective_limit, oc_curve, p_accept
from safeground.ledger.book import LandBook
from safeground.operations.context import Caller
from safeground.operations.inspection import CaseResult, DecisionResult, DrawResult, LotsResult, VisitResult
from safeground.operations.inspection_files import write_sample
from safeground.operations.inspection_state import InspectionState, folder_of, waiting_parts
from safeground.operations.project import opened
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea, Inspection, Nonconformity
from safeground.records.quality import InspectionLot, LotState, SamplingDraw
from safeground.report.inspection_page import inspection_html
from safeground.report.inspection_plots import SamplePanel, lot_png, oc_png
from safeground.report.positions import is_withheld
from safeground.store.project import Project, Reader

#: Lots drawn on the page, the newest first; the table lists all.
PICTURED = 12


def lot_json(lot: InspectionLot) -> dict[str, Any]:
    """Return a lot as JSON, its outline left out."""
    return {"id": lot.id, "number": lot.local_id, "area_id": lot.hazardous_area_id, "state": lot.state.value,
            "area_cm2": lot.area_cm2, "parts": list(lot.part_ids), "entries": list(lot.entry_ids),
            "teams": list(lot.team_ids), "assets": list(lot.assets), "first_date": _day(lot.first_date),
            "last_date": _day(lot.last_date), "plan_version": lot.plan_version, "seed_sha256": lot.seed_sha256,
            "version": lot.version}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def case_json(case: Nonconformity) -> dict[str, Any]:
    """Return a non-conformity with its state, dates, people and the lots it names."""
    return {"id": case.id, "number": case.local_id, "state": case_state(case), "severity": case.severity.value,
            "description": case.description, "owner": case.owner, "action": case.corrective_action,
            "evidence": case.action_evidence, "opened": _day(case.opened_date), "due": _day(case.due_date),
            "verified_by": case.verified_by, "verified": _day(case.verified_date), "closed": _day(case.closed_date),
            "lots": list(case.lot_ids), "origin_lots": list(case.origin_lot_ids), "area_id": case.hazardous_area_id,
            "inspection_id": case.inspection_id, "ordnance_id": case.ordnance_id, "accident_id": case.accident_id}


def oc_json(draw: SamplingDraw) -> dict[str, list[float]]:
    """Return the operating characteristic of a sample by the plan."""
    curve = oc_curve(draw.unit_count, draw.sample_count, acceptance=draw.acceptance_number, detection=draw.detection)
    return {"defective_share": [round(float(x), 9) for x in curve.defective_share],
            "p_accept": [round(float(p), 9) for p in curve.p_accept]}


def draw_json(draw: SamplingDraw, files: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a sample as JSON: units by name in the order of drawing, strata, seed, files."""
    paths = files or {}
    return {"id": draw.id, "units": list(draw.units), "unit_count": draw.unit_count, "sample_count": draw.sample_count,
            "unit_m": draw.unit_m, "crs": draw.crs, "seed": draw.seed, "drawn_at": draw.drawn_at.isoformat(),
            "strata": [{"stratum": name, "units": size, "drawn": taken} for name, size, taken in draw.strata],
            "risk_aware": draw.risk_aware, "expected_found": draw.expected_found, "gpx": paths.get("gpx", ""),
            "geojson": paths.get("geojson", "")}


def plan_json(draw: SamplingDraw) -> dict[str, Any]:
    """Return what a sample by the plan promises."""
    units, limit = draw.unit_count, defective_limit(draw.unit_count, draw.quality)
    chance = p_accept(units, limit, draw.sample_count, acceptance=draw.acceptance_number, detection=draw.detection)
    letter, letter_sample = code_letter(max(units, 2))
    return {"version": draw.plan_version, "units": units, "sample": draw.sample_count, "formula": draw.formula_count or
            None, "acceptance_number": draw.acceptance_number, "quality": draw.quality, "confidence": draw.confidence,
            "detection": draw.detection, "defective_limit": limit, "p_accept_limit": float(chance),
            "search_everything": not draw.formula_count, "iso_2859_letter": letter, "iso_2859_sample": letter_sample}


def entry_json(entry: LandEntry) -> dict[str, Any]:
    """Return an entry that decides a pending one, or reverses a posted one."""
    return {"id": entry.id, "decides": entry.decides, "reverses": entry.reverses, "state": entry.state.value,
            "kind": entry.kind.value, "area_cm2": sum(p.amount_cm2 for p in entry.postings if p.amount_cm2 > 0)}


def visit_json(visit: Inspection) -> dict[str, Any]:
    """Return a visit as JSON, its ground left out."""
    return {"id": visit.id, "lot_id": visit.lot_id, "draw_id": visit.draw_id, "date": visit.visit_date.isoformat(),
            "inspector": visit.inspector, "inspecting_organisation": visit.inspecting_organisation,
            "inspected_organisation": visit.inspected_organisation, "units_checked": visit.units_checked,
            "units_failed": visit.units_failed, "failed_units": list(visit.failed_units), "passed": visit.passed}


def _change(lot: InspectionLot, before: str) -> list[dict[str, str]]:
    return [{"id": lot.id, "number": lot.local_id, "from": before, "to": lot.state.value}]


def lots_json(result: LotsResult) -> dict[str, Any]:
    """Return the JSON of the verb ``lots``."""
    return {"project": result.project, "verb": "lots", "dry_run": result.dry_run,
            "lots": [lot_json(lot) for lot in result.lots],
            "state_changes": [c for lot in result.lots for c in _change(lot, "" if lot.version == 1 else "formed")],
            "entries": [], "findings": [f.as_plain() for f in result.findings]}


def sample_json(result: DrawResult, files: dict[str, dict[str, str]] | None = None,
                findings: Sequence[Finding] = ()) -> dict[str, Any]:
    """Return the JSON of the verb ``draw``."""
    paths = files or {}
    return {"project": result.project, "verb": "draw", "dry_run": result.dry_run, "lot": lot_json(result.lot),
            "plan": plan_json(result.draw) | {"factor": result.plan.factor,
                                              "p_accept_worst": result.plan.p_accept_limit},
            "draw": draw_json(result.draw, paths.get("plan")),
            "risk_aware": draw_json(result.risk, paths.get("risk")) if result.risk is not None else None,
            "oc": oc_json(result.draw), "state_changes": _change(result.lot, "formed"), "entries": [],
            "findings": [f.as_plain() for f in (*result.findings, *findings)]}


def record_json(result: VisitResult) -> dict[str, Any]:
    """Return the JSON of the verb ``record``."""
    return {"project": result.project, "verb": "record", "dry_run": result.dry_run, "lot": lot_json(result.lot),
            "visit": visit_json(result.visit), "finds": [i.id for i in result.finds], "missing": list(result.missing),
            "state_changes": [], "entries": [], "findings": [f.as_plain() for f in result.findings]}


def decide_json(result: DecisionResult) -> dict[str, Any]:
    """Return the JSON of the verb ``decide``."""
    said = result.verdict
    return {"project": result.project, "verb": "decide", "dry_run": result.dry_run, "lot": lot_json(result.lot),
            "accepted": said.accepted, "reason": said.reason, "units_checked": said.checked,
            "failed_units": list(said.failed), "missing": list(said.missing), "finds": said.finds,
            "entries": [entry_json(e) for e in result.entries], "state_changes": _change(result.lot, "drawn"),
            "case": case_json(result.case) if result.case is not None else None,
            "findings": [f.as_plain() for f in result.findings]}


def cases_json(result: CaseResult) -> dict[str, Any]:
    """Return the JSON of the verb ``case``."""
    return {"project": result.project, "verb": "case", "dry_run": result.dry_run,
            "cases": [case_json(c) for c in result.cases],
            "state_changes": [c for lot in result.lots for c in _change(lot, "accepted")],
            "entries": [entry_json(e) for e in result.entries],
            "findings": [f.as_plain() for f in result.findings]}


def write_draw_files(location: Project | str, result: DrawResult, caller: Caller
                     ) -> tuple[dict[str, dict[str, str]], list[Finding]]:
    """Write the sample files of a draw, and return them by ``plan`` and ``risk``, with findings."""
    if result.dry_run:
        return {}, []
    with opened(location, caller) as held, held.read() as reader:
        area = reader.get("hazardous_area", result.lot.hazardous_area_id)
        withheld = area is None or is_withheld(area)
        block_m = InspectionState.read(reader).rules.block_m
        out: dict[str, dict[str, str]] = {}
        findings: list[Finding] = []
        for name, draw in (("plan", result.draw), ("risk", result.risk)):
            if draw is not None:
                out[name], said = write_sample(held, result.lot, draw, result.units, block_m, withheld=withheld)
                findings += said if name == "plan" else []
    return out, findings


def _values(project: Project, reader: Reader, today: date
            ) -> tuple[dict[str, Any], InspectionState, dict[str, HazardousArea]]:
    """Return the JSON of the whole stage, and what it was made of."""
    state = InspectionState.read(reader)
    waiting = waiting_parts(state, LandBook.from_entries(reader.entries()), "")
    areas: dict[str, HazardousArea] = {a.id: a for a in reader.records("hazardous_area")}
    late = overdue(state.cases, today)
    findings = [Finding(Severity.WARNING, "SG-OPS-132", c.local_id or c.id, f"its corrective action was due on "
                        f"{c.due_date}; owner: {c.owner or 'nobody'}.", "Act on it, with evidence.") for c in late]
    values: dict[str, Any] = {
        "project": project.name, "verb": "show", "as_of": today.isoformat(), "plan": _rules_json(state),
        "lots": [_shown(state, lot, areas) for lot in state.lots],
        "cases": [case_json(c) | {"overdue": c in late, "area_name": _name(areas, c.hazardous_area_id)}
                  for c in state.cases],
        "overdue": [c.local_id or c.id for c in late],
        "waiting": {"parts": len(waiting), "area_cm2": sum(p.area_cm2 for p in waiting)},
        "findings": [f.as_plain() for f in findings], "page": ""}
    return values, state, areas


def inspection_page(location: Project | str, caller: Caller, address: Callable[[str, str], str]) -> bytes:
    """Return the page as the project stands, its pictures as addresses; writes nothing.

    Parameters
    ----------
    address : from a lot's id and ``map`` or ``oc`` to where that picture is served (`lot_picture`).
    """
    with opened(location, caller) as held, held.read() as reader:
        values, state, areas = _values(held, reader, caller.clock().date())
    kinds = {lot.id: ("oc", "map") if _may_be_drawn(lot, areas) else ("oc",) for lot, _ in _pictured(state)}
    return inspection_html(values, {lot: {kind: address(lot, kind) for kind in own} for lot, own in kinds.items()})


def lot_picture(location: Project | str, lot_id: str, kind: str, caller: Caller) -> bytes:
    """Return one picture of a drawn lot, ``map`` or ``oc``, as PNG.

    Raises
    ------
    RequestError : no such lot or picture, or its position must not be shown (``SG-OPS-012``); one answer for all.
    """
    with opened(location, caller) as held, held.read() as reader:
        state = InspectionState.read(reader)
        areas: dict[str, HazardousArea] = {a.id: a for a in reader.records("hazardous_area")}
    lot = next((found for found in state.lots if found.id == lot_id), None)
    draw = state.draw_of(lot) if lot is not None else None
    if lot is None or draw is None or kind not in ("oc", "map") or (kind == "map" and not _may_be_drawn(lot, areas)):
        raise RequestError("SG-OPS-012", f"picture {kind}", "is not there.", "Open the inspection page.")
    return _map_png(state, lot, draw) if kind == "map" else _oc_png(draw)


def samples_geojson(location: Project | str, caller: Caller) -> dict[str, Any]:
    """Return the drawn units of each lot as one GeoJSON feature (RFC 7946), for the map.

    The risk-aware samples are not among them, because nobody is sent there by them, nor those of areas whose position
    must not be shown.
    """
    with opened(location, caller) as held, held.read() as reader:
        lots: dict[str, InspectionLot] = {lot.id: lot for lot in reader.records("inspection_lot")}
        areas: dict[str, HazardousArea] = {a.id: a for a in reader.records("hazardous_area")}
        newest = {draw.lot_id: draw for draw in reader.records("sampling_draw") if not draw.risk_aware}
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": draw.id, "geometry": json.loads(shapely.to_geojson(draw.geometry)),
         "properties": {"id": draw.id, "lot": lots[name].local_id, "state": lots[name].state.value,
                        "sample_count": draw.sample_count, "unit_m": draw.unit_m}}
        for name, draw in sorted(newest.items()) if name in lots and _may_be_drawn(lots[name], areas)]}


def show(location: Project | str, caller: Caller, *, page: bool = True) -> dict[str, Any]:
    """Return the whole stage as JSON, and write its page and the sample files of drawn lots unless told not to."""
    with opened(location, caller) as held, held.read() as reader:
        values, state, areas = _values(held, reader, caller.clock().date())
        if page:
            folder = folder_of(held, "inspection")
            folder.mkdir(exist_ok=True)
            _again(held, state, areas)
            path = folder / "inspection.html"
            part = path.with_suffix(".part")
            part.write_bytes(inspection_html(values, _pictures(state, areas)))
            part.replace(path)
            values["page"] = str(path)
    return values


def _name(areas: dict[str, HazardousArea], area_id: str) -> str:
    area = areas.get(area_id)
    return (area.name or area.local_id or area.id) if area is not None else area_id


def _rules_json(state: InspectionState) -> dict[str, Any]:
    r = state.rules
    return {"version": r.version, "clause": r.clause, "unit_m": r.unit_m, "quality": r.quality,
            "confidence": r.confidence, "acceptance_number": int(r.acceptance_number), "detection": r.detection,
            "share_min": r.share_min, "escalation_factor": r.escalation_factor}


def _shown(state: InspectionState, lot: InspectionLot, areas: dict[str, HazardousArea]) -> dict[str, Any]:
    draw, risk = state.draw_of(lot), state.draw_of(lot, risk_aware=True)
    window = int(state.rules.lot_days_max)
    values = lot_json(lot) | {
        "area_name": _name(areas, lot.hazardous_area_id),
        "visits": [visit_json(v) for v in state.visits_to(lot)],
        "blocked_by": [c.local_id or c.id for c in blocking(lot, state.cases, state.lots, window_days=window)],
        "factor": escalation(lot, state.lots, state.rules),
        "draw": None, "risk_aware": None, "oc": None, "sample": None}
    if draw is not None:
        values |= {"draw": draw_json(draw), "oc": oc_json(draw), "sample": plan_json(draw)}
    if risk is not None:
        values["risk_aware"] = draw_json(risk)
    return values


def _again(project: Project, state: InspectionState, areas: dict[str, HazardousArea]) -> None:
    """Write the sample files of drawn lots where they are missing: a draw that was cut short leaves them to be made."""
    folder = folder_of(project, "inspection")
    for lot in state.lots:
        draw = state.draw_of(lot)
        area = areas.get(lot.hazardous_area_id)
        if lot.state is not LotState.DRAWN or draw is None or area is None or is_withheld(area):
            continue
        if not all((folder / f"{lot.local_id}-sample.{kind}").is_file() for kind in ("gpx", "geojson")):
            units = verify_draw(lot, draw, state.parts_of(lot))
            write_sample(project, lot, draw, units, state.rules.block_m, withheld=False)


def _pictured(state: InspectionState) -> list[tuple[InspectionLot, SamplingDraw]]:
    """Return the lots that the page draws, with their samples: the newest drawn ones."""
    drawn = ((lot, state.draw_of(lot)) for lot in state.lots)
    return [(lot, draw) for lot, draw in drawn if draw is not None][-PICTURED:]


def _may_be_drawn(lot: InspectionLot, areas: dict[str, HazardousArea]) -> bool:
    area = areas.get(lot.hazardous_area_id)
    return area is not None and not is_withheld(area)


def _pictures(state: InspectionState, areas: dict[str, HazardousArea]) -> dict[str, dict[str, bytes]]:
    """Return the map and the operating characteristic of the newest drawn lots, by lot id."""
    return {lot.id: {"oc": _oc_png(draw)} | (
        {"map": _map_png(state, lot, draw)} if _may_be_drawn(lot, areas) else {}) for lot, draw in _pictured(state)}


def _oc_png(draw: SamplingDraw) -> bytes:
    sample, curve = plan_json(draw), oc_json(draw)
    return oc_png(curve["defective_share"], curve["p_accept"], 1 - draw.confidence,
                  (sample["defective_limit"] / draw.unit_count, sample["p_accept_limit"]))


def _map_png(state: InspectionState, lot: InspectionLot, draw: SamplingDraw) -> bytes:
    risk = state.draw_of(lot, risk_aware=True)
    return lot_png(_panels(lot, [draw, *([risk] if risk is not None else [])]))


def _panels(lot: InspectionLot, draws: Iterable[SamplingDraw]) -> list[SamplePanel]:
    plane = choose_working_crs(tuple(lot.geometry.bounds))
    outline = to_plane(lot.geometry, plane)
    corner = np.floor(np.asarray(outline.bounds[:2]))

    def moved(geometry: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(geometry, lambda xy: xy - corner)

    return [SamplePanel("Risk-aware sample, for comparison" if d.risk_aware else "Sample by the plan", moved(outline),
                        moved(to_plane(d.geometry, plane)), d.sample_count, d.expected_found) for d in draws]
