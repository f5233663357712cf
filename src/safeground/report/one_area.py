"""The completion report and the handover certificate of one area (IMAS 08.30)."""

from __future__ import annotations

from safeground.ground.area import ELLIPSOID
from safeground.records.nouns import HazardousArea
from safeground.records.release import Handover, SurveyMarker
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus, WorkflowStatus
from safeground.report.document import (
    NOT_STATED,
    Cell,
    Chapter,
    Day,
    Grid,
    Joined,
    Maker,
    Measure,
    Num,
    Text,
    Word,
    given_text,
    say,
)
from safeground.report.methods import method_cell
from safeground.report.monthly import case_grid, inspection_grid, minutes, standing_returns, team_name
from safeground.report.parts_finds import ROUNDS, finds_grid, parts_of
from safeground.report.parts_land import M2, area_label, contamination_word, position_cell, square_chapter
from safeground.report.source import HAZARD, Index

Row = tuple[tuple[Cell, ...], list[Num]]


def the_area(index: Index) -> HazardousArea:
    """Return the area that the report is about."""
    return index.areas[index.given.area_id]


def _identity(make: Maker, index: Index) -> Chapter:
    given, area = index.given, the_area(index)
    booked = [(m.entry_id, m.amount_cm2) for m in given.moves if m.area_id == area.id
              and m.status is not LandStatus.OUTSIDE and m.on <= given.end]
    rows: list[tuple[Cell, ...]] = []
    if not given.public:
        rows += [(Word("head.area"), Text(area_label(area))), (Word("head.id"), Text(area.id, code=True)),
                 (Word("head.local_id"), given_text(area.local_id)),
                 (Word("head.contamination"), contamination_word(area.contamination)),
                 (Word("head.position"), position_cell(area))]
    rows += [(Word("head.admin_unit"), given_text(area.admin_unit)),
             (Word("head.area_type"), Word(f"area_type.{area.area_type.value}")),
             (Word("head.workflow"), Word(f"workflow.{area.workflow_status.value}"))]
    grid = Grid(Word("caption.identity"), (Word("head.what"), Word("head.said")), tuple(rows))
    return Chapter(Word("title.identity"), (say("text.booked", n=make.num("booked", M2, booked)),), grids=(grid,))


def _status_grid(make: Maker, index: Index) -> Grid:
    """Return what the area holds in each account at the end of the period: released, remaining, counted elsewhere."""
    given = index.given
    rows: list[Row] = []
    for status in (*RELEASED_STATUSES, *HAZARD, LandStatus.OVERLAP):
        held = [(m.entry_id, m.amount_cm2) for m in given.moves if m.area_id == given.area_id and m.status is status
                and m.on <= given.end]
        rows.append(((Word(f"status.{status.value}"),), [make.num(f"now/{status.value}", M2, held)]))
    return make.table(Word("caption.now", (("day", Day(given.end)),)), (Word("head.status"), Word("head.m2")), rows,
                      "now/total")


def _depth(depths: set[float]) -> Cell:
    if not depths:
        return NOT_STATED
    low, high = min(depths), max(depths)
    return Measure((low, high), "cm", 0 if low == round(low) and high == round(high) else 1)


def _done_grid(make: Maker, index: Index) -> Grid:
    """Return released m² by release method, team, asset and working method, with the depth reached."""
    given = index.given
    held: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    depths: dict[tuple[str, ...], set[float]] = {}
    for move in index.released(given.start, given.end):
        if move.area_id != given.area_id:
            continue
        part = index.parts.get(move.ground_id)
        work = ("", "", "") if part is None else (part.team_id, part.asset, part.method)
        key: tuple[str, ...] = (move.status.value, *work)
        held.setdefault(key, []).append((move.entry_id, move.amount_cm2))
        if part is not None and part.depth_cm is not None:
            depths.setdefault(key, set()).add(part.depth_cm)
    rows: list[Row] = []
    for key in sorted(held):
        status, team, asset, method = key
        words: tuple[Cell, ...] = (Word(f"status.{status}"),)
        if not given.public:
            words += (given_text(team_name(index, team)), method_cell(asset), method_cell(method),
                      _depth(depths.get(key, set())))
        rows.append((words, [make.num("done/" + "/".join(part or "-" for part in key), M2, held[key])]))
    heads = [Word("head.release_method")]
    if not given.public:
        heads += [Word("head.team"), Word("head.asset"), Word("head.method"), Word("head.depth")]
    return make.table(Word("caption.done"), (*heads, Word("head.m2")), rows, "done/total")


