"""From chains to origins: a root utterance counts once, however many sentences and outlets relay it.

An origin is (who spoke, at which speech event, when).  Two reports share one when their chains end at the same agent or
at voices of one state about one event and date; likeness of words never makes two origins one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from safeground.claims.agents import Agents
from safeground.foundation.seeds import stable_id
from safeground.records.claims import (
    Certainty,
    Claim,
    ClaimDocument,
    ClaimRelation,
    ClaimType,
    Origin,
    RelationKind,
)

#: Statements of one voice this many days apart can be relays of one speech event (reports are dated in other zones).
SAME_EVENT_DAYS = 3


def with_origins(document: ClaimDocument, claims: Sequence[Claim], country_of: Callable[[str], str]
                 ) -> tuple[list[Claim], list[Origin]]:
    """Return the claims with the id of their origin and the relations that follow, and the origins.

    Notes
    -----
    The voices of one state (its leader, its government, its media) about one event are one origin; a statement that
    the text dates otherwise ("confirmed in April") is another event of the same bloc.  What the outlet says itself, and
    what unnamed people say, are origins of their own.
    """
    agents = Agents(document.text, country_of)
    current = _current_event(document, claims, agents)
    speakers = _speakers(claims, agents)
    origins: dict[str, Origin] = {}
    out: list[Claim] = []
    for claim in claims:
        origin = _origin_of(document, claim, agents, current, speakers)
        origins.setdefault(origin.id, origin)
        out.append(replace(claim, origin=origin.id))
    return _related(out), list(origins.values())


def _current_event(document: ClaimDocument, claims: Sequence[Claim], agents: Agents) -> dict[str, date]:
    """Return, by bloc, the day of the speech event that the document reports as news: that of its ceremony."""
    days: dict[str, date] = {}
    for claim in claims:
        bloc = agents.bloc(claim.chain[-1].agent)
        if claim.type is ClaimType.CEREMONY and claim.time.latest_end is not None and bloc:
            days.setdefault(bloc, claim.time.latest_end)
    return days


def _origin_of(document: ClaimDocument, claim: Claim, agents: Agents, current: dict[str, date],
               speakers: dict[str, set[str]]) -> Origin:
    root = claim.chain[-1].agent
    bloc = agents.bloc(root) if len(claim.chain) > 1 else ""
    day = current.get(bloc, document.published)
    told = _told(claim)
    dated_otherwise = told is not None and day is not None and abs((told - day).days) > SAME_EVENT_DAYS + 42
    if dated_otherwise:
        day = told
    voice = _voice(claim, agents)
    if agents.is_general(voice) and len(speakers.get(bloc, ())) == 1 and not dated_otherwise:
        voice = next(iter(speakers[bloc]))
    known = len(claim.chain) > 1 and (bool(bloc) or (voice[:1].isupper() and voice.split()[0].lower() not in _UNNAMED))
    speaker = voice.lower() if len(claim.chain) > 1 else f"outlet of {document.id}"
    if agents.is_general(voice):
        speaker = bloc
    key = stable_id("origin", document.id, speaker, day.isoformat() if day else "")
    return Origin(id=key, agent=voice or document.outlet, day=day,
                  event="statement" if len(claim.chain) > 1 else "report", bloc=bloc, known=known)


def _speakers(claims: Sequence[Claim], agents: Agents) -> dict[str, set[str]]:
    """Return, by bloc, the people of whom the document reports statements."""
    found: dict[str, set[str]] = {}
    for claim in claims:
        person = _voice(claim, agents)
        bloc = agents.bloc(person) if person in agents.persons else ""
        if bloc:
            found.setdefault(bloc, set()).add(person)
    return found


def generic_voices(origins: Sequence[Origin], document: ClaimDocument, country_of: Callable[[str], str]
                   ) -> frozenset[str]:
    """Return the ids of origins whose agent is a state's general voice: the state itself, its media."""
    agents = Agents(document.text, country_of)
    return frozenset(o.id for o in origins if agents.is_general(o.agent))


_UNNAMED = frozenset(("analysts", "experts", "observers", "critics", "sources", "officials", "some", "many", "locals",
                      "residents", "witnesses"))


def _told(claim: Claim) -> date | None:
    """Return the day to which the statement is dated where that is not the document's own news."""
    if claim.type is ClaimType.ACKNOWLEDGEMENT:
        return claim.time.latest_end
    if claim.time.earliest_start is None and claim.time.latest_end is not None and claim.time.text:
        return claim.time.latest_end
    return None


def _voice(claim: Claim, agents: Agents) -> str:
    """Return the person of a chain, else its root."""
    named = [link.agent for link in claim.chain if link.agent in agents.persons]
    return named[-1] if named else claim.chain[-1].agent


def _related(claims: list[Claim]) -> list[Claim]:
    """Add relations: the same length of the same mission in one origin is no corroboration."""
    out = []
    for k, claim in enumerate(claims):
        relations = list(claim.relations)
        for other in claims[:k]:
            if other.origin != claim.origin or claim.certainty is Certainty.PRESUPPOSED:
                continue
            same_length = (claim.time.duration_days_min is not None
                           and claim.time.duration_days_min == other.time.duration_days_min
                           and claim.time.duration_days_max == other.time.duration_days_max)
            if same_length or (other.type is claim.type and claim.type in (ClaimType.DEPLOYMENT, ClaimType.CLEARANCE)):
                kind = RelationKind.SAME_ORIGIN
                relations.append(ClaimRelation(kind=kind, id=other.id, rule="both go back to one utterance"))
        out.append(replace(claim, relations=tuple(relations)))
    return out
