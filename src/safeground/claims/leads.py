"""What a claim may lead to: a survey lead that can only raise suspicion, or a request for records.

The types are the rule.  A :class:`SurveyLead` has a strength of at least 0 and no sign; a :class:`RecordsRequest` has
nothing that a hazard could be computed from.  No function here returns anything else, and neither names a land entry.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safeground.foundation.errors import RequestError
from safeground.records.claims import Claim, ClaimStatus, ClaimType, Modality, PlaceRef

#: Claims that bear on presence; all others bear on no hazard at all.
PRESENCE = (ClaimType.CONTAMINATION, ClaimType.ACCIDENT)
#: Claims that say something was cleared or made usable: they ask for records and raise the priority of inspection.
CLEARED = (ClaimType.CLEARANCE,)
#: Records that a reported clearance must show before it counts for anything (IMAS 07.11).
RECORDS_WANTED = ("who cleared, and under which accreditation", "method and assets", "depth",
                  "outline of the ground that was cleared", "items found and their disposal",
                  "quality control and who did it")


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLead:
    """A reason to survey: presence claimed for a place at its own level, spread over it, never a pin.

    Attributes
    ----------
    strength : log odds of presence that all claims together add to the whole area, between 0 and the pack's limit.
    earliest, latest : period to which the claims refer; None = open.
    """

    place: PlaceRef
    claim_ids: tuple[str, ...]
    strength: float
    earliest: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        if not self.strength >= 0:
            raise RequestError("SG-CLAIMS-003", self.place.name, f"a lead of strength {self.strength} would lower a "
                               "hazard.", "Leads only raise suspicion.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsRequest:
    """Ground reported as cleared, not verified: what to ask for.  It has no effect on any hazard."""

    place: PlaceRef
    claim_ids: tuple[str, ...]
    wanted: tuple[str, ...] = RECORDS_WANTED


def _counts(claim: Claim) -> bool:
    """Whether people confirmed a claim that speaks of what is or was."""
    return (claim.status is ClaimStatus.CONFIRMED and claim.place is not None
            and claim.modality in (Modality.ACTUAL, Modality.HISTORICAL))


def survey_leads(claims: Iterable[Claim], probabilities: dict[str, float], prior: float, strength_max: float
                 ) -> tuple[SurveyLead, ...]:
    """Return one lead for each place for which confirmed claims speak of presence.

    Parameters
    ----------
    probabilities : place name -> combined probability of presence from the claims' origins.
    prior : probability before them.  strength_max : limit of the rule pack.

    Notes
    -----
    The strength is the log odds gained over the prior, cut at 0 below and at the limit above: reports that deny
    presence bring a lead to nothing and never below.
    """
    grouped: dict[str, list[Claim]] = {}
    for claim in claims:
        if _counts(claim) and claim.type in PRESENCE and claim.place is not None:
            grouped.setdefault(claim.place.name, []).append(claim)
    out = []
    for name, group in sorted(grouped.items()):
        gained = _log_odds(probabilities.get(name, prior)) - _log_odds(prior)
        starts = [c.time.earliest_start for c in group if c.time.earliest_start is not None]
        ends = [c.time.latest_end for c in group if c.time.latest_end is not None]
        place = group[0].place
        if place is not None:
            out.append(SurveyLead(place=place, claim_ids=tuple(sorted(c.id for c in group)),
                                  strength=min(max(gained, 0.0), strength_max), earliest=min(starts, default=None),
                                  latest=max(ends, default=None)))
    return tuple(out)


def records_requests(claims: Iterable[Claim]) -> tuple[RecordsRequest, ...]:
    """Return what to ask for where clearance is claimed, confirmed by people as claimed or not: asking harms nobody."""
    grouped: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.type in CLEARED and claim.place is not None and claim.status is not ClaimStatus.REJECTED:
            grouped.setdefault(claim.place.name, []).append(claim)
    return tuple(RecordsRequest(place=group[0].place, claim_ids=tuple(sorted(c.id for c in group)))
                 for _, group in sorted(grouped.items()) if group[0].place is not None)


def _log_odds(p: float) -> float:
    q = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(q) - math.log1p(-q)
