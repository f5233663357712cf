"""Daily returns on real project files: once each, each square metre once, corrections, and what is kept aside."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from safeground.cli.main import main
from safeground.foundation.errors import RequestError
from safeground.ground.area import geodesic_area_m2, plane_area_m2
from safeground.ledger.book import LandBook
from safeground.ledger.post import post_pending, void_pending
from safeground.operations import ledger
from safeground.operations.hazard import HazardRequest, gather_evidence, run_hazard
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.new import create
from safeground.operations.progress import ProgressRequest, ProgressResult, progress_json, take_returns
from safeground.progress.standing import counting, stands_of
from safeground.records.quality import InspectionLot, LotState
from safeground.store.project import open_project
from safeground.store.writer import Writer
from support.projects import area, caller, opening
from support.returns import field_project, row, strip, write

KEYS = {"schema", "project", "dry_run", "files", "returns", "processed_m2", "pending_cm2", "voided_cm2", "entries",
        "areas", "overlaps", "finds", "held", "downtime_hours", "page", "hazard_page", "findings"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A field of one suspected square."""
    field_project(tmp_path / "field.gpkg")
    return tmp_path / "field.gpkg"


def send(project: Path, *rows: dict[str, str], name: str = "day.csv", **asked: Any) -> ProgressResult:
    """Take rows in as one file."""
    given_ = {"received": date(2026, 2, 3), "page": False} | asked
    return take_returns(str(project), [write(project.parent / name, rows)], caller(), ProgressRequest(**given_))


def codes(result: ProgressResult) -> list[str]:
    quiet = {"SG-PROGRESS-031", "SG-INTAKE-209"}
    return sorted(f.code for f in result.findings if f.code not in quiet)


def held(project: Path, noun: str) -> list[Any]:
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        return list(reader.records(noun))


def counted(project: Path, *, verify: bool = False) -> tuple[int, list[Any]]:
    """Counted cm² and the parts that count, after the book was balanced or verified."""
    assert (ledger.verify if verify else ledger.show)(str(project), caller()).sheet.balanced
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        entries = reader.entries()
        parts = counting(list(reader.records("land_part")), stands_of(entries))
        moved = {e.id: sum(p.amount_cm2 for p in e.postings if p.amount_cm2 > 0) for e in entries}
    assert all(moved[p.entry_id] == p.area_cm2 for p in parts)
    for k, first in enumerate(parts):
        for second in parts[k + 1:]:
            assert plane_area_m2([shapely.intersection(first.geometry, second.geometry)])[0] < 1e-6
    return sum(p.area_cm2 for p in parts), parts


def book_cm2(project: Path) -> int:
    return sum(a.area_cm2 for a in held(project, "hazardous_area"))


def test_a_field_that_is_covered_waits_to_the_square_centimetre(project: Path) -> None:
    cuts = [0, 0.2, 0.37, 0.62, 0.9, 1]
    rows = [row(f"r{k}", strip(a, b), 2 + k % 2, team=f"T{k}") for k, (a, b) in
            enumerate(pairwise(cuts))]
    result = send(project, *rows)
    assert result.new == 5
    assert result.pending_cm2 == book_cm2(project) == counted(project, verify=True)[0]
    assert result.areas[0].coverage == 1.0
    assert result.areas[0].remaining_cm2 == 0
    assert codes(result) == []
    sheet = ledger.show(str(project), caller()).sheet
    assert sheet.pending_cm2 == result.pending_cm2
    assert all(status.value == "suspected" for status, area in sheet.rows[0].by_status_cm2 if area)


def test_a_file_sent_again_changes_nothing_and_leaves_no_trace(project: Path) -> None:
    rows = [row("a", strip(0, 0.4)), row("b", strip(0.4, 0.6)), row("c", None, hours="", hours_lost="6", reason="rain")]
    first = send(project, *rows)
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        head = reader.head()
    for turn in range(3):
        again = send(project, *rows[turn:], *rows[:turn], name=f"again{turn}.csv", received=date(2026, 2, 20))
        assert (again.new, again.repeated, again.quarantined) == (0, 3, 0)
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        assert reader.head() == head
    assert first.downtime_hours == 6
    assert len(held(project, "progress_return")) == 3
    lost = next(r for r in held(project, "progress_return") if r.submission_id == "c")
    assert (lost.geometry, lost.downtime_reason, lost.downtime_hours) == (None, "rain", 6.0)


