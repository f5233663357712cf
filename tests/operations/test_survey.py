"""Survey outcomes on real project files: waiting, approved by another, refused; areas confirmed, redrawn, split."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from safeground.cli.main import main
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.area import geodesic_area_cm2
from safeground.operations import ledger
from safeground.operations.context import Caller
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.new import create
from safeground.operations.progress import ProgressRequest, take_returns
from safeground.operations.survey import SurveyRequest, decide_report, report_outcomes, survey_json
from safeground.operations.survey_land import change_workflow, confirm_area, redraw_area, split_area
from safeground.progress.states import Step
from safeground.records.fieldwork import SurveyReport
from safeground.records.nouns import Evidence, OrdnanceItem
from safeground.records.vocabulary import (
    ActivityType,
    ContaminationCategory,
    EvidenceKind,
    EvidenceSign,
    ReleaseMethod,
)
from safeground.store.project import open_project
from support.projects import caller
from support.returns import field_project, geoshape, row, strip, write

USED = Evidence(id="e-used", local_id="E1", kind=EvidenceKind.LAND_IN_USE, sign=EvidenceSign.ABSENCE,
                geometry=shapely.Point(-29.9998, 51.0005))
SEEN = Evidence(id="e-seen", local_id="E2", kind=EvidenceKind.VISUAL_OBSERVATION, sign=EvidenceSign.PRESENCE,
                geometry=shapely.Point(-29.9991, 51.0005), date_of_information=date(2026, 1, 5))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A suspected field, land in use in its west, a mine seen in its east."""
    field_project(tmp_path / "field.gpkg")
    put(tmp_path / "field.gpkg", USED, SEEN)
    return tmp_path / "field.gpkg"


def put(project: Path, *records: Any) -> None:
    with open_project(str(project), clock=caller().clock) as held, held.write(caller().info("intake")) as writer:
        writer.put(records)


def held(project: Path, noun: str) -> list[Any]:
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        return list(reader.records(noun))


def by_status(project: Path) -> dict[str, int]:
    """The book's totals, after everything was recomputed."""
    result = ledger.verify(str(project), caller())
    assert (result.sheet.balanced, result.chain_ok, [f.code for f in result.findings]) == (True, True, [])
    return {status.value: cm2 for status, cm2 in result.sheet.totals_cm2 if cm2}


def report(**values: Any) -> SurveyReport:
    given = {"id": "", "local_id": "S1", "hazardous_area_id": "Field 0", "survey_date": date(2026, 2, 1),
             "survey_type": ActivityType.NON_TECHNICAL_SURVEY, "outcome": ReleaseMethod.CANCELLED,
             "geometry": strip(0, 0.5), "criteria": ("no_evidence_after_nts",), "evidence_ids": ("E1",),
             "author": "surveyor"} | values
    return SurveyReport(**given)


def hand_in(project: Path, *reports: SurveyReport) -> Any:
    return report_outcomes(str(project), [], caller(), SurveyRequest(reports=reports))


def outline(path: Path, *shapes: shapely.Polygon) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"id": f"P{k}"}, "geometry": json.loads(shapely.to_geojson(shape))}
        for k, shape in enumerate(shapes)]}))
    return path


def test_a_cancellation_waits_until_another_person_approves_it(project: Path) -> None:
    said = survey_json(hand_in(project, report()))
    west = int(geodesic_area_cm2([strip(0, 0.5)])[0])
    assert said["outcomes"][0]["area_cm2"] == pytest.approx(west, abs=100)
    assert set(by_status(project)) == {"suspected"}
    with pytest.raises(RefusedError) as refused:
        decide_report(str(project), "S1", Caller(actor="Surveyor"), approve=True)
    assert refused.value.code == "SG-PROGRESS-045"
    decide_report(str(project), "S1", caller("authority"), approve=True)
    assert by_status(project)["cancelled"] == said["outcomes"][0]["area_cm2"]
    assert held(project, "survey_report")[0].approver == "authority"
    with pytest.raises(RequestError, match="decided before"):
        decide_report(str(project), "S1", caller("authority"), approve=True)


def test_a_rejected_report_moves_nothing_and_its_ground_is_free_again(project: Path) -> None:
    hand_in(project, report())
    decide_report(str(project), "S1", caller("authority"), approve=False)
    assert set(by_status(project)) == {"suspected"}
    assert hand_in(project, report(local_id="S2", survey_date=date(2026, 4, 1))).new == 1


