"""What survey makes of an area: confirmed, drawn anew, split, suspended; each with its entry, none an edit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, MultiPolygon, Polygon

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import geodesic_area_cm2, plane_area_m2
from safeground.ground.overlay import overlapping_pairs
from safeground.ground.shapes import polygonal
from safeground.intake.readers import ReadOptions
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import winners_of
from safeground.ledger.post import split_parcel
from safeground.ledger.redraw import carve_parcel, restate_parcel
from safeground.operations.booking import held_parcels
from safeground.operations.context import Caller
from safeground.operations.intake import context_of
from safeground.operations.progress_files import read_files
from safeground.operations.project import opened
from safeground.progress.standing import counting, stands_of
from safeground.progress.states import Step, require_step
from safeground.progress.survey import confirming
from safeground.records.fieldwork import LandPart
from safeground.records.land import EntryKind, LandEntry, Parcel
from safeground.records.nouns import Evidence, HazardousArea
from safeground.records.vocabulary import AreaType, LandStatus, WorkflowStatus
from safeground.store.project import Project, Reader

#: Ground of parts may reach out of an outline by this, m²: overlay noise.
_NOISE_M2 = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class LandChange:
    """What became of an area: the areas as they are now, the entries, findings."""

    project: str
    step: str
    areas: tuple[HazardousArea, ...]
    entries: tuple[LandEntry, ...]
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


def area_named(reader: Reader, name: str) -> HazardousArea:
    """Return an area by its id, its sender's identifier or its name.

    Raises
    ------
    RequestError : none or several bear it (``SG-PROGRESS-040``).
    """
    found = [a for a in reader.records("hazardous_area") if name and name in (a.id, a.local_id, a.name)]
    if len(found) != 1:
        raise RequestError("SG-PROGRESS-040", name or "area", f"is borne by {len(found) or 'no'} areas.",
                           "Give the id, the local id or the name of one area.")
    return found[0]  # type: ignore[no-any-return]


@dataclass(slots=True)
class _Scene:
    """An area with its parcel, the parcels around it, its parts that count, and the book."""

    area: HazardousArea
    parcel: Parcel
    others: list[Parcel]
    parts: list[LandPart]
    book: LandBook
    entries: tuple[LandEntry, ...] = field(default_factory=tuple)


def _scene(reader: Reader, name: str, near: Geometry | None = None) -> _Scene:
    area, entries = area_named(reader, name), reader.entries()
    if not isinstance(area.geometry, Polygon | MultiPolygon):
        raise RequestError("SG-PROGRESS-040", name, "has no outline.", "Take its outline in first.")
    reach = area.geometry if near is None else shapely.union_all([area.geometry, near])
    probe = Parcel(id=area.id, geometry=reach, area_cm2=area.area_cm2, status=LandStatus.SUSPECTED, sequence=0)
    parcels = held_parcels(reader, entries, [probe])
    mine = next((p for p in parcels if p.id == area.id), None)
    if mine is None:
        raise RequestError("SG-PROGRESS-040", name, "has no account in the land book.", "Take its outline in first.")
    own = [part for part in reader.records("land_part") if part.hazardous_area_id == area.id]
    return _Scene(area, mine, [p for p in parcels if p.id != area.id], counting(own, stands_of(entries)),
                  LandBook.from_entries(entries), entries)


def _new_version(area: HazardousArea, **values: Any) -> HazardousArea:
    return replace(area, version=area.version + 1, **values)


def confirm_area(location: Project | str, name: str, caller: Caller, *, dry_run: bool = False) -> LandChange:
    """Make a suspected area a confirmed one, on direct evidence with place and date in it.

    Raises
    ------
    RefusedError : the step is not open, or there is no such evidence (``SG-PROGRESS-047``, ``-048``).
    """
    with opened(location, caller) as project, project.write(caller.info("survey", parameters=(
            ("step", "confirm"), ("area", name)))) as writer:
        scene = _scene(writer, name)
        require_step(scene.area, Step.CONFIRM)
        programme = context_of(writer, caller.clock).standard.programme
        found = confirming((e for e in writer.records("evidence") if isinstance(e, Evidence)), scene.area, programme)
        if not found:
            raise RefusedError(
                "SG-PROGRESS-047", name, "has no direct evidence of presence with place and date inside it.",
                f"Record what was seen, where and when; direct kinds are {', '.join(programme.direct_evidence)}.",
                criterion="direct evidence with place and date", clause="IMAS 07.11; IMAS 08.10")
        area = _new_version(scene.area, area_type=AreaType.CONFIRMED_HAZARDOUS_AREA)
        entry = restate_parcel(
            scene.book, scene.parcel, replace(scene.parcel, status=LandStatus.CONFIRMED), scene.others,
            kind=EntryKind.CONFIRMATION, entry_id=stable_id("confirmation", area.id, area.version),
            on=caller.clock().date(), reason=caller.reason or "direct evidence",
            evidence_ids=tuple(item.id for item in found))
        return _keep(writer, project, "confirm", [area], [entry] if entry is not None else [], dry_run=dry_run)


def _keep(writer: Any, project: Project, step: str, areas: list[HazardousArea], entries: list[LandEntry], *,
          dry_run: bool) -> LandChange:
    if not dry_run:
        writer.put(areas)
        writer.add_entries(entries)
    return LandChange(project=project.name, step=step, areas=tuple(areas), entries=tuple(entries), dry_run=dry_run)


def _outlines(reader: Reader, path: Path, area: HazardousArea | None, caller: Caller, options: ReadOptions
              ) -> tuple[list[Geometry], tuple[Finding, ...]]:
    """Return the outlines of a file, checked like those of any area.

    Raises
    ------
    RequestError : a row was not accepted, or there is none (``SG-PROGRESS-049``).
    """
    taken = read_files([path], caller, context_of(reader, caller.clock), options, "", noun=_alias(area))
    records = [record for table in taken.tables for record in table.taken.records]
    kept_out = sum(len(table.taken.quarantined) + len(table.taken.refused) for table in taken.tables)
    shapes = [shape for record in records if (shape := getattr(record, "geometry", None)) is not None]
    if kept_out or taken.refused or not shapes:
        first = next((f for f in taken.findings if f.severity.value in ("error", "refusal")), None)
        raise RequestError("SG-PROGRESS-049", path.name, f"holds {kept_out or 'no'} usable outlines"
                           + (f": {first.source}: {first.message}" if first is not None else "."),
                           first.remedy if first is not None else "Send the outline as a polygon.")
    return shapes, tuple(taken.findings)


def read_part(location: Project | str, path: Path, caller: Caller, options: ReadOptions) -> Geometry:
    """Return the one outline of a file, checked like that of any area.

    Raises
    ------
    RequestError : none, several, or one that was not accepted (``SG-PROGRESS-049``).
    """
    with opened(location, caller) as project, project.read() as reader:
        shapes, _ = _outlines(reader, path, None, caller, options)
    if len(shapes) != 1:
        raise RequestError("SG-PROGRESS-049", path.name, f"holds {len(shapes)} outlines.", "Send one.")
    return shapes[0]


def _alias(area: HazardousArea | None) -> str:
    return "cha" if area is not None and area.area_type is AreaType.CONFIRMED_HAZARDOUS_AREA else "sha"


def redraw_area(location: Project | str, name: str, outline: Path, caller: Caller, *,
                options: ReadOptions | None = None, dry_run: bool = False) -> LandChange:
    """Give an area a new outline after survey: a new version, and an entry for what it gained or lost.

    Ground that counts keeps its own outlines and has to lie in the new one.

    Raises
    ------
    RequestError : no reason, no single outline (``SG-PROGRESS-048``, ``-049``).
    RefusedError : ground that counts would lie outside; the step is not open (``SG-PROGRESS-049``, ``-048``).
    """
    if not caller.reason.strip():
        raise RequestError("SG-PROGRESS-048", name, "is to be drawn anew without a reason.", "Give --reason.")
    with opened(location, caller) as project, project.write(caller.info("survey", parameters=(
            ("step", "redraw"), ("area", name), ("file", outline.name)))) as writer:
        shapes, findings = _outlines(writer, outline, area_named(writer, name), caller, options or ReadOptions())
        if len(shapes) != 1:
            raise RequestError("SG-PROGRESS-049", outline.name, f"holds {len(shapes)} outlines.", "Send one.")
        scene = _scene(writer, name, shapes[0])
        require_step(scene.area, Step.REDRAW)
        for part in scene.parts:
            lost = float(plane_area_m2([polygonal(shapely.difference(part.geometry, shapes[0]))])[0])
            if lost > _NOISE_M2:
                raise RefusedError(
                    "SG-PROGRESS-049", name, f"{lost:,.2f} m² of part {part.id} ({part.release_method.value}, "
                    f"{part.work_date or 'survey'}) would lie outside the new outline.",
                    "Draw it around the ground that counts.", criterion="ground that counts stays in its area",
                    clause="land book, rule 6")
        area_cm2 = int(geodesic_area_cm2([shapes[0]])[0])
        area = _new_version(scene.area, geometry=shapes[0], area_cm2=area_cm2,
                            date_of_information=caller.clock().date())
        entry = restate_parcel(
            scene.book, scene.parcel, replace(scene.parcel, geometry=shapes[0], area_cm2=area_cm2), scene.others,
            kind=EntryKind.RESURVEY, entry_id=stable_id("resurvey", area.id, area.version), on=caller.clock().date(),
            reason=caller.reason, evidence_ids=(area.id,))
        done = _keep(writer, project, "redraw", [area], [entry] if entry is not None else [], dry_run=dry_run)
        return replace(done, findings=findings)


def split_area(location: Project | str, name: str, parts: Path | None, caller: Caller, *,
               options: ReadOptions | None = None, dry_run: bool = False) -> LandChange:
    """Make a part of an area an area of its own, so that the rest can be released.

    Parameters
    ----------
    parts : file of the pieces; None = one piece, all ground that nothing counts: what is not finished.

    An area that holds land of one status is divided whole: the file's outlines and the rest become areas, the old
    record is closed.  From an area with ground that counts the outlines are carved out of what is open, and the rest
    keeps its record.

    Raises
    ------
    RequestError : outlines that share ground, or that take nothing of the area (``SG-PROGRESS-049``,
        ``SG-LEDGER-005``).
    RefusedError : a piece holds ground that counts; the step is not open (``SG-PROGRESS-049``, ``-048``).
    """
    with opened(location, caller) as project, project.write(caller.info("survey", parameters=(
            ("step", "split"), ("area", name), ("file", parts.name if parts is not None else "")))) as writer:
        scene = _scene(writer, name)
        require_step(scene.area, Step.SPLIT)
        findings: tuple[Finding, ...] = ()
        if parts is None:
            shapes = [_unfinished(scene)]
        else:
            shapes, findings = _outlines(writer, parts, scene.area, caller, options or ReadOptions())
            _require_apart(shapes, parts.name)
        _require_open(scene, shapes, name)
        waiting = any(p.account.hazardous_area_id == scene.area.id for e in scene.book.pending() for p in e.postings)
        one = set(scene.book.held(scene.area.id)) <= {scene.parcel.status, LandStatus.OVERLAP} and not waiting
        areas, entries = _split_whole(scene, shapes, caller) if one else _carve(scene, shapes, caller)
        return replace(_keep(writer, project, "split", areas, entries, dry_run=dry_run), findings=findings)


def _unfinished(scene: _Scene) -> Geometry:
    """Return the ground of an area that nothing counts and no other area does.

    Raises
    ------
    RequestError : there is none, or nothing of the area counts (``SG-PROGRESS-049``).
    """
    taken = [part.geometry for part in scene.parts] + [winner.geometry for winner in _winners(scene)]
    left = shapely.get_parts(polygonal(shapely.difference(scene.parcel.geometry, shapely.union_all(taken))))
    kept = left[plane_area_m2(left) > _NOISE_M2] if len(left) else left
    if not len(kept) or not scene.parts:
        raise RequestError("SG-PROGRESS-049", scene.area.local_id or scene.area.id, "has no unfinished part: "
                           + ("nothing of it is finished." if not scene.parts else "all of it counts."),
                           "Release it as a whole, or draw the pieces in a file.")
    return kept[0] if len(kept) == 1 else MultiPolygon(list(kept))


def _require_apart(shapes: list[Geometry], file: str) -> None:
    if len(overlapping_pairs(np.array(shapes, dtype=object))):
        raise RequestError("SG-PROGRESS-049", file, "has outlines that share ground.", "Draw them side by side.")


def _require_open(scene: _Scene, shapes: list[Geometry], name: str) -> None:
    for part in scene.parts:
        for shape in shapes:
            shared = float(plane_area_m2([polygonal(shapely.intersection(part.geometry, shape))])[0])
            if shared > _NOISE_M2:
                raise RefusedError(
                    "SG-PROGRESS-049", name, f"a piece holds {shared:,.2f} m² that count as "
                                             f"{part.release_method.value} "
                    f"(part {part.id}).", "Draw the piece around it.", criterion="a piece holds no ground that counts",
                    clause="land book, rule 3")


def _winners(scene: _Scene) -> list[Parcel]:
    return winners_of([scene.parcel], [*scene.others, scene.parcel]).get(0, [])


def _piece(scene: _Scene, parcel: Parcel, number: int) -> HazardousArea:
    area = scene.area
    return replace(
        area, id=parcel.id, version=1, local_id=f"{area.local_id}-{number}" if area.local_id else "",
        name=f"{area.name} {number}" if area.name else "", geometry=parcel.geometry, area_cm2=parcel.area_cm2,
        workflow_status=WorkflowStatus.OPEN, stated_area_m2=None, source_row=0,
        note=f"part {number} of {area.local_id or area.name or area.id}")


def _ids(scene: _Scene, count: int) -> list[str]:
    return [stable_id("part", scene.area.id, scene.area.version, number) for number in range(1, count + 1)]


def _split_whole(scene: _Scene, shapes: list[Geometry], caller: Caller
                 ) -> tuple[list[HazardousArea], list[LandEntry]]:
    own = scene.parcel.geometry
    inside = [piece for shape in shapes if not (piece := polygonal(shapely.intersection(shape, own))).is_empty]
    rest = polygonal(shapely.difference(own, shapely.union_all(shapes)))
    pieces = [*inside, *([rest] if plane_area_m2([rest])[0] > _NOISE_M2 else [])]
    if len(pieces) < 2:
        raise RequestError("SG-LEDGER-005", scene.area.local_id or scene.area.id, "the outlines take none of the area, "
                           "or all of it as one.", "Draw pieces of the area.")
    entry, children = split_parcel(
        scene.book, scene.parcel, list(zip(_ids(scene, len(pieces)), pieces, strict=True)), winners=_winners(scene),
        on=caller.clock().date(), reason=caller.reason or "split after survey")
    closed = _new_version(scene.area, workflow_status=WorkflowStatus.CLOSED,
                          note=f"split into {len(children)} parts")
    return [closed, *(_piece(scene, child, k) for k, child in enumerate(children, 1))], [entry]


def _carve(scene: _Scene, shapes: list[Geometry], caller: Caller) -> tuple[list[HazardousArea], list[LandEntry]]:
    parcel, areas, entries = scene.parcel, [], []
    for number, (piece_id, shape) in enumerate(zip(_ids(scene, len(shapes)), shapes, strict=True), 1):
        entry, parcel, child = carve_parcel(scene.book, parcel, piece_id, shape, _winners(scene),
                                            on=caller.clock().date(), reason=caller.reason or "split after survey")
        scene.book.add(entry)
        entries.append(entry)
        areas.append(_piece(scene, child, number))
    rest = _new_version(scene.area, geometry=parcel.geometry, area_cm2=parcel.area_cm2)
    return [rest, *areas], entries


def change_workflow(location: Project | str, name: str, step: Step, caller: Caller, *, no_split: bool = False,
                    dry_run: bool = False) -> LandChange:
    """Suspend work in an area, or take it up again.

    Raises
    ------
    RequestError : no reason (``SG-PROGRESS-048``).
    RefusedError : suspension without the answer that a split does not serve; the step is not open.
    """
    if not caller.reason.strip():
        raise RequestError("SG-PROGRESS-048", name, f"is to {step.value} without a reason.", "Give --reason.")
    with opened(location, caller) as project, project.write(caller.info("survey", parameters=(
            ("step", step.value), ("area", name)))) as writer:
        area = area_named(writer, name)
        row = require_step(area, step)
        if step is Step.SUSPEND and not no_split:
            raise RefusedError(
                "SG-PROGRESS-048", name, "would be suspended as a whole: split instead?",
                f"Split off what cannot be finished: 'safeground survey PROJECT split {name} --unfinished'; or say "
                "--no-split if none of it can go on.", criterion=row.guard, clause=row.clause)
        changed = _new_version(area, workflow_status=row.becomes or area.workflow_status)
        return _keep(writer, project, step.value, [changed], [], dry_run=dry_run)


def change_json(result: LandChange) -> dict[str, Any]:
    """Return a change of areas as JSON."""
    return {
        "project": result.project, "step": result.step, "dry_run": result.dry_run,
        "areas": [{"id": a.id, "local_id": a.local_id, "name": a.name, "type": a.area_type.value,
                   "workflow": a.workflow_status.value, "version": a.version, "area_m2": cm2_to_m2(a.area_cm2)}
                  for a in result.areas],
        "entries": [{"id": e.id, "kind": e.kind.value, "postings": [
            {"area": p.account.hazardous_area_id, "status": p.account.status.value, "amount_cm2": p.amount_cm2}
            for p in e.postings]} for e in result.entries],
        "findings": [f.as_plain() for f in result.findings]}


__all__ = ["LandChange", "area_named", "change_json", "change_workflow", "confirm_area", "redraw_area",
           "split_area"]
