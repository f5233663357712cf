"""Sentences, paragraphs and quotations as spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.sentences import containing, paragraphs, quotations, sentences


def cut(text: str) -> list[str]:
    return [text[span.start:span.end] for span in sentences(text)]


def quoted(text: str) -> list[str]:
    return [text[quote.inner.start:quote.inner.end] for quote in quotations(text)]


@pytest.mark.parametrize(("text", "parts"), [
    ("Teams worked. They left.", ["Teams worked.", "They left."]),
    ("Gen. Orlov spoke to Dr. Hale. He left.", ["Gen. Orlov spoke to Dr. Hale.", "He left."]),
    ("It lies in the U.S. Army base.", ["It lies in the U.S. Army base."]),
    ("It left the U.S. The base closed.", ["It left the U.S.", "The base closed."]),
    ("J. K. Marsh wrote it. It sold.", ["J. K. Marsh wrote it.", "It sold."]),
    ("They cleared 3.5 ha. Then rain fell.", ["They cleared 3.5 ha.", "Then rain fell."]),
    ("On Aug. 12 work began. It ended.", ["On Aug. 12 work began.", "It ended."]),
    ("At 5 p.m. the road closed. It rained.", ["At 5 p.m. the road closed.", "It rained."]),
    ("They met at 5 p.m. He left.", ["They met at 5 p.m.", "He left."]),
    ("“Why now?” she asked. Nobody knew.", ["“Why now?” she asked.", "Nobody knew."]),
    ("He said: “We are done.” The crowd left.", ["He said: “We are done.”", "The crowd left."]),
    ("Really?! Yes. No…", ["Really?!", "Yes.", "No…"]),
    ("He waited ... and left. Then slept.", ["He waited ... and left.", "Then slept."]),
    ("Road No. 5 is shut. Use No. 6.", ["Road No. 5 is shut.", "Use No. 6."]),
    ("Title Without Stop\n\nText begins here. It ends.", ["Title Without Stop", "Text begins here.", "It ends."]),
    ("• One thing\n• Another thing", ["One thing", "Another thing"]),
    ("Acme Inc. sold it. Baker Ltd. did not.", ["Acme Inc. sold it.", "Baker Ltd. did not."]),
])
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert cut(text) == parts


def test_lines_wrapped_by_a_program_are_one_paragraph() -> None:
    text = ("The team of the northern office began its work on the slope above\n"
            "the river in May, and three lanes were opened before the rain set\n"
            "in, which stopped all work for a fortnight and a half in the valley\n"
            "Later the team moved on.\n")
    assert len(paragraphs(text)) == 1


def test_lines_of_their_own_are_paragraphs() -> None:
    text = "Northland (Valley TV) Northland (Valley TV)\nTeams left. Credit: Valley TV\n\nTeams left on Friday."
    assert len(paragraphs(text)) == 3


@pytest.mark.parametrize(("text", "inner"), [
    ("He said “we go” and “we stay”.", ["we go", "we stay"]),
    ('He said "we go" and left.', ["we go"]),
    ("The ‘slow’ team’s lanes.", ["slow"]),
    ("Soldiers' homes and the teams' tools.", []),
    ("She said: 'We will not go,' and left the soldiers' home.", ["We will not go,"]),
    ("A 6\" pipe and a 12\" shell.", []),
    ("He said “she told me ‘go now’ twice”.", ["she told me ‘go now’ twice", "go now"]),
    ("Il a dit « non » hier.", [" non "]),
    ("In the ‘90s they said ’tis so.", []),
    ("“We go,\" he said.", ["We go,"]),
])
def test_quotations_are_found_and_apostrophes_are_not(text: str, inner: list[str]) -> None:
    assert quoted(text) == inner


def test_a_quotation_of_two_paragraphs_is_taken_up() -> None:
    text = "He said: “The first part.\n\n“The second part,” he said."
    first, second = quotations(text)
    assert (first.closed, second.closed, second.continues) == (False, True, True)


def test_a_nested_quotation_is_one_deeper() -> None:
    assert [quote.depth for quote in quotations("He said “she told me ‘go now’ twice”.")] == [0, 1]


@given(st.text(alphabet="ab AB.?!\n\"“”‘’'(),0123…•-", max_size=120))
def test_sentences_are_in_order_and_lose_no_letter(text: str) -> None:
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    kept = sum(sum(letter.isalnum() for letter in text[span.start:span.end]) for span in spans)
    bullets = sum(letter.isdigit() for letter in text)
    assert kept <= sum(letter.isalnum() for letter in text) <= kept + bullets + text.count("a") + text.count("b") \
        + text.count("A") + text.count("B")
    if not any(mark in text for mark in "•-(0123"):
        assert kept == sum(letter.isalnum() for letter in text)
    quotations(text)


def test_a_character_is_found_in_its_sentence() -> None:
    spans = sentences("Teams worked. They left.")
    assert containing(spans, 3) == spans[0]
    assert containing(spans, 13) is None
    assert containing(spans, 14) == spans[1]
