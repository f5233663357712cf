"""The operations report of a period: what was processed, what waits, what was accepted, finds, downtime, quality."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from safeground.records.nouns import ProgressReturn
from safeground.records.vocabulary import RELEASED_STATUSES, AccidentClass, InspectionKind, Severity
from safeground.report.document import Cell, Chapter, Grid, Maker, Num, Word, given_text, say
from safeground.report.methods import method_cell
from safeground.report.parts_finds import ROUNDS, finds_chart, finds_grid, found_within, undated_points
from safeground.report.parts_land import M2, apart_chapter, burn_up, square_chapter, waterfall
from safeground.report.source import Index

Row = tuple[tuple[Cell, ...], list[Num]]
Who = tuple[str, str]


def standing_returns(returns: Iterable[ProgressReturn]) -> list[ProgressReturn]:
    """Return the daily returns that no later one replaces."""
    held = list(returns)
    replaced = {given.corrects for given in held if given.corrects}
    return [given for given in held if given.submission_id not in replaced]


def minutes(hours: float | None) -> int:
    """Return hours as whole minutes: what reports sum."""
    return round((hours or 0.0) * 60)


def team_name(index: Index, team_id: str) -> str:
    """Return a team's name, its id where it has no record, "" where none is named."""
    team = index.teams.get(team_id)
    return team.name if team is not None and team.name else team_id


def _ground_who(index: Index, ground_id: str) -> Who:
    part = index.parts.get(ground_id)
    return ("", "") if part is None else (part.team_id, part.method)


def work_grid(make: Maker, index: Index) -> Grid:
    """Return processed, waiting and accepted m² by team and method; processed ground is not released ground."""
    given = index.given
    processed: dict[Who, list[tuple[str, int]]] = {}
    waiting: dict[Who, list[tuple[str, int]]] = {}
    accepted: dict[Who, list[tuple[str, int]]] = {}
    for back in standing_returns(given.returns):
        if given.within(back.work_date) and back.area_cm2:
            processed.setdefault((back.team_id, back.method), []).append((back.id, back.area_cm2))
    for held in given.waiting:
        waiting.setdefault(_ground_who(index, held.entry_id), []).append((held.entry_id, held.amount_cm2))
    for move in index.released(given.start, given.end):
        accepted.setdefault(_ground_who(index, move.ground_id), []).append((move.entry_id, move.amount_cm2))
    rows: list[Row] = []
    for who in sorted({*processed, *waiting, *accepted}, key=lambda w: (not w[0], team_name(index, w[0]), w)):
        name = f"work/{who[0] or '-'}/{who[1] or '-'}"
        words: tuple[Cell, ...] = () if given.public else (given_text(team_name(index, who[0])),)
        label = Word("word.all_methods") if given.public else method_cell(who[1])
        rows.append(((*words, label), [make.num(f"{name}/processed", M2, processed.get(who, [])),
                                       make.num(f"{name}/waiting", M2, waiting.get(who, [])),
                                       make.num(f"{name}/accepted", M2, accepted.get(who, []))]))
    heads = [] if given.public else [Word("head.team")]
    heads += [Word("head.method"), Word("head.processed"), Word("head.waiting"), Word("head.accepted")]
    return make.table(Word("caption.work"), heads, rows, "" if given.public else "work/total")


def _method_grid(make: Maker, index: Index) -> Grid:
    given = index.given
    moves = index.released(given.start, given.end)
    rows: list[Row] = [((Word(f"status.{s.value}"),), [make.num(f"released/{s.value}", M2, (
        (m.entry_id, m.amount_cm2) for m in moves if m.status is s))]) for s in RELEASED_STATUSES]
    return make.table(Word("caption.released"), (Word("head.release_method"), Word("head.m2")), rows, "released/total")


def _downtime_grid(make: Maker, index: Index) -> Grid | None:
    given = index.given
    held: dict[str, list[tuple[str, int]]] = {}
    for back in standing_returns(given.returns):
        if given.within(back.work_date) and minutes(back.downtime_hours):
            held.setdefault(back.downtime_reason.strip(), []).append((back.id, minutes(back.downtime_hours)))
    rows: list[Row] = [((Word("word.all_reasons") if given.public else given_text(reason),), [
        make.num(f"downtime/{reason or '-'}", "hours", held[reason])])
        for reason in sorted(held, key=lambda r: (not r, r))]
    heads = (Word("head.reason"), Word("head.hours"))
    return make.table(Word("caption.downtime"), heads, rows, "" if given.public else "downtime/total") if rows else None