def test_the_same_submission_with_other_content_is_kept_aside_once_and_never_overwrites(project: Path) -> None:
    send(project, row("a", strip(0, 0.4)))
    other = row("a", strip(0, 0.5))
    for name in ("one.csv", "two.csv"):
        result = send(project, other, name=name)
        assert codes(result) == ["SG-PROGRESS-001"]
        assert result.quarantined == 1
        assert result.findings[-1].source.row == 1
    (record,) = held(project, "progress_return")
    assert plane_area_m2([record.geometry.symmetric_difference(strip(0, 0.4))])[0] < 1e-6
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        (aside,) = reader.quarantine()
    assert aside.finding_codes == ("SG-PROGRESS-001",)
    assert dict(aside.original)["instanceID"] == "uuid:a"


def test_ground_of_two_days_and_teams_counts_once_and_is_named_with_both(project: Path) -> None:
    send(project, row("a", strip(0, 0.6)))
    result = send(project, row("b", strip(0.5, 1), 3, team="T2"), name="next.csv")
    assert codes(result) == ["SG-PROGRESS-028"]
    (finding,) = [f for f in result.findings if f.code == "SG-PROGRESS-028"]
    assert (finding.subject, "a of T1" in finding.message) == ("b", True)
    assert result.overlaps[0][:2] == ("b", "a")
    assert result.overlaps[0][2] == pytest.approx(float(geodesic_area_m2([strip(0.5, 0.6)])[0]), abs=0.01)
    assert counted(project)[0] == book_cm2(project)


def test_what_is_processed_is_not_counted_and_the_final_pass_is(project: Path) -> None:
    result = send(project, row("m", strip(0, 1), method="flail", depth_cm=""))
    assert codes(result) == ["SG-PROGRESS-020"]
    assert result.pending_cm2 == 0
    assert result.areas[0].processed_m2 == pytest.approx(book_cm2(project) / 1e4, abs=0.01)
    assert send(project, row("h", strip(0, 0.5), 3), name="hand.csv").pending_cm2 > 0


def test_depth_is_compared_with_the_pack(tmp_path: Path) -> None:
    path = tmp_path / "deep.gpkg"
    field_project(path)
    with open_project(str(path), clock=caller().clock) as opened, opened.write(caller().info("new")) as writer:
        writer.set_setting("standard_override_toml", "[clearance]\ndepth_cm = 20.0\n")
    result = send(path, row("a", strip(0, 0.5), depth_cm="13"), row("b", strip(0.5, 1), depth_cm="20"))
    assert codes(result) == ["SG-PROGRESS-021"]
    assert [p.record_ids for p in counted(path)[1]] == [tuple(r.id for r in held(path, "progress_return")
                                                              if r.submission_id == "b")]


def test_a_return_outside_its_area_is_named_and_far_outside_kept_aside(project: Path) -> None:
    result = send(project, row("a", strip(0.6, 1.02)), row("b", strip(0.5, 1.6)), row("c", strip(3, 4)),
                  row("d", strip(0, 0.1), area_id="nowhere"), row("e", strip(0, 0.1), corrects="uuid:e"))
    assert codes(result) == ["SG-PROGRESS-002", "SG-PROGRESS-010", "SG-PROGRESS-010", "SG-PROGRESS-011",
                             "SG-PROGRESS-012"]
    assert (result.new, result.quarantined) == (1, 4)
    assert result.files[0].rows_in == result.files[0].new + result.files[0].quarantined
    assert all(f.source.file == "day.csv" and f.source.row for f in result.findings if f.severity.value == "error")
    with open_project(str(project), clock=caller().clock) as opened, opened.write(caller().info("intake")) as writer:
        extra = area(5, size=0.0012, geometry=strip(2.9, 4.1), name="East")
        writer.put([extra])
        writer.add_entries([opening(extra)])
    assert send(project, row("c", strip(3, 4)), name="again.csv").new == 1
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        assert sum(bool(r.resolved) for r in reader.quarantine()) == 1


