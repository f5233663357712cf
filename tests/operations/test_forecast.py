"""The forecast of a stored plan on a real project file."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from safeground.cli.main import main
from safeground.foundation.clock import fixed_clock
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stable_id
from safeground.operations.context import Caller
from safeground.operations.forecast import (
    ForecastRequest,
    actual_steps,
    burn_up,
    fan_days,
    forecast_json,
    run_forecast,
)
from safeground.operations.plan import PlanRequest, run_plan
from safeground.operations.progress import ProgressRequest, take_returns
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Posting
from safeground.records.vocabulary import LandStatus
from safeground.store.project import open_project
from support.projects import TEAMS, area, caller, new_project, opening
from support.returns import row, strip, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three open areas and a plan for them."""
    path = tmp_path / "valley.gpkg"
    (tmp_path / "teams.toml").write_text(TEAMS)
    areas = [area(k, size=0.001, name=f"Field {k}", admin_unit="North") for k in range(3)]
    with new_project(path) as held, held.write(caller().info("intake")) as writer:
        writer.put(areas)
        writer.add_entries([opening(a) for a in areas])
    asked = PlanRequest(teams=tmp_path / "teams.toml", start=date(2030, 3, 1), days=200, moves=200)
    run_plan(str(path), asked, caller())
    return path


def test_the_plan_is_carried_out_in_drawn_worlds(project: Path) -> None:
    result = run_forecast(str(project), ForecastRequest(draws=200), caller())
    done = result.forecast.completion
    assert done.p10 <= done.p50 <= done.p80 <= done.p90
    plain = forecast_json(result)
    json.dumps(plain)
    assert {"completion", "probability_by_deadline", "cleared_m2", "items", "casualties"} <= set(plain)
    assert plain["cleared_m2"]["cancelled"]["p90"] == 0
    again = run_forecast(str(project), ForecastRequest(draws=200), caller())
    assert again.forecast == result.forecast


def test_a_later_deadline_is_met_no_less_often(project: Path) -> None:
    chances = [run_forecast(str(project), ForecastRequest(draws=200, deadline=day), caller()).forecast
               .probability_by_deadline for day in (date(2030, 5, 1), date(2030, 9, 1), date(2031, 9, 1))]
    assert chances == sorted(chances)  # type: ignore[type-var]


def test_the_command_speaks_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", str(project), "--draws", "100", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "safeground/forecast/1"


def test_what_the_plan_cannot_answer_is_refused(project: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="deadline"):
        run_forecast(str(project), ForecastRequest(draws=100, deadline=date(2029, 1, 1)), caller())
    with pytest.raises(RequestError, match="Give 50"):
        run_forecast(str(project), ForecastRequest(draws=1), caller())
    with new_project(tmp_path / "empty.gpkg") as held, pytest.raises(RequestError, match="holds no plan"):
        run_forecast(held, ForecastRequest(draws=100), caller())


def posted(area_id: str, cm2: int, on: date, kind: EntryKind = EntryKind.CLEARANCE,
           state: EntryState = EntryState.POSTED) -> LandEntry:
    """An entry that carries land of an area to cleared."""
    return LandEntry(id=stable_id("t", area_id, cm2, on.isoformat(), kind, state), kind=kind, state=state,
                     effective_date=on, postings=(Posting(Account(area_id, LandStatus.SUSPECTED), -cm2),
                                                  Posting(Account(area_id, LandStatus.CLEARED), cm2)))


def test_the_land_books_line_counts_posted_work_of_planned_areas_from_the_start_on(project: Path) -> None:
    result = run_forecast(str(project), ForecastRequest(draws=100, dry_run=True), caller())
    first, start = result.plan.assignments[0].task_id, result.problem.start
    later = start + timedelta(days=4)
    entries = [posted(first, 30_000, later), posted(first, -10_000, later + timedelta(days=6)),
               posted(first, 7, start - timedelta(days=1)), posted("elsewhere", 9, later),
               posted(first, 11, later, EntryKind.LEGACY), posted(first, 13, later, state=EntryState.PENDING),
               posted(first, 17, later + timedelta(days=90))]
    said = actual_steps(result.problem, result.plan, entries, start + timedelta(days=30))
    assert said == ((5, 3.0), (11, 2.0), (31, 2.0))
    assert actual_steps(result.problem, result.plan, entries, start - timedelta(days=1)) == ()


def test_the_planned_line_ends_with_all_planned_land_on_the_plans_last_day(project: Path) -> None:
    result = run_forecast(str(project), ForecastRequest(draws=100, dry_run=True), caller())
    area_m2 = {t.id: t.area_m2 for t in result.problem.tasks}
    planned = {a.task_id for a in result.plan.assignments}
    day, m2 = result.planned[-1]
    assert day == max(a.end_day for a in result.plan.assignments)
    assert m2 == pytest.approx(sum(area_m2[t] for t in planned))
    assert [d for d, _ in result.planned] == sorted({d for d, _ in result.planned})