def test_a_find_since_the_report_forbids_its_approval(project: Path) -> None:
    hand_in(project, report())
    put(project, OrdnanceItem(id="m", local_id="M7", category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                              geometry=shapely.Point(-29.9997, 51.0002)))
    with pytest.raises(RefusedError, match="find M7"):
        decide_report(str(project), "S1", caller("authority"), approve=True)
    assert set(by_status(project)) == {"suspected"}


def test_direct_evidence_in_the_part_refuses_by_hand_and_keeps_a_files_row_aside(project: Path) -> None:
    with pytest.raises(RefusedError, match="evidence E2"):
        hand_in(project, report(geometry=None))
    path = project.parent / "surveys.csv"
    lines = ["instanceID,area,survey_type,survey_date,outcome,criteria,evidence,author,part_outline"]
    lines += [f'uuid:{n},Field 0,nts,2026-02-01,cancelled,no_evidence_after_nts record_proved_wrong,E1,surveyor,"{g}"'
              for n, g in (("ok", geoshape(strip(0, 0.5))), ("bad", geoshape(strip(0.5, 1))), ("all", ""))]
    path.write_text("\n".join(lines))
    for turn in range(2):
        result = report_outcomes(str(project), [path], caller(), SurveyRequest())
        assert (result.new, result.repeated, result.quarantined) == ((1, 0, 2), (0, 1, 2))[turn]
        assert [f.code for f in result.findings if f.severity.value == "error"] == ["SG-PROGRESS-044"] * 2
    assert [r.local_id for r in held(project, "survey_report")] == ["ok"]
    assert held(project, "survey_report")[0].criteria == ("no_evidence_after_nts", "record_proved_wrong")


def test_ground_that_counts_is_not_released_twice(project: Path) -> None:
    day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    cleared = take_returns(str(project), [day], caller(), ProgressRequest(page=False)).pending_cm2
    said = hand_in(project, report()).outcomes[0]
    assert said.area_cm2 + cleared == pytest.approx(int(geodesic_area_cm2([strip(0, 0.5)])[0]), abs=100)
    with pytest.raises(RefusedError) as refused:
        hand_in(project, report(local_id="S2", geometry=strip(0, 0.3)))
    assert refused.value.code == "SG-PROGRESS-049"


def test_direct_evidence_confirms_an_area_and_nothing_else_does(project: Path) -> None:
    done = confirm_area(str(project), "Field 0", caller())
    assert set(by_status(project)) == {"confirmed"}
    assert done.areas[0].area_type.value == "cha"
    assert done.areas[0].version == 2
    assert done.entries[0].evidence_ids == ("e-seen",)
    with pytest.raises(RefusedError):
        confirm_area(str(project), "Field 0", caller())


def test_without_direct_evidence_no_area_is_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "field.gpkg"
    field_project(path)
    put(path, USED, Evidence(id="p", kind=EvidenceKind.PRESS_REPORT, sign=EvidenceSign.PRESENCE,
                             geometry=SEEN.geometry, date_of_information=date(2026, 1, 1)))
    with pytest.raises(RefusedError) as refused:
        confirm_area(str(path), "Field 0", caller())
    assert refused.value.code == "SG-PROGRESS-047"
    assert set(by_status(path)) == {"suspected"}


