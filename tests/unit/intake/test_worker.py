"""The worker that opens a stranger's SQLite is stopped by its limits, and its failure is a refusal in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from safeground.intake.read_gpkg import read_gpkg, run_worker

GUARD = """
import sys
sys.path.insert(0, {folder!r})
import worker_main
worker_main.limit(2 << 30, 30)
worker_main.forbid_network()
try:
    {attempt}
except (PermissionError, OSError, MemoryError) as error:
    worker_main.send({{"refused": ["SG-INTAKE-005", type(error).__name__]}})
else:
    worker_main.send({{"end": True}})
"""


def program(folder: Path, attempt: str) -> Path:
    import safeground.intake.worker_main as module

    path = folder / "attempt.py"
    path.write_text(GUARD.format(folder=str(Path(module.__file__).parent), attempt=attempt))
    return path


@pytest.mark.parametrize("attempt", [
    "import socket; socket.create_connection(('127.0.0.1', 9), 1)", "import subprocess; subprocess.run(['true'])",
    "import os; os.fork()", "open('written', 'w').write('x' * 100000)", "x = bytearray(3 << 30)"])
def test_what_a_reader_does_not_need_it_cannot_do(tmp_path: Path, attempt: str) -> None:
    frames, failed = run_worker(tmp_path / "any.gpkg", "", program=program(tmp_path, attempt))
    assert failed or "refused" in frames[-1][0], frames
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_a_harmless_program_passes_the_same_guard(tmp_path: Path) -> None:
    frames, failed = run_worker(tmp_path / "any.gpkg", "", program=program(tmp_path, "pass"))
    assert (failed, frames[-1][0]) == ("", {"end": True})


def test_a_worker_that_dies_or_talks_nonsense_is_told(tmp_path: Path) -> None:
    for text, words in (("import os; os.kill(os.getpid(), 9)", "ended with code"), ("print('nonsense')", "no readable"),
                        ("import sys; sys.exit(3)", "ended with code 3")):
        (tmp_path / "p.py").write_text(text)
        _, failed = run_worker(tmp_path / "any.gpkg", "", program=tmp_path / "p.py")
        assert words in failed


def test_a_worker_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "p.py").write_text("import time\ntime.sleep(600)\n")
    _, failed = run_worker(tmp_path / "any.gpkg", "", seconds=-9, program=tmp_path / "p.py")
    assert "took longer" in failed


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    tables, findings = read_gpkg(tmp_path / "bad.gpkg", b"SQLite format 3\x00" + b"x" * 200, None)
    assert tables == ()
    assert findings[0].code in ("SG-INTAKE-005", "SG-INTAKE-013")
    assert findings[0].remedy
