"""The log of claims: replay gives the state, and every change of a link is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from safeground.claims.log import append, replay, verify_log
from safeground.foundation.errors import RefusedError, RequestError

START = datetime(2026, 1, 1, tzinfo=UTC)
FIELDS = ("actor", "action", "subject", "payload", "reason", "previous_hash", "hash")


def build(count=12):
    log = []

    def add(action, subject, payload, reason=""):
        log.append(append(log, action, subject, payload, actor="analyst", at=START + timedelta(minutes=len(log)),
                          reason=reason))

    add("document_added", "d1", {"sha256": "0" * 64})
    add("origin_proposed", "o1", {"agent": "agency"})
    add("origin_proposed", "o2", {"agent": "governor"})
    for k in range(count - 6):
        add("claim_proposed", f"c{k}", {"document": "d1", "origin": "o1" if k % 2 else "o2", "type": "clearance"})
    add("claim_confirmed", "c1", {}, "read in the original")
    add("origins_merged", "o2", {"into": "o1"}, "one speech")
    add("source_graded", "agency", {"topic": "military", "letter": "D"}, "party to the conflict")
    return log


def test_replay_gives_the_state_that_people_decided():
    state = replay(build())
    assert state.claims["c1"]["status"] == "confirmed"
    assert {c["origin"] for c in state.claims.values()} == {"o1"}
    assert state.grades == {("agency", "military"): "D"}
    assert verify_log(build()) == 12


def _bend(log, rng):
    bent, kind, k = list(log), rng.integers(0, 5), int(rng.integers(0, len(log)))
    if kind == 0:
        field = FIELDS[rng.integers(0, 7)]
        bent[k] = replace(bent[k], **{field: getattr(bent[k], field) + "x"})
    elif kind == 1:
        del bent[k]
    elif kind == 2:
        bent.insert(k, bent[int(rng.integers(0, len(log)))])
    elif kind == 3:
        other = int((k + 1 + rng.integers(0, len(log) - 1)) % len(log))
        bent[k], bent[other] = bent[other], bent[k]
    else:
        bent = bent[:k]
    return bent


def test_a_thousand_random_tamperings_are_all_found():
    log, rng = build(20), np.random.default_rng(7)
    for _ in range(1000):
        with pytest.raises(RefusedError, match="SG-CLAIMS-001"):
            verify_log(_bend(log, rng), head=log[-1].hash)


def test_a_time_that_was_moved_is_found():
    log = build()
    log[3] = replace(log[3], at=log[3].at - timedelta(days=1))
    with pytest.raises(RefusedError, match="event 4"):
        verify_log(log)


def test_a_decision_needs_a_reason_and_a_person():
    with pytest.raises(RequestError, match="reason"):
        append([], "claim_confirmed", "c1", {}, actor="analyst", at=START)
    with pytest.raises(RequestError, match="nobody"):
        append([], "claim_proposed", "c1", {}, actor="", at=START)


def test_a_decision_about_what_is_not_there_is_refused():
    log = build()
    log.append(append(log, "claim_confirmed", "c99", {}, actor="analyst", at=START, reason="seen"))
    with pytest.raises(RequestError, match="c99"):
        replay(log)