def _done(make: Maker, index: Index) -> Chapter:
    given = index.given
    back = [b for b in standing_returns(given.returns) if b.hazardous_area_id == given.area_id
            and given.within(b.work_date)]
    waiting = [(w.entry_id, w.amount_cm2) for w in given.waiting if w.area_id == given.area_id]
    points = [say("text.returns", n=make.count("returns", "returns", (b.id for b in back)),
                  hours=make.num("hours", "hours", ((b.id, minutes(b.hours)) for b in back))),
              say("text.processed", n=make.num("processed", M2, ((b.id, b.area_cm2) for b in back))),
              say("text.area_waiting", n=make.num("waiting", M2, waiting))]
    if back and not given.public:
        points.append(say("text.work_days", first=Day(min(b.work_date for b in back)),
                          last=Day(max(b.work_date for b in back))))
    grids = [grid for grid in (_done_grid(make, index), _status_grid(make, index)) if grid.rows]
    return Chapter(Word("title.done"), (Word("text.processed_not_released"),), tuple(points), tuple(grids))


def _uncleared(make: Maker, index: Index) -> Chapter:
    """Return the parts that are not released, openly, with why they are not."""
    given = index.given
    left = [(m.entry_id, m.amount_cm2) for m in given.moves if m.area_id == given.area_id and m.status in HAZARD
            and m.on <= given.end]
    shared = [(m.entry_id, m.amount_cm2) for m in given.moves if m.area_id == given.area_id
              and m.status is LandStatus.OVERLAP and m.on <= given.end]
    remaining = make.num("remaining", M2, left)
    points: list[Cell] = [say("text.remaining", n=remaining)]
    counted = make.num("counted elsewhere", M2, shared)
    if counted.figure.amount:
        points.append(say("text.counted_elsewhere", n=counted))
    if not given.public:
        points += [say("text.area_note", note=Text(the_area(index).note))] if the_area(index).note.strip() else []
    paragraph = Word("text.parts_remain" if remaining.figure.amount else "text.no_parts_remain")
    return Chapter(Word("title.uncleared"), (paragraph,), tuple(points))


def _finds(make: Maker, index: Index) -> Chapter:
    given = index.given
    held = [i for i in given.ordnance if i.hazardous_area_id == given.area_id
            and (i.found_date is None or i.found_date <= given.end)]
    counted = [i for i in held if i.category is not ROUNDS]
    rounds = [i for i in held if i.category is ROUNDS]
    points: tuple[Cell, ...] = ()
    if rounds:
        points = (say("text.rounds", n=make.num("finds/small arms ammunition", "rounds", parts_of(rounds))),)
    if not counted:
        return Chapter(Word("title.finds"), (Word("text.no_finds"),), points)
    grids = [finds_grid(make, index, counted)]
    if not given.public:
        rows: list[Row] = [((given_text(i.model), contamination_word(i.category), Day(i.found_date),
                             _depth({i.depth_cm} if i.depth_cm is not None else set()),
                             Word(f"disposition.{i.disposition.value}")), [
            make.num(f"find/{i.id}", "items", [(i.id, i.quantity)])])
            for i in sorted(counted, key=lambda i: (str(i.found_date), i.id))]
        grids.append(make.table(Word("caption.find_list"), (
            Word("head.type"), Word("head.category"), Word("head.date"), Word("head.depth"), Word("head.disposition"),
            Word("head.items")), rows))
    return Chapter(Word("title.finds"), points=points, grids=tuple(grids))


def _survey_grid(index: Index) -> Grid | None:
    given = index.given
    rows = [(Word(f"activity.{s.survey_type.value}"), Day(s.survey_date),
             Word(f"status.{s.outcome.value}") if s.outcome else Word("word.no_release"),
             given_text(", ".join(c.replace("_", " ") for c in s.criteria)), given_text(s.author),
             given_text(s.approver))
            for s in sorted(given.surveys, key=lambda s: (s.survey_date, s.id))
            if s.hazardous_area_id == given.area_id and s.survey_date <= given.end]
    heads = (Word("head.survey"), Word("head.date"), Word("head.outcome"), Word("head.criteria"), Word("head.author"),
             Word("head.approver"))
    return Grid(Word("caption.surveys"), heads, tuple(rows)) if rows else None


