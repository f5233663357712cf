"""The generated pages are what the code says now."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import reference

from support.needs import ROOT


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_the_committed_page_is_what_the_code_says(name: str) -> None:
    path = ROOT / name
    assert path.is_file(), "run `make docs`"
    assert path.read_text(encoding="utf-8") == reference.PAGES[name](), "run `make docs`"


def test_the_commands_page_names_every_command_and_option() -> None:
    from typer.main import get_command

    from safeground.cli.main import app

    page = reference.cli_page()
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        assert f"\n## {name}\n" in page
        for option in command.params:
            assert option.param_type_name == "argument" or f"`{option.opts[0]}`" in page


def test_every_code_and_word_is_on_its_page() -> None:
    from safeground.ground.codes import CODES
    from safeground.records.vocabulary import VOCABULARY

    errors, glossary = reference.errors_page(), reference.glossary_page()
    assert all(f"| `{code}` | {words} |" in errors for code, words in CODES.items())
    assert all(f"`{member.value}`" in glossary for enum in VOCABULARY for member in enum)


def test_an_edited_page_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PAGES", {"docs/a.md": lambda: "one\n", "docs/b.md": lambda: "two\n",
                                             "docs/c.md": lambda: "three\n"})
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("one\n")
    (tmp_path / "docs" / "b.md").write_text("two\nand more\n")
    assert reference.stale_pages(tmp_path) == ["docs/b.md", "docs/c.md"]


def test_check_mode_writes_nothing_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "stale_pages", lambda: ["docs/a.md"])
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["reference", "--check"])
    with pytest.raises(SystemExit, match=r"docs/a\.md"):
        reference.main()
    assert list(tmp_path.iterdir()) == []
