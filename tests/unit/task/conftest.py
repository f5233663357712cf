"""An order with everything in place, and a request to work under it."""

from __future__ import annotations

from datetime import date

import pytest

from safeground.records.task_rules import TaskRules
from safeground.records.tasking import TaskOrderDetail, WorkDayRequest
from safeground.task.orders import issue, orders_from_plan
from support.tasks import ISSUE_DAY, PLAN, PROBLEM, WORK_DAY, day_papers, rules_with, terms


@pytest.fixture
def rules() -> TaskRules:
    return rules_with()


@pytest.fixture
def draft(rules: TaskRules) -> TaskOrderDetail:
    return orders_from_plan(PROBLEM, PLAN, rules, {"HA-2": terms(rules)})[0]


@pytest.fixture
def order(draft: TaskOrderDetail, rules: TaskRules) -> TaskOrderDetail:
    return issue(draft, "planning officer", "operations manager", rules, day=ISSUE_DAY)


@pytest.fixture
def request_(rules: TaskRules) -> WorkDayRequest:
    return WorkDayRequest(task_order_id="TO-HA-2", team_id="T3", work_date=WORK_DAY,
                          accredited_until=date(2026, 12, 31), accredited_for=("machine",), papers=day_papers(rules))