def _lot_grid(make: Maker, index: Index) -> Grid | None:
    given = index.given
    held = [lot for lot in given.lots if lot.hazardous_area_id == given.area_id]
    rows: list[Row] = [((Text(lot.local_id or lot.id, code=True), Word(f"lot.{lot.state.value}"),
                         given_text(lot.plan_version)), [
        make.num(f"lot/{lot.id}", M2, [(lot.id, lot.area_cm2)])]) for lot in sorted(held, key=lambda x: x.id)]
    heads = (Word("head.lot"), Word("head.state"), Word("head.plan"), Word("head.m2"))
    return make.table(Word("caption.lots"), heads, rows) if rows else None


def _quality(make: Maker, index: Index) -> Chapter:
    given = index.given
    grids = [inspection_grid(make, index, given.area_id), case_grid(make, index, given.area_id)]
    if not given.public:
        grids += [g for g in (_lot_grid(make, index), _survey_grid(index), _paper_grid(index)) if g is not None]
    return Chapter(Word("title.quality"), grids=tuple(grids))


#: Papers that the shipped rule pack asks for; a nation's own are printed by their key.
_PAPERS = ("completion_report", "internal_qc_record", "inspection_report", "handover_briefing")


def _paper(kind: str) -> Cell:
    return Word(f"paper.{kind}") if kind in _PAPERS else Text(kind.replace("_", " "))


def _paper_grid(index: Index) -> Grid | None:
    given = index.given
    rows = tuple((_paper(d.kind), given_text(d.reference), Day(d.dated), given_text(d.signatory),
                  given_text(d.signed_as)) for d in sorted(given.documents, key=lambda d: (d.dated, d.id))
                 if d.hazardous_area_id == given.area_id)
    heads = (Word("head.paper"), Word("head.reference"), Word("head.date"), Word("head.signatory"),
             Word("head.signed_as"))
    return Grid(Word("caption.papers"), heads, rows) if rows else None


def _marker_chapter(index: Index) -> Chapter | None:
    """Return the permanent markers with bearing and distance to the next, where the position may be shown."""
    given = index.given
    if given.public or not the_area(index).geo_safe:
        return None
    held = sorted((m for m in given.markers if m.hazardous_area_id == given.area_id),
                  key=lambda m: (m.sequence, m.point_type.value, m.id))
    if not held:
        return Chapter(Word("title.markers"), (Word("text.no_markers"),))
    chain = [m for m in held if m.sequence]
    rows: list[tuple[Cell, ...]] = []
    for marker in held:
        leg = _leg(marker, chain)
        at = marker.geometry.centroid
        rows.append((Word(f"point.{marker.point_type.value}"), Text(str(marker.sequence or ""), code=True),
                     Text(f"{at.y:.6f}, {at.x:.6f}", code=True), *leg,
                     Day(marker.emplaced_date)))
    heads = (Word("head.point"), Word("head.number"), Word("head.position"), Word("head.bearing"),
             Word("head.distance"), Word("head.emplaced"))
    return Chapter(Word("title.markers"), (Word("text.markers"),), grids=(
        Grid(Word("caption.markers"), heads, tuple(rows)),))


def _leg(marker: SurveyMarker, chain: list[SurveyMarker]) -> tuple[Cell, Cell]:
    """Return bearing (degrees) and distance (m, geodesic) to the next marker of the perimeter, empty for none."""
    if not marker.sequence or len(chain) < 2:
        return Text(""), Text("")
    following = chain[(chain.index(marker) + 1) % len(chain)]
    a, b = marker.geometry.centroid, following.geometry.centroid
    bearing, _, metres = ELLIPSOID.inv(a.x, a.y, b.x, b.y)
    return Measure((bearing % 360,), "°", 1), Measure((metres,), "m", 2)


