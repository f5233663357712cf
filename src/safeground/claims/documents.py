"""A document's bytes into a document with text: by kind, within limits, from the file alone.

The bytes are kept as they came and named by their SHA-256; nothing is fetched, no entity is resolved, no script is
run, and what a text says is data, never an instruction.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

from safeground.claims.furniture import furniture
from safeground.claims.letters import decode
from safeground.claims.read_html import read_html
from safeground.claims.read_office import read_csv, read_docx, read_xlsx
from safeground.claims.read_pdf import read_pdf
from safeground.claims.read_photo import read_photo
from safeground.claims.reading import LETTERS_MAX, Reading, check_size, refuse
from safeground.records.claims import ClaimDocument

#: Name and version of our own pass over plain text.
TEXT_PASS = "safeground text 1"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"GIF8")
_HTML = re.compile(rb"^\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body"
                   rb"|article|div|meta)\b",
                   re.IGNORECASE | re.DOTALL)


def kind_of(content: bytes, name: str) -> str:
    """Return ``pdf``, ``docx``, ``xlsx``, ``image``, ``html``, ``csv`` or ``text``: what the bytes are, then what the
    name says.

    Raises
    ------
    SourceError : an archive or a binary that is none of them.
    """
    head, low = content[:8192], name.lower()
    if head[:1024].lstrip().startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        try:
            names = set(zipfile.ZipFile(BytesIO(content)).namelist()) if len(content) <= 100 << 20 else set()
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise refuse("SG-CLAIMS-122", name, f"the archive is broken: {error}.", "Save it again.") from error
        for member, kind in (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx")):
            if member in names:
                return kind
        raise refuse("SG-CLAIMS-121", name, "an archive that is neither DOCX nor XLSX.",
                     "Unpack it and give the documents one by one.")
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:12] in (b"ftypheic",
                                                                                                     b"ftypmif1",
                                                                                                     b"ftypavif"):
        return "image"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("SG-CLAIMS-121", name, "an office file of the years before 2007, or a locked one.",
                     "Save it as DOCX, XLSX or PDF.")
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) or (low.endswith((".html", ".htm", ".xhtml")) and b"<" in head):
        return "html"
    if not wide and head.count(b"\x00") > len(head) // 100:
        raise refuse("SG-CLAIMS-121", name, f"bytes of an unknown kind, beginning {head[:8].hex()}.",
                     "Give HTML, plain text, PDF, DOCX, XLSX, CSV or a photograph.")
    return "csv" if low.endswith((".csv", ".tsv")) else "text"


def _read_text(content: bytes, file: str) -> Reading:
    decoded = decode(content)
    if not decoded.text.strip():
        raise refuse("SG-CLAIMS-124", file, "it is empty.", "Give the report's text.")
    if decoded.broken > max(20, len(content) // 50):
        raise refuse("SG-CLAIMS-122", file, f"{decoded.broken:,} stretches of bytes are not {decoded.encoding}:"
                                            f" {decoded.notes[0]}",
                     "Save it as UTF-8.")
    text = decoded.text[:LETTERS_MAX]
    blocks = tuple(furniture(text))
    title = next((text[block.span.start:block.span.end].lstrip("# ") for block in blocks if block.kind == "title"), "")
    byline = next((text[block.span.start:block.span.end].lstrip("•*- \t") for block in blocks if block.kind == "author"
                   and not re.fullmatch(r"\W*(?:about the )?authors?\W*|written by\W*",
                                        text[block.span.start:block.span.end], re.IGNORECASE)), "")
    return Reading(text=text, media_type="text/plain", extractor=TEXT_PASS, title=title, byline=byline,
                   boilerplate=blocks,
                   notes=decoded.notes)


_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "html": read_html, "text": _read_text, "csv": read_csv, "docx": read_docx, "xlsx": read_xlsx, "pdf": read_pdf,
    "image": read_photo}


def read_document(content: bytes, name: str, *, published: date | None, published_by: str, outlet: str,
                  captured_at: datetime | None = None, url: str = "", caption: str = "",
                  credit: str = "") -> ClaimDocument:
    """Read a document.

    Parameters
    ----------
    content : the bytes as received; keep them.  name : the file's name; it helps with CSV and HTML alone.
    published, published_by : the publication date that a person states, and who does; None = what the document says,
        if it
        does.  A statement goes before the document; where both are there and differ, a note tells it.
    outlet : who published it, "" = what the page says.
    captured_at : when it was taken from its place, with a time zone.  url : where from; nothing is fetched.
    caption, credit : given with a photograph.

    Raises
    ------
    SourceError : too large (told before it is opened), of an unknown kind, broken, locked, unfolding or nesting too
        far, or
        without text.
    """
    kind = kind_of(content, name)
    check_size(content, kind, name)
    reading = read_photo(content, name, caption=caption, credit=credit) if kind == "image" else _READERS[kind](content,
                                                                                                               name)
    digest = hashlib.sha256(content).hexdigest()
    notes = list(reading.notes)
    if published is not None and reading.published is not None and published != reading.published:
        notes.append(f"stated as published {published.isoformat()} by {published_by or 'a person'}; the document says "
                     f"{reading.published.isoformat()} ({reading.evidence}).")
    if published is None and reading.published is None:
        notes.append("no publication date is known: Friday, last month and the like stay open until somebody states "
                     "one.")
    return ClaimDocument(
        id=f"doc-{digest[:16]}", sha256=digest, media_type=reading.media_type, text=reading.text,
        extractor=reading.extractor,
        title=reading.title, outlet=outlet or reading.outlet, byline=reading.byline,
        published=published if published is not None else reading.published,
        published_source=(published_by or "stated") if published is not None else reading.evidence,
        published_grade="C" if published is not None else reading.grade, captured_at=captured_at, url=url
        or reading.url,
        language=reading.language or "en", boilerplate=reading.boilerplate, parts=reading.parts, notes=tuple(notes),
        photo=reading.photo, caption=reading.caption, credit=reading.credit)
