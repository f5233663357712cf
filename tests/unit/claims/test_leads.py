"""Leads raise suspicion or do nothing; a reported clearance asks for records and touches no hazard."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.leads import RecordsRequest, SurveyLead, records_requests, survey_leads
from safeground.foundation.errors import RequestError
from safeground.records.claims import (
    Certainty,
    Claim,
    ClaimStatus,
    ClaimType,
    Modality,
    PlaceLevel,
    PlaceRef,
    Span,
)

PLACE = PlaceRef(name="Northern region", level=PlaceLevel.ADMIN_1)


def claim(name="c", kind=ClaimType.CONTAMINATION, status=ClaimStatus.CONFIRMED, modality=Modality.ACTUAL, place=PLACE,
          by="rules"):
    return Claim(id=name, span=Span(0, 1), quote="x", type=kind, chain=(), certainty=Certainty.REPORTED, status=status,
                 modality=modality, place=place, proposed_by=by)


@given(st.lists(st.builds(claim, st.uuids().map(str), st.sampled_from(ClaimType), st.sampled_from(ClaimStatus),
                          st.sampled_from(Modality), st.sampled_from([PLACE, None]),
                          st.sampled_from(["rules", "model:m", "person:p"])), max_size=30),
       st.floats(0, 1), st.floats(0.05, 0.95), st.floats(0, 3))
def test_no_set_of_claims_lowers_a_hazard(claims, probability, prior, limit):
    for lead in survey_leads(claims, {PLACE.name: probability}, prior, limit):
        assert 0 <= lead.strength <= limit
        used = [c for c in claims if c.id in lead.claim_ids]
        assert all(c.status is ClaimStatus.CONFIRMED and c.type in (ClaimType.CONTAMINATION, ClaimType.ACCIDENT)
                   for c in used)


def test_only_what_people_confirmed_becomes_a_lead():
    drafts = [claim(status=s) for s in ClaimStatus if s is not ClaimStatus.CONFIRMED]
    assert survey_leads(drafts, {PLACE.name: 0.9}, 0.3, 1.0) == ()
    assert survey_leads([claim(modality=Modality.NEGATED)], {PLACE.name: 0.9}, 0.3, 1.0) == ()
    assert len(survey_leads([claim()], {PLACE.name: 0.9}, 0.3, 1.0)) == 1


def test_a_reported_clearance_asks_for_records_and_is_no_lead():
    cleared = claim(kind=ClaimType.CLEARANCE)
    assert survey_leads([cleared], {PLACE.name: 0.01}, 0.3, 1.0) == ()
    (asked,) = records_requests([cleared])
    assert asked.claim_ids == ("c",)
    assert len(asked.wanted) == 6


def test_the_types_have_no_field_by_which_a_hazard_could_fall():
    assert {f.name for f in fields(RecordsRequest)} == {"place", "claim_ids", "wanted"}
    for bad in (-0.1, float("nan")):
        with pytest.raises(RequestError, match="lower a hazard"):
            SurveyLead(place=PLACE, claim_ids=("c",), strength=bad)


def test_a_region_has_no_point():
    with pytest.raises(RequestError, match="no point"):
        PlaceRef(name="Northern region", level=PlaceLevel.ADMIN_1, latitude=51.0, longitude=-30.0)
