"""A release case in memory, everything met, and the dossier that three keys sign over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeground.foundation.seeds import stable_id
from safeground.ground.partition import partition
from safeground.ground.shapes import outline_sha256
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels, pending_transfer, post_pending
from safeground.operations.context import standard_text
from safeground.operations.land import parcels_from
from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.land import LandEntry
from safeground.records.nouns import Person
from safeground.records.release import ReleaseDossier
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import ActivityType, LandStatus, ReleaseMethod
from safeground.release.case import AccountStep, PartStanding, ReleaseCase, Residual
from safeground.release.criteria import judge
from safeground.release.dossier import Frame, add_signature, content_of, new_dossier
from safeground.release.signing import public_hex
from support.releases import PEOPLE, _lot, handover, markers, papers, release_area, strips, visit

DAY = date(2026, 9, 1)
METHODS = (ReleaseMethod.CLEARED, ReleaseMethod.CLEARED, ReleaseMethod.REDUCED)


def _step(step: str, kind: str, expected: float, found: float, log: float) -> AccountStep:
    return AccountStep(step=step, kind=kind, expected_items=expected, found=found, log_survival=log)


@cache
def ready() -> tuple[ReleaseCase, tuple[LandEntry, ...]]:
    """A case of two cleared strips and a reduced one, and the entries of its book."""
    area = release_area()
    book, entries, parts = LandBook(), [], []
    for entry in open_parcels(parcels_from([area], {}), [], book, on=date(2026, 5, 1), reason="test")[0]:
        book.add(entry)
        entries.append(entry)
    survey = SurveyReport(
        id=stable_id("survey", area.id), hazardous_area_id=area.id, survey_type=ActivityType.TECHNICAL_SURVEY,
        survey_date=date(2026, 5, 20), outcome=ReleaseMethod.REDUCED, criteria=("systematic_ts_no_finds",),
        author="A surveyor", approver="Another surveyor")
    for piece in partition(area.geometry, area.area_cm2, strips(area, len(METHODS))):
        k = piece.cutter_index or 0
        cleared = METHODS[k] is ReleaseMethod.CLEARED
        pending = pending_transfer(book, area.id, LandStatus.CONFIRMED, LandStatus(METHODS[k].value), piece.area_cm2,
                                   entry_id=stable_id("move", k), on=date(2026, 5, 20), reason="test",
                                   evidence_ids=("record",))
        book.add(pending)
        posted = post_pending(book, pending.id, on=date(2026, 6, 12), reason="accepted")
        book.add(posted)
        entries += [pending, posted]
        part = LandPart(id=stable_id("part", k), entry_id=pending.id, hazardous_area_id=area.id,
                        geometry=piece.geometry, area_cm2=piece.area_cm2, release_method=METHODS[k],
                        record_ids=("return",) if cleared else (survey.id,), team_id="Team 1", asset="detector",
                        method="manual", work_date=date(2026, 5, 20), depth_cm=20.0 if cleared else None)
        parts.append(PartStanding(part=part, state="posted", posted_by=posted.id))
    cleared_parts = [p.part for p in parts if p.part.release_method is ReleaseMethod.CLEARED]
    lot, draw = _lot(area, cleared_parts)
    inspection = visit(area, cleared_parts)
    rules = standard_from_toml(standard_text("imas")).release
    left = Residual(
        expected_items=0.004, p_any=0.0039, interval=(0, 0), p_any_interval=(0.001, 0.012), searched_p_any=0.002,
        level=0.9, presence=0.95, searched_items=0.002, borrowed_items=0.002, area_m2=area.area_cm2 / 1e4,
        searched_m2=sum(p.area_cm2 for p in cleared_parts) / 1e4, unknown_m2=0.0, account=(
            _step("evidence of the polygon alone", "prior", 12.0, 0.0, 0.0),
            _step("manual: Team 1", "sweep", 0.004, 1.0, -3.0),
            _step("left, by the model", "left", 0.004, 0.0, 0.0)),
        outline_sha256=outline_sha256(area.geometry), newer=(), journal_seq=60,
        computed_at=datetime(2026, 8, 1, tzinfo=UTC), seed=1, cell_m=2.0, effective_samples=190.0)
    assert rules is not None
    case = ReleaseCase(
        area=area, opening_cm2=area.area_cm2, held_cm2=tuple(sorted(book.held(area.id).items())), pending_cm2=0,
        parts=tuple(parts), lots=(lot,), draws=(draw,), inspections=(inspection,), cases=(),  # type: ignore[arg-type]
        documents=tuple(papers(area)), markers=tuple(markers(area)), handovers=(handover(area),), surveys=(survey,),
        items=(), accidents=(), shared=(), recorded={draw.id: 40, inspection.id: 50}, required_depth_cm=13.0,
        depth_source=(), residual=left, outline_sha256=outline_sha256(area.geometry), rules=rules, day=DAY)
    return case, tuple(entries)


def case(**changes: Any) -> ReleaseCase:
    """The case with some fields changed."""
    return replace(ready()[0], **changes)


def verdict(found: ReleaseCase, name: str) -> Any:
    """The verdict of one criterion."""
    return next(v for v in judge(found) if v.id == name)


@cache
def keys() -> dict[str, Ed25519PrivateKey]:
    """One key for each of the three, the same at every run."""
    return {role: Ed25519PrivateKey.from_private_bytes(bytes([k + 1]) * 32) for k, (role, _) in enumerate(PEOPLE)}


def person(role: str, **changes: Any) -> Person:
    """One of the three people with the key on record."""
    given: dict[str, Any] = {"id": stable_id("person", role), "name": dict(PEOPLE)[role], "organisation": "Authority",
                             "roles": (role,), "public_key": public_hex(keys()[role])}
    return Person(**(given | changes))


def content(found: ReleaseCase | None = None, **changes: Any) -> dict[str, Any]:
    """The content of a dossier over a case."""
    found = found or ready()[0]
    frame = Frame(project="Test district", pack_name="IMAS", pack_edition="2026-06", overrides=("clearance.depth_cm",),
                  pack_sha256="ab" * 32, entries=ready()[1], journal_seq=70, journal_hash="cd" * 32, version="0.1.0",
                  edge_m=15.0)
    return content_of(found, judge(found), frame, datetime(2026, 9, 1, 8, tzinfo=UTC)) | changes


def signed(value: dict[str, Any] | None = None, count: int = 3) -> ReleaseDossier:
    """The dossier with its first signatures."""
    dossier = new_dossier(value or content(), ready()[0].area.id)
    for k, (role, _) in enumerate(PEOPLE[:count]):
        dossier = add_signature(dossier, person(role), keys()[role], datetime(2026, 9, 1, 9 + k, tzinfo=UTC))
    return dossier