def accident_grid(make: Maker, index: Index, name: str = "accidents") -> Grid:
    """Return accidents of the period by class with killed and injured; never a name or a position."""
    given = index.given
    rows: list[Row] = []
    for kind in AccidentClass:
        held = [a for a in given.accidents if a.accident_class is kind and given.within(a.accident_date)]
        rows.append(((Word(f"accident.{kind.value}"),), [
            make.count(f"{name}/{kind.value}", "accidents", (a.id for a in held)),
            make.num(f"{name}/{kind.value}/killed", "people", ((a.id, a.killed_count) for a in held)),
            make.num(f"{name}/{kind.value}/injured", "people", ((a.id, a.injured_count) for a in held))]))
    heads = (Word("head.accident_class"), Word("head.accidents"), Word("head.killed"), Word("head.injured"))
    return make.table(Word("caption.accidents"), heads, rows, f"{name}/total")


def inspection_grid(make: Maker, index: Index, area_id: str = "") -> Grid:
    """Return inspections of the period by kind and verdict, of one area or of all."""
    given = index.given
    rows: list[Row] = []
    for kind in InspectionKind:
        held = [i for i in given.inspections if i.kind is kind and given.within(i.visit_date)
                and (not area_id or i.hazardous_area_id == area_id)]
        rows.append(((Word(f"inspection.{kind.value}"),), [make.count(
            f"inspections/{kind.value}/{name}", "visits", (i.id for i in held if i.passed is verdict))
            for name, verdict in (("passed", True), ("failed", False), ("open", None))]))
    heads = (Word("head.inspection"), Word("head.passed"), Word("head.failed"), Word("head.open"))
    return make.table(Word("caption.inspections"), heads, rows, "inspections/total")


def case_grid(make: Maker, index: Index, area_id: str = "") -> Grid:
    """Return non-conformities: opened and closed in the period, and open at its end, by severity."""
    given = index.given

    def known(day: date | None) -> bool:
        return day is None or day <= given.end

    rows: list[Row] = []
    for severity in Severity:
        held = [c for c in given.nonconformities if c.severity is severity
                and (not area_id or c.hazardous_area_id == area_id)]
        still = [c.id for c in held if known(c.opened_date) and (c.closed_date is None or c.closed_date > given.end)]
        rows.append(((Word(f"severity.{severity.value}"),), [
            make.count(f"non-conformities/{severity.value}/opened", "cases",
                       (c.id for c in held if given.within(c.opened_date))),
            make.count(f"non-conformities/{severity.value}/closed", "cases",
                       (c.id for c in held if given.within(c.closed_date))),
            make.count(f"non-conformities/{severity.value}/open", "cases", still)]))
    heads = (Word("head.severity"), Word("head.opened"), Word("head.closed"), Word("head.still_open"))
    return make.table(Word("caption.cases"), heads, rows, "non-conformities/total")


def _task_points(make: Maker, index: Index) -> tuple[Cell, ...]:
    given = index.given
    begun = [o.id for o in given.orders if given.within(o.start_date)]
    ended = [o.id for o in given.orders if given.within(o.end_date)]
    running = [o.id for o in given.orders if (o.start_date is None or o.start_date <= given.end)
               and (o.end_date is None or o.end_date >= given.start)]
    return tuple(say(f"text.tasks_{name}", n=make.count(f"tasks/{name}", "tasks", ids))
                 for name, ids in (("begun", begun), ("ended", ended), ("running", running)))


def _undated_accidents(make: Maker, index: Index) -> tuple[Cell, ...]:
    undated = [a.id for a in index.given.accidents if a.accident_date is None]
    return (say("text.undated_accidents", n=make.count("accidents/without date", "accidents", undated)),
            ) if undated else ()


def monthly_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the chapters of the operations report."""
    given = index.given
    finds = found_within(index, given.start, given.end)
    back = [b for b in standing_returns(given.returns) if given.within(b.work_date)]
    sent = say("text.returns", n=make.count("returns", "returns", (b.id for b in back)),
               hours=make.num("hours", "hours", ((b.id, minutes(b.hours)) for b in back)))
    counted = [item for item in finds if item.category is not ROUNDS]
    shown = finds_chart(make, finds) if counted and not given.public else None
    down = _downtime_grid(make, index)
    chapters = [
        Chapter(Word("title.work"), (Word("text.work"),), (sent,), (
            work_grid(make, index), _method_grid(make, index)), (burn_up(make, index), waterfall(make, index))),
        Chapter(Word("title.finds"), points=undated_points(make, index, lambda item: True),
                grids=(finds_grid(make, index, finds),) if counted else (), charts=(shown,) if shown else ()),
        Chapter(Word("title.downtime"), () if down else (Word("text.no_downtime"),), grids=(down,) if down else ()),
        Chapter(Word("title.accidents"), points=_undated_accidents(make, index), grids=(accident_grid(make, index),)),
        Chapter(Word("title.quality"), grids=(inspection_grid(make, index), case_grid(make, index))),
        Chapter(Word("title.tasks"), points=_task_points(make, index)), apart_chapter(make, index)]
    if given.public:
        chapters.append(square_chapter(make, given))
    return tuple(chapters)
