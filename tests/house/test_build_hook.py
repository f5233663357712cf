"""The build of the map page: when it is built, when it is left out, and what a failure says."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from support.needs import ROOT


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made(hook: ModuleType, root: Path) -> object:
    return hook.PageBuildHook(str(root), {}, None, None, str(root), "wheel")


def with_sources(root: Path) -> Path:
    (root / "ui").mkdir()
    (root / "ui" / "main.ts").write_text("export {}\n")
    return root


def test_a_page_made_from_the_sources_as_they_are_is_not_built_again(hook: ModuleType, tmp_path: Path) -> None:
    root = with_sources(tmp_path)
    target = root / hook.TARGET
    target.mkdir(parents=True)
    (target / "index.html").write_text("<html>")
    (target / hook.STAMP).write_text(hook.sources_digest(root / "ui"))
    assert hook.is_built(root)
    assert made(hook, root).dependencies() == []
    (root / "ui" / "main.ts").write_text("export {} // changed\n")
    assert not hook.is_built(root)
    assert made(hook, root).dependencies() == [hook.NODE]


def test_the_page_is_left_out_on_request_and_where_there_are_no_sources(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert made(hook, tmp_path).dependencies() == []
    root = with_sources(tmp_path)
    monkeypatch.setenv("SAFEGROUND_SKIP_UI", "1")
    assert made(hook, root).dependencies() == []
    made(hook, root).initialize("standard", {})
    assert not (root / hook.TARGET).exists()


def test_a_failed_step_says_what_it_was_what_it_said_and_what_to_do(hook: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(hook.PageBuildError) as failed:
        hook.run([sys.executable, "-c", "import sys; print('E404 no such package'); sys.exit(3)"], tmp_path)
    text = str(failed.value)
    assert "ended with 3" in text
    assert "E404 no such package" in text
    assert "SAFEGROUND_SKIP_UI=1" in text