def test_chart_and_page_lie_beside_the_project_and_are_registered(project: Path) -> None:
    result = run_forecast(str(project), ForecastRequest(draws=100), caller())
    chart = Path(result.chart).read_bytes()
    assert chart.startswith(b"\x89PNG")
    page = Path(result.page).read_text(encoding="utf-8")
    assert base64.b64encode(chart).decode() in page
    assert "http" not in page
    values = forecast_json(result)
    assert f"{values['probability_by_deadline']:.2f}" in page
    assert all(line["name"] in page for line in values["critical"] if line["kind"] != "method")
    assert {line["kind"] for line in values["critical"]} == {"team", "method", "task"}
    assert [a["planned"] for a in values["areas"]] == sorted(a["planned"] for a in values["areas"])
    with open_project(str(project), clock=caller().clock) as held, held.read() as reader:
        kept = reader.setting("forecast/latest")
    assert kept["files"]["burn-up.png"] == hashlib.sha256(chart).hexdigest()
    assert main(["ledger", str(project), "verify"]) == 0


def test_a_dry_run_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def head() -> tuple[int, str]:
        with open_project(str(project), clock=caller().clock) as held, held.read() as reader:
            return reader.head()

    before = head()
    assert main(["forecast", str(project), "--draws", "100", "--dry-run"]) == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert head() == before
    assert not project.with_suffix(".forecast").exists()


def test_the_fan_covers_the_window_day_by_day_and_never_falls(project: Path) -> None:
    result = run_forecast(str(project), ForecastRequest(draws=100, dry_run=True), caller())
    drawn = burn_up(result)
    assert drawn.days[0] == 0
    assert {200} <= set(drawn.days)
    assert set(range(200)) <= set(drawn.days)
    for line in (drawn.low, drawn.middle, drawn.high):
        assert list(line) == sorted(line)
    assert all(low <= middle <= high for low, middle, high in zip(drawn.low, drawn.middle, drawn.high, strict=True))
    assert len(fan_days(3000, 5000)) <= 405
    assert {3000, 5000} <= set(fan_days(3000, 5000))


def test_items_that_nobody_estimated_are_not_passed_off_as_none(project: Path) -> None:
    def notes() -> list[str]:
        return forecast_json(run_forecast(str(project), ForecastRequest(draws=100, dry_run=True), caller()))["notes"]

    assert any("no result of the hazard stage" in note for note in notes())
    with open_project(str(project), clock=caller().clock) as held, held.write(caller().info("hazard")) as writer:
        writer.set_setting("hazard/latest", {"areas": {area(k).id: 4.0 for k in range(3)}})
    asked = PlanRequest(teams=project.with_name("teams.toml"), start=date(2030, 3, 1), days=200, moves=200)
    run_plan(str(project), asked, caller())
    assert not any("no result of the hazard stage" in note for note in notes())


def test_daily_returns_change_the_forecast(project: Path, tmp_path: Path) -> None:
    before = run_forecast(str(project), ForecastRequest(draws=400), caller())
    assert forecast_json(before)["learned_from"] == {"returns": 0, "weeks": 0, "left_out": {}}
    slow = [  # 62 m² a day
        row(f"s{k}", strip(k / 40, k / 40 + 0.02, 0, 0.4), day=1, date=f"2030-03-{1 + k:02d}", team="M1")
            for k in range(12)]
    lost = [row(f"l{k}", None, hours="", reason="rain", date=f"2030-03-{20 + k}", team="m1") for k in range(3)]
    other = [row("x", strip(0.9, 0.95), date="2030-03-03", team="nobody"),
             row("y", strip(0.95, 1), date="2030-02-03", team="M1")]
    now = Caller(actor="test", clock=fixed_clock(datetime(2030, 6, 1, tzinfo=UTC)))
    taken = take_returns(str(project), [write(tmp_path / "day.csv", [*slow, *lost, *other])], now,
                         ProgressRequest(page=False))
    assert (taken.new, taken.quarantined) == (17, 0)
    after = run_forecast(str(project), ForecastRequest(draws=400), caller())
    learned = forecast_json(after)["learned_from"]
    assert learned == {"returns": 15, "weeks": 4, "left_out": {"before the plan's start": 1,
                                                               "of teams that the plan lacks": 1}}
    assert after.forecast.completion.p50 > before.forecast.completion.p50
    weeks = after.learned.weeks
    assert sum(w.team_days for w in weeks) == 12
    assert (sum(w.lost_days for w in weeks), sum(w.lost_runs or 0 for w in weeks)) == (3, 2)