def open_matters(index: Index) -> tuple[Word, ...]:
    """Return what stands against a handover: each is printed, and makes the certificate a draft."""
    given, area = index.given, the_area(index)
    found = []
    if area.workflow_status is not WorkflowStatus.RELEASED:
        found.append(Word("open.not_released"))
    if not any(d.hazardous_area_id == area.id for d in given.decisions):
        found.append(Word("open.no_decision"))
    if any(index.stock(s, given.end).get(area.id, 0) > 0 for s in HAZARD):
        found.append(Word("open.remaining"))
    if any(w.area_id == area.id for w in given.waiting):
        found.append(Word("open.waiting"))
    if any(i.hazardous_area_id == area.id and i.passed is None for i in given.inspections):
        found.append(Word("open.inspection"))
    if any(c.hazardous_area_id == area.id and c.closed_date is None for c in given.nonconformities):
        found.append(Word("open.case"))
    if not given.public and not any(m.hazardous_area_id == area.id and m.emplaced_date for m in given.markers):
        found.append(Word("open.markers"))
    return tuple(found)


def completion_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the chapters of the completion report of one area."""
    markers = _marker_chapter(index)
    chapters = [_identity(make, index), _done(make, index), _finds(make, index), _quality(make, index),
                _uncleared(make, index)]
    return (*chapters, *((markers,) if markers else ()),
            *((square_chapter(make, index.given),) if index.given.public else ()))


def _people_grid(make: Maker, held: list[Handover]) -> Grid:
    rows: list[Row] = [((Word(f"people.{group}"),), [make.num(f"present/{group}", "people", (
        (h.id, getattr(h, group)) for h in held))]) for group in ("women", "girls", "men", "boys")]
    return make.table(Word("caption.present"), (Word("head.group"), Word("head.people")), rows, "present/total")


def _handed_over(make: Maker, index: Index) -> Chapter:
    given = index.given
    held = sorted((h for h in given.handovers if h.hazardous_area_id == given.area_id and h.handover_date <= given.end),
                  key=lambda h: (h.handover_date, h.id))
    if not held:
        return Chapter(Word("title.handed_over"), (Word("text.no_handover"),))
    people = _people_grid(make, held)
    if given.public:
        return Chapter(Word("title.handed_over"), grids=(people,))
    rows = tuple((Day(h.handover_date), Text(h.recipient), given_text(h.recipient_role), given_text(h.intended_use))
                 for h in held)
    heads = (Word("head.date"), Word("head.recipient"), Word("head.role"), Word("head.intended_use"))
    return Chapter(Word("title.handed_over"), grids=(Grid(Word("caption.handover"), heads, rows), people))


def _signatures(index: Index) -> Chapter:
    """Return the lines on which people sign, in the order of the chain."""
    roles = ("team_leader", "operations_manager", "inspector", "authority", "recipient")
    blank = Text("")
    rows = tuple((Word(f"signer.{role}"), blank, blank, blank) for role in roles)
    heads = (Word("head.role"), Word("head.name"), Word("head.signature"), Word("head.date"))
    return Chapter(Word("title.signatures"), (Word("text.declaration"),), grids=(
        Grid(Word("caption.signatures"), heads, rows, signing=True),))


def _order_points(index: Index) -> tuple[Cell, ...]:
    given = index.given
    orders = [o for o in given.orders if o.hazardous_area_id == given.area_id]
    teams = sorted({team_name(index, t) for o in orders for t in o.team_ids})
    firms = sorted({t.organisation for o in orders for i in o.team_ids if (t := index.teams.get(i)) and t.organisation})
    none: Cell = NOT_STATED
    return (say("text.task_orders", list=Joined(tuple(Text(o.local_id or o.id, code=True) for o in orders))
                if orders else none),
            say("text.operators", list=Joined(tuple(Text(f) for f in firms)) if firms else none),
            say("text.teams", list=Joined(tuple(Text(t) for t in teams)) if teams else none))


def handover_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the chapters of the handover certificate of one area."""
    given = index.given
    matters = open_matters(index)
    first = (Chapter(Word("title.draft"), (Word("text.draft"),), matters),) if matters else ()
    markers = _marker_chapter(index)
    chapters = [*first, _identity(make, index)]
    if not given.public:
        chapters.append(Chapter(Word("title.operators"), points=_order_points(index)))
    chapters += [_done(make, index), _finds(make, index), _quality(make, index), _uncleared(make, index)]
    chapters += [markers] if markers else []
    chapters += [Chapter(Word("title.residual"), (Word("text.residual"),)), _handed_over(make, index)]
    chapters.append(square_chapter(make, given) if given.public else _signatures(index))
    return tuple(chapters)
