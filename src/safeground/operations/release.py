"""Release: criteria shown, a dossier prepared, verified and signed by three people, refused, listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.operations.context import Caller
from safeground.operations.project import opened
from safeground.operations.release_case import Gathered, gather, named
from safeground.operations.release_files import keep_files, release_folder
from safeground.records.nouns import HazardousArea, Person, ReleaseDecision
from safeground.records.payload import to_plain
from safeground.records.release import DossierState, ReleaseDossier, SigningRole
from safeground.records.vocabulary import RELEASED_STATUSES, WorkflowStatus
from safeground.release.case import Criterion, Residual
from safeground.release.certificate import certificate_pdf
from safeground.release.criteria import judge, require_met
from safeground.release.dossier import (
    add_signature,
    changed_facts,
    cleared_depth_cm,
    content_in,
    content_of,
    dossier_bytes,
    new_dossier,
    require_holding,
    signed_dossier,
)
from safeground.release.people import require_another, require_signer
from safeground.release.residual import ASSUMPTIONS, not_searched, statement
from safeground.release.signing import open_key, public_hex, require_own, verified
from safeground.release.verify_dossier import faults_of, fingerprint
from safeground.store.project import Project, Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: person (id, sender's id or name), private key file, and the passphrase that opens it, asked anew."""

    person: str
    key_file: Path
    passphrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCheck:
    """What the criteria say of an area now.

    Attributes
    ----------
    decision : ``ready`` (all criteria met), ``refused``, or ``released`` (a signed dossier is on record).
    depth_cm, edge_m : least depth cleared, and reach of hazard beyond the outline, for the residual statement.
    dossier : the open or signed one, None = none.  decisions : on record for the area, oldest first.
    """

    project: str
    area: HazardousArea
    decision: str
    criteria: tuple[Criterion, ...]
    residual: Residual | None
    depth_cm: float | None
    edge_m: float
    dossier: ReleaseDossier | None
    decisions: tuple[ReleaseDecision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStep:
    """What one step left behind: the dossier, and after the last one the decision and the files."""

    project: str
    area: HazardousArea
    dossier: ReleaseDossier
    decision: ReleaseDecision | None = None
    certificate: Path | None = None
    dossier_file: Path | None = None


def check_release(project: Project | str, area: str, caller: Caller) -> ReleaseCheck:
    """Judge every criterion of an area's release as the project stands; writes nothing.

    Raises
    ------
    RequestError : no such area (``SG-OPS-012``).  RefusedError : the rule pack has no [release] (``SG-RECORD-002``).
    """
    with opened(project, caller) as held, held.read() as reader:
        found = gather(reader, area, caller.clock().date(), held.name)
        decisions = tuple(d for d in reader.records("release_decision") if d.hazardous_area_id == found.case.area.id)
        verdicts = judge(found.case)
        signed = found.signed_dossier
        word = "released" if signed else "ready" if all(v.met for v in verdicts) else "refused"
        return ReleaseCheck(
            project=held.location, area=found.case.area, decision=word, criteria=verdicts, residual=found.case.residual,
            depth_cm=cleared_depth_cm(found.case), edge_m=found.frame.edge_m, dossier=signed or found.open_dossier,
            decisions=decisions)


def _who(found: Gathered, signer: Signer, role: SigningRole, before: ReleaseDossier | None, at: datetime
         ) -> tuple[Person, Any]:
    """Return the person and key of a signer who may sign in a role; everything else is refused."""
    person: Person = named(list(found.persons), signer.person, "person")
    clause = found.case.rules.four_eyes_clause
    require_signer(person, role, at.date(), found.persons, clause)
    if before is not None:
        require_another(person, before.signatures, clause)
        by_id = {p.id: p for p in found.persons}
        for signature in before.signatures:
            known = by_id.get(signature.person_id)
            if known is None or known.public_key != signature.public_key:
                raise RefusedError("SG-RELEASE-007", before.id, f"{signature.name} has another key on record than the "
                                   "dossier was signed with.", "Prepare the dossier anew.", criterion="a signature is "
                                   "checked with the key on record", clause=clause)
    key = open_key(signer.key_file, signer.passphrase)
    require_own(key, person.public_key, person.name)
    return person, key


def prepare(project: Project | str, area: str, signer: Signer, caller: Caller, *, dry_run: bool = False) -> ReleaseStep:
    """Write a dossier of everything the decision rests on, signed by its author; an open one is withdrawn.

    Raises
    ------
    RefusedError : criteria not met (``SG-RELEASE-001``), the author may not sign (``-002``, ``-003``, ``-004``), or the
        area is released (``-005``).
    """
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "prepare"),))) as out:
        at = caller.clock()
        found = gather(out, area, at.date(), held.name)
        if found.signed_dossier is not None:
            raise _released_already(found.signed_dossier)
        person, key = _who(found, signer, SigningRole.AUTHOR, None, at)
        verdicts = judge(found.case)
        require_met(found.case.area.local_id or found.case.area.id, verdicts)
        content = content_of(found.case, verdicts, found.frame, at)
        dossier = add_signature(new_dossier(content, found.case.area.id), person, key, at)
        if not dry_run:
            out.put([*_withdrawn(found), dossier])
        return ReleaseStep(project=held.location, area=found.case.area, dossier=dossier)


