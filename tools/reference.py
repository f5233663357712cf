"""Write the reference pages that come from the code: commands, error codes, words.

``--check`` writes nothing and fails if a page is not what the code says.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "safeground"
NOTE = "<!-- Written by `make docs` from the code; edit the code, not this page. -->\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().split("\n\n")[0].split())


def _first_sentence(text: str | None) -> str:
    paragraph = _first_paragraph(text)
    head, stop, _ = paragraph.partition(". ")
    return head + "." if stop else paragraph


def _option_row(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    default = option.default
    shown = "" if default in (None, "", False) or callable(default) or option.required else f"`{default}`"
    help_text = option.help or ""
    if getattr(option, "envvar", None):
        help_text += f" Environment: `{option.envvar}`."
    return f"| {names} | {shown} | {_cell(help_text)} |"


def _usage(name: str, arguments: list[Any]) -> str:
    words = [argument.metavar or argument.name.upper() for argument in arguments]
    return " ".join(["safeground", name, *words, "[OPTIONS]"])


def _command_section(name: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    lines = [f"## {name}", "", _first_paragraph(command.help), "", "```", _usage(name, arguments), "```", ""]
    told = [f"- `{a.metavar or a.name.upper()}`: {a.help}" for a in arguments if getattr(a, "help", None)]
    lines += [*told, ""] if told else []
    if options:
        lines += ["| option | default | meaning |", "|---|---|---|", *map(_option_row, options), ""]
    return lines


def cli_page() -> str:
    """Return ``docs/reference/cli.md``: every command with its arguments and options."""
    from typer.main import get_command

    from safeground.cli.main import app
    from safeground.cli.output import Exit

    group: Any = get_command(app)
    lines = ["# Commands", "", NOTE, _first_paragraph(group.help), "",
             "Every command takes `--help`. With `--json` a command writes one JSON object on standard output.", "",
             "| exit code | meaning |", "|---|---|"]
    meaning = {"DONE": "done", "FAULTY": "the request or its data is faulty; nothing changed",
               "REFUSED": "a rule refuses; nothing changed",
               "SURROUNDINGS": "disk, network or a missing program is in the way; rolled back",
               "BROKEN": "a fault in Safeground, or a book that does not balance"}
    lines += [f"| {int(code)} | {meaning[code.name]} |" for code in Exit]
    lines.append("")
    for name, command in group.commands.items():
        lines += _command_section(name, command)
    return "\n".join(lines).rstrip() + "\n"


def errors_page() -> str:
    """Return ``docs/reference/errors.md``: every code with its sentence, by room."""
    rooms = [path.parent.name for path in sorted(SOURCE.glob("*/codes.py"))]
    lines = ["# Codes of findings and errors", "", NOTE,
             "A code never changes its meaning. A finding is a fault in data and points at its place in the source; an "
             "error is a refused or failed operation and says what to do.", ""]
    for room in rooms:
        module = importlib.import_module(f"safeground.{room}.codes")
        lines += [f"## {room}", "", "| code | meaning |", "|---|---|"]
        lines += [f"| `{code}` | {_cell(meaning)} |" for code, meaning in sorted(module.CODES.items())]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def glossary_page() -> str:
    """Return ``docs/glossary.md``: every word of the vocabulary with its clause, and every noun of the book."""
    from safeground.records.nouns import NOUNS
    from safeground.records.vocabulary import CLAUSES, VOCABULARY

    lines = ["# Glossary", "", NOTE,
             "The words are those of the International Mine Action Standards (IMAS), of the treaties and of the "
             "minimum data requirements (MDR). Editions are named in `src/safeground/records/vocabulary.py`.", ""]
    lines += ["## What is recorded", "", "| word | what it is |", "|---|---|"]
    lines += [f"| `{word}` | {_cell(_first_sentence(noun.__doc__))} |" for word, noun in NOUNS.items()]
    for enum in VOCABULARY:
        lines += ["", f"## {enum.__name__}", "", " ".join((enum.__doc__ or "").split()), "",
                  "| word | stored as | source |", "|---|---|---|"]
        lines += [f"| {member.name.lower().replace('_', ' ')} | `{member.value}` | "
                  f"{_cell(CLAUSES[enum.__name__, member.name])} |" for member in enum]
    return "\n".join(lines).rstrip() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/cli.md": cli_page,
    "docs/reference/errors.md": errors_page,
    "docs/glossary.md": glossary_page,
}


def stale_pages(root: Path = ROOT) -> list[str]:
    """Return the pages that are missing or not what the code says."""
    return [name for name, page in PAGES.items()
            if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != page()]


def main() -> None:
    """Write the pages, or with ``--check`` say which ones are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a page is stale")
    if parser.parse_args().check:
        stale = stale_pages()
        raise SystemExit(f"stale, run `make docs`: {', '.join(stale)}" if stale else 0)
    for name, page in PAGES.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        sys.stderr.write(f"{name}\n")


if __name__ == "__main__":
    main()
