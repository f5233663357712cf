"""The dossier: everything a release rests on as canonical bytes, and the three signatures that are added to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.clock import iso_utc
from safeground.foundation.errors import RefusedError
from safeground.foundation.seeds import stable_id
from safeground.records.land import LandEntry
from safeground.records.nouns import Person
from safeground.records.payload import to_plain
from safeground.records.release import DossierState, ReleaseDossier, Signature, SigningRole
from safeground.records.vocabulary import ReleaseMethod
from safeground.release.case import Criterion, ReleaseCase
from safeground.release.people import MEANING, ORDER
from safeground.release.residual import ASSUMPTIONS, not_searched, statement
from safeground.release.signing import sign, verified
from safeground.release.turning_points import table_of
from safeground.release.verify_dossier import SIGNATURE, Fault, check_signatures, signed_bytes

#: Parts of the content that tell when it was made; all others are facts.
MOMENT = ("dossier_id", "prepared_at", "day", "journal", "software")
_AFTER = {DossierState.DRAFT: DossierState.VERIFIED, DossierState.VERIFIED: DossierState.SIGNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds a case: project, rule pack, journal, program, and the entries of the area.

    Attributes
    ----------
    pack_sha256 : of the rule pack's text with its override.
    edge_m : distance outside the outline over which hazard may fade, m.
    """

    project: str
    pack_name: str
    pack_edition: str
    overrides: tuple[str, ...]
    pack_sha256: str
    entries: tuple[LandEntry, ...]
    journal_seq: int
    journal_hash: str
    version: str
    edge_m: float


def _rings(outline: Geometry) -> list[list[list[list[float]]]]:
    return [[np.round(shapely.get_coordinates(ring)[:-1], 8).tolist() for ring in (part.exterior, *part.interiors)]
            for part in shapely.get_parts(outline)]


def _some(record: Any, *names: str, **more: Any) -> dict[str, Any]:
    return {name: to_plain(getattr(record, name)) for name in names} | more


def _area(case: ReleaseCase) -> dict[str, Any]:
    return _some(case.area, "id", "version", "local_id", "name", "area_type", "contamination", "admin_unit",
                 "position_method", "position_accuracy_m", opening_cm2=case.opening_cm2,
                 held_cm2=[[status.value, amount] for status, amount in case.held_cm2], pending_cm2=case.pending_cm2,
                 required_depth_cm=case.required_depth_cm, outline_sha256=case.outline_sha256)


def _quality(case: ReleaseCase) -> dict[str, Any]:
    return {
        "lots": [_some(r, "id", "state", "area_cm2", "part_ids", "entry_ids", "plan_version", "seed_sha256",
                       "team_ids") for r in case.lots],
        "draws": [_some(r, "id", "lot_id", "seed", "drawn_at", "unit_m", "unit_count", "sample_count",
                        "acceptance_number", "quality", "confidence", "detection", "plan_version", "risk_aware",
                        recorded=case.recorded.get(r.id, 0)) for r in case.draws],
        "inspections": [_some(r, "id", "kind", "visit_date", "lot_id", "draw_id", "passed", "units_checked",
                              "units_failed", "inspector", "inspecting_organisation",
                              recorded=case.recorded.get(r.id, 0)) for r in case.inspections],
        "cases": [_some(r, "id", "severity", "description", "opened_date", "due_date", "closed_date", "owner",
                        "verified_by", "verified_date", "lot_ids") for r in case.cases],
        "surveys": [_some(r, "id", "survey_type", "survey_date", "outcome", "area_cm2", "criteria", "author",
                          "approver") for r in case.surveys],
        "documents": [_some(r, "id", "kind", "reference", "dated", "signed_as", "signatory", "sha256")
                      for r in case.documents],
        "handovers": [_some(r, "id", "handover_date", "recipient", "recipient_role", "intended_use", "men", "women",
                            "boys", "girls") for r in case.handovers],
        "items": [_some(r, "id", "category", "model", "quantity", "disposition", "found_date") for r in case.items],
        "accidents": [_some(r, "id", "accident_date", "accident_class", "category", "killed_count", "injured_count")
                      for r in case.accidents]}


def _ground(case: ReleaseCase) -> dict[str, Any]:
    table = table_of(case.area.geometry, case.markers, case.rules.closure_error_m_max)
    return {
        "outline": _rings(case.area.geometry),
        "turning_points": [{"points": [_some(p, "name", "longitude", "latitude", "bearing_deg", "distance_m",
                                             "marker_id", "offset_m") for p in ring.points],
                            "closure_m": ring.closure_m} for ring in table],
        "markers": [_some(m, "id", "point_type", "sequence", "buried_metal", "emplaced_date", "position_accuracy_m",
                          longitude=round(m.geometry.x, 8), latitude=round(m.geometry.y, 8)) for m in case.markers],
        "parts": [_some(p.part, "id", "entry_id", "release_method", "area_cm2", "depth_cm", "team_id", "asset",
                        "method", "work_date", "record_ids", posted_by=p.posted_by, outline=_rings(p.part.geometry))
                  for p in case.posted]}


def cleared_depth_cm(case: ReleaseCase) -> float | None:
    """Return the least depth to which any part was cleared, cm; None where no ground was cleared."""
    depths = [p.part.depth_cm for p in case.posted if p.part.release_method is ReleaseMethod.CLEARED]
    return min((d for d in depths if d is not None), default=None)


def _residual(case: ReleaseCase, edge_m: float) -> dict[str, Any] | None:
    left, depth = case.residual, cleared_depth_cm(case)
    if left is None:
        return None
    plain: dict[str, Any] = to_plain(left)
    return plain | {"statement": list(statement(left, depth)), "assumptions": list(ASSUMPTIONS),
                    "not_searched": list(not_searched(left, depth, edge_m))}


