"""A journal that was tampered with does not verify."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from safeground.store.project import open_project
from safeground.store.verify import checkpoint, verify_journal
from support.projects import accident, area, aside, caller, new_project, opening
from support.tampering import cut_with_head, tamper

WHO = caller()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    path = tmp_path_factory.mktemp("tamper") / "district.gpkg"
    with new_project(path) as project:
        records = [area(number) for number in range(8)]
        with project.write(WHO.info("intake")) as writer:
            writer.put([*records, accident(1)])
            writer.add_entries(opening(record) for record in records)
            writer.add_quarantine([aside(1)])
        kept = checkpoint(project)
    return path, kept


def found(path: Path, kept: dict[str, object] | None = None) -> bool:
    with open_project(str(path), clock=WHO.clock) as project:
        return not verify_journal(project, checkpoint=kept).chain_ok


def count_missed(filled: tuple[Path, dict[str, object]], folder: Path, times: int) -> list[str]:
    source, kept = filled
    chance, missed = random.Random(20_261_125), []
    assert not found(source, kept)
    for number in range(times):
        target = folder / "tampered.gpkg"
        if number % 5:
            how, kept_elsewhere = tamper(source, target, chance), None
        else:
            how, kept_elsewhere = cut_with_head(source, target, chance), kept
        if not found(target, kept_elsewhere):
            missed.append(how)
        target.unlink()
    return missed


def test_every_tampering_is_found(filled: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    assert count_missed(filled, tmp_path, 100) == []


@pytest.mark.long
def test_a_thousand_tamperings_are_found(filled: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    assert count_missed(filled, tmp_path, 1000) == []


def test_a_tail_cut_with_its_head_needs_the_checkpoint(filled: tuple[Path, dict[str, object]], tmp_path: Path) -> None:
    source, kept = filled
    cut_with_head(source, tmp_path / "cut.gpkg", random.Random(1))
    assert found(tmp_path / "cut.gpkg", kept)
