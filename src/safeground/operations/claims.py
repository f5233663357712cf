"""Public reports in, graded claims out: read, propose, let people decide, weigh, and open survey leads.

Nothing here writes an entry of the land book or a task; a lead is evidence of a press report with the sign of presence,
which can only raise suspicion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry

from safeground.claims.boundaries import read_boundaries
from safeground.claims.compose import DocumentClaims, claims_of, country_of
from safeground.claims.documents import read_document
from safeground.claims.figures import find_figures
from safeground.claims.gazetteer import Gazetteer, read_gazetteer
from safeground.claims.geonames import ATTRIBUTION, at_hand
from safeground.claims.leads import RecordsRequest, SurveyLead, records_requests, survey_leads
from safeground.claims.log import ClaimsState, append, replay, verify_log
from safeground.claims.plain import (
    check_json,
    claim_json,
    combination_json,
    document_json,
    origin_json,
    place_json,
    stored_claim,
)
from safeground.claims.plausibility import RateCheck, check_story, read_ranges, summary
from safeground.claims.proposer import judge
from safeground.claims.weigh import Weighed, story_of, weigh
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.foundation.seeds import stable_id
from safeground.operations.claims_model import ModelEndpoint, ask
from safeground.operations.context import Caller, standard_text
from safeground.operations.intake import project_standard
from safeground.operations.project import opened
from safeground.records.claim_rules import ClaimRules
from safeground.records.claims import ClaimEvent, ClaimType, PlaceLevel
from safeground.records.nouns import Evidence, Source
from safeground.records.payload import to_plain
from safeground.records.standard import NationalStandard, standard_from_toml
from safeground.records.vocabulary import EvidenceKind, EvidenceSign
from safeground.report.claims_page import claims_html
from safeground.store.project import Project, Reader, Writer

GAZETTEER, BOUNDARIES = "claims/gazetteer", "claims/boundaries"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsRequest:
    """What is asked of the claims stage.

    Attributes
    ----------
    files : documents to read; none = show what the project holds.
    published : publication date as the analyst states it.  outlet : name of the outlet.
    model : endpoint that may propose further claims, None = none is asked.
    gazetteer, boundaries : CSV of names and GeoJSON of outlines that the programme loads; they are kept in the project.
    """

    files: tuple[Path, ...] = ()
    published: date | None = None
    outlet: str = ""
    gazetteer: Path | None = None
    boundaries: Path | None = None
    model: ModelEndpoint | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsResult:
    """What documents claim, what all of them together come to, and what follows from it.

    Attributes
    ----------
    documents : those read now.  state, weighed : of the whole project.
    """

    project: str
    documents: tuple[DocumentClaims, ...]
    state: ClaimsState
    weighed: Weighed
    checks: tuple[RateCheck, ...]
    leads: tuple[SurveyLead, ...]
    requests: tuple[RecordsRequest, ...]
    findings: tuple[Finding, ...] = ()
    page: str = ""
    events: int = 0


@dataclass(slots=True)
class _Run:
    """One run: rules, names, and the log as it grows."""

    rules: ClaimRules
    names: Gazetteer
    log: list[ClaimEvent] = field(default_factory=list)
    new: list[ClaimEvent] = field(default_factory=list)

    def add(self, action: str, subject: str, payload: dict[str, Any], caller: Caller, reason: str = "",
            actor: str = "") -> None:
        """Append an event to the log."""
        event = append(self.log, action, subject, payload, actor=actor or caller.actor or "unnamed", at=caller.clock(),
                       reason=reason)
        self.log.append(event)
        self.new.append(event)


def claim_rules(standard: NationalStandard) -> ClaimRules:
    """Return the pack's rules for claims; those of the shipped pack where an older pack has none."""
    rules = standard.claims or standard_from_toml(standard_text("imas")).claims
    if rules is None:
        raise RequestError("SG-OPS-060", standard.name, "has no [claims] section.", "Add it to the rule pack.")
    return rules