def test_late_fast_and_doubled_returns_are_named_and_counted(project: Path) -> None:
    usual = [row(f"u{k}", strip(0.02 * k, 0.02 * k + 0.02), 2, team=f"U{k}") for k in range(6)]
    send(project, *usual)
    result = send(project, row("fast", strip(0.2, 0.9), 3, team="U1"),
                  row("here", strip(0.9, 0.95, 0, 0.4), 3, team="U9"),
                  row("there", strip(0.96, 1, 0.6, 1), 3, team="U9"), name="next.csv", received=date(2026, 2, 9))
    assert codes(result) == ["SG-PROGRESS-025"] * 3 + ["SG-PROGRESS-026", "SG-PROGRESS-027"]
    assert result.late == 3
    assert result.pending_cm2 > 0.6 * book_cm2(project)


def test_a_correction_takes_the_old_ground_back_and_gives_it_to_whoever_was_there_too(project: Path) -> None:
    send(project, row("a", strip(0, 0.6)))
    send(project, row("b", strip(0.4, 0.8), 3, team="T2"), name="b.csv")
    result = send(project, row("a2", strip(0, 0.2), 2, corrects="a"), name="fix.csv")
    assert "SG-PROGRESS-006" in codes(result)
    assert result.corrected == 1
    assert result.voided_cm2 > 0
    total, parts = counted(project, verify=True)
    truth = strip(0, 0.2).union(strip(0.4, 0.8))
    assert plane_area_m2([shapely.union_all([p.geometry for p in parts]).symmetric_difference(truth)])[0] < 1e-3
    assert total == pytest.approx(float(geodesic_area_m2([truth])[0]) * 1e4, abs=200)
    assert len(held(project, "progress_return")) == 3


def decide(project: Path, *, accept: bool, lot: bool = False) -> None:
    """Post or void everything that waits, or put it in a lot, as inspection would."""
    with open_project(str(project), clock=caller().clock) as opened, opened.write(
            caller().info("inspection")) as writer:
        parts = list(writer.records("land_part"))
        if lot:
            writer.put([InspectionLot(
                id="lot", local_id="LOT-1", hazardous_area_id=parts[0].hazardous_area_id, area_cm2=parts[0].area_cm2,
                part_ids=tuple(p.id for p in parts), entry_ids=tuple(p.entry_id for p in parts),
                geometry=shapely.MultiPolygon([parts[0].geometry]), state=LotState.DRAWN)])
            return
        book = LandBook.from_entries(writer.entries())
        for entry in book.pending():
            decision = (post_pending if accept else void_pending)(book, entry.id, on=date(2026, 2, 10), reason="visit")
            book.add(decision)
            writer.add_entries([decision])


@pytest.mark.parametrize("lot", [False, True])
def test_a_correction_never_takes_back_what_inspection_accepted_or_has_in_a_lot(project: Path, lot: bool) -> None:
    send(project, row("a", strip(0, 0.6)))
    decide(project, accept=True, lot=lot)
    before = counted(project)[0]
    result = send(project, row("a2", strip(0, 0.2), corrects="a"), row("b", strip(0.8, 1), 3), name="fix.csv")
    assert codes(result) == ["SG-PROGRESS-003"]
    assert (result.new, result.quarantined, result.voided_cm2) == (1, 1, 0)
    assert counted(project)[0] == before + result.pending_cm2
    assert {r.submission_id for r in held(project, "progress_return")} == {"a", "b"}
    rival = send(project, row("a3", strip(0, 0.1), corrects="a"), name="rival.csv")
    assert codes(rival) == ["SG-PROGRESS-003"]


def test_ground_that_inspection_rejected_counts_again_only_for_later_work(project: Path) -> None:
    send(project, row("a", strip(0, 0.6)))
    decide(project, accept=False)
    assert counted(project)[0] == 0
    late = send(project, row("b", strip(0, 0.7), 9, team="T2"), name="b.csv", received=date(2026, 2, 11))
    assert "SG-PROGRESS-029" in codes(late)
    assert late.pending_cm2 == pytest.approx(float(geodesic_area_m2([strip(0.6, 0.7)])[0]) * 1e4, abs=100)
    fixed = send(project, row("a2", strip(0, 0.5), corrects="a"), name="c.csv")
    assert fixed.pending_cm2 == 0
    redone = send(project, row("r", strip(0, 0.6), 12), name="r.csv", received=date(2026, 2, 12))
    assert redone.pending_cm2 == pytest.approx(float(geodesic_area_m2([strip(0, 0.6)])[0]) * 1e4, abs=100)


