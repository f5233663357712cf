"""Errors carry a remedy, invariants stay on, findings point at their source."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from safeground.foundation.errors import (
    CrsMismatchError,
    InvariantBroken,
    ProjectLockedError,
    RefusedError,
    RequestError,
    SafegroundError,
    SourceError,
    SurroundingsError,
)
from safeground.foundation.finding import Finding, Severity, SourceRef, count_by_code, has_errors
from safeground.foundation.invariant import invariant
from support.needs import ROOT


def test_an_error_says_what_where_and_what_to_do() -> None:
    error = SourceError("SG-X-001", "areas.csv", "is empty.", "Send it again.")
    assert (error.code, error.subject, error.message, error.remedy) == ("SG-X-001", "areas.csv", "is "
                                                                        "empty.", "Send it again.")
    assert str(error) == "SG-X-001 areas.csv: is empty. Send it again."


def test_a_refusal_names_its_rule_and_clause() -> None:
    error = RefusedError("SG-X-002", "CHA-1", "no sample.", "Sample.", criterion="sample taken", clause="IMAS 09.20")
    assert (error.criterion, error.clause) == ("sample taken", "IMAS 09.20")
    assert not isinstance(error, RequestError)


@pytest.mark.parametrize(("kind", "parent"), [
    (SourceError, RequestError), (CrsMismatchError, RequestError), (RequestError, SafegroundError),
    (ProjectLockedError, SurroundingsError), (SurroundingsError, SafegroundError), (InvariantBroken, SafegroundError)])
def test_the_tree_of_errors_is_as_drawn(kind: type[Exception], parent: type[Exception]) -> None:
    assert kind.__mro__[1] is parent


def test_an_invariant_that_holds_says_nothing_and_a_broken_one_stops() -> None:
    invariant(True, "fine")
    with pytest.raises(InvariantBroken, match="SG-CORE-001 internal: sum is 3, not 2"):
        invariant(False, "sum is 3, not 2")


def test_an_invariant_stays_on_when_python_drops_assertions() -> None:
    code = "from safeground.foundation.invariant import invariant; invariant(False, 'broken')"
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    assert done.returncode == 1
    assert "InvariantBroken" in done.stderr


@pytest.mark.parametrize(("place", "words"), [
    (SourceRef(), "(no file)"), (SourceRef("a.xlsx", "Sheet1", 7, "Area"), "a.xlsx, layer Sheet1, row 7, field Area"),
    (SourceRef("a.csv", row=2), "a.csv, row 2")])
def test_a_place_reads_as_words(place: SourceRef, words: str) -> None:
    assert str(place) == words


def test_findings_are_counted_and_weighed() -> None:
    findings = [Finding(severity, code, "row", "m", "r") for severity, code in
                ((Severity.INFO, "SG-B-001"), (Severity.WARNING, "SG-A-001"), (Severity.INFO, "SG-B-001"))]
    assert list(count_by_code(findings).items()) == [("SG-A-001", 1), ("SG-B-001", 2)]
    assert not has_errors(findings)
    assert has_errors([*findings, Finding(Severity.ERROR, "SG-C-001", "row", "m", "r")])
    assert has_errors([Finding(Severity.REFUSAL, "SG-C-001", "row", "m", "r")])
    assert not has_errors([])
