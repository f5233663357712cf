"""A page of a few sentences: nothing to show yet and which command comes next, or why something cannot be shown."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files

from safeground.report.words import printable

#: (what it does, command): the command is typed as it stands, with the project's name for PROJECT.
Step = tuple[str, str]


def steps_html(sentence: str, steps: Sequence[Step] = ()) -> str:
    """Return a sentence and the commands that come next, as part of a page."""
    lines = "".join(f"<li>{_text(what)}: <code>{_text(command)}</code></li>" for what, command in steps)
    following = f'<p>What comes next:</p><ul class="steps">{lines}</ul>' if steps else ""
    return f'<p class="empty">{_text(sentence)}</p>{following}'


def _text(value: str) -> str:
    return escape(printable(value), quote=True)


def plain_html(title: str, sentence: str, steps: Sequence[Step] = (), notice: str = "") -> bytes:
    """Return a whole page that says one thing, and the commands that come next."""
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    said = f'<p class="notice">{_text(notice)}</p>' if notice else ""
    return (f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width='
            f'device-width, initial-scale=1"/><title>{_text(title)}</title><style>{style}</style></head><body>'
            f"<header><h1>{_text(title)}</h1></header><main>{steps_html(sentence, steps)}{said}</main></body></html>\n"
            ).encode()