def _state(dossier: ReleaseDossier, message: str, remedy: str) -> RefusedError:
    return RefusedError("SG-RELEASE-005", dossier.id, message, remedy, criterion="prepare, verify, sign: in this order",
                        clause="chain of signatures")


def _released_already(dossier: ReleaseDossier) -> RefusedError:
    return _state(dossier, "the area is released by it.", "Re-open the area if something was found.")


def _withdrawn(found: Gathered) -> list[ReleaseDossier]:
    return [replace(d, version=d.version + 1, state=DossierState.WITHDRAWN) for d in found.dossiers
            if d.state in (DossierState.DRAFT, DossierState.VERIFIED)]


def _next(out: Writer, area: str, signer: Signer, role: SigningRole, at: datetime, project: str
          ) -> tuple[Gathered, ReleaseDossier, tuple[Criterion, ...]]:
    """Return the case and its dossier with the next signature, every criterion judged anew at this moment."""
    found = gather(out, area, at.date(), project)
    dossier = found.open_dossier
    needed = DossierState.DRAFT if role is SigningRole.VERIFIER else DossierState.VERIFIED
    name = found.case.area.local_id or found.case.area.id
    if dossier is None:
        raise RefusedError("SG-RELEASE-005", name, "has no dossier that waits for a signature.",
                           f"Prepare one: safeground release PROJECT prepare {name} --as PERSON --key FILE",
                           criterion="prepare, verify, sign: in this order", clause="chain of signatures")
    if dossier.state is not needed:
        raise _state(dossier, f"is {dossier.state}; a {role.value} signs one that is {needed}.",
                     "Take the steps in order.")
    require_holding(dossier)
    person, key = _who(found, signer, role, dossier, at)
    verdicts = judge(found.case)
    require_met(name, verdicts)
    now = content_of(found.case, verdicts, found.frame, at)
    changed = changed_facts(content_in(dossier), now)
    if changed:
        raise RefusedError("SG-RELEASE-006", name, f"since the dossier was prepared these changed: "
                           f"{', '.join(changed)}.",
                           "Prepare the dossier anew, so that all three sign the same facts.",
                           criterion="all three sign the same facts", clause=found.case.rules.four_eyes_clause)
    return found, replace(add_signature(dossier, person, key, at), version=dossier.version + 1), verdicts


def verify_release(project: Project | str, area: str, signer: Signer, caller: Caller, *, dry_run: bool = False
                   ) -> ReleaseStep:
    """Judge every criterion anew, compare all facts with the dossier, and add the verifier's signature.

    Raises
    ------
    RefusedError : as :func:`prepare`; facts changed meanwhile (``SG-RELEASE-006``); the dossier does not hold
        (``-007``).
    """
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "verify"),))) as out:
        found, dossier, _ = _next(out, area, signer, SigningRole.VERIFIER, caller.clock(), held.name)
        if not dry_run:
            out.put([dossier])
        return ReleaseStep(project=held.location, area=found.case.area, dossier=dossier)


