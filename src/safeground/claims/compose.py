"""One document from text to claims: spans, chains, figures, places, times, origins, relations, in one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from safeground.claims.agents import Agents
from safeground.claims.extract import Sentence, Tools, extract_claims, sentences_of
from safeground.claims.figures import find_figures
from safeground.claims.gazetteer import Gazetteer
from safeground.claims.interest import against_interest
from safeground.claims.origins import generic_voices, with_origins
from safeground.claims.places import find_places
from safeground.claims.timing import with_times
from safeground.claims.triggers import PURPOSE
from safeground.records.claims import (
    Claim,
    ClaimDocument,
    ClaimFigure,
    ClaimType,
    Origin,
    PlaceLevel,
    PlaceRef,
    Span,
)

_LOCATIVE = re.compile(r"\b(?:in|at|near|around|across|within|into|outside|throughout|north|south|east|"
                       r"west|centre|center)\s+(?:the\s+)?(?:[\w-]+\s+){0,2}?(?:[A-Z][\w-]*[’']s\s+)?$|"
                       r"\b(?:deployed|sent|dispatched|moved)\b[^,.;]{0,60}\sto\s+(?:the\s+)?(?:[A-Z][\w-]*[’']s\s+)?$")
_UNNAMED = re.compile(r"\b(?:an?|the)\s+(?:[\w-]+\s+){0,3}?"
                      r"(?:zone|area|region|territory|field|minefield|stretch|strip)\b", re.IGNORECASE)
_FINENESS = (PlaceLevel.FEATURE, PlaceLevel.SETTLEMENT, PlaceLevel.ADMIN_2, PlaceLevel.ADMIN_1, PlaceLevel.COUNTRY)


@dataclass(frozen=True, slots=True)
class DocumentClaims:
    """What a document claims.

    Attributes
    ----------
    claims : in the order of their spans.  origins : the root utterances that they go back to.
    general : ids of origins that are a state's general voice, which another report may join to a person.
    """

    document: ClaimDocument
    claims: tuple[Claim, ...]
    origins: tuple[Origin, ...]
    general: frozenset[str]


def country_of(name: str, gazetteer: Gazetteer) -> str:
    """Return the ISO code of the state that a name stands for: a country, a nationality, or its capital; "" = none."""
    plain = name.strip().removesuffix("’s").removesuffix("'s")
    code = gazetteer.country_of_demonym(plain)
    if code:
        return code
    readings = gazetteer.lookup(plain)
    country = next((p.country for p in readings if p.level is PlaceLevel.COUNTRY), "")
    return country or next((p.country for p in readings if p.capital), "")


def claims_of(document: ClaimDocument, gazetteer: Gazetteer | None = None) -> DocumentClaims:
    """Return all claims of a document with their origins.

    Parameters
    ----------
    gazetteer : names of places; None = the list within the program.
    """
    lists = gazetteer or Gazetteer()
    places = find_places(document.text, lists)
    figures = find_figures(document.text)

    def figures_in(text: str, span: Span) -> tuple[ClaimFigure, ...]:
        return tuple(f for f in figures if f.span is not None and span.start <= f.span.start and f.span.end <= span.end)

    def place_in(text: str, span: Span, sentence: Span) -> PlaceRef | None:
        return _place(text, span, places)

    def state(name: str) -> str:
        return country_of(name, lists)

    tools = Tools(figures_in, place_in, state)
    sentences = sentences_of(document)
    claims = with_times(document, extract_claims(document, tools), sentences)
    claims, origins = with_origins(document, claims, state)
    claims = _with_mission_place(claims, sentences)
    agents = Agents(document.text, state)
    claims = [replace(claim, against_interest=against_interest(claim, agents, state)) for claim in claims]
    return DocumentClaims(document, tuple(claims), tuple(origins), generic_voices(origins, document, state))


def _place(text: str, span: Span, places: Sequence[PlaceRef]) -> PlaceRef | None:
    """Return the finest place that a claim names as where it happened; a state that acts is no place."""
    held = [p for p in places if p.span is not None and span.start <= p.span.start and p.span.end <= span.end
            and _LOCATIVE.search(text[span.start : p.span.start])]
    if held:
        return min(held, key=lambda p: _FINENESS.index(p.level) if p.level in _FINENESS else len(_FINENESS))
    unnamed = _UNNAMED.search(text, span.start, span.end)
    if unnamed is None:
        return None
    return PlaceRef(name=unnamed.group(), level=PlaceLevel.UNNAMED, span=Span(unnamed.start(), unnamed.end()))


def _with_mission_place(claims: Sequence[Claim], sentences: Sequence[Sentence]) -> list[Claim]:
    """Give the deployment that has a length the place to which, by the same origin, it was sent."""
    sent = next((c for c in claims if c.type is ClaimType.DEPLOYMENT and PURPOSE.search(c.quote) and c.place), None)
    out = []
    for claim in claims:
        lasts = claim.type is ClaimType.DEPLOYMENT and claim.time.duration_days_min is not None
        if sent is not None and lasts and claim.place is None and claim.origin == sent.origin:
            claim = replace(claim, place=sent.place)
        out.append(claim)
    return out