def test_two_areas_that_share_ground_count_it_once(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    create(str(path), caller(), name="two")
    box = [[x, y] for x, y in strip(0, 1).exterior.coords], [[x, y] for x, y in strip(0.7, 1.5).exterior.coords]
    (tmp_path / "sha.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"id": f"S{k}"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for k, ring in enumerate(box)]}))
    take_files(str(path), [tmp_path / "sha.geojson"], caller(), IntakeRequest(as_noun="sha"))
    result = send(path, row("a", strip(0, 1), area_id="S0"), row("b", strip(0.7, 1.5), 3, area_id="S1", team="T2"))
    assert codes(result) == ["SG-PROGRESS-013"]
    assert all(a.coverage == 1.0 for a in result.areas)
    assert result.pending_cm2 == ledger.show(str(path), caller()).sheet.opening_cm2 - sum(
        cm2 for r in ledger.show(str(path), caller()).sheet.rows for s, cm2 in r.by_status_cm2 if s.value == "overlap")


def test_finds_come_in_columns_in_a_second_file_and_in_repeats_and_belong_to_their_return(project: Path) -> None:
    mine = {"find_category": "ap mine", "find_lat": "51.0004", "find_lon": "-29.9998", "find_depth_cm": "8",
            "find_model": "PMN", "find_disposal": "destroyed in situ"}
    first = send(project, row("a", strip(0, 0.4), **mine), row("b", strip(0.4, 0.5), team="T2"))
    assert first.finds == 1
    more = project.parent / "finds.csv"
    more.write_text("id,submission_id,category,lat,lon,qty\nF9,uuid:b,uxo,51.0005,-29.99955,2\n")
    second = take_returns(str(project), [more], caller(), ProgressRequest(page=False))
    assert second.finds == 2
    kobo = project.parent / "kobo.json"
    kobo.write_text(json.dumps({"count": 1, "results": [{
        "meta/instanceID": "uuid:k", "team": "T3", "date": "2026-02-02", "method": "manual", "depth": 20, "hours": 6,
        "day/area_worked": "51.0 -29.9995 0 0;51.0 -29.9994 0 0;51.001 -29.9994 0 0;51.001 -29.9995 0 0;"
                           "51.0 -29.9995 0 0",
        "finds": [{"finds/category": "uxo", "finds/location": "51.0005 -29.99945 0 3", "finds/model": "60 mm"}]}]}))
    third = take_returns(str(project), [kobo], caller(), ProgressRequest(page=False))
    assert (third.new, third.finds, third.quarantined) == (1, 1, 0)
    assert third.pending_cm2 > 0
    returns = {r.submission_id: r.id for r in held(project, "progress_return")}
    items = held(project, "ordnance")
    assert sorted((o.category.value, o.activity_id) for o in items) == sorted([
        ("apm", returns["a"]), ("uxo", returns["b"]), ("uxo", returns["k"])])
    assert next(o for o in items if o.category.value == "apm").depth_cm == 8
    for _ in range(2):
        again = take_returns(str(project), [project.parent / "day.csv", more, kobo], caller(),
                             ProgressRequest(page=False))
        assert (again.new, again.finds, again.quarantined) == (0, 0, 0)
    assert len(held(project, "ordnance")) == 3


def test_workbooks_and_geojson_bring_the_same_return_as_the_form(project: Path) -> None:
    send(project, row("a", strip(0, 0.4)))
    book = Workbook()
    book.active.append(["submission id", "team", "date", "method", "depth", "hours", "crew", "wkt"])
    book.active.append(["a", "T1", date(2026, 2, 2), "manual", 20, 5, 8, strip(0, 0.4).wkt])
    book.create_sheet("notes").append(["what", "who"])
    book["notes"].append(["rain at noon", "T1"])
    book.save(project.parent / "day.xlsx")
    shape = {"type": "Polygon", "coordinates": [[[x, y] for x, y in strip(0, 0.4).exterior.coords]]}
    (project.parent / "day.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [{
        "type": "Feature", "geometry": shape, "properties": {
            "submission_id": "a", "team_id": "T1", "work_date": "2026-02-02", "method": "manual", "depth_cm": 20,
            "hours": 5, "crew_count": 8}}]}))
    result = take_returns(str(project), [project.parent / "day.xlsx", project.parent / "day.geojson"], caller(),
                          ProgressRequest(page=False))
    assert (result.new, result.repeated, result.quarantined) == (0, 2, 0)
    assert "SG-INTAKE-032" in codes(result)


