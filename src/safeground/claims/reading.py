"""What all readers of documents share: what a reader gives back, sizes that are refused, and unfolding with a limit."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date

from safeground.claims.codes_documents import CODES_DOCUMENTS
from safeground.foundation.errors import SourceError
from safeground.records.claims import Block, PhotoFacts

#: A document of a kind may be so large, bytes; a larger one is refused before it is opened.
BYTES_MAX = {"text": 10 << 20, "html": 5 << 20, "csv": 20 << 20, "docx": 40 << 20, "xlsx": 40 << 20, "pdf": 100 << 20,
             "image": 100 << 20}
#: An archive may unfold to so many bytes, to so many times its size, and hold so many files.
UNPACKED_MAX, RATIO_MAX, RATIO_FREE, MEMBERS_MAX = 256 << 20, 100, 8 << 20, 5_000
#: Text beyond this is not a report, letters.
LETTERS_MAX = 5_000_000
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a document's bytes.

    Attributes
    ----------
    extractor : program and version that made the text.  published : date that the document itself gives, with its
        ``evidence`` and ``grade``; None = it gives none.
    """

    text: str
    media_type: str
    extractor: str
    title: str = ""
    byline: str = ""
    outlet: str = ""
    url: str = ""
    language: str = ""
    published: date | None = None
    evidence: str = ""
    grade: str = ""
    boilerplate: tuple[Block, ...] = ()
    parts: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    photo: PhotoFacts | None = None
    caption: str = ""
    credit: str = ""


def refuse(code: str, file: str, message: str, remedy: str) -> SourceError:
    """Return the error of a document that is not read; `code` is one of ``CODES_DOCUMENTS``."""
    return SourceError(code, file, f"{message} {CODES_DOCUMENTS[code]}", remedy)


def check_size(content: bytes, kind: str, file: str) -> None:
    """Refuse a document that is larger than its kind may be, before anything opens it.

    Raises
    ------
    SourceError : it is larger.
    """
    if len(content) > BYTES_MAX[kind]:
        raise refuse("SG-CLAIMS-120", file, f"{len(content):,} bytes; a document of kind {kind} may "
                                            f"have {BYTES_MAX[kind]:,}.",
                     "Save the report alone, without what surrounds it.")


def open_archive(content: bytes, file: str) -> zipfile.ZipFile:
    """Return an office file as an archive, after looking at what it would unfold to.

    Raises
    ------
    SourceError : no archive, locked, too much to unfold, a name outside it, or XML with entities.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse("SG-CLAIMS-122", file, f"the archive is broken: {error}.", "Save it again.") from error
    items = archive.infolist()
    total = sum(item.file_size for item in items)
    if len(items) > MEMBERS_MAX or total > UNPACKED_MAX or (total > RATIO_FREE and total > RATIO_MAX * len(content)):
        raise refuse("SG-CLAIMS-123", file, f"{len(content):,} bytes unfold to {total:,} in {len(items):,} files.",
                     "Ask for it in another form.")
    for item in items:
        name = item.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise refuse("SG-CLAIMS-123", file, f"it holds the name {item.filename!r}.", "Ask for it in another form.")
        if item.flag_bits & 1:
            raise refuse("SG-CLAIMS-122", file, "it is locked with a password.", "Save it without one.")
        if name.endswith((".xml", ".rels")) and _has_entities(archive, item):
            raise refuse("SG-CLAIMS-123", file, f"{name} declares a document type or entities.",
                         "An honest file needs neither.")
    return archive


def _has_entities(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> bool:
    try:
        with archive.open(item) as part:
            head = part.read(65_536)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        return False  # the reader itself will say what is broken
    return bool(_ENTITIES.search(head.replace(b"\x00", b"")))
