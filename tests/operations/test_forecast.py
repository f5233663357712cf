"""The forecast of a stored plan on a real project file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from safeground.cli.main import main
from safeground.foundation.clock import fixed_clock
from safeground.foundation.errors import RequestError
from safeground.operations.context import Caller
from safeground.operations.forecast import ForecastRequest, forecast_json, run_forecast
from safeground.operations.plan import PlanRequest, run_plan
from safeground.operations.progress import ProgressRequest, take_returns
from support.projects import area, caller, new_project, opening
from support.returns import row, strip, write

TEAMS = """
[[team]]
id = "M1"
methods = ["manual"]
calendar = "A"
lon = -30.0
lat = 51.0

[[team]]
id = "Q1"
methods = ["qc"]
calendar = "A"
lon = -30.0
lat = 51.0

[calendar.A]
weekly_off = ["fri"]
"""


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
