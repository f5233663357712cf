"""Who may inspect, what a visit means, the steps of a case in their order, and what a case reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import shapely

from safeground.foundation.errors import RefusedError, RequestError
from safeground.inspection.cases import acted, blocking, case_state, closed, due_date, overdue, reach, verified
from safeground.inspection.verdict import require_after_draw, require_independent, same_words, verdict
from safeground.records.nouns import Inspection, Nonconformity
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.records.vocabulary import InspectionKind, Severity

DAY = date(2026, 3, 2)
DRAW = SamplingDraw(id="d", lot_id="L", seed="", unit_m=1, unit_count=10, sample_count=3, geometry=shapely.Point(0, 0),
                    drawn_at=datetime(2026, 3, 2, 9, tzinfo=UTC), units=("C1R1", "C2R1", "C3R1"))


def visit(*failed: str) -> Inspection:
    return Inspection(id=f"v{failed}", kind=InspectionKind.QUALITY_CONTROL, visit_date=DAY, failed_units=failed)


def lot(name: str, *, teams: tuple[str, ...] = ("T1",), assets: tuple[str, ...] = ("manual",), first: int = 1,
        last: int = 5, area: str = "A") -> InspectionLot:
    return InspectionLot(id=name, hazardous_area_id=area, part_ids=(), entry_ids=(), geometry=shapely.Point(0, 0),
                         area_cm2=1, team_ids=teams, assets=assets, first_date=date(2026, 2, first),
                         last_date=date(2026, 2, last))


def case(**values: Any) -> Nonconformity:
    given: dict[str, Any] = {"id": "c", "inspection_id": "", "severity": Severity.CRITICAL, "description": "x",
                             "opened_date": DAY, "due_date": date(2026, 4, 1)}
    return Nonconformity(**(given | values))


def test_an_item_found_rejects_whatever_the_acceptance_number_and_whatever_is_missing() -> None:
    lenient = replace(DRAW, acceptance_number=9)
    assert not verdict(lenient, [visit()], (), 1).accepted
    assert not verdict(lenient, [visit()], ("C3R1",), 1).accepted
    assert verdict(lenient, [visit()], (), 0).accepted


def test_failed_units_count_once_and_are_compared_with_the_acceptance_number() -> None:
    one = replace(DRAW, acceptance_number=1)
    assert verdict(one, [visit("C1R1"), visit("C1R1")], (), 0).accepted
    assert not verdict(one, [visit("C1R1", "C2R1")], (), 0).accepted
    assert not verdict(DRAW, [visit("C1R1")], (), 0).accepted
    assert not verdict(DRAW, [visit("C9R9")], (), 0).accepted
    assert verdict(one, [visit("C1R1")], (), 0).checked == 3


def test_a_lot_with_a_missing_unit_is_not_accepted() -> None:
    said = verdict(replace(DRAW, acceptance_number=5), [visit()], ("C3R1",), 0)
    assert (said.accepted, said.missing, said.checked) == (False, ("C3R1",), 2)


def test_a_visit_before_the_draw_is_refused_and_one_on_its_day_is_not() -> None:
    require_after_draw(DAY, DRAW, "L001")
    with pytest.raises(RefusedError, match="SG-INSPECTION-011"):
        require_after_draw(date(2026, 3, 1), DRAW, "L001")


INDEPENDENT: dict[str, Any] = {
    "inspector": "Ines", "inspector_names": ("p1", "Ines"), "inspecting_organisation": "Authority",
    "inspector_teams": ("T9",), "inspected_organisations": ("Operator",), "teams": ("T1", "Team One"),
    "subject": "L001"}


@pytest.mark.parametrize("change", [
    {"inspecting_organisation": " operator "}, {"inspector_teams": ("t1",)}, {"inspector_names": ("TEAM  ONE",)},
    {"inspected_organisations": ("Other", "authority")}])
def test_nobody_inspects_the_own_work(change: dict[str, Any]) -> None:
    require_independent(**INDEPENDENT)
    with pytest.raises(RefusedError, match="SG-INSPECTION-012"):
        require_independent(**(INDEPENDENT | change))


def test_names_are_compared_without_case_and_spaces_and_nobody_is_nobody() -> None:
    assert same_words(" Ann  Other", "ann other")
    assert not same_words("", "")


def test_a_case_goes_from_action_to_another_persons_verification_to_closure() -> None:
    opened = case()
    done = acted(opened, owner="Otto", action="trained the team", evidence="TR-7")
    seen = verified(done, by="Vera", on=DAY)
    ended = closed(seen, on=DAY)
    assert [case_state(c) for c in (opened, done, seen, ended)] == ["open", "acted", "verified", "closed"]
    assert [c.version for c in (opened, done, seen, ended)] == [1, 2, 3, 4]
    again = acted(seen, owner="Otto", action="more", evidence="TR-8")
    assert case_state(again) == "acted"


@pytest.mark.parametrize("step", [
    lambda: verified(case(), by="Vera", on=DAY), lambda: closed(case(), on=DAY),
    lambda: closed(acted(case(), owner="O", action="a", evidence="e"), on=DAY),
    lambda: acted(case(closed_date=DAY), owner="O", action="a", evidence="e"),
    lambda: verified(case(closed_date=DAY), by="V", on=DAY)])
def test_a_step_out_of_order_is_refused(step: Any) -> None:
    with pytest.raises(RefusedError, match="SG-INSPECTION-007"):
        step()


def test_who_acted_cannot_verify_and_an_action_needs_owner_words_and_evidence() -> None:
    done = acted(case(), owner="Otto Owner", action="a", evidence="e")
    for by in ("otto  owner", ""):
        with pytest.raises(RefusedError, match="SG-INSPECTION-008"):
            verified(done, by=by, on=DAY)
    for missing in ("owner", "action", "evidence"):
        with pytest.raises(RequestError, match=f"no {missing}"):
            acted(case(), **({"owner": "O", "action": "a", "evidence": "e"} | {missing: " "}))


def test_overdue_actions_are_named_oldest_first_and_done_ones_are_not() -> None:
    late, later = case(id="a", due_date=date(2026, 3, 9)), case(id="b", due_date=date(2026, 3, 5))
    done = acted(case(id="c", due_date=date(2026, 3, 1)), owner="O", action="a", evidence="e")
    today = date(2026, 3, 10)
    assert [c.id for c in overdue([late, later, done, case(id="d", due_date=today)], today)] == ["b", "a"]
    assert due_date(DAY, 30.0) == date(2026, 4, 1)


def test_a_case_reaches_the_lots_of_the_same_team_asset_and_days_and_no_others() -> None:
    lots = [lot("origin"), lot("same", first=4, last=9, area="B"), lot("later", first=12, last=15),
            lot("team", teams=("T2",)), lot("asset", assets=("dog",)), lot("unknown", teams=(), assets=())]
    found = case(origin_lot_ids=("origin",))
    assert reach(found, lots) == ("origin", "same", "unknown")
    assert reach(found, lots, window_days=7) == ("origin", "same", "later", "unknown")
    assert reach(case(origin_lot_ids=("origin",), lot_ids=("team",)), lots) == ("origin", "same", "team", "unknown")


def test_what_a_case_reaches_does_not_spread_from_lot_to_lot() -> None:
    chain = [lot("one", first=1, last=3), lot("two", first=3, last=6), lot("three", first=6, last=9)]
    first = case(origin_lot_ids=("one",))
    named = replace(first, lot_ids=reach(first, chain))
    assert reach(named, chain) == ("one", "two")


def test_a_case_without_a_lot_reaches_the_lots_of_its_area() -> None:
    assert reach(case(hazardous_area_id="B"), [lot("a"), lot("b", area="B")]) == ("b",)
    assert reach(case(), [lot("a")]) == ()


def test_only_open_critical_cases_block() -> None:
    mine = lot("origin")
    cases = [case(id="1", origin_lot_ids=("origin",)), case(id="2", origin_lot_ids=("origin",), closed_date=DAY),
             case(id="3", origin_lot_ids=("origin",), severity=Severity.MAJOR), case(id="4", origin_lot_ids=("other",))]
    assert [c.id for c in blocking(mine, cases, [mine])] == ["1"]
