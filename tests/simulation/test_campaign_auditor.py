"""The campaign's auditor: passes honest books, and names each kind of doctored figure."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from safeground.simulation import campaign_auditor, campaign_books
from safeground.simulation.campaign_auditor import CampaignAuditor
from safeground.simulation.campaign_books import measured_m2

OUTLINE = shapely.box(-30.0, 51.0, -29.999, 51.0005)
HALF = shapely.box(-30.0, 51.0, -29.9995, 51.0005)
WHOLE_CM2 = round(measured_m2(OUTLINE) * 1e4)
HALF_CM2 = WHOLE_CM2 // 2
#: Two drawn units, and one of them.
UNITS, ONE = (shapely.to_wkb(shapely.MultiPolygon([shapely.box(x, 51.0001, x + 1e-5, 51.00011) for x in at]), hex=True)
              for at in ((-29.9999, -29.9997), (-29.9999,)))


@dataclass
class _Event:
    seq: int
    kind: str
    subject_type: str
    subject_id: str
    payload: dict[str, Any]


@dataclass
class _Journal:
    events: list[_Event] = field(default_factory=list)

    def add(self, kind: str, noun: str, subject: str, payload: dict[str, Any]) -> None:
        self.events.append(_Event(len(self.events) + 1, kind, noun, subject, payload))

    def put(self, noun: str, record_id: str, **values: Any) -> None:
        version = 1 + sum(e.kind == "put" and e.subject_id == record_id for e in self.events)
        self.add("put", noun, record_id, {"id": record_id, "version": version, "local_id": record_id, **values})

    def entry(self, entry_id: str, state: str, moves: dict[str, int], decides: str = "", reverses: str = "",
              kind: str = "clearance") -> None:
        self.add("entry", "land_entry", entry_id, {
            "id": entry_id, "state": state, "decides": decides, "reverses": reverses, "kind": kind,
            "postings": [{"account": {"hazardous_area_id": "A", "status": s}, "amount_cm2": a}
                         for s, a in moves.items()]})

    def part(self, part_id: str, entry_id: str, shape: shapely.Geometry, area_cm2: int) -> None:
        self.put("land_part", part_id, hazardous_area_id="A", entry_id=entry_id, area_cm2=area_cm2,
                 geometry=shapely.to_wkb(shape, hex=True), release_method="cleared")


def _journal() -> _Journal:
    """An area of which one half was accepted and posted, and the other half waits."""
    journal = _Journal()
    journal.put("hazardous_area", "A", geometry=shapely.to_wkb(OUTLINE, hex=True), area_cm2=WHOLE_CM2,
                workflow_status="open")
    journal.entry("open", "posted", {"outside": -WHOLE_CM2, "confirmed": WHOLE_CM2}, kind="opening")
    journal.put("progress_return", "r1", submission_id="S1", hazardous_area_id="A")
    journal.put("progress_return", "r2", submission_id="S2", hazardous_area_id="A")
    journal.entry("e1", "pending", {"confirmed": -HALF_CM2, "cleared": HALF_CM2})
    journal.part("p1", "e1", HALF, HALF_CM2)
    journal.put("inspection_lot", "lot", part_ids=["p1"], state="accepted", hazardous_area_id="A")
    journal.put("sampling_draw", "draw", lot_id="lot", drawn_at="2025-03-04T08:00:00Z", acceptance_number=0,
                risk_aware=False, geometry=UNITS)
    journal.put("inspection", "visit", lot_id="lot", draw_id="draw", visit_date="2025-03-05", units_failed=0,
                geometry=UNITS, hazardous_area_id="A")
    journal.entry("d1", "posted", {"confirmed": -HALF_CM2, "cleared": HALF_CM2}, decides="e1")
    rest = WHOLE_CM2 - HALF_CM2
    journal.entry("e2", "pending", {"confirmed": -rest, "cleared": rest})
    journal.part("p2", "e2", OUTLINE.difference(HALF), rest)
    return journal


def _sheet(**change: int) -> dict[str, Any]:
    accounts = {"confirmed": WHOLE_CM2 - HALF_CM2, "cleared": HALF_CM2} | change
    return {"areas": {"A": accounts}, "pending_cm2": WHOLE_CM2 - HALF_CM2, "opening_cm2": WHOLE_CM2}


def _failed(journal: _Journal, sheet: dict[str, Any] | None = None, came: tuple[str, ...] = ("S1", "S2")) -> set[str]:
    auditor = CampaignAuditor()
    auditor.day(date(2025, 3, 6).isoformat(), journal.events, _sheet() if sheet is None else sheet, came)
    return {key for key, check in auditor.checks.items() if check.failures}


def test_honest_books_pass_every_check_that_they_touch() -> None:
    assert _failed(_journal()) == set()


def test_a_square_centimetre_lost_in_a_sheet_is_named() -> None:
    assert _failed(_journal(), _sheet(cleared=HALF_CM2 - 1)) == {"sheet"}


def test_an_entry_that_does_not_sum_to_zero_is_named() -> None:
    journal = _journal()
    journal.entry("bad", "posted", {"confirmed": -5, "cleared": 4})
    assert {"sums", "area", "total", "parts"} <= _failed(journal)


def test_a_part_that_is_not_what_its_entry_moves_is_named() -> None:
    journal = _journal()
    journal.events[-1].payload["area_cm2"] -= 1
    assert _failed(journal) == {"parts"}


def test_ground_that_two_parts_claim_is_named() -> None:
    journal = _journal()
    journal.events[-1].payload["geometry"] = shapely.to_wkb(HALF, hex=True)
    assert _failed(journal) == {"ground"}


def test_land_opened_with_another_area_than_its_outline_is_named() -> None:
    journal = _journal()
    journal.events[0].payload["area_cm2"] += 20_000
    assert _failed(journal) == {"opening"}


def test_a_submission_lost_or_counted_twice_is_named() -> None:
    assert _failed(_journal(), came=("S1", "S2", "S3")) == {"once"}
    assert _failed(_journal(), came=("S1",)) == {"once"}
    journal = _journal()
    journal.put("progress_return", "r3", submission_id="S1", hazardous_area_id="A")
    assert _failed(journal) == {"once"}


@pytest.mark.parametrize(("noun", "change"), [
    ("inspection", {"units_failed": 1}), ("inspection", {"geometry": ONE}),
    ("inspection", {"visit_date": "2025-03-03"}), ("inspection_lot", {"state": "rejected"}),
    ("inspection_lot", {"part_ids": []})])
def test_cleared_ground_without_an_inspection_that_accepts_it_is_named(noun: str, change: dict[str, Any]) -> None:
    journal = _journal()
    next(e for e in journal.events if e.subject_type == noun).payload.update(change)
    assert _failed(journal) == {"lots"}


def test_a_released_area_with_ground_that_nobody_accepted_is_named() -> None:
    journal = _journal()
    released = dict(journal.events[0].payload, version=2, workflow_status="released")
    journal.add("put", "hazardous_area", "A", released)
    assert _failed(journal) == {"accepted"}


def test_a_decision_on_nothing_and_a_gap_in_the_journal_are_named() -> None:
    journal = _journal()
    journal.entry("d9", "posted", {"confirmed": -1, "cleared": 1}, decides="e9")
    assert "sums" in _failed(journal)
    journal = _journal()
    del journal.events[2]
    assert "sums" in _failed(journal)


@pytest.mark.parametrize("module", [campaign_books, campaign_auditor])
def test_the_auditor_shares_no_code_with_what_it_audits(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    ours = {name for name in named if name.startswith("safeground")}
    assert ours <= {"safeground.simulation.campaign_books"}


def test_ground_that_a_later_area_counts_is_no_fault_and_ground_that_vanished_is() -> None:
    journal = _journal()
    journal.entry("over", "posted", {"cleared": -900, "overlap": 900}, kind="overlap")
    assert _failed(journal, _sheet(cleared=HALF_CM2 - 900, overlap=900)) == set()
    journal = _journal()
    journal.entry("gone", "posted", {"cleared": -900, "confirmed": 900}, kind="confirmation")
    assert "parts" in _failed(journal)


def _with_find(journal: _Journal, day: str, x: float, **values: Any) -> _Journal:
    journal.put("ordnance", "F", found_date=day, geometry=shapely.to_wkb(shapely.Point(x, 51.0002), hex=True),
                activity_id=values.pop("activity_id", ""))
    for part in ("p1", "p2"):
        next(e for e in journal.events if e.subject_id == part).payload.update(
            work_date="2025-03-03", record_ids=[f"r{part[1]}"])
    if values.get("case"):
        journal.put("nonconformity", "NC", ordnance_id="F", accident_id="", severity="critical", closed_date=None,
                    hazardous_area_id="A")
    return journal


def test_an_item_of_a_later_day_in_accepted_ground_is_named_with_a_case_or_without() -> None:
    accepted, waiting = -29.9998, -29.9992
    assert _failed(_with_find(_journal(), "2025-03-05", accepted)) == {"finds"}
    assert _failed(_with_find(_journal(), "2025-03-05", accepted, case=True)) == {"finds"}
    assert _failed(_with_find(_journal(), "2025-03-05", waiting)) == {"finds"}
    assert _failed(_with_find(_journal(), "2025-03-05", waiting, case=True)) == set()
    assert _failed(_with_find(_journal(), "2025-03-03", accepted)) == set()
    assert _failed(_with_find(_journal(), "2025-03-05", accepted, activity_id="r1")) == set()
    assert _failed(_with_find(_journal(), "2025-03-05", accepted, activity_id="r2")) == {"finds"}
