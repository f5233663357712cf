"""All documents together: origins joined, hypotheses weighed, totals held against practice, leads drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from safeground.claims.cluster import cluster_origins
from safeground.claims.grading import Combination, OriginEvidence, combine
from safeground.claims.log import ClaimsState
from safeground.claims.plain import read_claim, read_origin
from safeground.claims.plausibility import StoryFigures
from safeground.records.claim_rules import ClaimRules
from safeground.records.claims import Claim, ClaimStatus, ClaimType, Modality, Origin, PlaceLevel

#: What people mean when they weigh claims of a type.
STATEMENTS = {ClaimType.CONTAMINATION: "ordnance is present", ClaimType.ACCIDENT: "an accident happened",
              ClaimType.CLEARANCE: "clearance took place", ClaimType.DEPLOYMENT: "people were deployed",
              ClaimType.CASUALTY: "people were killed or injured"}
DEFAULT_LETTER = "F"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What claims of one type say of one place, weighed.

    Attributes
    ----------
    weighed : from confirmed claims alone.  as_proposed : as if every draft were confirmed; for reading, never for use.
    claim_ids : all of them.  letters : origin -> letter used.
    """

    statement: str
    place: str
    type: ClaimType
    weighed: Combination
    as_proposed: Combination
    claim_ids: tuple[str, ...]
    letters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The state of all claims: each with its origin as joined across documents."""

    claims: tuple[Claim, ...]
    origins: tuple[Origin, ...]
    joined: dict[str, str]
    documents_of: dict[str, str]
    hypotheses: tuple[Hypothesis, ...]


def weigh(state: ClaimsState, rules: ClaimRules, country_of: Callable[[str], str]) -> Weighed:
    """Return all claims with their joined origins, and each hypothesis that they bear on."""
    claims = tuple(read_claim(plain) for plain in state.claims.values())
    documents_of = {key: plain.get("document", "") for key, plain in state.claims.items()}
    origins = tuple(read_origin(plain) for plain in state.origins.values())
    general = frozenset(key for key, plain in state.origins.items() if plain.get("general"))
    joined = cluster_origins(origins, general, country_of)
    by_id = {o.id: o for o in origins}
    groups: dict[tuple[ClaimType, str], list[Claim]] = {}
    for claim in claims:
        if claim.type in STATEMENTS and claim.place is not None and claim.place.level is not PlaceLevel.UNNAMED:
            groups.setdefault((claim.type, claim.place.name), []).append(claim)
    found = []
    for (kind, place), group in sorted(groups.items(), key=lambda item: (item[0][1], item[0][0].value)):
        live = [c for c in group if c.status is not ClaimStatus.REJECTED]
        confirmed = [c for c in live if c.status is ClaimStatus.CONFIRMED]
        proposed = _evidence(live, joined, by_id, state, documents_of)
        found.append(Hypothesis(
            f"{STATEMENTS[kind]}: {place}", place, kind,
            combine(_evidence(confirmed, joined, by_id, state, documents_of), rules), combine(proposed, rules),
            tuple(c.id for c in group), tuple((e.origin_id, e.letter) for e in proposed)))
    return Weighed(claims, origins, joined, documents_of, tuple(found))


def _evidence(claims: Sequence[Claim], joined: dict[str, str], origins: dict[str, Origin], state: ClaimsState,
              documents_of: dict[str, str]) -> list[OriginEvidence]:
    """Return one piece of evidence for each joined origin; relays are the documents that carry it."""
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(joined.get(claim.origin, claim.origin), []).append(claim)
    out = []
    for key, group in sorted(groups.items()):
        origin = origins.get(key)
        agent, bloc = (origin.agent, origin.bloc) if origin is not None else ("", "")
        relays = len({documents_of[c.id] for c in group})
        denies = all(c.modality is Modality.NEGATED for c in group)
        letter = _letter(state, agent, group[0].type) if origin is not None and origin.known else DEFAULT_LETTER
        out.append(OriginEvidence(
            origin_id=key, letter=letter, agreeing=relays, relays=relays, bloc=bloc, denies=denies,
            self_serving=any(c.against_interest is False or _serves(c, bloc) for c in group)))
    return out


def _serves(claim: Claim, bloc: str) -> bool:
    """Whether a claim praises the work of its own side: a state's claim that it cleared."""
    return claim.type is ClaimType.CLEARANCE and bloc.startswith("state:")


def _letter(state: ClaimsState, agent: str, kind: ClaimType) -> str:
    for topic in (kind.value, "all"):
        if (agent, topic) in state.grades:
            return state.grades[(agent, topic)]
    return DEFAULT_LETTER


def story_of(claims: Iterable[Claim]) -> StoryFigures:
    """Return the totals that claims which were not rejected give, each with its widest bounds.

    Deaths are those of casualty claims that do not speak of combat; people are those whom a deployment to clear sent;
    the time is the deployment's own length.
    """
    bounds: dict[str, list[tuple[float, float]]] = {}
    for claim in claims:
        if claim.status is ClaimStatus.REJECTED or claim.modality is Modality.NEGATED:
            continue
        for figure in claim.figures:
            key = _total_of(claim, figure.unit)
            if key:
                low = figure.value_low if figure.value_low is not None else 0.0
                high = figure.value_high if figure.value_high is not None else math.inf
                if claim.against_interest and key == "deaths":
                    high = math.inf  # a party's count of its own dead is a lower bound
                bounds.setdefault(key, []).append((low, high))
        days = claim.time
        if claim.type is ClaimType.DEPLOYMENT and days.duration_days_min is not None:
            bounds.setdefault("days", []).append((max(days.duration_days_min - 1, 0.0),
                                                  days.duration_days_max or math.inf))
    return StoryFigures(**{key: (min(b[0] for b in found), max(b[1] for b in found)) for key, found in bounds.items()})


def _total_of(claim: Claim, unit: str) -> str:
    if unit == "m2" and claim.type is ClaimType.CLEARANCE:
        return "area_m2"
    if unit in ("devices", "mines", "items") and claim.type is ClaimType.CLEARANCE:
        return "devices"
    if unit in ("persons", "people") and claim.type is ClaimType.CASUALTY and "combat" not in claim.quote and (
            "killed" in claim.quote or "died" in claim.quote):
        return "deaths"
    if unit in ("persons", "people") and claim.type is ClaimType.DEPLOYMENT and "clear" in claim.quote:
        return "people"
    return ""
