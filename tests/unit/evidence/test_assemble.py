"""Sites from records: exact shares, passes of daily strips, chance finds, and sweeps counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from safeground.evidence.assemble import Papers, assemble
from safeground.evidence.effort import LaneTest
from safeground.evidence.searches import method_of
from safeground.foundation.errors import RequestError
from safeground.ground.area import geodesic_area_m2
from safeground.hazard.fit import Settings, posterior
from safeground.operations.context import standard_text
from safeground.records.fieldwork import SurveyReport
from safeground.records.nouns import Accident, Activity, HazardousArea, OrdnanceItem
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import ActivityType, AreaType, ContaminationCategory, ReleaseMethod

PACK = standard_from_toml(standard_text("imas"))
RULES, PROGRAMME = PACK.hazard, PACK.programme
assert RULES is not None
BACK = Transformer.from_crs(32626, 4326, always_xy=True)
EAST, NORTH = 303_000.0, 5_657_000.0


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A rectangle in metres from a corner in the open ocean, in degrees."""
    ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return shapely.Polygon([BACK.transform(EAST + x, NORTH + y) for x, y in ring])


def area(name: str, outline: shapely.Polygon) -> HazardousArea:
    return HazardousArea(id=name, local_id=name, name=name, area_type=AreaType.SUSPECTED_HAZARDOUS_AREA,
                         geometry=outline)


def sweep(name: str, outline: shapely.Polygon, day: int, team: str = "T1", method: str = "manual") -> Activity:
    when = date(2025, 4, day)
    return Activity(id=name, local_id=name, activity_type=ActivityType.CLEARANCE, geometry=outline, organisation=team,
                    method=method, start_date=when, end_date=when)


def find(name: str, x: float, y: float, **more: object) -> OrdnanceItem:
    return OrdnanceItem(id=name, category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                        geometry=shapely.Point(*BACK.transform(EAST + x, NORTH + y)), **more)  # type: ignore[arg-type]


FIELD = area("A", box(0, 0, 203, 97))


def test_ground_of_the_area_is_its_ellipsoidal_area_and_no_searched_ground_is_left_over() -> None:
    done = [sweep("s1", box(-5, -5, 210, 40), 1), sweep("s2", box(-5, 40, 210, 110), 2)]
    (site,), _ = assemble(Papers(areas=[FIELD], activities=done), RULES, PROGRAMME, 5.0)
    inside = site.shares[0] > 0
    true = float(geodesic_area_m2(np.array([FIELD.geometry], dtype=object))[0])
    booked = float((site.evidence.area_m2 * site.shares[0])[inside].sum())
    assert booked == pytest.approx(true, rel=2e-3)
    assert len(site.evidence.searches) == 1
    covered = site.evidence.searches[0].coverage
    assert covered[inside].min() == pytest.approx(1.0, abs=1e-6)
    assert (site.evidence.support[~inside] < 1).all()


def test_daily_strips_are_one_pass_and_going_over_them_again_is_another() -> None:
    days = [sweep(f"d{k}", box(0, 10 * k, 203, 10 * k + 10), k + 1) for k in range(9)]
    again = sweep("again", box(0, 0, 203, 50), 20)
    dog = sweep("dog", box(0, 0, 203, 97), 25, team="K9", method="mine dog")
    (site,), _ = assemble(Papers(areas=[FIELD], activities=[*days, again, dog]), RULES, PROGRAMME, 5.0)
    assert [s.detector for s in site.evidence.searches] == ["manual|T1", "manual|T1", "dog|K9"]
    assert "9 outlines, 2025-04-01 to 2025-04-09" in site.evidence.searches[0].name


def test_two_sweeps_of_one_team_on_one_day_that_overlap_are_refused() -> None:
    twice = [sweep("s1", box(0, 0, 100, 50), 3), sweep("s2", box(0, 40, 100, 97), 3)]
    with pytest.raises(RequestError, match=r"SG-EVIDENCE-011.*overlap by 1,0\d\d"):
        assemble(Papers(areas=[FIELD], activities=twice), RULES, PROGRAMME, 5.0)


def test_a_find_goes_to_its_search_and_one_without_search_to_land_use() -> None:
    papers = Papers(areas=[FIELD], activities=[sweep("s1", box(0, 0, 203, 40), 1)],
                    ordnance=[find("f1", 50, 20, activity_id="s1", quantity=2), find("f2", 60, 80)])
    (site,), _ = assemble(papers, RULES, PROGRAMME, 5.0)
    finds = site.evidence.finds
    assert [s.kind for s in site.evidence.searches] == ["land_use", "sweep"]
    assert finds.weight[finds.search == 1].sum() == pytest.approx(2.0)
    assert finds.weight[finds.search == 0].sum() == pytest.approx(1.0)
    assert site.evidence.detectors[-1].highest == RULES.land_use_highest