def sign_release(project: Project | str, area: str, signer: Signer, caller: Caller, *, dry_run: bool = False
                 ) -> ReleaseStep:
    """Release the area: third signature, certificate, decision and the area's new state, all or nothing.

    The certificate and the dossier file are on disk before the project names their hashes; what a broken attempt leaves
    there is named by nothing and is replaced by the next one.

    Raises
    ------
    RefusedError : as :func:`verify_release`.
    """
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "sign"),))) as out:
        at = caller.clock()
        found, dossier, verdicts = _next(out, area, signer, SigningRole.SIGNATORY, at, held.name)
        data = dossier_bytes(dossier)
        faults = faults_of(data, lambda public, text, mark: verified(public.hex(), text, mark.hex()))
        if faults:
            raise RefusedError("SG-RELEASE-007", dossier.id, f"the offline check says: {faults[0]}.",
                               "Keep the project and report it.", criterion="the dossier proves itself",
                               clause="chain of signatures")
        caller.progress("certificate", None)
        pdf = certificate_pdf(signed_dossier(dossier), data)
        decision = _decision(found, dossier, verdicts, at, sha256_hex(pdf))
        if dry_run:
            return ReleaseStep(project=held.location, area=found.case.area, dossier=dossier, decision=decision)
        files = keep_files(release_folder(held), found.case.area, dossier, pdf, data)
        area_now = _released(found)
        out.put([dossier, decision, *([area_now] if area_now is not found.case.area else [])])
        return ReleaseStep(project=held.location, area=area_now, dossier=dossier, decision=decision,
                           certificate=files[0], dossier_file=files[1])


def _released(found: Gathered) -> HazardousArea:
    """Return the area as released; as it is where the pack lets hazardous ground of it stay behind."""
    area, held = found.case.area, dict(found.case.held_cm2)
    whole = all(status in RELEASED_STATUSES or status.value == "overlap" for status, amount in held.items() if amount)
    return replace(area, version=area.version + 1, workflow_status=WorkflowStatus.RELEASED) if whole else area


def _decision(found: Gathered, dossier: ReleaseDossier, verdicts: Sequence[Criterion], at: datetime, sha256: str
              ) -> ReleaseDecision:
    people = {s.role: s.person_id for s in dossier.signatures}
    return ReleaseDecision(
        id=stable_id("release", dossier.id), hazardous_area_id=found.case.area.id, decision="released", decided_at=at,
        author=people[SigningRole.AUTHOR], verifier=people[SigningRole.VERIFIER],
        signatory=people[SigningRole.SIGNATORY], reasons=tuple(f"{v.id}: {v.reason}" for v in verdicts),
        certificate_sha256=sha256, dossier_id=dossier.id)


def refuse_release(project: Project | str, area: str, reason: str, caller: Caller, *, dry_run: bool = False
                   ) -> ReleaseDecision:
    """Record that an area is not released, why, and which criteria fail now; an open dossier is withdrawn.

    Raises
    ------
    RequestError : no reason is given (``SG-RELEASE-005``).  RefusedError : it is released already.
    """
    if not reason.strip():
        raise RequestError("SG-RELEASE-005", area, "a refusal needs its reason.", "Give it with --reason.")
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "refuse"),))) as out:
        at = caller.clock()
        found = gather(out, area, at.date(), held.name)
        if found.signed_dossier is not None:
            raise _released_already(found.signed_dossier)
        failed = tuple(f"{v.id}: {v.reason}" for v in judge(found.case) if not v.met)
        dossier = found.open_dossier
        decision = ReleaseDecision(
            id=stable_id("refusal", found.case.area.id, at.isoformat()), hazardous_area_id=found.case.area.id,
            decision="refused", decided_at=at, reasons=(reason, *failed), dossier_id=dossier.id if dossier else "")
        if not dry_run:
            out.put([*_withdrawn(found), decision])
        return decision


