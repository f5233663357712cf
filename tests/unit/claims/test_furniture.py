"""Page furniture in texts as scraped."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.furniture import body_spans, furniture, without_furniture

PAGE = """Teams Leave the Valley After a Year of Work

Northland (Valley TV) Northland (Valley TV)
Teams leave the valley after a year of work. Credit: Coast News

The teams of the northern office left the valley on Friday after a year of work on the slope, the office said.

Advertisement

“We are done here,” said the head of the office. “The people can plough.”

Northland (Valley TV)
A team on the slope. Credit: River Post

The office plans to hand over the land in June.

Read also: Floods in the north

Author

  • Anna Example

    Anna Example is a multimedia journalist with over a decade's experience in writing.

Share the Story
Advertisement"""


def kinds(text: str, title: str = "") -> list[str]:
    return [block.kind for block in furniture(text, title)]


def test_a_page_as_scraped_is_told_apart() -> None:
    assert kinds(PAGE) == ["title", "slug", "caption", "advertisement", "slug", "caption", "related", "author",
                           "author", "author_bio",
                           "share", "advertisement"]
    assert [PAGE[span.start:span.end][:9] for span in body_spans(PAGE, furniture(PAGE))] == ["The teams", "“We are d",
                                                                                             "The offic"]


def test_text_without_furniture_keeps_every_paragraph_of_the_report() -> None:
    body = without_furniture(PAGE)
    assert "over a decade" not in body
    assert "Credit" not in body
    assert body.count("\n") == 2


@pytest.mark.parametrize(("line", "kind"), [
    ("ADVERTISEMENT", "advertisement"), ("Story continues below", "advertisement"), ("Share on Facebook", "share"),
    ("Follow us on Telegram for more", "share"), ("Photo: Coast News", "credit"), ("A team at work. (Photo by A. "
                                                                                   "Example)", "caption"),
    ("A team at work / Getty Images", "caption"), ("By Anna Example and Otto Example", "author"),
    ("Published: 12 March 2025, 10:30", "meta"),
    ("© 2025 Coast News. All rights reserved.", "copyright"), ("Sign up for our daily newsletter", "subscribe"),
    ("3 comments", "comments"),
    ("Related articles", "related"), ("Tags: mines, valley", "meta")])
def test_a_line_is_told_by_its_form(line: str, kind: str) -> None:
    text = (f"The report's first paragraph says that the teams left.\n\n{line}\n\nThe last one says that they came "
            f"back in June.")
    assert kinds(text) == [kind]


@pytest.mark.parametrize("line", [
    "The photo shows a team at work in the valley.", "He shared the story with his wife.", "Save the date, she said.",
    "The author of the report is not known.", "“Share the land,” he said.",
    "Officials posted the figures on Friday after the talks.",
    "By Friday the teams had left the valley.", "Kim, a journalist, watched them go.",
    "It was the most read report of the year.",
    "Source of the river: the northern hills."])
def test_a_sentence_of_the_report_is_none(line: str) -> None:
    text = (f"The report's first paragraph says that the teams left.\n\n{line}\n\nThe last one says that they came "
            f"back in June.")
    assert kinds(text) == []


def test_a_known_title_is_furniture_wherever_it_stands() -> None:
    text = "First paragraph of it all, here.\n\nTeams leave\n\nLast paragraph of it all, here."
    assert kinds(text, "Teams leave") == ["title"]
    assert kinds(text) == []


@pytest.mark.parametrize("text", ["A (B) " * 5_000, "A" * 100_000, "By " + "Aa " * 10_000, "photo: " * 10_000,
                                  "\n" * 50_000, "(" * 50_000,
                                  ("Aa " * 13 + "\n\n") * 2_000])
def test_a_text_made_to_stall_does_not(text: str) -> None:
    started = time.perf_counter()
    furniture(text)
    assert time.perf_counter() - started < 10


@given(st.text(alphabet="Aa bB.\n•()“”:©", max_size=150))
def test_blocks_are_in_order_and_within_the_text(text: str) -> None:
    blocks = furniture(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(blocks))
    assert all(block.span.end <= len(text) for block in blocks)


SEED = Path("/work" + "/shared/data/articles/ncTV-2025-12-13.txt")


@pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not on this machine")
def test_the_seed_is_told_apart() -> None:
    found = {(block.span.start, block.span.end): block.kind for block in furniture(SEED.read_text(encoding="utf-8"))}
    assert found == {
        (0, 56): "title", (58, 117): "slug", (118, 193): "caption", (764, 777): "advertisement",
        (1211, 1240): "slug", (1241, 1316): "caption", (2785, 2791): "author", (2795, 2812): "author",
        (2818, 2988): "author_bio", (2990, 3005): "share", (3006, 3019): "advertisement"}
