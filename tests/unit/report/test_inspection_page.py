"""The inspection page: one file that asks for nothing elsewhere, escapes what people wrote, and names what is late."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from shapely import box, union_all

from safeground.report.inspection_page import inspection_html
from safeground.report.inspection_plots import SamplePanel, lot_png, oc_png

DRAW = {"expected_found": 0.0361, "strata": [{"stratum": "edge", "units": 40, "drawn": 9},
                                            {"stratum": "rest", "units": 60, "drawn": 13}], "seed": "ab" * 32}
SAMPLE = {"sample": 22, "units": 100, "formula": 21, "defective_limit": 2, "p_accept_limit": 0.049, "detection": 0.95,
          "acceptance_number": 0}
LOT = {"id": "l1", "number": "L001", "area_name": "Field <1>", "state": "drawn", "area_cm2": 1_000_000, "teams": ["T1"],
       "first_date": "2026-02-02", "last_date": "2026-02-05", "sample": SAMPLE, "draw": DRAW, "blocked_by": ["NC001"],
       "visits": [], "seed_sha256": "cd" * 32, "risk_aware": DRAW | {"expected_found": 0.26}}
CASE = {"id": "c1", "number": "NC001", "severity": "critical", "state": "open", "overdue": True, "due": "2026-03-01",
        "owner": "", "lots": ["l1"], "description": "<script>alert(1)</script>", "action": "", "verified_by": "",
        "area_name": "Field"}


def values(**changes: Any) -> dict[str, Any]:
    plan = {"version": "1", "clause": "IMAS 07.40", "unit_m": 1.0, "quality": 0.99, "confidence": 0.95,
            "acceptance_number": 0, "detection": 0.95}
    return {"project": "Valley", "as_of": "2026-03-02", "plan": plan, "lots": [LOT], "cases": [CASE],
            "overdue": ["NC001"], "waiting": {"parts": 1, "area_cm2": 10_000}, "findings": []} | changes


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [v or "" for k, v in attrs if k in ("href", "src")]
        self.ids += [v or "" for k, v in attrs if k == "id"]


def test_the_page_is_whole_escaped_and_asks_for_nothing_elsewhere() -> None:
    ground = box(0, 0, 10, 10)
    pictures = {"l1": {"oc": oc_png([0.0, 0.01, 0.02], [1.0, 0.3, 0.049], 0.05, (0.02, 0.049)),
                       "map": lot_png([
                           SamplePanel("Sample by the plan", ground, box(1, 1, 2, 2), 22, 0.0361),
                           SamplePanel("Risk", ground, union_all([box(3, 3, 4, 4), box(8, 8, 9, 9)]), 22, 0.26)])}}
    page = inspection_html(values(), pictures).decode()
    seen = _Seen()
    seen.feed(page)
    assert "script" not in seen.tags
    assert "Field &lt;1&gt;" in page
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in seen.links)
    assert {link[1:] for link in seen.links if link.startswith("#")} <= set(seen.ids)
    assert page.count("data:image/png") == 2
    assert 'loading="lazy"' not in page
    for words in ("0.0361", "0.26", "OVERDUE", "nobody yet", "edge 40, 9", "1 lot<", "22 of 100"):
        assert words in page
    assert not re.search(r"\b(safe|clean|mine-free)\b", re.sub(r"data:image/png;base64,[^\"]+", "", page))


def test_an_empty_project_and_a_hidden_place_are_said_in_words() -> None:
    bare = inspection_html(values(lots=[], cases=[], overdue=[]), {}).decode()
    assert "1 part of cleared ground, 1.00\N{NO-BREAK SPACE}m², waits for one." in bare
    assert "safeground inspection PROJECT lots" in bare
    assert "<table" not in bare
    idle = inspection_html(values(lots=[], cases=[], overdue=[], waiting={"parts": 0, "area_cm2": 0}), {}).decode()
    assert "safeground progress PROJECT FILE…" in idle
    empty = inspection_html(values(lots=[]), {}).decode()
    for words in ("No lot is formed yet", "NC001", "No lot is drawn yet"):
        assert words in empty
    assert "0 lots" not in empty
    assert "No case." in inspection_html(values(cases=[], overdue=[]), {}).decode()
    assert "must not be shown" in inspection_html(values(), {"l1": {}}).decode()


def test_a_lot_with_holes_and_parts_is_drawn() -> None:
    ground = box(0, 0, 10, 10).difference(box(4, 4, 6, 6)).union(box(12, 0, 13, 5))
    assert lot_png([SamplePanel("one", ground, box(1, 1, 2, 2), 1, None)])[:4] == b"\x89PNG"
