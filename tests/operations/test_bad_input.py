"""Every file of the corpus goes into a project: what is bad is refused or held and named, what is good is taken in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.case import FORMATS, HELD, Case
from corpus.cases import build_corpus
from corpus.judge import Outcome, faults, take
from corpus.rows import REGION
from corpus.xml_file_cases import SECRET
from safeground.foundation.clock import fixed_clock
from safeground.operations.context import Caller
from safeground.operations.new import create
from safeground.store.project import Project, open_project

#: Cases that are written for good, so that what the journal then holds can be looked at.
WRITTEN = tuple(f"{fmt}-{name}" for fmt in ("csv", "xlsx", "geojson", "gpkg", "shp", "kml")
                for name in ("shape-bowtie", "value-hazardous_area-contamination-word", "double-id-hazardous_area"))


@dataclass
class Listener:
    """Counts who calls the address that the hostile files name; it never answers."""

    url: str = ""
    calls: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    server = socket.create_server(("127.0.0.1", 0))
    heard = Listener(f"http://127.0.0.1:{server.getsockname()[1]}")

    def listen() -> None:
        while True:
            try:
                connection, caller = server.accept()
            except OSError:
                return
            heard.calls.append(str(caller))
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield heard
    server.close()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory, listener: Listener) -> list[Case]:
    return build_corpus(tmp_path_factory.mktemp("corpus"), listener.url)


@pytest.fixture(scope="module")
def caller() -> Caller:
    return Caller(actor="clerk", clock=fixed_clock(datetime(2026, 11, 1, tzinfo=UTC)))


def _project(folder: Path, caller: Caller) -> Project:
    location = str(folder / "atlantic.gpkg")
    create(location, caller, name="Atlantic", region=REGION)
    return open_project(location, clock=caller.clock)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, caller: Caller) -> Iterator[Project]:
    held = _project(tmp_path_factory.mktemp("project"), caller)
    yield held
    held.close()


@pytest.fixture(scope="module")
def outcomes(cases: list[Case], project: Project, caller: Caller) -> dict[str, Outcome]:
    """What came of each case taken so far; filled format by format."""
    return {}


def _outcome(case: Case, project: Project, caller: Caller, outcomes: dict[str, Outcome]) -> Outcome:
    if case.name not in outcomes:
        outcomes[case.name] = take(project, case, caller)
    return outcomes[case.name]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("kind", ["bad", "good"])
def test_bad_files_are_refused_or_held_and_good_files_taken_in(
    fmt: str, kind: str, cases: list[Case], project: Project, caller: Caller, outcomes: dict[str, Outcome]
) -> None:
    chosen = [case for case in cases if case.format == fmt and case.is_bad == (kind == "bad")]
    failed = {}
    for case in chosen:
        if found := faults(case, _outcome(case, project, caller, outcomes)):
            failed[case.name] = f"{case.name} ({case.defect}): {'; '.join(found[:3])}"
    assert not failed, f"{len(failed)} of {len(chosen)} {kind} {fmt} files:\n" + "\n".join(failed.values())


def test_nobody_calls_the_address_and_nobody_reads_the_file_that_hostile_files_name(
    cases: list[Case], project: Project, caller: Caller, outcomes: dict[str, Outcome], listener: Listener
) -> None:
    hostile = [case for case in cases if any(word in case.name for word in ("disguise", "xxe", "link", "web", "dtd"))]
    told = {case.name for case in hostile
            if SECRET in repr(_outcome(case, project, caller, outcomes))}
    assert len(hostile) >= 20
    assert told == set()
    assert listener.calls == []


def test_what_was_held_is_in_quarantine_and_not_among_the_records(
    cases: list[Case], caller: Caller, tmp_path: Path
) -> None:
    chosen = [case for case in cases if case.name in WRITTEN]
    assert len(chosen) == len(WRITTEN)
    for case in chosen:
        assert case.expected == HELD
        folder = tmp_path / case.name
        folder.mkdir()
        with _project(folder, caller) as project:
            outcome = take(project, case, caller, dry_run=False)
            with project.read() as reader:
                kept = [row.source_row for row in reader.quarantine() if row.source_file == case.path.name]
                records = [record.source_row for record in reader.records("hazardous_area")]
        assert faults(case, outcome) == [], case.name
        assert len(records) == outcome.accepted, case.name
        assert not set(records) & set(case.bad_rows), f"{case.name}: {records}"
        assert len(kept) == outcome.quarantined, case.name
        if outcome.quarantined:
            assert set(kept).isdisjoint(records), case.name