def content_of(case: ReleaseCase, verdicts: Sequence[Criterion], frame: Frame, prepared_at: datetime) -> dict[str, Any]:
    """Return a dossier's content as plain values."""
    moment = iso_utc(prepared_at)
    rules = _some(case.rules, "residual_p_any_max", "residual_scope", "coverage_min", "interval_level",
                  "marker_spacing_m", "closure_error_m_max", "handover_needed", "four_eyes_clause",
                  name=frame.pack_name, edition=frame.pack_edition, overrides=list(frame.overrides),
                  pack_sha256=frame.pack_sha256, overrides_sha256=sha256_hex(canonical_json(list(frame.overrides))))
    entries = [_some(e, "id", "kind", "state", "effective_date", "decides", "reverses", "evidence_ids",
                     postings=[{"area_id": p.account.hazardous_area_id, "status": p.account.status.value,
                                "amount_cm2": p.amount_cm2} for p in e.postings]) for e in frame.entries]
    return {
        "schema": "safeground/dossier/1", "dossier_id": stable_id("dossier", case.area.id, moment, frame.journal_hash),
        "decision": "release", "project": frame.project, "prepared_at": moment, "day": case.day.isoformat(),
        "software": {"name": "safeground", "version": frame.version},
        "journal": {"seq": frame.journal_seq, "hash": frame.journal_hash}, "rules": rules, "area": _area(case),
        **_ground(case), "entries": entries, "shared": [to_plain(s) for s in case.shared], **_quality(case),
        "residual": _residual(case, frame.edge_m),
        "criteria": [_some(v, "id", "met", "reason", "clause", "source") for v in verdicts]}


def changed_facts(before: dict[str, Any], now: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the parts of a content that differ, apart from when it was made."""
    return tuple(key for key in sorted(set(before) | set(now)) if key not in MOMENT and before.get(key) != now.get(key))


def new_dossier(content: dict[str, Any], area_id: str) -> ReleaseDossier:
    """Return the unsigned dossier of a content."""
    text = canonical_json(content)
    return ReleaseDossier(id=content["dossier_id"], hazardous_area_id=area_id, content=text.decode(),
                          content_sha256=hashlib.sha256(text).hexdigest())


def content_in(dossier: ReleaseDossier) -> dict[str, Any]:
    """Return the content that a dossier holds, its hash checked.

    Raises
    ------
    RefusedError : the text is not the one that was hashed (``SG-RELEASE-007``).
    """
    if sha256_hex(dossier.content.encode()) != dossier.content_sha256:
        raise _does_not_hold(dossier, "its content is not the one that was signed.")
    return dict(json.loads(dossier.content))


def _does_not_hold(dossier: ReleaseDossier, message: str) -> RefusedError:
    return RefusedError("SG-RELEASE-007", dossier.id, message, "Keep the project as it is and report it; prepare anew.",
                        criterion="a signature stands for the bytes it was given to", clause="chain of signatures")


def _plain_signature(signature: Signature) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(signature)
    return {name: plain[name] for name in SIGNATURE}


def signed_dossier(dossier: ReleaseDossier) -> dict[str, Any]:
    """Return a dossier with its signatures as plain values: the fields of a dossier file."""
    return {"schema": "safeground/signed-dossier/1", "content": content_in(dossier),
            "content_sha256": dossier.content_sha256, "signatures": [_plain_signature(s) for s in dossier.signatures]}


def dossier_bytes(dossier: ReleaseDossier) -> bytes:
    """Return the bytes of a dossier file: canonical, without a line end."""
    return canonical_json(signed_dossier(dossier))


def require_holding(dossier: ReleaseDossier) -> None:
    """Refuse a dossier of which the content or a signature does not hold (``SG-RELEASE-007``)."""
    def verify(public: bytes, message: bytes, signature: bytes) -> bool:
        return verified(public.hex(), message, signature.hex())

    try:
        check_signatures(signed_dossier(dossier), verify, complete=False)
    except Fault as fault:
        raise _does_not_hold(dossier, f"{fault}.") from fault


def add_signature(dossier: ReleaseDossier, person: Person, key: Any, at: datetime) -> ReleaseDossier:
    """Return the dossier with the next signature, in the order author, verifier, signatory.

    Parameters
    ----------
    person : who signs; that they may is for :mod:`safeground.release.people` to say.
    key : their Ed25519 private key.

    Raises
    ------
    RefusedError : it is withdrawn or complete (``SG-RELEASE-005``), or does not hold (``-007``).
    """
    if dossier.state in (DossierState.SIGNED, DossierState.WITHDRAWN):
        raise RefusedError("SG-RELEASE-005", dossier.id, f"is {dossier.state}.", "Prepare a new dossier.",
                           criterion="a dossier is signed once by each of three", clause="chain of signatures")
    require_holding(dossier)
    role: SigningRole = ORDER[len(dossier.signatures)]
    bare = Signature(person_id=person.id, name=person.name, organisation=person.organisation, role=role,
                     meaning=MEANING[role], signed_at=at, public_key=person.public_key, signature="")
    message = signed_bytes(dossier.content_sha256, dossier.id, _plain_signature(bare),
                           [s.signature for s in dossier.signatures])
    done = replace(bare, signature=sign(key, message))
    state = DossierState.DRAFT if role is SigningRole.AUTHOR else _AFTER[dossier.state]
    made = replace(dossier, signatures=(*dossier.signatures, done), state=state)
    require_holding(made)
    return made