TWO_TEAMS = [sweep("s1", box(0, 0, 203, 97), 1), sweep("s2", box(0, 0, 203, 97), 5, team="T2")]


@pytest.mark.parametrize(("day", "kinds", "at"), [
    (1, ["sweep", "sweep"], 0), (5, ["sweep", "sweep"], 1), (None, ["sweep", "sweep"], 0),
    (3, ["sweep", "land_use", "sweep"], 1), (9, ["sweep", "sweep", "land_use"], 2)])
def test_an_item_that_names_no_search_is_the_find_of_a_sweep_of_its_day_or_was_missed_by_those_before(
        day: int | None, kinds: list[str], at: int) -> None:
    item = find("f1", 50, 20, found_date=None if day is None else date(2025, 4, day))
    (site,), findings = assemble(Papers(areas=[FIELD], activities=TWO_TEAMS, ordnance=[item]), RULES, PROGRAMME, 5.0)
    assert [s.kind for s in site.evidence.searches] == kinds
    assert set(site.evidence.finds.search.tolist()) == {at}
    assert [(f.code, f.subject) for f in findings] == [("SG-EVIDENCE-016", "f1")] * ("land_use" in kinds)


def test_finds_of_later_sweeps_keep_their_search_behind_an_item_that_came_to_light_between() -> None:
    items = [find("between", 50, 20, found_date=date(2025, 4, 3)), find("own", 90, 20, activity_id="s2"),
             find("first", 20, 20, activity_id="s1")]
    accident = Accident(id="acc", geometry=items[0].geometry, accident_date=date(2025, 4, 2))
    (site,), _ = assemble(Papers(areas=[FIELD], activities=TWO_TEAMS, ordnance=items, accidents=[accident]), RULES,
                          PROGRAMME, 5.0)
    finds = site.evidence.finds
    assert np.bincount(finds.search, finds.weight).tolist() == pytest.approx([1.0, 2.0, 1.0])
    assert [s.detector for s in site.evidence.searches] == ["manual|T1", "land use", "manual|T2"]


def test_an_item_that_came_to_light_after_the_work_raises_what_is_left_more_than_one_that_the_work_found() -> None:
    work = [sweep("s1", box(0, 0, 203, 97), 1)]
    left = []
    for items in ([], [find("f1", 50, 20, activity_id="s1")], [find("f1", 50, 20, found_date=date(2025, 4, 9))]):
        (site,), _ = assemble(Papers(areas=[FIELD], activities=work, ordnance=items), RULES, PROGRAMME, 5.0)
        left.append(posterior(site.evidence, 1, Settings(samples=2000)).ask(site.shares[0]).expected_items)
    assert left[0] < left[1] < left[2] / 1.15


def test_a_find_outside_every_area_is_named_and_never_dropped_in_silence() -> None:
    papers = Papers(areas=[FIELD], ordnance=[find("in", 50, 20), find("out", 700, 20)])
    (site,), findings = assemble(papers, RULES, PROGRAMME, 5.0)
    assert site.evidence.finds.total == pytest.approx(1.0)
    assert [(f.code, f.subject) for f in findings] == [("SG-EVIDENCE-014", "out")]


def test_position_error_spreads_a_find_and_loses_nothing_of_it() -> None:
    papers = Papers(areas=[FIELD], activities=[sweep("s1", box(0, 0, 203, 97), 1)],
                    ordnance=[find("f1", 3, 3, position_accuracy_m=15.0)])
    (site,), _ = assemble(papers, RULES, PROGRAMME, 5.0)
    finds = site.evidence.finds
    assert len(finds.row) > 10
    assert finds.total == pytest.approx(1.0)


def survey(name: str, outline: shapely.Polygon, stated_m2: float | None = None) -> Activity:
    return replace(sweep(name, outline, 1, method=""), activity_type=ActivityType.TECHNICAL_SURVEY,
                   stated_area_m2=stated_m2)


def test_a_technical_survey_counts_as_search_where_it_searched_and_nowhere_else() -> None:
    lane = box(0, 40, 203, 50)
    (site,), _ = assemble(Papers(areas=[FIELD], activities=[survey("ts", lane)]), RULES, PROGRAMME, 5.0)
    (search,) = site.evidence.searches
    assert (search.detector, search.kind) == ("survey|T1", "sweep")
    ground = site.evidence.area_m2
    assert float((search.coverage * ground).sum()) == pytest.approx(2030.0, rel=0.01)
    whole = survey("ts", box(0, 0, 203, 97), 2030.0)  # the area surveyed, with the ground of its lanes
    (site,), _ = assemble(Papers(areas=[FIELD], activities=[whole]), RULES, PROGRAMME, 5.0)
    (search,) = site.evidence.searches
    assert search.coverage.max() == pytest.approx(2030 / (203 * 97), rel=0.01)
    more = survey("ts", lane, 9e9)  # more than the outline holds is no more than the outline
    (site,), _ = assemble(Papers(areas=[FIELD], activities=[more]), RULES, PROGRAMME, 5.0)
    assert site.evidence.searches[0].coverage.max() == pytest.approx(1.0)


