"""A small campaign runs from returns to certificates, and its auditor finds nothing; its parts can go red."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safeground.operations.context import Caller
from safeground.simulation.campaign_books import OwnBooks
from safeground.simulation.campaign_desk import Attempt
from safeground.simulation.campaign_field import EXPECTED, PAPER_FAULTS
from safeground.simulation.campaign_judge import Caught, judge_planted, verdict_checks
from safeground.simulation.campaign_reports import period_faults, situation_faults
from safeground.simulation.campaign_run import CampaignResult, campaign_result_json, run_campaign

DAY = date(2025, 3, 3)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> CampaignResult:
    return run_campaign("campaign-8", 3, tmp_path_factory.mktemp("campaign"), Caller(actor="tester"))


def test_a_small_campaign_runs_from_returns_to_certificates_and_its_auditor_finds_nothing(campaign: CampaignResult
                                                                                          ) -> None:
    assert [c for c in campaign.checks if not c["holds"]] == []
    assert campaign.sound
    assert len(campaign.certificates) >= 3
    looked = {c["name"]: c["looked"] for c in campaign.checks}
    assert looked["all areas together: what was opened is what is held, and nothing is below zero, cm²"] == 15
    assert all(count for name, count in looked.items() if "after release" not in name)


def test_every_kind_of_planted_error_is_planted_and_caught(campaign: CampaignResult) -> None:
    assert {c.kind for c in campaign.planted} == {k for k, _ in PAPER_FAULTS if k != "far too much ground"}
    assert all(c.caught for c in campaign.planted)
    kinds = Counter(a["kind"] for a in campaign.attempts)
    assert {"visit before its draw", "survey approved by its author", "one person signs twice",
            "release without its papers", "draw with a seed that was not sealed"} <= set(kinds)
    assert all(a["refused"] for a in campaign.attempts)


def test_items_are_conserved_and_the_json_says_what_the_result_holds(campaign: CampaignResult) -> None:
    truth = campaign.truth
    assert truth["items"] == sum(truth[k] for k in (
        "found_by_teams", "found_by_inspection", "found_before_release", "found_after_release", "left"))
    said = json.loads(json.dumps(campaign_result_json(campaign)))
    assert said["auditor"]["failures"] == []
    assert said["book"]["released"] == len(said["certificates"])
    assert all(len(c["certificate_sha256"]) == 64 for c in said["certificates"])
    assert Path(campaign.project).is_file()


@dataclass(frozen=True)
class _Error:
    kind: str
    subject: str
    day: date = DAY
    expected: str = ""


def _books(returns: dict[str, int], moving: tuple[str, ...] = (), aside: tuple[int, ...] = (),
           findings: tuple[tuple[str, str], ...] = ()) -> OwnBooks:
    books = OwnBooks()
    for name, version in returns.items():
        books.records["progress_return"][f"id {name}"] = {"id": f"id {name}", "submission_id": name, "version": version}
    for name in moving:
        books.opened["A"] = 1
        books.pending[f"entry {name}"] = {"postings": []}
        books.records["land_part"][name] = {"id": name, "hazardous_area_id": "A", "entry_id": f"entry {name}",
                                            "record_ids": [f"id {name}"]}
    books.aside = {str(row): {"source_file": "f", "source_row": row, "original": []} for row in aside}
    books.findings = [{"code": code, "subject": subject, "message": "", "source": {"file": "", "row": 0}}
                      for code, subject in findings]
    return books


_OUTSIDE = (("SG-PROGRESS-011", "S"), ("SG-PROGRESS-011", "Sc"))


@pytest.mark.parametrize(("kind", "books", "caught"), [
    ("late", _books({"S": 1}, findings=(("SG-PROGRESS-025", "S"),)), True),
    ("late", _books({"S": 1}), False),
    ("late", _books({}, findings=(("SG-PROGRESS-025", "S"),)), False),
    ("repeat", _books({"S": 1}), True),
    ("repeat", _books({"S": 2}), False),
    ("overlap", _books({"S": 1}), False),
    ("outside", _books({}, aside=(1,), findings=(("SG-PROGRESS-011", "S"),)), True),
    ("outside", _books({"S": 1}, aside=(1,), findings=(("SG-PROGRESS-011", "S"),)), False),
    ("swapped axes", _books({}, findings=(("SG-INTAKE-222", "S"),)), False),
    ("wrong depth", _books({"S": 1, "Sc": 1}, moving=("Sc",), findings=(("SG-PROGRESS-021", "S"),)), True),
    ("wrong depth", _books({"S": 1, "Sc": 1}, moving=("S",), findings=(("SG-PROGRESS-021", "S"),)), False),
    ("corrected figures", _books({"S": 1, "Sc": 1}, moving=("Sc",)), True),
    ("corrected figures", _books({"S": 1, "Sc": 1}, moving=("S", "Sc")), False),
    ("corrected figures", _books({}, aside=(1, 2), findings=_OUTSIDE), True),
    ("corrected figures", _books({}, aside=(1, 2), findings=(("SG-PROGRESS-011", "S"),)), False),
    ("corrected figures", _books({}, aside=(1,), findings=_OUTSIDE), False),
    ("corrected outline", _books({"S": 1}), False)])
def test_a_planted_error_is_caught_only_if_all_came_that_had_to(kind: str, books: OwnBooks, caught: bool) -> None:
    assert [c.caught for c in judge_planted(books, {("f", 1): "S", ("f", 2): "Sc"}, [_Error(kind, "S")])] == [caught]
    assert kind in EXPECTED


def test_what_slipped_through_is_named_by_its_check() -> None:
    books = OwnBooks()
    books.records["hazardous_area"]["R"] = {"workflow_status": "open"}
    caught = [Caught("late", "S", DAY, "", False, "0 on record")]
    let = [Attempt("one person signs twice", "R", DAY, refused=False, code="")]
    stray = [{"find": "X", "new_area": "N", "released_area": "R"}]
    checks = verdict_checks(books, [("L1", 1, True), ("L2", 0, False)], let, stray, caught)
    assert [c["holds"] for c in checks] == [False] * 5
    assert [c["first_failures"][0][:2] for c in checks] == ["la", "on", "L1", "L2", "X"]


def test_a_square_centimetre_too_much_in_a_report_is_named() -> None:
    own: dict[str, Any] = dict.fromkeys(("suspected", "confirmed", "cancelled", "reduced", "cleared", "overlap",
                                         "pending inspection", "remaining", "flow cancelled", "flow reduced",
                                         "flow cleared"), 10_001)
    figures = dict.fromkeys(own, 1.0001)
    assert situation_faults(figures, own) == []
    assert len(situation_faults(figures | {"cleared": 1.0002}, own)) == 1
    period = {"article5/waterfall/remaining": 1.0001, "article5/waiting/total/0": 1.0001,
              **{f"article5/waterfall/{s}": -1.0001 for s in ("cancelled", "reduced", "cleared")}}
    assert period_faults("article5", period, own) == []
    assert len(period_faults("article5", period | {"article5/waterfall/cleared": -1.0}, own)) == 1
    assert len(period_faults("donor", {}, own)) == 4