def register_key(project: Project | str, signer: Signer, caller: Caller) -> Person:
    """Record a person's public key; whoever registers shows that they hold the private one.

    Raises
    ------
    RefusedError : another person has the key, or the person has a dossier under way (``SG-RELEASE-010``).
    """
    key = open_key(signer.key_file, signer.passphrase)
    public = public_hex(key)
    with opened(project, caller) as held, held.write(caller.info("release", parameters=(("step", "key"),))) as out:
        persons = list(out.records("person"))
        person: Person = named(persons, signer.person, "person")
        taken = next((p for p in persons if p.id != person.id and p.public_key == public), None)
        busy = next((d for d in out.records("release_dossier") for s in d.signatures
                     if s.person_id == person.id and d.state in (DossierState.DRAFT, DossierState.VERIFIED)), None)
        if taken is not None or busy is not None:
            why = (f"the key {fingerprint(public)} is on record for {taken.name or taken.id}." if taken is not None else
                   "has signed a dossier that is still open; its key stays until then.")
            raise RefusedError("SG-RELEASE-010", person.name or person.id, why, "Make a key of your own, or finish the "
                               "dossier.", criterion="each person has a key of their own", clause="chain of signatures")
        if person.public_key != public:
            person = replace(person, version=person.version + 1, public_key=public)
            out.put([person])
        return person


def list_releases(project: Project | str, caller: Caller) -> list[dict[str, Any]]:
    """Return every dossier and every decision, oldest first, as plain values."""
    with opened(project, caller) as held, held.read() as reader:
        names = {a.id: a.local_id or a.name or a.id for a in reader.records("hazardous_area")}
        rows = [{"kind": "dossier", "id": d.id, "area": names.get(d.hazardous_area_id, ""), "state": d.state.value,
                 "content_sha256": d.content_sha256, "signed_by": [s.name for s in d.signatures]}
                for d in reader.records("release_dossier")]
        rows += [{"kind": "decision", "id": d.id, "area": names.get(d.hazardous_area_id, ""), "state": d.decision,
                  "decided_at": to_plain(d.decided_at), "certificate_sha256": d.certificate_sha256,
                  "reasons": list(d.reasons)} for d in reader.records("release_decision")]
    return rows


def check_json(result: ReleaseCheck) -> dict[str, Any]:
    """Return a check as every face's JSON shows it."""
    left = result.residual
    residual = None if left is None else {
        **to_plain(left), "statement": list(statement(left, result.depth_cm)), "assumptions": list(ASSUMPTIONS),
        "not_searched": list(not_searched(left, result.depth_cm, result.edge_m))}
    last = next((d for d in reversed(result.decisions) if d.decision == "released"), None)
    return {"project": result.project, "area": {"id": result.area.id, "local_id": result.area.local_id,
                                                "name": result.area.name,
                                                "workflow_status": result.area.workflow_status.value},
            "decision": result.decision, "criteria": [to_plain(c) for c in result.criteria], "residual": residual,
            "dossier": None if result.dossier is None else _dossier_json(result.dossier),
            "certificate": None if last is None else {"sha256": last.certificate_sha256, "decision_id": last.id}}


def _dossier_json(dossier: ReleaseDossier) -> dict[str, Any]:
    return {"id": dossier.id, "state": dossier.state.value, "content_sha256": dossier.content_sha256,
            "signatures": [{**to_plain(s), "fingerprint": fingerprint(s.public_key)} for s in dossier.signatures]}


def step_json(step: ReleaseStep) -> dict[str, Any]:
    """Return a step as every face's JSON shows it."""
    decision = step.decision
    return {"project": step.project, "area": {"id": step.area.id, "local_id": step.area.local_id,
                                              "name": step.area.name,
                                              "workflow_status": step.area.workflow_status.value},
            "decision": "released" if decision is not None else step.dossier.state.value,
            "dossier": _dossier_json(step.dossier),
            "certificate": None if decision is None else {
                "file": str(step.certificate or ""), "sha256": decision.certificate_sha256,
                "dossier_file": str(step.dossier_file or ""), "decision_id": decision.id}}
