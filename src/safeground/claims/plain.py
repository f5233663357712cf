"""Claims and origins as the JSON that commands show and the log keeps, and back."""

from __future__ import annotations

from typing import Any

from safeground.claims.grading import Combination
from safeground.claims.plausibility import RateCheck
from safeground.records.claims import Claim, ClaimDocument, Origin, PlaceRef
from safeground.records.payload import from_plain, to_plain


def place_json(place: PlaceRef | None) -> dict[str, Any] | None:
    """Return a place; ``geometry`` is a point only of a settlement or feature, or the boundary that was loaded."""
    if place is None:
        return None
    shape: dict[str, Any] = {"name": place.name, "level": place.level.value, "country": place.country}
    if place.boundary:
        shape["geometry"] = place.boundary
    elif place.latitude is not None:
        shape |= {"geometry": f"POINT ({place.longitude} {place.latitude})", "radius_km": place.radius_km}
    if place.span is not None:
        shape |= {"start": place.span.start, "end": place.span.end}
    return shape


def claim_json(claim: Claim) -> dict[str, Any]:
    """Return a claim in the shape of ``DESIGN.md`` §3; offsets are characters of the document's text as given."""
    time = claim.time
    return {
        "id": claim.id, "start": claim.span.start, "end": claim.span.end, "quote": claim.quote,
        "type": claim.type.value, "actor": claim.actor,
        "chain": [{"agent": link.agent, "cue": link.cue} for link in claim.chain],
        "figures": [{"value_low": f.value_low, "value_high": f.value_high, "unit": f.unit, "relation": f.relation,
                     "vague": f.vague} for f in claim.figures],
        "time": {"text": time.text, "earliest_start": to_plain(time.earliest_start),
                 "latest_start": to_plain(time.latest_start), "earliest_end": to_plain(time.earliest_end),
                 "latest_end": to_plain(time.latest_end), "duration_days_min": time.duration_days_min,
                 "duration_days_max": time.duration_days_max, "mod": time.mod,
                 "inclusive": to_plain(time.inclusive), "exclusive": to_plain(time.exclusive)},
        "place": place_json(claim.place), "certainty": claim.certainty.value, "modality": claim.modality.value,
        "relations": [{"kind": r.kind.value, "id": r.id, "rule": r.rule} for r in claim.relations],
        "origin": claim.origin, "first_time": claim.first_time, "first_time_scope": claim.first_time_scope,
        "status": claim.status.value, "proposed_by": claim.proposed_by}


def origin_json(origin: Origin) -> dict[str, Any]:
    """Return an origin as it is shown: who spoke, at which event, when, in whose interest."""
    return {"id": origin.id, "agent": origin.agent, "event": origin.event, "day": to_plain(origin.day),
            "bloc": origin.bloc, "known": origin.known}


def document_json(document: ClaimDocument) -> dict[str, Any]:
    """Return a document without its text; what is known about its date with its source and grade."""
    return {"id": document.id, "sha256": document.sha256, "media_type": document.media_type,
            "extractor": document.extractor, "title": document.title, "outlet": document.outlet,
            "byline": document.byline, "published": to_plain(document.published),
            "published_source": document.published_source, "published_grade": document.published_grade,
            "language": document.language, "characters": len(document.text)}


def stored_claim(claim: Claim) -> dict[str, Any]:
    """Return a claim as the log keeps it, whole."""
    return dict(to_plain(claim))


def read_claim(plain: dict[str, Any]) -> Claim:
    """Return the claim that :func:`stored_claim` wrote."""
    return from_plain(Claim, {k: v for k, v in plain.items() if k != "document"})


def read_origin(plain: dict[str, Any]) -> Origin:
    """Return the origin that the log keeps."""
    return from_plain(Origin, {k: v for k, v in plain.items() if k not in ("general", "merged_into", "document")})


def combination_json(found: Combination) -> dict[str, Any]:
    """Return a hypothesis's figures with the waterfall of terms."""
    return {"prior": found.prior, "probability": found.probability, "probability_rho_0": found.without_blocs,
            "probability_rho_1": found.one_voice, "counts": found.counts, "digit": found.digit,
            "terms": [{"origin": t.origin_id, "bloc": t.bloc, "log_ratio": t.log_ratio, "weight": t.weight,
                       "added": t.added} for t in found.terms]}


def check_json(check: RateCheck) -> dict[str, Any]:
    """Return an implied rate beside its range."""
    def finite(value: float | None) -> float | None:
        return None if value is None or value in (float("inf"), float("-inf")) else value

    return {"id": check.id, "title": check.title, "unit": check.unit, "low": check.low, "high": finite(check.high),
            "arithmetic": check.arithmetic, "verdict": check.verdict, "factor": check.factor, "needed": check.needed,
            "range": {"low": check.range.low, "high": check.range.high, "basis": check.range.basis,
                      "source": check.range.source, "arithmetic": check.range.arithmetic}}
