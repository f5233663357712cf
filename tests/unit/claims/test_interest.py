"""Claims against their root's interest, and claims that serve it."""

from __future__ import annotations

from datetime import date
from math import inf

import pytest

from safeground.claims.compose import claims_of
from safeground.claims.documents import read_document
from safeground.claims.weigh import story_of


def interest(text, kind):
    document = read_document(text.encode(), "t.txt", published=date(2024, 3, 14), published_by="set", outlet="Wire")
    return [c.against_interest for c in claims_of(document).claims if c.type.value == kind]


@pytest.mark.parametrize(("text", "kind", "answer"), [
    ("Angola’s army said three of its soldiers were killed.", "casualty", True),
    ("Angola’s army said that nine Namibian soldiers were killed.", "casualty", False),
    ("Angola’s army said that 40 rebels were killed.", "casualty", False),
    ("Angola’s army said its sappers had cleared mines from 40 hectares.", "clearance", False),
    ("Angola’s army said that Namibian troops had laid mines near the river.", "contamination", False),
    ("Angola’s army said its troops had laid mines near the river.", "contamination", True),
    ("Angola’s army denied that its troops had laid mines near the river.", "contamination", False),
    ("A shepherd said three soldiers were killed.", "casualty", None),
    ("Three soldiers were killed by mines on Monday.", "casualty", None),
    ("Mine Aid said that it cleared mines from 40 fields.", "clearance", None),
    ("Mine Aid said its teams had cleared mines from 40 fields.", "clearance", False),
])
def test_whose_interest_a_claim_serves(text, kind, answer):
    assert interest(text, kind) == [answer]


def test_a_party_s_own_dead_are_a_lower_bound():
    text = "Angola’s army said nine of its soldiers were killed while they cleared mines from 40 hectares."
    document = read_document(text.encode(), "t.txt", published=date(2024, 3, 14), published_by="set", outlet="Wire")
    assert story_of(claims_of(document).claims).deaths == (9.0, inf)
