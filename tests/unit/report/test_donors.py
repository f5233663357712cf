"""Each square centimetre, item and person is credited once; reversals cancel donor by donor."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.foundation.errors import RefusedError, RequestError
from safeground.records.fieldwork import LandPart
from safeground.records.moves import LandFlow, LandMove
from safeground.records.nouns import ProgressReturn, TaskOrder, Team
from safeground.records.vocabulary import LandStatus, ReleaseMethod
from safeground.report.donors import NOBODY, Rules, allot, credit_each, credit_together
from safeground.report.settings import read_donors, read_settings

THIRDS = (("a", Fraction(1, 3)), ("b", Fraction(1, 3)), ("c", Fraction(1, 3)))


@st.composite
def shares(draw):
    parts = draw(st.lists(st.integers(1, 50), min_size=1, max_size=5))
    return tuple((f"d{i}", Fraction(part, sum(parts))) for i, part in enumerate(parts))


@given(st.integers(-10**12, 10**12), shares())
@settings(max_examples=300, deadline=None)
def test_allotment_conserves_mirrors_and_stays_within_one_of_the_exact_share(total, given_shares):
    parts = allot(total, given_shares)
    assert sum(parts) == total
    assert allot(-total, given_shares) == [-part for part in parts]
    assert all(abs(part - total * share) < 1 for part, (_, share) in zip(parts, given_shares, strict=True))


@given(st.lists(st.integers(0, 6), max_size=30), shares())
@settings(max_examples=200, deadline=None)
def test_items_are_credited_once_each_and_fairly_together(amounts, given_shares):
    due = [(f"r{i}", "eo", amount, given_shares) for i, amount in enumerate(amounts)]
    credits = credit_together(due)
    by_record = Counter()
    by_donor = Counter()
    for credit in credits:
        assert credit.amount > 0
        by_record[credit.record_id] += credit.amount
        by_donor[credit.donor] += credit.amount
    assert by_record == Counter({f"r{i}": amount for i, amount in enumerate(amounts) if amount})
    for donor, share in given_shares:
        assert abs(by_donor[donor] - sum(amounts) * share) < 1


def test_ten_items_of_one_each_go_six_to_four_and_not_all_to_the_first():
    parts = (("a", Fraction(6, 10)), ("b", Fraction(4, 10)))
    held = Counter(c.donor for c in credit_together([(f"r{i}", "eo", 1, parts) for i in range(10)]))
    assert held == {"a": 6, "b": 4}
    alone = Counter(c.donor for c in credit_each([(f"r{i}", "eo", 1, parts) for i in range(10)]))
    assert alone == {"a": 10}


def test_thirds_written_as_decimals_are_refused_and_as_fractions_taken():
    rule = {"by": "team", "key": "A"}
    with pytest.raises(RefusedError) as refusal:
        read_donors([rule | {"shares": {"a": 0.33, "b": 0.33, "c": 0.33}}])
    assert refusal.value.code == "SG-REPORT-006"
    assert read_donors([rule | {"shares": {"a": "1/3", "b": "1/3", "c": "1/3"}}])[0].shares == THIRDS
    assert read_donors([rule | {"shares": {"a": 0.1, "b": 0.2, "c": 0.7}}])
    with pytest.raises(RequestError, match="two rules"):
        read_donors([rule | {"shares": {"a": 1}}, rule | {"shares": {"b": 1}}])
    assert read_settings(None, None).donors == ()


def _rules(*rules: dict) -> Rules:
    teams = [Team(id="t1", name="Team 1", organisation="Org"), Team(id="t2", name="Team 2")]
    orders = [TaskOrder(id="o1", local_id="TO-1", hazardous_area_id="h1", objective="x", team_ids=("t1",)),
              TaskOrder(id="o2", local_id="TO-2", hazardous_area_id="h2", objective="x", team_ids=("t1", "t2"))]
    returns = [ProgressReturn(id="r1", submission_id="s1", task_order_id="o1", team_id="t1",
                              work_date=date(2025, 1, 1))]
    import shapely
    parts = [LandPart(id="p1", entry_id="e1", hazardous_area_id="h1", geometry=shapely.box(0, 0, 1, 1), area_cm2=5,
                      release_method=ReleaseMethod.CLEARED, record_ids=("r1",), team_id="t1")]
    return Rules(read_donors(list(rules)), teams, orders, returns, parts, [])


def _move(ground: str, area: str = "h1") -> LandMove:
    return LandMove(entry_id="x", area_id=area, status=LandStatus.CLEARED, amount_cm2=5, on=date(2025, 1, 1),
                    flow=LandFlow.CLEARED, ground_id=ground)


def test_the_most_specific_rule_holds_task_before_team_before_organisation():
    task = {"by": "task", "key": "TO-1", "shares": {"by task": 1}}
    team = {"by": "team", "key": "Team 1", "shares": {"by team": 1}}
    firm = {"by": "organisation", "key": "Org", "shares": {"by firm": 1}}
    assert _rules(task, team, firm).of_ground(_move("e1"))[0][0] == "by task"
    assert _rules(team, firm).of_ground(_move("e1"))[0][0] == "by team"
    assert _rules(firm).of_ground(_move("e1"))[0][0] == "by firm"
    assert _rules().of_ground(_move("e1")) == NOBODY


def test_work_without_a_part_is_credited_by_its_area_only_where_all_its_teams_agree():
    firm = {"by": "organisation", "key": "Org", "shares": {"by firm": 1}}
    assert _rules(firm).of_ground(_move("e9", "h1"))[0][0] == "by firm"
    assert _rules(firm).of_ground(_move("e9", "h2")) == NOBODY  # its second team has no donor
    assert _rules(firm).of_ground(_move("e9", "h3")) == NOBODY
