"""The log of claims: append-only events, each chained to the one before by its hash; the state is their replay.

It is apart from the land book: no event of it names a land entry, and nothing here can write one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from safeground.foundation.canonical import canonical_json
from safeground.foundation.clock import iso_utc
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.records.claims import ClaimEvent, ClaimStatus

GENESIS = "0" * 64
#: What can happen, and whether a person must say why.
ACTIONS: dict[str, bool] = {
    "document_added": False, "claim_proposed": False, "origin_proposed": False, "claim_confirmed": True,
    "claim_rejected": True, "origins_merged": True, "claim_moved": True, "source_graded": True, "relation_added": False,
    "model_asked": False}


@dataclass(slots=True)
class ClaimsState:
    """What the log comes to.

    Attributes
    ----------
    documents, claims, origins : plain JSON values by id; a claim carries ``status`` and ``document``.
    grades : (agent, topic) -> letter.  relations : (claim, kind, other, rule).
    """

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    origins: dict[str, dict[str, Any]] = field(default_factory=dict)
    grades: dict[tuple[str, str], str] = field(default_factory=dict)
    relations: list[tuple[str, str, str, str]] = field(default_factory=list)


def event_hash(event: ClaimEvent) -> str:
    """Return SHA-256 over every field but the hash itself, and the record's own bookkeeping."""
    return hashlib.sha256(canonical_json({
        "seq": event.seq, "at": iso_utc(event.at), "actor": event.actor, "action": event.action,
        "subject": event.subject, "payload": event.payload, "reason": event.reason,
        "previous_hash": event.previous_hash})).hexdigest()


def append(log: Sequence[ClaimEvent], action: str, subject: str, payload: dict[str, Any], *, actor: str, at: datetime,
           reason: str = "") -> ClaimEvent:
    """Return the event that follows a log.

    Raises
    ------
    RequestError : an unknown action, or a decision without a reason or without a person (``SG-CLAIMS-003``).
    """
    if action not in ACTIONS or not actor:
        raise RequestError("SG-CLAIMS-003", action or "action", "is no action, or nobody is named.",
                           f"Actions: {', '.join(ACTIONS)}.")
    if ACTIONS[action] and not reason.strip():
        raise RequestError("SG-CLAIMS-003", subject, f"{action.replace('_', ' ')} without a reason.",
                           "Say why with --reason.")
    event = ClaimEvent(
        id=stable_id("claim_event", len(log) + 1, log[-1].hash if log else GENESIS, action, subject), seq=len(log) + 1,
        at=at, actor=actor, action=action, subject=subject, payload=canonical_json(payload).decode(), reason=reason,
        previous_hash=log[-1].hash if log else GENESIS, hash="")
    return replace(event, hash=event_hash(event))


def verify_log(log: Iterable[ClaimEvent], *, head: str | None = None) -> int:
    """Return how many events the log holds, each of them chained to the one before.

    Parameters
    ----------
    head : hash of the last event as recorded elsewhere; a log that was cut at its end does not reach it.

    Raises
    ------
    RefusedError : an event was changed, removed, added or moved (``SG-CLAIMS-001``), with its number.
    """
    previous, count = GENESIS, 0
    for count, event in enumerate(log, 1):
        if event.seq != count or event.previous_hash != previous or event.hash != event_hash(event):
            raise _broken(f"event {count}")
        previous = event.hash
    if head is not None and head != previous:
        raise _broken(f"the end, after event {count}")
    return count


def _broken(where: str) -> RefusedError:
    return RefusedError("SG-CLAIMS-001", where, "does not follow the one before it: the log was changed.",
                        "Restore the project from a backup, and find out who changed it.",
                        criterion="the log of claims is chained", clause="log of claims")


def replay(log: Iterable[ClaimEvent]) -> ClaimsState:
    """Return the state that a log's events make, in their order.

    Raises
    ------
    RequestError : an event names a claim or origin that is not there (``SG-CLAIMS-002``).
    """
    state = ClaimsState()
    for event in log:
        _apply(state, event, json.loads(event.payload))
    return state


def _need(table: dict[str, dict[str, Any]], key: str) -> dict[str, Any]:
    if key not in table:
        raise RequestError("SG-CLAIMS-002", key, "is not in the log of claims.", "List the claims first.")
    return table[key]


def _apply(state: ClaimsState, event: ClaimEvent, payload: dict[str, Any]) -> None:
    if event.action == "document_added":
        state.documents[event.subject] = payload
    elif event.action == "claim_proposed":
        state.claims[event.subject] = {**payload, "status": ClaimStatus.DRAFT.value}
    elif event.action == "origin_proposed":
        state.origins.setdefault(event.subject, payload)
    elif event.action in ("claim_confirmed", "claim_rejected"):
        status = ClaimStatus.CONFIRMED if event.action == "claim_confirmed" else ClaimStatus.REJECTED
        _need(state.claims, event.subject)["status"] = status.value
    elif event.action == "claim_moved":
        _need(state.origins, payload["origin"])
        _need(state.claims, event.subject)["origin"] = payload["origin"]
    elif event.action == "origins_merged":
        _need(state.origins, event.subject)
        _need(state.origins, payload["into"])
        for claim in state.claims.values():
            if claim.get("origin") == event.subject:
                claim["origin"] = payload["into"]
        state.origins[event.subject]["merged_into"] = payload["into"]
    elif event.action == "source_graded":
        state.grades[(event.subject, payload["topic"])] = payload["letter"]
    elif event.action == "relation_added":
        state.relations.append((event.subject, payload["kind"], payload["other"], payload.get("rule", "")))