def test_an_open_trace_is_kept_aside_and_not_closed(project: Path) -> None:
    line = "51.0 -30.0 0 0;51.0005 -30.0 0 0;51.0005 -29.9995 0 0"
    result = send(project, row("a", None) | {"area_worked": line})
    assert codes(result) == ["SG-INTAKE-230"]
    assert (result.new, result.quarantined) == (0, 1)


def test_intake_does_not_take_returns_past_the_count(project: Path) -> None:
    path = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    with pytest.raises(RequestError, match="safeground progress"):
        take_files(str(project), [path], caller(), IntakeRequest(as_noun="progress_return"))


@pytest.mark.parametrize("step", ["put", "add_entries", "add_quarantine", "add_findings"])
def test_a_fault_between_two_steps_leaves_the_old_state(
        project: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    send(project, row("a", strip(0, 0.4)))
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        head = reader.head()

    def fail(*_: object) -> None:
        raise OSError("pulled the plug")

    monkeypatch.setattr(Writer, step, fail)
    with pytest.raises(OSError, match="plug"):
        send(project, row("a2", strip(0, 0.2), corrects="a"), row("a", strip(0, 0.9)), name="fix.csv")
    monkeypatch.undo()
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        assert reader.head() == head
    assert len(counted(project)[1]) == 1


def test_fifty_parallel_retries_make_one_record(project: Path) -> None:
    paths = [write(project.parent / f"retry{k}.csv", [row("a", strip(0, 0.4))]) for k in range(50)]
    with open_project(str(project), clock=caller().clock) as opened:

        def one(path: Path) -> ProgressResult:
            return take_returns(opened, [path], caller(), ProgressRequest(page=False))

        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(one, paths))
    assert sorted((r.new, r.repeated) for r in results) == [(0, 1)] * 49 + [(1, 0)]
    assert len(held(project, "progress_return")) == 1
    assert len(counted(project)[1]) == 1
    assert len(held(project, "source")) == 1


def test_a_dry_run_tells_the_same_and_writes_nothing(project: Path) -> None:
    dry = send(project, row("a", strip(0, 0.4)), dry_run=True)
    assert held(project, "progress_return") == []
    assert not project.with_suffix(".progress").exists()
    real = send(project, row("a", strip(0, 0.4)))
    drop = {"dry_run", "page"}
    assert {k: v for k, v in progress_json(dry).items() if k not in drop} == {
        k: v for k, v in progress_json(real).items() if k not in drop}


