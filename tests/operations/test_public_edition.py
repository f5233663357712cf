"""What the public edition withholds does not reach its bytes, in any form, by any kind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
import shapely

from safeground.foundation.errors import RequestError
from safeground.operations.report import make_report
from safeground.operations.treaty import ReportChoice, figures_plain, gather_report, make_document, write_report
from safeground.records.vocabulary import ContaminationCategory, PositionMethod
from safeground.report import public
from safeground.report.kinds import FORMS, KINDS, build_document
from safeground.report.public import public_input, square_box
from safeground.report.source import ReportInput
from safeground.store.project import open_project
from support.treaty_project import NOW, caller, treaty_project

OTHER = {ContaminationCategory.ANTI_PERSONNEL_MINE: ContaminationCategory.CLUSTER_MUNITION_REMNANT}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    location = tmp_path_factory.mktemp("public") / "p.gpkg"
    treaty_project(location).close()
    held = open_project(str(location), clock=caller().clock)
    yield held
    held.close()


def choice(kind: str) -> ReportChoice:
    if KINDS[kind].one_area:
        return ReportChoice(kind=kind, area="HA-0", public=True)
    return ReportChoice(kind=kind, start=date(2025, 1, 1), end=date(2025, 12, 31), public=True)


def given_of(project, kind: str) -> ReportInput:
    with project.read() as reader:
        return gather_report(reader, project.name, choice(kind), caller())


def within_quarter(day: date | None) -> date | None:
    """Another day of the same quarter."""
    if day is None:
        return None
    moved = day + timedelta(days=1)
    return moved if public.quarter(moved) == public.quarter(day) else day - timedelta(days=1)


def nudged(record):
    """An outline a little smaller: within the same squares of the grid."""
    if record.geometry.geom_type == "Point":
        return record.geometry
    west, south, east, north = record.geometry.bounds
    return shapely.box(west + 1e-6, south + 1e-6, east - 1e-6, north - 1e-6)


def with_other_secrets(given: ReportInput) -> ReportInput:
    """The same programme with every withheld value changed."""
    return replace(
        given, made_at=datetime(2026, 2, 2, 2, tzinfo=UTC), journal_seq=99, journal_hash="ff" * 32,
        areas=tuple(replace(
            a, geometry=nudged(a), name=f"secret {a.id}", local_id="secret", note="secret", contamination=OTHER.get(
                a.contamination, ContaminationCategory.ANTI_PERSONNEL_MINE), position_method=PositionMethod.GNSS,
            position_accuracy_m=3.0, source_id="secret", source_row=5, original=(("a", "secret"),),
            stated_area_m2=12.0, date_of_information=date(1999, 1, 1), version=9) for a in given.areas),
        ordnance=tuple(replace(
            i, model="secret", depth_cm=99.0, geometry=shapely.Point(1, 1), improvised=not i.improvised,
            activity_id="secret", found_date=within_quarter(i.found_date), category=i.category if
            i.category is ContaminationCategory.SMALL_ARMS_AMMUNITION else
            OTHER.get(i.category, ContaminationCategory.ANTI_PERSONNEL_MINE)) for i in given.ordnance),
        accidents=tuple(replace(a, geometry=shapely.Point(2, 2), note="secret", geo_safe=not a.geo_safe,
                                accident_date=within_quarter(a.accident_date), source_id="secret",
                                category=ContaminationCategory.BOOBY_TRAP) for a in given.accidents),
        returns=tuple(replace(r, team_id="secret", asset="secret", method="secret", depth_cm=1.0, crew_count=9,
                              downtime_reason="secret", work_date=within_quarter(r.work_date) or r.work_date)
                      for r in given.returns),
        parts=tuple(replace(p, team_id="secret", asset="secret", method="secret", depth_cm=1.0, record_ids=(),
                            geometry=shapely.box(0, 0, 1, 1), work_date=None) for p in given.parts),
        inspections=tuple(replace(i, inspector="secret", inspecting_organisation="secret", measures_taken="secret",
                                  visit_date=within_quarter(i.visit_date) or i.visit_date) for i in given.inspections),
        nonconformities=tuple(replace(c, description="secret", owner="secret", verified_by="secret",
                                      opened_date=within_quarter(c.opened_date)) for c in given.nonconformities),
        handovers=tuple(replace(h, recipient="secret", recipient_role="secret", intended_use="secret", note="secret")
                        for h in given.handovers),
        sessions=tuple(replace(s, organisation="secret", method="secret", geometry=shapely.Point(3, 3),
                               session_date=within_quarter(s.session_date)) for s in given.sessions),
        decisions=tuple(replace(d, author="secret", signatory="secret", reasons=("secret",)) for d in given.decisions),
        teams=tuple(replace(t, name="secret", organisation="secret", local_id="secret") for t in given.teams),
        orders=tuple(replace(o, objective="secret", method="secret", team_ids=("secret",)) for o in given.orders),
        moves=tuple(replace(m, on=within_quarter(m.on) or m.on) for m in given.moves),
        documents=(), markers=(), surveys=(), lots=())


@pytest.mark.parametrize("kind", KINDS)
def test_changing_what_is_withheld_changes_no_public_byte(project, tmp_path, kind):
    given = given_of(project, kind)
    other = with_other_secrets(given)
    assert other != given
    assert public_input(given) == public_input(other)
    forms = FORMS if kind == "article5" else (".csv", ".html")
    for form in forms:
        for name, one in (("a", given), ("b", other)):
            write_report(build_document(one), one, "en", tmp_path / f"{name}{form}")
        assert (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()


@pytest.mark.parametrize("field", ["name", "note", "contamination"])
def test_a_field_that_is_let_through_turns_non_interference_red(project, monkeypatch, field):
    names, filled = public._KEPT[public.HazardousArea]
    monkeypatch.setitem(public._KEPT, public.HazardousArea, ((*names, field), filled))
    given = given_of(project, "article5")
    assert public_input(given) != public_input(with_other_secrets(given))


def text_of(path: Path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_type_depth_team_id_or_fine_date_is_in_a_public_pdf(project, tmp_path, kind):
    target = tmp_path / "p.pdf"
    make_report(project, kind, target, caller(), choice(kind))
    said = text_of(target)
    for word in ("PMN", "M75", "Team A", "Team B", "Halden", "North Aid", "Maria", "A. Person", "Field", "HA-", "TO-",
                 "detector", "manual", "anti-personnel mines", "rain", "CR-1", "10 March", NOW.strftime("%Y-%m-%d")):
        assert word not in said, word
    with project.read() as reader:
        ids = [a.id for a in reader.records("hazardous_area")] + [e.id for e in reader.entries()]
    raw = re.sub(r"\s+", "", said)
    assert not [i for i in ids if i in raw]
    days = {re.sub(r"\s+", " ", d) for d in re.findall(r"\b\d{1,2}\s+[A-Z][a-z]+\s+20\d\d", said)}
    assert days <= {"1 January 2025", "31 December 2025"}


def test_small_counts_are_hidden_everywhere_and_no_record_is_named(project):
    for kind in KINDS:
        document, _ = make_document(project, choice(kind), caller())
        for line in figures_plain(document):
            assert "records" not in line
            if line["unit"] not in ("m²", "hours"):
                assert isinstance(line["value"], str) or line["value"] == 0 or line["value"] >= 5, line


def test_squares_cover_shown_areas_and_none_that_must_not_be_shown(project):
    given = public_input(given_of(project, "article5"))
    cover = shapely.union_all([square_box(square) for square in given.squares])
    with project.read() as reader:
        areas = list(reader.records("hazardous_area"))
    hidden = [a for a in areas if not a.geo_safe]
    assert given.unlocated == len(hidden) > 1
    assert all(cover.covers(a.geometry) for a in areas if a.geo_safe)
    alone = [a.geometry for a in hidden]
    assert public_input(replace(given_of(project, "article5"), areas=tuple(hidden))).squares == ()
    assert alone


def test_a_period_finer_than_a_quarter_is_refused(project, tmp_path):
    for start, end in ((date(2025, 1, 1), date(2025, 1, 31)), (date(2025, 1, 2), date(2025, 3, 31))):
        with pytest.raises(RequestError) as error:
            make_report(project, "monthly", tmp_path / "r.csv", caller(), ReportChoice(
                kind="monthly", start=start, end=end, public=True))
        assert error.value.code == "SG-REPORT-009"
