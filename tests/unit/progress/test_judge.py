"""What a return counts for: final pass, depth, open area; and what of it is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from safeground.foundation.finding import SourceRef
from safeground.operations.context import standard_text
from safeground.progress.judge import fast_returns, is_final, judge, outside_share, two_places
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import WorkflowStatus
from support.projects import area
from support.returns import daily, strip

RULES = standard_from_toml(standard_text("imas")).progress
assert RULES is not None
AREA = area(0, size=0.001, name="Field 0")


def judged(depth: float | None = 20.0, workflow: WorkflowStatus = WorkflowStatus.OPEN, **values: Any
           ) -> tuple[bool, list[str]]:
    assert RULES is not None
    item = daily("a", values.pop("geometry", strip(0, 0.5)), **values)
    verdict = judge(item, replace(AREA, workflow_status=workflow), RULES, depth, SourceRef("day.csv"))
    return verdict.final, [f.code for f in verdict.findings]


@pytest.mark.parametrize(("values", "final", "codes"), [
    ({}, True, []),
    ({"depth_cm": 19.9}, False, ["SG-PROGRESS-021"]),
    ({"depth_cm": None}, False, ["SG-PROGRESS-022"]),
    ({"depth": None}, True, ["SG-PROGRESS-031"]),
    ({"method": "flail"}, False, ["SG-PROGRESS-020"]),
    ({"method": "dog", "final_pass": True}, True, []),
    ({"final_pass": False}, False, ["SG-PROGRESS-020"]),
    ({"geometry": None}, False, ["SG-PROGRESS-024"]),
    ({"geometry": None, "hours": None, "downtime_reason": "rain"}, False, []),
    ({"workflow": WorkflowStatus.RELEASED}, False, ["SG-PROGRESS-023"]),
    ({"workflow": WorkflowStatus.SUSPENDED}, False, ["SG-PROGRESS-023"]),
    ({"received_date": date(2026, 2, 6)}, True, ["SG-PROGRESS-025"]),
    ({"received_date": date(2026, 2, 5)}, True, []),
])
def test_what_counts_and_what_is_named(values: dict[str, Any], final: bool, codes: list[str]) -> None:
    assert judged(**values) == (final, codes)


@pytest.mark.parametrize(("method", "final"), [("Manual", True), ("manual, after flail", True), ("visual", True),
                                               ("flail, manual to follow", False), ("semi-manual", False),
                                               ("", False), ("mechanical", False), ("dog", False)])
def test_the_methods_first_word_says_whether_the_pass_is_the_last(method: str, final: bool) -> None:
    assert RULES is not None
    assert is_final(daily("a", strip(0, 1), method=method), RULES) is final


def test_the_share_outside_is_measured_on_the_ellipsoid() -> None:
    share, out_m2 = outside_share(strip(0.5, 1.5), AREA.geometry)
    assert share == pytest.approx(0.5, abs=1e-6)
    assert out_m2 == pytest.approx(3904.6, abs=1)


def test_a_return_far_above_its_methods_median_is_named() -> None:
    usual = [daily(f"r{k}", strip(0, 0.02), crew_count=8) for k in range(6)]
    fast, other = daily("fast", strip(0, 0.9), crew_count=8), daily("mech", strip(0, 0.9), method="flail", crew_count=8)
    found = fast_returns([*usual, fast, other], [fast.id, other.id], 4.0)
    assert [item.submission_id for item, _, _ in found] == ["fast"]
    assert found[0][1] > 4 * found[0][2]
    assert fast_returns([*usual[:3], fast], [fast.id], 4.0) == []


def test_a_team_at_two_places_for_more_than_a_day_is_named() -> None:
    here, there = daily("here", strip(0, 0.2)), daily("there", strip(0.5, 0.7), hours=4.0)
    assert [(a.submission_id, b, hours) for a, b, hours in two_places([here, there], [there.id], 6.0)] == [
        ("there", ("here",), 10.0)]
    assert two_places([here, there], [there.id], 10.0) == []
    assert two_places([here, daily("next", strip(0.2, 0.4))], [here.id], 6.0) == []
    assert two_places([here, replace(there, work_date=date(2026, 2, 9))], [there.id], 6.0) == []
