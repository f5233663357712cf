"""The whole clearance campaign of sixty areas; one seed, one result; faults planted in the code itself are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safeground.foundation.errors import SafegroundError
from safeground.operations import inspection, progress_book
from safeground.operations.context import Caller
from safeground.simulation.campaign_run import CampaignResult, run_campaign

pytestmark = pytest.mark.long


def _run(name: str, seed: int, folder: Path) -> CampaignResult:
    return run_campaign(name, seed, folder, Caller(actor="tester"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sixty_areas_go_from_returns_to_certificates_and_the_auditor_finds_nothing(seed: int, tmp_path: Path) -> None:
    run = _run("campaign-60", seed, tmp_path)
    assert [c for c in run.checks if not c["holds"]] == []
    assert run.book["areas"] >= 60
    assert len(run.certificates) >= 20
    assert all(c.caught for c in run.planted)


def test_one_seed_gives_the_same_papers_and_the_same_results(tmp_path: Path) -> None:
    first, again = (_run("campaign-8", 2, tmp_path / name) for name in ("a", "b"))
    assert (first.papers_sha256, first.results_sha256) == (again.papers_sha256, again.results_sha256)
    assert first.certificates == again.certificates


def _lots_accepted_whatever_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = inspection.verdict
    monkeypatch.setattr(inspection, "verdict", lambda *a, **k: replace(honest(*a, **k), accepted=True))


def _ground_counted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = progress_book.count_ground
    monkeypatch.setattr(progress_book, "count_ground", lambda ground, claims: honest(replace(ground, taken=()), claims))


def _a_square_centimetre_less(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = progress_book.pending_release

    def short(book: Any, area: str, target: Any, amount: int, **more: Any) -> Any:
        return honest(book, area, target, amount - 1, **more)

    monkeypatch.setattr(progress_book, "pending_release", short)


@pytest.mark.parametrize(("fault", "named"), [
    (_lots_accepted_whatever_was_found, "no lot is accepted in which an item was found"),
    (_ground_counted_again, "no cell lies in two parts that count, and each part's ground is its area"),
    (_a_square_centimetre_less, "each area: parts that count sum to what the book moved, by state, cm²")])
def test_a_fault_in_an_operation_is_found_by_the_auditor(
    fault: Any, named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fault(monkeypatch)
    try:
        run = _run("campaign-8", 2, tmp_path)
    except SafegroundError:
        return  # a guard of the programme itself stopped it first
    assert named in [c["name"] for c in run.checks if not c["holds"]]
