"""Claims in styles unlike one another: wire, local press, charity, bulletin, transcript, headline, blog."""

from __future__ import annotations

import time
from datetime import date

import pytest
from benchmarks.claims import score_claims

from safeground.claims.compose import claims_of
from safeground.claims.documents import read_document
from support.needs import ROOT


def claims(text, published=date(2024, 3, 14)):
    document = read_document(text.encode(), "t.txt", published=published, published_by="set", outlet="Wire")
    return claims_of(document).claims


def test_the_own_reports_are_taken_apart_as_marked():
    figures = score_claims(ROOT / "tests" / "claims_sets" / "claims.jsonl")
    assert figures["documents"] >= 20
    assert figures["f1"] >= 0.95
    for name, least in (("type", 0.97), ("chain", 0.95), ("figures", 0.95), ("time", 0.95), ("certainty", 0.95),
                        ("place_level", 0.85)):
        assert figures["fields"][name]["right"] >= least, name


@pytest.mark.parametrize(("text", "quote", "kind", "root"), [
    ("KABUL - Nine policemen were wounded when their vehicle drove over a mine, a doctor said.",
     "Nine policemen were wounded", "casualty", "doctor"),
    ("KABUL - Nine policemen were wounded when their vehicle drove over a mine, a doctor said.",
     "their vehicle drove over a mine", "accident", "doctor"),
    ("Twelve civilians, including four children, were killed by shells, the clinic said.",
     "Twelve civilians, including four children, were killed by shells", "casualty", "clinic"),
    ("MINISTER: We sent 300 engineers to the north. They have cleared mines from 45 villages.",
     "They have cleared mines from 45 villages", "clearance", "Minister"),
    ("“We are done,” the guide said. “The fields are littered with mines.”",
     "The fields are littered with mines", "contamination", "guide"),
    ("Minefields Ltd said it had won a prize. It said that it cleared mines from 20 fields.",
     "it cleared mines from 20 fields", "clearance", "Minefields Ltd"),
])
def test_a_clause_and_who_says_it(text, quote, kind, root):
    found = [c for c in claims(text) if c.type.value == kind]
    assert [(c.quote, c.chain[-1].agent) for c in found] == [(quote, root)]


def test_the_month_of_may_is_no_hedge():
    (claim,) = claims("Villagers said that the mines had been removed in May.")
    assert claim.certainty.value == "reported"
    assert claims("Villagers said the mines may have been removed by boys.")[0].certainty.value == "hedged"


def test_what_a_source_denies_it_does_not_claim():
    (claim,) = claims("Angola’s army denied that its troops had laid mines near the river.")
    assert claim.modality.value == "negated"


def test_a_report_of_another_kind_claims_nothing():
    assert not claims("Two fans were injured at the derby. Coach Petrov said his side was under heavy fire.")


@pytest.mark.parametrize("text", [
    "killed two and say that mines " * 1500, "mines were cleared, including many of them " * 1500,
    "A and B said, " * 1500, "in the words of " * 1500 + "mine", "after the mine " * 1500])
def test_a_sentence_made_to_stall_does_not(text):
    started = time.perf_counter()
    claims(text)
    assert time.perf_counter() - started < 20  # at most 2 s on an idle core
