"""Words: the field's own, none that promises what nobody can promise, and none about the place where we work.

A line that quotes a word in order to ban it says so ("never say …"); a line that reads a sender's own word carries the
comment ``sender's word``.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from support.needs import ROOT

TEXT = {".py", ".md", ".toml", ".css", ".html", ".typ", ".ts", ".js", ".json", ".svg", ".sh", ".txt", ".csv", ".yml"}
#: What people read in or about the product.
PRODUCT = ("src/", "ui/", "docs/", "changes/", "README.md", "ARCHITECTURE.md", "STYLE.md", "CHANGELOG.md", "Makefile",
           "pyproject.toml")
#: The rules themselves spell what they forbid, and pins of foreign packages are not our words.
APART = ("tests/house/test_words.py", "package-lock.json", "LICENSE")

#: Technical words that speak of no land.
FINE = re.compile(r"safeground|geo[-_ ]?safe|(?:thread|fail|crash|url|type|async|null)[-_ ]safe(?:ly|ty)?"
                  r"|safe-area-inset", re.IGNORECASE)
QUOTED = re.compile(r"\b(?:never|not|nor)\b.{0,40}\b(?:say|says|said|write|writes|use|uses|word|words|call|calls)\b"
                    r"|\bsender's word\b", re.IGNORECASE)
LAND = r"(?:land|area|areas|ground|field|fields|parcel|parcels|polygon|polygons|village|road|perimeter)"
PROMISES = re.compile(
    r"(?<![A-Za-z])[Ss]afe(?:st|r|ly)?(?![a-z])|(?<=[a-z])Safe(?![a-z])|(?<![A-Z])SAFE(?![A-Z])"
    r"|(?i:mine[-_ ]?free|free (?:of|from) (?:all )?mines|danger[-_ ]?zones?|risk[-_ ]?scores?)"
    rf"|(?i:(?<![a-z])clean(?:ed|s|ing)?[-_ ](?:the )?{LAND}(?![a-z]))"
    rf"|(?i:(?<![a-z]){LAND}[-_ ](?:(?:is|are|was|were|be)[-_ ])?clean(?:ed)?(?![a-z]))")
PLACES = re.compile(
    r"(?<![\w.])/(?:work|root)/|/tmp/w\b|(?<![\w.])/(?:home|Users)/[a-z]|\b[A-Z]:\\\\?Users\b"
    r"|pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.(?:org|com)|deb\.debian\.org|crates\.io|conda\.anaconda\.org",
    re.ASCII)
WORKPLACE = re.compile(
    r"(?<![A-Za-z])(?:AI|LLMs?)(?![A-Za-z])"
    r"|(?i:\b(?:chatgpt|openai|anthropic|claude|copilot|language models?|co-authored-by)\b)"
    r"|(?i:\b(?:coding|chat|this|previous|next|my|agent) sessions?\b|\b(?:system|user) prompts?\b)"
    r"|(?i:\b(?:coding|virtual) (?:assistants?|agents?)\b)")


def word_violations(files: dict[str, str]) -> list[str]:
    """Lines with a banned word; `files` maps paths below the repository to their text."""
    found = []
    for name, text in sorted(files.items()):
        if name.endswith(APART):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            rules = [PLACES, WORKPLACE]
            if name.startswith(PRODUCT) and not QUOTED.search(line):
                rules.append(PROMISES)
            found += [f"{name}:{number}: {hit[0]!r}" for rule in rules if (hit := rule.search(FINE.sub("", line)))]
    return found


def tracked_files() -> dict[str, str]:
    """Text files that are, or are about to be, in the repository; every file of a source archive without one."""
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=False,
                          capture_output=True, text=True)
    names = done.stdout.splitlines() if done.returncode == 0 else [
        str(path.relative_to(ROOT)) for top in ("src", "ui", "docs", "tests", "tools", "benchmarks")
        for path in (ROOT / top).rglob("*") if "node_modules" not in path.parts]
    paths = {name: ROOT / name for name in names}
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()
            if path.is_file() and (path.suffix in TEXT or not path.suffix) and path.stat().st_size < 2_000_000}


def test_no_file_promises_safety_or_names_our_workplace() -> None:
    files = tracked_files()
    assert len(files) > 50
    assert word_violations(files) == []


BAD = [
    ("src/safeground/a.py", "return 'this area is safe'"),
    ("src/safeground/a.py", "is_safe = True"),
    ("src/safeground/a.py", "SAFE_AREA = 1"),
    ("ui/src/map.ts", "const isSafe = true;"),
    ("docs/concepts/a.md", "The road can be used safely."),
    ("src/safeground/a.py", "title = 'Mine-free land'"),
    ("src/safeground/a.py", "mine_free = 1"),
    ("docs/a.md", "The land is clean."),
    ("docs/a.md", "cleaned area"),
    ("src/safeground/a.py", "clean_area_m2 = 1"),
    ("src/safeground/a.py", "# danger zone"),
    ("ui/index.html", "<p>Risk score</p>"),
    ("tests/unit/a.py", "open('/" + "work/main/a')"),
    ("tools/a.py", "https://" + "pypi.org/simple"),
    ("docs/a.md", "See /" + "home/someone/notes"),
    ("docs/a.md", "Written with " + "Chat" + "GPT."),
    ("src/safeground/a.py", "# as the " + "AI said"),
    ("docs/a.md", "In the previous " + "session we chose this."),
]
GOOD = [
    ("src/safeground/a.py", "geo_safe: bool = True  # Safeground withholds positions; thread-safe"),
    ("src/safeground/a.py", "cleared_area; clean_text(value); fail-safe; CLEARED; unsafely"),
    ("docs/a.md", "Reports never use the words safe or mine-free."),
    ("src/safeground/a.py", '"mine free area": "cleared_area",  # sender\'s word'),
    ("src/safeground/a.py", "class RiskEducationSession: with Session(engine) as session:"),
    ("docs/a.md", "home/ and work/ are folders; email, paid, said"),
    ("tests/unit/a.py", "safe = 1  # not product text"),
]


@pytest.mark.parametrize(("name", "line"), BAD)
def test_a_banned_word_turns_the_rule_red(name: str, line: str) -> None:
    assert len(word_violations({name: f"fine\n{line}\n"})) == 1


@pytest.mark.parametrize(("name", "line"), GOOD)
def test_words_of_the_field_and_of_the_trade_are_fine(name: str, line: str) -> None:
    assert word_violations({name: line}) == []


def test_the_files_of_the_repository_are_all_looked_at() -> None:
    names = set(tracked_files())
    assert {"README.md", "Makefile", "pyproject.toml", "src/safeground/__init__.py"} <= names
    assert not any(name.startswith((".venv/", "ui/node_modules/")) for name in names)
