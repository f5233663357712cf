"""The command about the land book: what it prints, writes, refuses and ends with."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from safeground.cli.main import main
from support.projects import area, caller, new_project, opening

WHO = caller()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "district.gpkg"
    with new_project(path) as project:
        records = [area(number) for number in range(3)]
        with project.write(WHO.info("intake")) as writer:
            writer.put(records)
            writer.add_entries(opening(record) for record in records)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(argument) for argument in arguments])
    seen = capsys.readouterr()
    return code, seen.out + seen.err


def test_the_head_is_shown_written_and_held_against_the_journal_later(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = tmp_path / "head.json"
    code, text = run(capsys, "ledger", book, "show", "--checkpoint-out", head)
    kept = json.loads(head.read_text())
    assert code == 0
    assert kept["hash"] in text.replace("\n", "")
    assert run(capsys, "ledger", book, "verify", "--checkpoint", head)[0] == 0
    head.write_text(json.dumps(kept | {"hash": "0" * 64}))
    code, text = run(capsys, "ledger", book, "verify", "--checkpoint", head)
    assert code == 70
    assert "SG-STORE-02" in text


def test_totals_by_contamination_sum_to_the_sheet(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(book), "show", "--by", "contamination", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert list(body["groups"]) == ["unknown"]
    assert body["groups"]["unknown"]["suspected"] == body["totals"]["suspected"] == body["opening_cm2"]
    code, text = run(capsys, "ledger", book, "show", "--by", "admin_unit")
    assert code == 0
    assert "(not stated)" in text
    assert run(capsys, "ledger", book, "show", "--by", "colour")[0] == 2


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"seq": "x", "hash": "y"}'])
def test_what_is_no_checkpoint_is_refused(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    head = tmp_path / "head.json"
    head.write_text(content)
    code, text = run(capsys, "ledger", book, "verify", "--checkpoint", head)
    assert code == 2
    assert "SG-CLI-001" in text


def test_a_published_figure_is_pinned_and_its_gap_shown(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--publisher", "the authority", "--as-of", "2026-06-01", "--status", "suspected")
    code, text = run(capsys, "ledger", book, "assert", *given, "--area-m2", "1000000")
    assert code == 0
    assert "SG-LEDGER-010" in text
    more = ("--area-m2", "1000000", "--book-gap", "records of 2001 are lost")
    assert main(["ledger", str(book), "assert", *given, *more, "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [f["code"] for f in body["findings"]] == ["SG-LEDGER-011"]
    assert body["totals"]["unexplained"] == 10_000_000_000 - body["totals"]["suspected"]
    assert body["balanced"]
    code, text = run(capsys, "ledger", book, "verify")
    assert (code, "SG-LEDGER-02" in text) == (0, False)
    assert main(["ledger", str(book), "assert", *given, *more, "--json"]) == 0  # a second time books nothing
    assert json.loads(capsys.readouterr().out)["totals"] == body["totals"]
    code, text = run(capsys, "ledger", book, "assert", *given, "--area-m2", "5")
    assert (code, "SG-LEDGER-001" in text) == (2, True)
    assert run(capsys, "ledger", book, "assert", *given)[0] == 2
    assert run(capsys, "ledger", book, "assert", *given[2:], "--area-m2", "5")[0] == 2
    assert run(capsys, "ledger", book, "assert", *given[:4], "--status", "green", "--area-m2", "5")[0] == 2
    assert run(capsys, "ledger", book, "burn")[0] == 2


def test_a_fault_that_the_audit_alone_finds_does_not_end_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with new_project(tmp_path / "a.gpkg") as project, project.write(WHO.info("intake")) as writer:
        wrong = area(1, area_cm2=5_000_000)
        writer.put([wrong])
        writer.add_entries([opening(wrong)])
    code, text = run(capsys, "ledger", tmp_path / "a.gpkg", "verify")
    assert (code, "SG-LEDGER-020" in text) == (70, True)


def test_a_project_that_was_edited_by_hand_does_not_end_well(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(book) as other:
        other.execute("delete from sg_record")
    other.close()
    code, text = run(capsys, "ledger", book, "verify")
    assert code == 70
    assert "SG-STORE-02" in text
