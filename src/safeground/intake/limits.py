"""Limits that keep one file from hurting the rest, and what must not stand in a file."""

from __future__ import annotations

import re
import zipfile

#: A file larger than this is refused, bytes.
FILE_BYTES_MAX = 2 << 30
#: An archive may unfold to so much in all, and to so many times its size.
UNPACKED_BYTES_MAX, UNPACKED_RATIO_MAX, UNPACKED_FREE = 1 << 30, 100, 16 << 20
#: A value longer than this is refused, letters.
TEXT_MAX = 20_000_000
#: A worker may take so much memory and processor time.
WORKER_BYTES, WORKER_SECONDS = 2 << 30, 300

_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
#: Letters that no honest text holds: lost ones (U+FFFD), C0 but tab and line ends, C1, and non-characters.
BAD_LETTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff\ud800-\udfff]")

_CP1252 = bytes(b for b in range(0x80, 0xC0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)).decode("cp1252")
#: UTF-8 of two or three bytes that somebody read as Windows-1252.
_TWICE_READ = re.compile(f"[Â-ß][{_CP1252}]|[à-ï][{_CP1252}]{{2}}")


def twice_read(text: str) -> str:
    """Return the first letters that are UTF-8 read as Windows-1252, such as Ã¶ for ö, "" = none.

    An accented capital before a quotation mark (CAFÉ’S) looks alike; a single pair counts only if the letter it stands
    for is one that names are written with.
    """
    if text.isascii():
        return ""
    found = []
    for run in _TWICE_READ.findall(text):
        try:
            found.append((run, run.encode("cp1252").decode("utf-8")))
        except UnicodeError:  # no letter after all
            continue
    sure = [run for run, letter in found if len(run) > 2 or run[0] in "ÂÃ" or not 0x180 <= ord(letter) < 0x370]
    return sure[0] if sure else found[0][0] if len(found) > 1 else ""


def declares_entities(content: bytes) -> bool:
    """Return whether XML declares a document type or an entity, in any encoding of one or two bytes a letter."""
    return bool(_DOCTYPE.search(content) or _DOCTYPE.search(content.replace(b"\x00", b"")))


def archive_fault(archive: zipfile.ZipFile, byte_count: int) -> str:
    """Return why an archive must not be unfolded, "" = it may."""
    total = sum(item.file_size for item in archive.infolist())
    if total > UNPACKED_BYTES_MAX or (total > UNPACKED_FREE and total > UNPACKED_RATIO_MAX * byte_count):
        return f"unfolds from {byte_count:,} to {total:,} bytes"
    for item in archive.infolist():
        name = item.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or ".." in name.split("/"):
            return f"holds a name that leaves the archive: {item.filename!r}"
        if item.flag_bits & 1:
            return "is encrypted"
    return ""
