"""The HTML report stands alone, is well-formed, and leads from each figure to its records."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import etree

from safeground.report.figures import situation_figures
from safeground.report.html import situation_html
from safeground.report.words import number


def parsed(text: str):
    return etree.fromstring(text.replace("<!DOCTYPE html>", "").encode())


@pytest.fixture
def page(situation):
    return situation_html(situation)


def test_page_is_well_formed_and_asks_for_nothing_from_elsewhere(page):
    root = parsed(page)
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in ("src", "href", "srcset", "action", "poster", "data"):
                assert value.startswith(("#", "data:image/png;base64,")), (element.tag, name, value[:60])
    assert not re.search(r"https?://|url\(|@import", page)


def test_every_figure_leads_to_the_list_of_its_records(situation, page):
    root = parsed(page)
    held = {element.get("id"): element for element in root.iter() if element.get("id")}
    cells = {"".join(row[0].itertext()): row for row in root.iter("tr") if len(row)}
    for figure in situation_figures(situation):
        row = cells[figure.name]
        assert "".join(row[1].itertext()) == number(figure.value)
        if figure.records:
            target = held[row[0][0].get("href")[1:]]
            listed = "".join(target.itertext())
            assert all(record in listed for record in figure.records)


def test_every_inner_link_has_its_target(page):
    root = parsed(page)
    anchors = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors))
    assert {a.get("href")[1:] for a in root.iter("a")} <= set(anchors)


def test_tables_have_captions_and_scoped_headings_and_the_page_a_language(page):
    root = parsed(page)
    assert root.get("lang") == "en"
    assert len(list(root.iter("h1"))) == 1
    for table in root.iter("table"):
        assert "".join(table.find("caption").itertext()).strip()
        assert all(th.get("scope") == "col" for th in table.find("thead").iter("th"))
        assert all(row[0].get("scope") == "row" for row in table.find("tbody"))
    assert all(img.get("alt") for img in root.iter("img"))


def test_the_page_says_what_is_not_known_and_declares_no_land_free(page):
    assert "No residual probability is given: no hazard model was run" in page
    assert "2 rows are quarantined and 1 refused" in page
    assert "never declares land free of explosive hazard" in page
    words = re.sub(r"base64,[^\"]*", "", re.sub(r"<style>.*?</style>", "", page, flags=re.S))
    assert not re.search(r"(?i)\bsafe\b|mine-free|\bclean\b|danger zone|risk score", words)


def test_names_are_text_and_never_markup(unusual_names):
    page = situation_html(unusual_names)
    root = parsed(page)
    assert "alert(1)" not in "".join("".join(s.itertext()) for s in root.iter("script"))
    assert "&lt;script&gt;alert(1)" in page
    for name in ("Район «Північ»", "منطقة خطرة", "តំបន់មីន", "=1+1 & \"quoted\" 'single'"):
        assert name in "".join(root.itertext())
    assert "<bdi>منطقة خطرة</bdi>" in page


def test_long_lists_are_cut_at_200_and_say_how_many_are_left(situation):
    rows = tuple(replace(situation.aside[0], id=f"row-{i:04d}") for i in range(1500))
    page = situation_html(replace(situation, aside=rows))
    listed = parsed(page).xpath("//details[@id='records-rows-quarantined']//tbody/tr")
    assert len(listed) == 200
    assert "1,300 more are not printed here" in page


def test_a_book_that_does_not_balance_is_said_loudly(situation):
    page = situation_html(replace(situation, sheet=replace(situation.sheet, balanced=False)))
    assert "DOES NOT BALANCE" in page


def test_an_empty_project_gives_a_page(situation):
    empty = replace(
        situation, layers=(), sheet=replace(situation.sheet, rows=(), totals_cm2=(), opening_cm2=0), overlaps=(),
        contested_cm2=0, sources=(), aside=(), findings=(), assertions=(), assertion_gaps=(), accidents=(),
        ordnance=(), records=(), region=None)
    assert "not stated" in situation_html(empty)
    assert parsed(situation_html(empty)) is not None


def test_a_control_character_in_a_name_does_not_break_the_page(situation):
    assert parsed(situation_html(replace(situation, project="a\x00b\x1bc\ud800d"))) is not None
