"""Who changed what, when and why: the operation and the event of the append-only journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationInfo:
    """One run of one stage: everything it changed is committed together or not at all.

    Attributes
    ----------
    stage : the stage's one word, e.g. ``intake``.
    actor : who asked for it, a person's or account's name.
    reason : why, in words.
    version : Safeground's version.
    seed : seed of the run, None where no chance is involved.
    input_hashes : SHA-256 of each input's bytes.
    parameters : the typed parameters as plain JSON values.
    """

    stage: str
    actor: str
    reason: str
    version: str
    seed: int | None = None
    input_hashes: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEvent:
    """One link of the hash chain.

    Attributes
    ----------
    seq : 1, 2, 3 … in commit order, without a gap.
    operation_seq : seq of the event that opened the operation this one belongs to.
    at : commit time, UTC.
    kind : ``operation``, ``put``, ``entry``, ``assertion``, ``finding``, ``quarantine``, ``source`` or ``setting``.
    subject_type, subject_id : what it is about.
    payload : canonical JSON value of what was written.
    previous_hash, hash : SHA-256 hex; `hash` covers every other field.
    """

    seq: int
    operation_seq: int
    at: datetime
    kind: str
    subject_type: str
    subject_id: str
    payload: dict[str, Any]
    previous_hash: str
    hash: str
