"""Sentences as other reports of an event put them: who says it, what is claimed, and the figure."""

from __future__ import annotations

from datetime import date

import pytest

from safeground.claims.attribution import attributions
from safeground.claims.compose import claims_of
from safeground.claims.documents import read_document
from safeground.claims.gazetteer import Gazetteer
from safeground.records.claims import ClaimType


def said(text: str) -> list[tuple[str, str]]:
    return [(" ".join(text[s.start : s.end] for s in a.source), " ".join(text[s.start : s.end] for s in a.content))
            for a in attributions(text)]


def claimed(text: str) -> dict[ClaimType, list[float | None]]:
    document = read_document(text.encode(), "text.txt", published=date(2025, 3, 8), published_by="test", outlet="")
    return {c.type: [f.value_low for f in c.figures] for c in claims_of(document, Gazetteer()).claims}


def test_a_statement_before_said_in_a_speech_is_the_speakers() -> None:
    statement = "The army sent sappers to the Orlan valley in May"
    assert said(f"{statement}, President Ada Mirel said in a speech carried by state media on Friday.") == [
        ("President Ada Mirel", statement)]
    assert said(f"{statement}, President Ada Mirel said in an address shown on Friday.")[0][1] == statement


def test_a_list_of_origins_is_one_source() -> None:
    assert said("Forty of them were wounded, according to Mirian, Teskan and Western officials.") == [
        ("Mirian, Teskan and Western officials", "Forty of them were wounded")]
    assert said("Forty were wounded, according to Mirian, a doctor in the town.")[0][0] == "Mirian"


@pytest.mark.parametrize(("text", "kind"), [
    ("“You turned a wide danger zone into a safe and quiet one,” the marshal told the sappers.", ClaimType.CLEARANCE),
    ("“They are turning a wide danger zone into a safe one,” the marshal told the sappers.", ClaimType.CLEARANCE),
    ("The regiment carried out engineering work, including mine clearance, near Orlan.", ClaimType.CLEARANCE),
    ("The marshal welcomed home an army unit that had worked abroad.", ClaimType.CEREMONY),
    ("The marshal praised the troops for a 90-day overseas deployment.", ClaimType.DEPLOYMENT)])
def test_the_claim_is_seen(text: str, kind: ClaimType) -> None:
    assert kind in claimed(text)


def test_a_number_of_them_counts_people() -> None:
    found = claimed("The army sent some 14,000 soldiers. More than 6,000 of them were killed, officials said.")
    assert found[ClaimType.CASUALTY] == [6000.0]