def test_the_command_speaks_json_and_refuses_a_file_that_says_nothing(
        project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(project.parent / "day.csv", [row("a", strip(0, 0.4))])
    assert main(["progress", str(project), str(path), "--received", "2026-02-03", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == KEYS
    assert said["schema"] == "safeground/progress/1"
    assert said["held"] is None
    assert said["returns"] == {"new": 1, "repeated": 0, "corrected": 0, "late": 0, "quarantined": 0}
    page = Path(said["page"]).read_text(encoding="utf-8")
    assert "Waits for inspection" in page
    assert "T1" in page
    bad = project.parent / "bad.csv"
    bad.write_text("")
    assert main(["progress", str(project), str(bad), "--json"]) == 2
    capsys.readouterr()
    assert main(["progress", str(project)]) == 0
    assert "1 returns hold" in capsys.readouterr().out
    assert main(["progress", str(project), "--json", "--dry-run"]) == 0
    held = json.loads(capsys.readouterr().out)
    assert (set(held), held["held"]["returns"], len(held["areas"])) == (KEYS, 1, 1)


SENT = [row("a", strip(0, 0.5)), row("a2", strip(0, 0.3), 2, corrects="a"), row("b", strip(0.2, 0.8), 3, team="T2"),
        row("c", strip(0.6, 1, 0, 0.5), 3, team="T3"), row("c2", strip(0.6, 1, 0, 0.6), 3, team="T3", corrects="c"),
        row("d", None, 4, hours="", reason="rain"), row("m", strip(0, 1), 1, method="flail")]


@given(order=st.permutations(range(len(SENT))), cuts=st.lists(st.integers(0, 7), max_size=3),
       more=st.lists(st.integers(0, len(SENT) - 1), max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_repetition_gives_the_same_records_and_ground(
        tmp_path_factory: pytest.TempPathFactory, order: list[int], cuts: list[int], more: list[int]) -> None:
    folder = tmp_path_factory.mktemp("order")
    path = folder / "field.gpkg"
    field_project(path)
    sent = [SENT[k] for k in (*order, *more)]
    bounds = [0, *sorted(cuts), len(sent)]
    for number, (a, b) in enumerate(pairwise(bounds)):
        if a < b:
            send(path, *sent[a:b], name=f"{number}.csv")
    total, parts = counted(path)
    truth = shapely.union_all([strip(0, 0.3), strip(0.2, 0.8), strip(0.6, 1, 0, 0.6)])
    assert {r.submission_id for r in held(path, "progress_return")} == {"a", "a2", "b", "c", "c2", "d", "m"}
    assert plane_area_m2([shapely.union_all([p.geometry for p in parts]).symmetric_difference(truth)])[0] < 1e-3
    share = float(plane_area_m2([truth])[0] / plane_area_m2([strip(0, 1)])[0])
    assert abs(total - round(book_cm2(path) * share)) <= 1


def test_shuffled_days_of_a_month_end_with_the_whole_field(project: Path) -> None:
    rng = random.Random(7)
    rows = [row(f"s{k}", strip(k / 20, (k + 1.1) / 20 if k < 19 else 1), 1 + k, team=f"T{k % 3}") for k in range(20)]
    rng.shuffle(rows)
    for k in range(0, 20, 5):
        send(project, *rows[k: k + 5], name=f"w{k}.csv", received=date(2026, 2, 28))
    assert counted(project)[0] == book_cm2(project)



def test_the_posterior_is_computed_for_touched_sites_alone_and_a_correction_is_no_second_pass(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    first, second = field_project(path, 2)
    whole = HazardRequest(resolution_m=25.0, samples=60)
    assert len(run_hazard(str(path), whole, caller()).sites) == 2
    before = setting(path)
    result = send(path, row("a", strip(0, 0.6)), update_hazard=True)
    after = setting(path)
    assert result.hazard_page.endswith("hazard-update.html")
    assert after["areas"][second.id] == before["areas"][second.id]
    assert after["areas"][first.id] < before["areas"][first.id]
    send(path, row("a2", strip(0, 0.3), corrects="a"), row("b", strip(0.5, 0.8)), name="fix.csv")
    sites, _ = gather_evidence(str(path), whole, caller())
    evidence = next(s for s in sites if s.areas[0].id == first.id).evidence
    assert len(evidence.searches) == 1
    assert "2 outlines" in evidence.searches[0].name
    covered = float((evidence.searches[0].coverage * evidence.area_m2).sum())
    assert covered == pytest.approx(float(geodesic_area_m2([strip(0, 0.3).union(strip(0.5, 0.8))])[0]), rel=0.05)


def test_a_final_pass_above_the_required_depth_lowers_no_hazard_until_it_is_worked_again(tmp_path: Path) -> None:
    path = tmp_path / "shallow.gpkg"
    (field,) = field_project(path)
    with open_project(str(path), clock=caller().clock) as opened, opened.write(caller().info("new")) as writer:
        writer.set_setting("standard_override_toml", "[clearance]\ndepth_cm = 20.0\n")
    whole = HazardRequest(resolution_m=25.0, samples=60)
    run_hazard(str(path), whole, caller())
    untouched = setting(path)["areas"][field.id]
    send(path, row("a", strip(0, 0.6), depth_cm="8"))
    said = run_hazard(str(path), whole, caller())
    assert setting(path)["areas"][field.id] == untouched
    assert [f.subject for f in said.findings if f.code == "SG-EVIDENCE-017"] == ["a"]
    send(path, row("flail", strip(0, 0.6), day=3, depth_cm="8", method="flail"), name="flail.csv")
    assert setting(path)["areas"][field.id] == untouched
    sites, _ = gather_evidence(str(path), whole, caller())
    assert len(sites[0].evidence.searches) == 1
    send(path, row("b", strip(0, 0.6), day=4, depth_cm="20"), name="again.csv")
    done = run_hazard(str(path), whole, caller())
    assert setting(path)["areas"][field.id] < untouched
    assert len(done.sites[0].searches) == 2


def setting(project: Path) -> dict[str, Any]:
    with open_project(str(project), clock=caller().clock) as opened, opened.read() as reader:
        found: dict[str, Any] = reader.setting("hazard/latest")
    return found
