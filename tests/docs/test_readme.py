"""What the documents say exists: commands, links, the four parts of a decision."""

from __future__ import annotations

import re
from pathlib import Path

from support.needs import ROOT

LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)")
SECTIONS = ("Status", "Context", "Decision", "Consequences")


def documents(root: Path) -> list[Path]:
    """The README, the other pages at the top, and everything under docs/."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def _prose(text: str) -> str:
    """Text without what stands in code."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+\s+(.*?)\s*$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(root: Path) -> list[str]:
    """Relative links to a file or a heading that is not there."""
    found = []
    for page in documents(root):
        for link in LINK.findall(_prose(page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z][a-z0-9+.-]*:", link):
                continue
            name, _, anchor = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if not target.exists() or not target.is_relative_to(root.resolve()):
                found.append(f"{page.relative_to(root)}: {link} is not there")
            elif anchor and target.suffix == ".md" and anchor not in _anchors(target.read_text(encoding="utf-8")):
                found.append(f"{page.relative_to(root)}: {link} has no such heading")
    return found


def make_commands(text: str) -> list[str]:
    """Targets of the ``make`` commands that a page shows, in their order."""
    return re.findall(r"^(?: {4}|\$ )?make ([a-z][\w-]*)", text, re.MULTILINE)


def make_targets(text: str) -> set[str]:
    """Targets of a Makefile."""
    return set(re.findall(r"^([a-z][\w-]*)\s*:(?!=)", text, re.MULTILINE))


def decision_violations(folder: Path) -> list[str]:
    """Decision records that lack a part, share a number, or are longer than a page."""
    found, owner = [], {}
    for page in sorted(folder.glob("*.md")):
        if not (name := re.fullmatch(r"(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md", page.name)):
            found.append(f"{page.name}: a decision is called NNNN-title.md")
            continue
        text, number = page.read_text(encoding="utf-8"), name[1]
        if number in owner:
            found.append(f"{page.name}: {owner[number]} has the number too")
        owner[number] = page.name
        if not text.startswith(f"# {number} "):
            found.append(f"{page.name}: its title does not start with its number")
        heads = re.findall(r"^## (\w+)", text, re.MULTILINE)
        if [head for head in heads if head in SECTIONS] != list(SECTIONS):
            found.append(f"{page.name}: has {heads}, not {list(SECTIONS)}")
        if len(text.splitlines()) > 60:
            found.append(f"{page.name}: {len(text.splitlines())} lines, at most 60")
    return found


def test_the_two_commands_of_the_readme_are_make_targets() -> None:
    commands = make_commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert commands[:2] == ["demo", "test"]
    assert set(commands) <= make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))


def test_every_relative_link_leads_somewhere() -> None:
    assert broken_links(ROOT) == []


def test_every_decision_has_its_four_parts_and_a_number_of_its_own() -> None:
    assert decision_violations(ROOT / "docs" / "decisions") == []


def test_a_link_to_nothing_turns_the_rule_red(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(
        "[a](docs/a.md) [b](docs/missing.md) [c](https://example.org/x) [d](docs/a.md#one-two) [e](docs/a.md#three)\n"
        "`[f](code.md)`\n```\n[g](code.md)\n```\n[h](../outside.md)\n")
    (tmp_path / "docs" / "a.md").write_text("# One, two\n[back](../README.md)\n")
    assert [line.split(": ")[1].split()[0] for line in broken_links(tmp_path)] == [
        "docs/missing.md", "docs/a.md#three", "../outside.md"]


def test_a_command_that_is_no_target_turns_the_rule_red() -> None:
    assert make_commands("Do:\n\n    make demo    # it\n    make tset\n\nWe make test cases.\n") == ["demo", "tset"]
    assert make_targets("PY := x\n.PHONY: a\ndemo: b ## c\n\t@x\n") == {"demo"}


def test_a_decision_without_a_part_or_with_a_used_number_turns_the_rule_red(tmp_path: Path) -> None:
    good = "# 0001 Title\n\n## Status\n\n## Context\n\n## Decision\n\n## Consequences\n"
    (tmp_path / "0001-good.md").write_text(good)
    assert decision_violations(tmp_path) == []
    (tmp_path / "0001-twin.md").write_text(good)
    (tmp_path / "0002-part.md").write_text("# 0002 Title\n\n## Status\n\n## Decision\n")
    (tmp_path / "0003-long.md").write_text(good.replace("0001", "0003") + "x\n" * 60)
    (tmp_path / "four.md").write_text(good)
    assert [line.split(":")[0] for line in decision_violations(tmp_path)] == [
        "0001-twin.md", "0002-part.md", "0003-long.md", "four.md"]