def test_a_return_of_survey_lanes_is_a_survey_pass_and_a_manual_one_a_manual_pass() -> None:
    assert method_of("Technical survey lanes", "") == "survey"
    assert method_of("manual technical survey", "") == "manual"


def test_a_survey_outcome_lowers_nothing_by_itself_and_says_so_where_it_names_no_lanes() -> None:
    report = SurveyReport(id="R", local_id="SR-1", hazardous_area_id="A", survey_type=ActivityType.TECHNICAL_SURVEY,
                          survey_date=date(2025, 5, 1), outcome=ReleaseMethod.REDUCED, geometry=box(0, 0, 203, 97),
                          technical_asset=True)
    lanes = survey("ts", box(0, 40, 203, 50))
    named = replace(report, id="S", local_id="SR-2", evidence_ids=("ts",))
    nts = replace(report, id="N", survey_type=ActivityType.NON_TECHNICAL_SURVEY)
    (alone,), findings = assemble(Papers(areas=[FIELD], surveys=[report, named, nts], activities=[lanes]), RULES,
                                  PROGRAMME, 5.0)
    assert [(f.code, f.subject) for f in findings] == [("SG-EVIDENCE-015", "SR-1")]
    (bare,), _ = assemble(Papers(areas=[FIELD], surveys=[report]), RULES, PROGRAMME, 5.0)
    assert bare.evidence.searches == ()
    assert float((alone.evidence.searches[0].coverage * alone.evidence.area_m2).sum()) == pytest.approx(2030, rel=0.01)
    _, elsewhere = assemble(Papers(areas=[FIELD], surveys=[report]), RULES, PROGRAMME, 5.0, frozenset({"B"}))
    assert elsewhere == []


def test_the_rule_pack_says_how_many_items_are_hard_and_lanes_with_hard_targets_say_it_of_a_team() -> None:
    assert RULES is not None
    pack = replace(RULES, hard_items=(("any", 1.0), ("uxo", 4.0)), hard_found=(("any", 2.0), ("apm", 3.0)))
    lanes = [LaneTest("manual", "T1", "apm", 20, 18), LaneTest("manual", "T1", "apm", 10, 4, hard=True),
             LaneTest("manual", "T1", "apm", 6, 1, hard=True)]
    (site,), _ = assemble(Papers(areas=[FIELD], activities=[sweep("s1", box(0, 0, 203, 97), 1)], lanes=lanes), pack,
                          PROGRAMME, 5.0)
    hard = site.evidence.prior.hard
    assert hard is not None
    assert hard.share == ((1.0, 9.0), (1.0, 9.0), (1.0, 9.0), (4.0, 9.0))
    assert hard.detection[:2] == ((3.0, 2.0), (2.0, 2.0))
    (team,) = site.evidence.detectors
    assert (team.found[0], team.missed[0]) == (dict(RULES.detection_found)["manual"] + 18,
                                               dict(RULES.detection_missed)["manual"] + 2)
    assert team.hard == ((3.0 + 4 + 1, 2.0 + 6 + 5), None, None, None)


def test_a_pack_older_than_hard_items_has_the_planning_assumption_and_one_without_a_class_is_refused() -> None:
    text = "\n".join(line for line in standard_text("imas").splitlines()
                     if not line.startswith(("hard_", "ordinary_items")))
    old = standard_from_toml(text).hazard
    assert old is not None
    assert old == RULES
    with pytest.raises(RequestError, match="SG-SITE-001"):
        assemble(Papers(areas=[FIELD]), replace(old, hard_items=(("apm", 1.0),)), PROGRAMME, 5.0)


def test_areas_that_touch_share_a_site_and_distant_ones_do_not() -> None:
    far = area("C", box(900, 0, 1000, 90))
    near = area("B", box(180, 50, 300, 140))
    sites, findings = assemble(Papers(areas=[FIELD, near, far, replace(far, id="P", geometry=None)]), RULES, PROGRAMME)
    assert [tuple(a.id for a in s.areas) for s in sites] == [("A", "B"), ("C",)]
    assert [f.code for f in findings] == ["SG-EVIDENCE-012"]


def test_a_resolution_that_needs_too_many_cells_is_refused() -> None:
    with pytest.raises(RequestError, match="SG-EVIDENCE-010"):
        assemble(Papers(areas=[FIELD]), RULES, PROGRAMME, 0.05)
