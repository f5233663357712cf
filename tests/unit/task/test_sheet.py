"""The sheet: it holds the order's figures, reads none of its words as markup, and fits A4."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pypdf
import pytest
import typst

from safeground.foundation.errors import RequestError
from safeground.records.task_rules import TaskRules
from safeground.records.tasking import OrderState, TaskOrderDetail
from safeground.task.sheet import task_sheet
from safeground.task.sketch import Sketch, legs, scale_bar, sketch_svg
from support.tasks import WORK_DAY, rules_with

OUTLINE = [(712000.0, 4100000.0), (712090.0, 4100015.0), (712140.0, 4100070.0), (712050.0, 4100085.0)]
SKETCH = Sketch(outline=OUTLINE, turning_points=OUTLINE, start_line=[(711998, 4099996), (712092, 4100010)],
                lanes=[[(712005 + 4 * k, 4100005), (712010 + 4 * k, 4100050)] for k in range(9)],
                holes=[[(712060, 4100040), (712075, 4100040), (712075, 4100055)]], benchmark=(711985, 4099985),
                bearing_deg=12, crs="WGS 84 / UTM zone 37N")
HOSTILE = '<script>alert("x")</script> #panic("y") $z$ \\ *b* _i_ ] } // @ref `raw` \u202e\x07 </svg>'


def pdf_of(source: str) -> pypdf.PdfReader:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return pypdf.PdfReader(io.BytesIO(typst.compile(source.encode(), format="pdf", font_paths=fonts,
                                                    pdf_standards=["ua-1"])))


def words_of(source: str) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf_of(source).pages))


def data_of(source: str) -> dict[str, object]:
    literal = source.split("\n", 1)[0].removeprefix('#let data = json(bytes("').removesuffix('"))')
    return dict(json.loads(literal.replace('\\"', '"').replace("\\\\", "\\")))


def test_the_sheet_holds_the_orders_figures_on_two_a4_pages(order: TaskOrderDetail, rules: TaskRules) -> None:
    source = task_sheet(order, rules, day=WORK_DAY, sketch=SKETCH, standard="IMAS 2026-06")
    pdf = pdf_of(source)
    assert len(pdf.pages) == 2
    assert all(abs(p.mediabox.width - 595.28) < 1 and abs(p.mediabox.height - 841.89) < 1 for p in pdf.pages)
    words = words_of(source)
    for figure in ("TO-HA-2", "Well road", "ISSUED", "cleared, to 20 cm", "2026-04-02", "2026-04-16", "5,400",
                   "45 min; longest allowed: 60 min", "at most 50 min", "at least 25 m", "REF-casevac_plan",
                   "IMAS 07.14 Annex C", "12° grid", "91.2 m to 2 *", "IMAS 2026-06", "Approver"):
        assert figure in words, figure
    assert "MISSING" not in words


def test_what_is_missing_is_said_in_words(draft: TaskOrderDetail) -> None:
    bare = replace(draft, papers=(replace(draft.papers[0], valid_until=date(2026, 4, 1)),), lanes=None,
                   medical=replace(draft.medical, hospital="", blood_groups_held=False))
    words = words_of(task_sheet(bare, rules_with(""), day=WORK_DAY))
    assert "DRAFT" in words
    assert "MISSING: was valid until 2026-04-01" in words
    assert "NOT ENTERED by the programme" in words
    assert words.count("MISSING") == 1 + 12 + 2
    assert "Sketch map" not in words


@pytest.mark.parametrize("state", list(OrderState))
def test_the_state_stands_at_the_head(order: TaskOrderDetail, rules: TaskRules, state: OrderState) -> None:
    assert data_of(task_sheet(replace(order, state=state), rules, day=WORK_DAY))["state"] == state.upper()


def test_no_word_of_an_order_is_read_as_markup(order: TaskOrderDetail, rules: TaskRules) -> None:
    hostile = replace(order, title=HOSTILE, id="TO-<script>", task_id=HOSTILE, marking=HOSTILE,
                      medical=replace(order.medical, hospital=HOSTILE, medics=(("T3", HOSTILE),)),
                      papers=(replace(order.papers[0], reference=HOSTILE), *order.papers[1:]))
    source = task_sheet(hostile, rules, day=WORK_DAY, sketch=replace(SKETCH, crs=HOSTILE))
    assert "\x07" not in source
    words = words_of(source)
    assert words.count('<script>alert("x")') >= 4
    assert '#panic("y") $z$ \\ *b* _i_ ] } // @ref `raw`' in words
    body = source.split("\n", 1)[1]
    assert "script" not in body
    assert body == task_sheet(order, rules, day=WORK_DAY).split("\n", 1)[1]


def test_the_same_order_gives_the_same_sheet(order: TaskOrderDetail, rules: TaskRules) -> None:
    assert task_sheet(order, rules, day=WORK_DAY, sketch=SKETCH) == task_sheet(
        order, rules, day=WORK_DAY, sketch=SKETCH)


def test_the_sketch_is_drawn_without_colour_and_inside_its_frame() -> None:
    svg = sketch_svg(SKETCH)
    tree = ElementTree.fromstring(svg)
    kinds = [e.get("class") for e in tree.iter() if e.get("class")]
    assert (kinds.count("lane"), kinds.count("outline"), kinds.count("start"), kinds.count("hole")) == (9, 1, 1, 2)
    assert {"SP", "2", "3", "4", "BM", "N", "0"} <= {e.text for e in tree.iter() if e.text}
    for colour in re.findall(r"#[0-9a-f]{3,6}\b", svg):
        assert len(set(colour[1:])) == 1, "grey only"
    for path in tree.iter("{http://www.w3.org/2000/svg}path"):
        if path.get("class"):
            numbers = [float(n) for n in re.findall(r"-?\d+\.\d+", path.get("d") or "")]
            assert all(0 <= x <= 720 for x in numbers[::2])
            assert all(0 <= y <= 460 for y in numbers[1::2])


def test_the_scale_bar_measures_what_it_says() -> None:
    square = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
    svg = sketch_svg(Sketch(outline=square))
    bar_m = float(re.findall(r">([\d.]+) m<", svg)[0])
    bar_px = float(re.findall(r'<rect x="34.0" y="440.0" width="([\d.]+)" height="5" fill="none"', svg)[0])
    corners = [float(n) for n in re.findall(r'class="outline" d="M([^"]+)Z', svg)[0].replace("L", " ").split()]
    assert bar_px / bar_m == pytest.approx((corners[2] - corners[0]) / 100, rel=1e-3)


@pytest.mark.parametrize(("longest", "bar"), [(1.0, 1.0), (1.9, 1.0), (7.0, 5.0), (999.0, 500.0), (0.3, 0.2)])
def test_scale_bars_are_round(longest: float, bar: float) -> None:
    assert scale_bar(longest) == pytest.approx(bar)


def test_legs_give_grid_bearing_and_distance_back_to_the_start_point() -> None:
    found = legs([(0, 0), (0, 30), (40, 30), (0, 0)])
    assert [(p.number, round(p.bearing_deg), round(p.length_m)) for p in found] == [
        (1, 0, 30), (2, 90, 40), (3, 233, 50)]


@pytest.mark.parametrize("made", [
    {"outline": [(0, 0), (1, 0), (0, 0)]}, {"outline": [(0, 0), (1, 0), (0, float("nan"))]},
    {"outline": OUTLINE, "lanes": [[(0, float("inf"))]]}, {"outline": OUTLINE, "holes": [[(0, 0), (1, 1)]]}])
def test_a_sketch_of_no_outline_is_refused(made: dict[str, object]) -> None:
    with pytest.raises(RequestError, match="SG-TASK-015"):
        Sketch(**made)  # type: ignore[arg-type]
