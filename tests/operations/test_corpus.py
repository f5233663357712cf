"""The corpus itself: how much it holds, that it repeats, and that its judge can say no."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from corpus.case import ACCEPTED, FORMATS, HELD, REFUSED, Case
from corpus.cases import build_corpus
from corpus.judge import Outcome, faults, is_wrong_accept
from safeground.foundation.finding import Finding, Severity, SourceRef


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return build_corpus(tmp_path_factory.mktemp("corpus"))


def test_the_corpus_holds_hundreds_of_bad_files_in_every_format(cases: list[Case]) -> None:
    bad = Counter(case.format for case in cases if case.is_bad)
    assert sum(bad.values()) >= 800
    assert set(bad) == set(FORMATS)
    assert all(bad[name] >= 100 for name in FORMATS if name != "gpx"), bad


def test_the_corpus_holds_good_files_in_every_format(cases: list[Case]) -> None:
    good = Counter(case.format for case in cases if not case.is_bad)
    assert sum(good.values()) >= 100
    assert set(good) == set(FORMATS)


def test_every_case_says_what_is_wrong_and_what_an_accept_would_mean(cases: list[Case]) -> None:
    lacking = [case.name for case in cases if not case.defect or not case.path.exists()
               or (case.is_bad and not case.wrong_accept) or (case.expected == HELD) != bool(case.bad_rows)
               or any(not 1 <= row <= case.rows for row in case.bad_rows)]
    assert lacking == []


def test_the_corpus_repeats_to_the_byte(cases: list[Case], tmp_path: Path) -> None:
    again = build_corpus(tmp_path)
    apart = [one.name for one, two in zip(cases, again, strict=True)
             if one.format != "xlsx" and "gdal" not in one.name and _digest(one) != _digest(two)
             # these name a file of their own folder, or were indexed by GDAL at a moment of the clock
             and not one.name.endswith(("disguise-local", "xxe-local", "file-xxe", "good-index-gaps"))]
    assert apart == []


def test_no_bad_file_is_a_good_file_under_another_name(cases: list[Case]) -> None:
    good = {_digest(case): case.name for case in cases if not case.is_bad}
    assert [case.name for case in cases if case.is_bad and not case.options and _digest(case) in good] == []


def test_an_intake_that_accepts_everything_fails_every_bad_case(cases: list[Case]) -> None:
    passed = []
    for case in cases:
        outcome = Outcome(rows_in=max(case.rows, 1), accepted=max(case.rows, 1))
        if case.is_bad and (not faults(case, outcome) or not is_wrong_accept(case, outcome)):
            passed.append(case.name)
    assert passed == []


def test_an_intake_that_refuses_everything_fails_every_good_case(cases: list[Case]) -> None:
    passed = [case.name for case in cases if case.expected == ACCEPTED and not faults(case, _refusal(case))]
    assert passed == []
    assert all(not faults(case, _refusal(case)) for case in cases if case.expected == REFUSED)


def test_a_row_held_back_without_being_named_is_a_fault(cases: list[Case]) -> None:
    case = next(case for case in cases if case.expected == HELD and not case.whole_file_too)
    unnamed = Finding(Severity.ERROR, "SG-X-001", "a row", "is odd", "Look.", SourceRef(file=case.path.name))
    held = Outcome(rows_in=case.rows, accepted=case.rows - 1, quarantined=1, findings=(unnamed,))
    assert faults(case, held)


def test_rows_that_vanish_are_a_fault(cases: list[Case]) -> None:
    case = next(case for case in cases if case.expected == HELD and not case.whole_file_too)
    named = Finding(Severity.ERROR, "SG-X-001", "a row", "is odd", "Look.",
                    SourceRef(file=case.path.name, row=case.bad_rows[0]))
    assert faults(case, Outcome(rows_in=case.rows, accepted=case.rows - 1, quarantined=1, findings=(named,))) == []
    assert faults(case, Outcome(rows_in=case.rows, accepted=case.rows - 2, quarantined=1, findings=(named,)))
    assert faults(case, Outcome(rows_in=case.rows - 1, accepted=case.rows - 2, quarantined=1, findings=(named,)))


def _refusal(case: Case) -> Outcome:
    finding = Finding(Severity.REFUSAL, "SG-X-001", case.path.name, "is refused", "Send another.",
                      SourceRef(file=case.path.name))
    return Outcome(rows_in=case.rows, refused=case.rows, findings=(finding,))


def _digest(case: Case) -> str:
    digest = hashlib.sha256()
    for part in sorted(case.path.parent.iterdir()):
        digest.update(part.suffix.encode() + part.read_bytes())
    return digest.hexdigest()
