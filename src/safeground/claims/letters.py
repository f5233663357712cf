"""Bytes into letters: nothing is replaced in silence, and letters that change the direction of reading are told."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

#: Marks that turn the direction of reading; they can make a text look like what it is not.
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.:-]{2,40})""")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
         (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Decoded:
    """Letters with what was found on the way.

    Attributes
    ----------
    encoding : by which they were read.  broken : bytes that are no letters in it, each now U+FFFD.
    """

    text: str
    encoding: str
    notes: tuple[str, ...]
    broken: int = 0


def _declared(content: bytes) -> str:
    for pattern in (_XML, _META):
        if found := pattern.search(content[:4096]):
            name = found[1].decode("ascii")
            try:
                known = codecs.lookup(name).name
            except LookupError:
                continue
            if known not in ("utf-16", "utf-32", "utf-16-le", "utf-16-be"):  # the bytes before it were read as one each
                return "cp1252" if known in ("iso8859-1", "latin-1", "ascii") else known
    return "utf-8"


def _broken_bytes(content: bytes, encoding: str) -> tuple[list[tuple[int, bytes]], str]:
    """Return where bytes are no letters, and the text with U+FFFD in their place."""
    places: list[tuple[int, bytes]] = []

    def note(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        places.append((error.start, error.object[error.start:error.end]))
        return "\ufffd", error.end

    codecs.register_error("safeground.claims.note", note)
    text = content.decode(encoding, "safeground.claims.note")
    return places, text


def decode(content: bytes) -> Decoded:
    """Return the letters of a text or page.

    A byte-order mark decides, then what the page declares, then UTF-8.  Bytes that are no letters are listed by place
    and value and stand as U+FFFD; the original bytes are kept apart by hash.
    """
    for mark, name in _BOMS:
        if content.startswith(mark):
            content, encoding, skipped = content[len(mark):], name, len(mark)
            break
    else:
        encoding, skipped = _declared(content), 0
    places, text = _broken_bytes(content, encoding)
    notes = []
    if places:
        shown = ", ".join(f"0x{value.hex()} at byte {place + skipped}" for place, value in places[:_SHOWN])
        more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
        notes.append(f"{len(places)} stretches of bytes are not {encoding}: {shown}{more}; each stands as U+FFFD.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, encoding, (*notes, *strange_letters(text)), len(places))


def strange_letters(text: str) -> tuple[str, ...]:
    """Return notes on letters that change direction, run from right to left, control a terminal or do not show."""
    notes = []
    if marks := list(BIDI.finditer(text)):
        places = ", ".join(f"U+{ord(mark[0]):04X} at {mark.start()}" for mark in marks[:_SHOWN])
        notes.append(f"{len(marks)} marks turn the direction of reading ({places}); they are kept, and the text may "
                     f"look "
                     "like what it is not.")
    if found := _RIGHT_TO_LEFT.search(text):
        notes.append(f"letters that run from right to left begin at {found.start()}; rules for English do not read "
                     f"them.")
    if controls := _CONTROL.findall(text):
        notes.append(f"{len(controls)} control characters, the first U+{ord(controls[0]):04X} "
                     f"at {text.index(controls[0])}.")
    if hidden := _INVISIBLE.findall(text):
        notes.append(f"{len(hidden)} letters that do not show, the first U+{ord(hidden[0]):04X} "
                     f"at {text.index(hidden[0])}.")
    return tuple(notes)