def _open(reader: Reader) -> _Run:
    names = Gazetteer(large=at_hand())
    held = reader.setting(GAZETTEER)
    if held:
        names.add(read_gazetteer(held["text"].encode(), held["file"]))
    outlines = reader.setting(BOUNDARIES)
    if outlines:
        names.boundaries.update(outlines["wkt"])
    log = sorted(reader.records("claim_event"), key=lambda e: e.seq)
    verify_log(log, head=reader.setting("claims/head"))
    return _Run(claim_rules(project_standard(reader)), names, log)


def read_claims(project: Project | str, request: ClaimsRequest, caller: Caller) -> ClaimsResult:
    """Read documents, propose their claims, and return what the project's claims come to.

    A document that was read before with the same publication date adds nothing.  Originals are kept byte for byte.

    Raises
    ------
    RequestError : a file that is missing or cannot be read as a document; nothing is written then.
    RefusedError : the log of claims was changed (``SG-CLAIMS-001``).
    """
    contents = [(path, _bytes(path)) for path in request.files]
    with opened(project, caller) as held:
        documents: list[DocumentClaims] = []
        with held.read() as reader:
            run = _open(reader)
        settings = _lists(request, run)
        for k, (path, content) in enumerate(contents):
            caller.progress(f"reading {path.name}", k / max(len(contents), 1))
            document = read_document(content, path.name, published=request.published,
                                     published_by=caller.actor if request.published else "", outlet=request.outlet)
            found = claims_of(document, run.names)
            documents.append(found)
            _propose(run, found, caller)
            if request.model is not None:
                _ask_model(run, found, request.model, caller)
        if request.dry_run or not (run.new or settings):
            return _result(held, run, documents, page="")
        info = caller.info("claims", input_hashes=tuple(d.document.sha256 for d in documents))
        with held.write(info) as writer:
            for key, value in settings.items():
                writer.set_setting(key, value)
            _keep_originals(writer, contents, documents)
            _store(writer, run)
        return _finish(held, run, documents, caller)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RequestError("SG-OPS-140", path.name, f"cannot be opened: {error.strerror}.",
                           "Check the name.") from error


def _lists(request: ClaimsRequest, run: _Run) -> dict[str, Any]:
    """Load the programme's names and outlines; return the settings that keep them."""
    settings: dict[str, Any] = {}
    if request.gazetteer is not None:
        text = _bytes(request.gazetteer)
        run.names.add(read_gazetteer(text, request.gazetteer.name))
        settings[GAZETTEER] = {"file": request.gazetteer.name, "text": text.decode("utf-8-sig")}
    if request.boundaries is not None:
        outlines = read_boundaries(_bytes(request.boundaries), request.boundaries.name)
        run.names.boundaries.update(outlines)
        settings[BOUNDARIES] = {"file": request.boundaries.name, "wkt": dict(run.names.boundaries)}
    return settings


def _propose(run: _Run, found: DocumentClaims, caller: Caller) -> None:
    """Add what a document claims to the log, unless it is there."""
    document = found.document
    if any(e.action == "document_added" and e.subject == document.id for e in run.log):
        return
    run.add("document_added", document.id, {**document_json(document), "boilerplate": [
        {"start": b.span.start, "end": b.span.end, "kind": b.kind} for b in document.boilerplate],
        "text": document.text}, caller)
    for origin in found.origins:
        run.add("origin_proposed", origin.id, {**to_plain(origin), "general": origin.id in found.general,
                                               "document": document.id}, caller)
    for claim in found.claims:
        run.add("claim_proposed", claim.id, {**stored_claim(claim), "document": document.id}, caller, actor="rules")


