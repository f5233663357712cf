"""Texts from PDF page by page; a page of pictures without text is told as not read, never passed over."""

from __future__ import annotations

import io
from importlib.metadata import version

import pypdf
from pypdf.errors import PyPdfError

from safeground.claims.letters import strange_letters
from safeground.claims.reading import LETTERS_MAX, Reading, refuse
from safeground.records.claims import Block, Span

PAGES_MAX = 3_000
#: A page with pictures and fewer letters than this was scanned.
SCANNED_BELOW = 20
_BROKEN = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError,
           NotImplementedError,
           AssertionError, OverflowError, ArithmeticError)


def _has_images(page: pypdf.PageObject) -> bool:
    """Return whether a page shows a picture, without decoding it."""
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    if objects is None:
        return False
    return any(item.get_object().get("/Subtype") in ("/Image", "/Form") for item in objects.get_object().values())


def read_pdf(content: bytes, file: str) -> Reading:
    """Read a PDF.

    Raises
    ------
    SourceError : it is broken or locked, or has too many pages or letters, or none of its pages could be read.
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise refuse("SG-CLAIMS-122", file, "it is locked with a password.", "Save it without one.")
        count = len(reader.pages)
        if count > PAGES_MAX:
            raise refuse("SG-CLAIMS-123", file, f"{count:,} pages, at most {PAGES_MAX:,}.", "Split it.")
        pieces, parts, notes, at = [], [], [], 0
        for number, page in enumerate(reader.pages, 1):
            text, note = _page(page, number)
            notes += [note] if note else []
            if text:
                parts.append(Block(span=Span(at, at + len(text)), kind=f"page {number}"))
                pieces.append(text + "\n\n")
                at += len(text) + 2
            if at > LETTERS_MAX:
                raise refuse("SG-CLAIMS-123", file, f"more than {LETTERS_MAX:,} letters by page {number}.", "Split it.")
        about = reader.metadata
        title, author = (str(about.title or ""), str(about.author or "")) if about else ("", "")
    except _BROKEN as error:
        raise refuse("SG-CLAIMS-122", file, f"the PDF is broken: {type(error).__name__} {str(error)[:120]}.",
                     "Print it to PDF anew.") from error
    whole = "".join(pieces)
    if not whole.strip():
        raise refuse("SG-CLAIMS-124", file, f"none of its {count} pages holds text:"
                                            f" {' '.join(notes[:3]) or 'they are empty.'}",
                     "Give the text; pictures of text are not read.")
    return Reading(text=whole, media_type="application/pdf", extractor=f"pypdf {version('pypdf')}", title=title,
                   byline=author,
                   parts=tuple(parts), notes=(*notes, *strange_letters(whole)))


def _page(page: pypdf.PageObject, number: int) -> tuple[str, str]:
    """Return a page's text and what must be told about it; one broken page does not lose the others."""
    try:
        text = page.extract_text().strip()
    except _BROKEN as error:
        return "", f"page {number}: not read, {type(error).__name__} {str(error)[:80]}."
    if len(text) < SCANNED_BELOW:
        try:
            shows = _has_images(page)
        except _BROKEN:
            shows = True
        if shows:
            return text, f"page {number}: scanned, not read."
    return text, ""