def test_a_confirmed_area_takes_over_ground_that_a_suspected_neighbour_counted(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    create(str(path), caller(), name="two")
    take_files(str(path), [outline(tmp_path / "a.geojson", strip(0, 1), strip(0.7, 1.7))], caller(),
               IntakeRequest(as_noun="sha"))
    put(path, Evidence(id="x", kind=EvidenceKind.DETONATION, sign=EvidenceSign.PRESENCE,
                       geometry=shapely.Point(-29.9985, 51.0005), date_of_information=date(2026, 1, 1)))
    before = by_status(path)
    confirm_area(str(path), "P1", caller())
    after = by_status(path)
    assert after["confirmed"] == pytest.approx(int(geodesic_area_cm2([strip(0.7, 1.7)])[0]), abs=100)
    assert after["suspected"] + after["confirmed"] == pytest.approx(before["suspected"], abs=2)


@pytest.mark.parametrize("size", [1.4, 0.8])
def test_a_redrawn_area_has_a_new_version_and_an_entry_for_the_difference(project: Path, size: float) -> None:
    day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    take_returns(str(project), [day], caller(), ProgressRequest(page=False))
    path = outline(project.parent / "new.geojson", strip(0, size))
    with pytest.raises(RequestError, match="reason"):
        redraw_area(str(project), "Field 0", path, Caller(actor="x", clock=caller().clock))
    done = redraw_area(str(project), "Field 0", path, caller())
    booked = int(geodesic_area_cm2([strip(0, size)])[0])
    assert by_status(project) == {"suspected": booked}
    assert [e.kind.value for e in done.entries] == ["resurvey"]
    again = write(project.parent / "more.csv", [row("b", strip(0.4, size), 3)])
    take_returns(str(project), [again], caller(), ProgressRequest(page=False))
    assert ledger.show(str(project), caller()).sheet.pending_cm2 == booked


def test_an_outline_is_not_redrawn_past_ground_that_counts(project: Path) -> None:
    day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    take_returns(str(project), [day], caller(), ProgressRequest(page=False))
    with pytest.raises(RefusedError) as refused:
        redraw_area(str(project), "Field 0", outline(project.parent / "n.geojson", strip(0.3, 1)), caller())
    assert refused.value.code == "SG-PROGRESS-049"


@pytest.mark.parametrize("worked", [False, True])
def test_what_cannot_be_finished_becomes_an_area_of_its_own(project: Path, worked: bool) -> None:
    whole = by_status(project)["suspected"]
    if worked:
        day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
        take_returns(str(project), [day], caller(), ProgressRequest(page=False))
    done = split_area(str(project), "Field 0", outline(project.parent / "p.geojson", strip(0.8, 1)), caller())
    assert by_status(project) == {"suspected": whole}
    assert [a.workflow_status.value for a in done.areas] == (["open", "open"] if worked else ["closed", "open", "open"])
    rest = "Field 0" if worked else "Field 0 2"
    more = write(project.parent / "more.csv", [row("b", strip(0.0 if not worked else 0.4, 0.8), 3, area_id=rest)])
    result = take_returns(str(project), [more], caller(), ProgressRequest(page=False))
    assert result.areas[0].coverage == 1.0
    assert by_status(project) == {"suspected": whole}


def test_a_piece_with_ground_that_counts_is_not_split_off(project: Path) -> None:
    day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    take_returns(str(project), [day], caller(), ProgressRequest(page=False))
    with pytest.raises(RefusedError, match="count as cleared"):
        split_area(str(project), "Field 0", outline(project.parent / "p.geojson", strip(0.3, 1)), caller())


def test_suspension_asks_whether_a_split_serves(project: Path) -> None:
    with pytest.raises(RefusedError, match="split instead"):
        change_workflow(str(project), "Field 0", Step.SUSPEND, caller())
    done = change_workflow(str(project), "Field 0", Step.SUSPEND, caller(), no_split=True)
    assert done.areas[0].workflow_status.value == "suspended"
    day = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    assert take_returns(str(project), [day], caller(), ProgressRequest(page=False)).pending_cm2 == 0
    assert change_workflow(str(project), "Field 0", Step.RESUME, caller()).areas[0].workflow_status.value == "worked_on"


def test_the_command_reports_approves_and_lists(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = outline(project.parent / "part.geojson", strip(0, 0.5))
    asked = ["survey", str(project), "report", "--area", "Field 0", "--id", "S9", "--type", "nts", "--outcome",
             "cancelled", "--date", "2026-02-01", "--criterion", "no_evidence_after_nts", "--evidence", "E1",
             "--outline", str(part), "--actor", "surveyor", "--json"]
    assert main(asked) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["schema"], said["new"]) == ("safeground/survey/1", 1)
    assert main(["survey", str(project), "approve", "S9", "--actor", "surveyor", "--json"]) == 3
    capsys.readouterr()
    assert main(["survey", str(project), "approve", "S9", "--actor", "authority"]) == 0
    capsys.readouterr()
    assert main(["survey", str(project), "--json"]) == 0
    assert [o["state"] for o in json.loads(capsys.readouterr().out)["outcomes"]] == ["posted"]
    assert main(["survey", str(project), "confirm", "Field 0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["areas"][0]["type"] == "cha"
    assert main(["survey", str(project), "dance", "Field 0"]) == 2