def _ask_model(run: _Run, found: DocumentClaims, endpoint: ModelEndpoint, caller: Caller) -> None:
    """Add what a model proposes and the rules let stand, as drafts; the log keeps the answer's hash and refusals."""
    key = f"{found.document.id} {endpoint.model}"
    if any(e.action == "model_asked" and e.subject == key for e in run.log):
        return
    caller.progress(f"asking {endpoint.model}: the text leaves this machine", None)
    answer = ask(endpoint, found.document.text)
    judged = judge(answer.text, found, find_figures(found.document.text), endpoint.model)
    run.add("model_asked", key, {"sha256": answer.sha256, "drafts": len(judged.drafts),
                                 "refused": [list(pair) for pair in judged.refused]}, caller)
    for claim in judged.drafts:
        run.add("claim_proposed", claim.id, {**stored_claim(claim), "document": found.document.id}, caller,
                actor=f"model:{endpoint.model}")


def _keep_originals(writer: Writer, contents: Sequence[tuple[Path, bytes]], documents: Sequence[DocumentClaims]
                    ) -> None:
    for (path, content), found in zip(contents, documents, strict=True):
        source = Source(id=stable_id("source", found.document.sha256, "claims", ""), file_name=path.name,
                        sha256=found.document.sha256, byte_count=len(content), format=found.document.media_type)
        if writer.get("source", source.id) is None:
            writer.put([source])
            writer.keep_bytes(source.id, content)


def _store(writer: Writer, run: _Run) -> None:
    writer.put(run.new)
    writer.set_setting("claims/head", run.log[-1].hash if run.log else "")
    state = replay(run.log)
    weighed = weigh(state, run.rules, _states(run))
    writer.put(_lead_evidence(writer, _leads(weighed, run)))


def _states(run: _Run) -> Callable[[str], str]:
    return lambda name: country_of(name, run.names)


def _leads(weighed: Weighed, run: _Run) -> tuple[SurveyLead, ...]:
    present = {h.place: h.weighed.probability for h in weighed.hypotheses if h.type is ClaimType.CONTAMINATION}
    return survey_leads(weighed.claims, present, run.rules.prior, run.rules.lead_log_odds_max)


def _lead_evidence(reader: Reader, leads: Sequence[SurveyLead]) -> list[Evidence]:
    """Return each lead with a loaded outline as evidence of presence over its whole area; one that is held stays."""
    out = []
    for lead in leads:
        outline: Geometry | None = shapely.from_wkt(lead.place.boundary) if lead.place.boundary else None
        key = stable_id("claims lead", lead.place.name, lead.place.level.value)
        if outline is None or lead.strength == 0 or reader.get("evidence", key) is not None:
            continue
        out.append(Evidence(
            id=key, kind=EvidenceKind.PRESS_REPORT, sign=EvidenceSign.PRESENCE, geometry=outline,
            date_of_information=lead.latest, note=f"claims {', '.join(lead.claim_ids)}; spread over {lead.place.name}"))
    return out


def _result(held: Project, run: _Run, documents: Sequence[DocumentClaims], page: str) -> ClaimsResult:
    state = replay(run.log)
    weighed = weigh(state, run.rules, _states(run))
    ranges = read_ranges(files("safeground").joinpath("standards", "plausibility.toml").read_text(encoding="utf-8"))
    return ClaimsResult(
        project=held.name, documents=tuple(documents), state=state, weighed=weighed,
        checks=check_story(story_of(weighed.claims), ranges), leads=_leads(weighed, run),
        requests=records_requests(weighed.claims), page=page, events=len(run.log))


def _finish(held: Project, run: _Run, documents: Sequence[DocumentClaims], caller: Caller) -> ClaimsResult:
    result = _result(held, run, documents, "")
    if held.path is None:
        return result
    page = held.path.with_suffix(".claims.html")
    beside = page.with_name(f".{page.name}.part")
    beside.write_bytes(claims_html(claims_json(result, everything=True)))
    beside.replace(page)
    return replace(result, page=str(page))


def decide(project: Project | str, caller: Caller, *, confirm: Sequence[str] = (), reject: Sequence[str] = (),
           merge: tuple[str, str] | None = None, grade: tuple[str, str, str] | None = None) -> ClaimsResult:
    """Record what people decide about claims, origins and sources.

    Parameters
    ----------
    confirm, reject : ids of claims.  merge : (origin, into).  grade : (agent, topic, letter A to F).
    caller : its reason says why; without one nothing is decided.

    Raises
    ------
    RequestError : no reason, no such claim or origin, no such letter (``SG-CLAIMS-002``, ``-003``, ``-004``).
    """
    with opened(project, caller) as held:
        with held.read() as reader:
            run = _open(reader)
        for action, ids in (("claim_confirmed", confirm), ("claim_rejected", reject)):
            for key in ids:
                run.add(action, key, {}, caller, caller.reason)
        if merge is not None:
            run.add("origins_merged", merge[0], {"into": merge[1]}, caller, caller.reason)
        if grade is not None:
            if grade[2] not in "ABCDEF" or len(grade[2]) != 1:
                raise RequestError("SG-CLAIMS-004", grade[0], f"{grade[2]!r} is no letter.", "Use A, B, C, D, E or F.")
            run.add("source_graded", grade[0], {"topic": grade[1], "letter": grade[2]}, caller, caller.reason)
        replay(run.log)
        with held.write(caller.info("claims", parameters=(("decisions", str(len(run.new))),))) as writer:
            _store(writer, run)
        return _finish(held, run, (), caller)


def claims_json(result: ClaimsResult, *, everything: bool = False) -> dict[str, Any]:
    """Return the claims stage's JSON: the documents read now, or all of the project's.

    Parameters
    ----------
    everything : claims and origins of every document; else of those read now, or of all if none was read.
    """
    now = {d.document.id for d in result.documents}
    chosen = set(result.state.documents) if everything or not now else now
    weighed = result.weighed
    claims = [c for c in weighed.claims if weighed.documents_of[c.id] in chosen]
    used = {c.origin for c in claims}
    documents = [{k: v for k, v in result.state.documents[key].items() if everything or k != "text"}
                 for key in result.state.documents if key in chosen]
    blocks = [b for d in documents for b in d.get("boilerplate", [])]
    return {
        "project": result.project, "document": documents[0] if len(documents) == 1 else None, "documents": documents,
        "claims": [{**claim_json(c), "document": weighed.documents_of[c.id],
                    "origin_joined": weighed.joined.get(c.origin, c.origin)} for c in claims],
        "origins": [{**origin_json(o), "joined": weighed.joined.get(o.id, o.id)}
                    for o in weighed.origins if o.id in used],
        "relations": [{"claim": c.id, "kind": r.kind.value, "other": r.id, "rule": r.rule}
                      for c in claims for r in c.relations],
        "boilerplate": blocks,
        "hypotheses": [{"statement": h.statement, "place": h.place, "type": h.type.value,
                        "weighed": combination_json(h.weighed), "as_proposed": combination_json(h.as_proposed),
                        "claims": list(h.claim_ids), "letters": dict(h.letters)} for h in weighed.hypotheses],
        "plausibility": {"summary": summary(result.checks), "rates": [check_json(c) for c in result.checks]},
        "leads": [{"place": place_json(lead.place), "claims": list(lead.claim_ids), "strength": lead.strength,
                   "earliest": to_plain(lead.earliest), "latest": to_plain(lead.latest)} for lead in result.leads],
        "records_requested": [{"place": place_json(r.place), "claims": list(r.claim_ids), "wanted": list(r.wanted)}
                              for r in result.requests],
        "attribution": ATTRIBUTION if any(c.place and c.place.gazetteer_id.startswith("geonames:") for c in claims)
        else "", "events": result.events, "page": result.page, "findings": [f.as_plain() for f in result.findings]}


__all__ = ["ClaimsRequest", "ClaimsResult", "PlaceLevel", "claims_json", "decide", "read_claims"]
