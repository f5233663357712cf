"""Look into PDFs for what PDF/A (ISO 19005-2 and -3) and PDF/UA-1 (ISO 14289-1) ask for and a machine can see.

    python tools/pdf_check.py FILE.pdf …        # one line a fault, with the clause; exit code 1 if there is any

It reads the file by itself and asks the typesetter nothing.  It is no full validator: it looks at file structure,
metadata, colour, fonts, marked content, structure tree, annotations and attachments; not at glyph widths, ICC
contents or whether a text alternative says what its picture shows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, StreamObject

Fault = tuple[str, str]
_SHOWS = {b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"Do", b"sh",
          b"INLINE IMAGE"}
_HEADINGS = {f"/H{level}": level for level in range(1, 7)}
_INSIDE = {"/TR": {"/Table", "/THead", "/TBody", "/TFoot"}, "/TH": {"/TR"}, "/TD": {"/TR"}, "/LI": {"/L"},
           "/LBody": {"/LI"}, "/Lbl": {"/LI", "/Note", "/Reference", "/BibEntry", "/Figure", "/Caption", "/TOCI"}}
_FORBIDDEN = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide", "/SetOCGState",
              "/Rendition", "/Trans", "/GoTo3DView", "/SubmitForm"}


def _real(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _yes(value: Any) -> bool:
    """Whether a value is true; the library's own object for false is not."""
    found = _real(value)
    return bool(getattr(found, "value", found))


def _objects(reader: pypdf.PdfReader) -> Iterator[Any]:
    """Yield every object that the trailer reaches, once."""
    seen: set[int] = set()
    todo: list[Any] = [reader.trailer]
    while todo:
        value = todo.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            yield value
            todo += [value.raw_get(key) for key in value]
        elif isinstance(value, ArrayObject):
            todo += list(value)


def _file(reader: pypdf.PdfReader, data: bytes) -> Iterator[Fault]:
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", data):
        yield "ISO 19005-2, 6.1.2", "the header or its binary comment is missing"
    if not data.rstrip().endswith(b"%%EOF"):
        yield "ISO 19005-2, 6.1.3", "something follows the end of the file"
    if "/Encrypt" in reader.trailer:
        yield "ISO 19005-2, 6.1.3", "the file is encrypted"
    if "/ID" not in reader.trailer:
        yield "ISO 19005-2, 6.1.3", "the trailer has no file identifier"
    for found in _objects(reader):
        filters = _real(found.get("/Filter")) if isinstance(found, StreamObject) else None
        for name in filters if isinstance(filters, list) else [filters]:
            if name in ("/LZWDecode", "/Crypt"):
                yield "ISO 19005-2, 6.1.7", f"a stream is packed with {name}"
        if isinstance(found, StreamObject) and "/F" in found:
            yield "ISO 19005-2, 6.1.7", "a stream lies outside the file"
        if found.get("/S") in _FORBIDDEN:
            yield "ISO 19005-2, 6.5.1", f"an action {found['/S']}"
        if "/AA" in found or "/XFA" in found:
            yield "ISO 19005-2, 6.5.2", "an additional action or a form in XFA"
        if found.get("/Subtype") == "/Image" and _yes(found.get("/Interpolate", False)):
            yield "ISO 19005-2, 6.2.8", "an image is interpolated"


def _metadata(reader: pypdf.PdfReader, root: Any) -> Iterator[Fault]:
    stream = _real(root.get("/Metadata"))
    text = stream.get_data().decode("utf-8", "replace") if stream is not None else ""
    if not re.search(r"pdfaid:part[>=\"']+[23]", text) or not re.search(r"pdfaid:conformance[>=\"']+[ABU]", text):
        yield "ISO 19005-2, 6.6.4", "the metadata do not name part and level of PDF/A"
    if not re.search(r"pdfuaid:part[>=\"']+1", text):
        yield "ISO 14289-1, 5", "the metadata do not name PDF/UA-1"
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", text, re.S)
    if title is None or not title[1].strip():
        yield "ISO 14289-1, 7.1", "the metadata hold no title"
    if not _yes(_real(root.get("/ViewerPreferences", {})).get("/DisplayDocTitle", False)):
        yield "ISO 14289-1, 7.1", "the window would not show the title"
    if not str(root.get("/Lang", "")).strip():
        yield "ISO 14289-1, 7.2", "no language is stated"
    mark = _real(root.get("/MarkInfo", {}))
    if not _yes(mark.get("/Marked", False)) or _yes(mark.get("/Suspects", False)):
        yield "ISO 14289-1, 7.1", "the file is not marked as tagged, or its tags are suspect"
    if "/OCProperties" in root:
        yield "ISO 19005-2, 6.9", "there is optional content, which this check does not know"
    if not any(_real(i).get("/S") == "/GTS_PDFA1" and "/DestOutputProfile" in _real(i)
               for i in _real(root.get("/OutputIntents", []))):
        yield "ISO 19005-2, 6.2.3", "there is no output intent with a colour profile"


def _fonts(reader: pypdf.PdfReader) -> Iterator[Fault]:
    for found in _objects(reader):
        if found.get("/Type") != "/Font" or found.get("/Subtype") in ("/CIDFontType0", "/CIDFontType2"):
            continue
        name = found.get("/BaseFont", "a font")
        inner = _real(_real(found["/DescendantFonts"])[0]) if "/DescendantFonts" in found else found
        if found.get("/Subtype") != "/Type3" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(
                _real(inner.get("/FontDescriptor", {}))):
            yield "ISO 19005-2, 6.2.11.4", f"{name} is not embedded"
        if "/ToUnicode" not in found:
            yield "ISO 14289-1, 7.21.7", f"{name} does not say which letters it shows"
        if inner.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in inner:
            yield "ISO 19005-2, 6.2.11.3.2", f"{name} has no map from codes to glyphs"


def _marked(reader: pypdf.PdfReader) -> Iterator[Fault]:
    """All content is tagged or an artifact (14289-1, 7.1)."""
    for number, page in enumerate(reader.pages, 1):
        content, depth = page.get_contents(), []
        if content is None:
            continue
        for operands, operator in ContentStream(content, reader).operations:
            if operator in (b"BDC", b"BMC"):
                held = operands[1] if len(operands) > 1 else {}
                if isinstance(held, str):
                    held = _real(_real(_real(page["/Resources"]).get("/Properties", {})).get(held, {}))
                depth.append(operands[0] == "/Artifact" or "/MCID" in held)
            elif operator == b"EMC":
                if depth:
                    depth.pop()
            elif operator in _SHOWS and not any(depth):
                yield "ISO 14289-1, 7.1", f"page {number} shows something ({operator.decode()}) that has no tag"
                break
        if depth:
            yield "ISO 14289-1, 7.1", f"page {number} leaves a tag open"
        if "/StructParents" not in page:
            yield "ISO 14289-1, 7.1", f"page {number} is in no structure"
        annotations = [_real(a) for a in _real(page.get("/Annots", []))]
        if annotations and page.get("/Tabs") != "/S":
            yield "ISO 14289-1, 7.18.3", f"page {number} does not go through its links in reading order"
        for note in annotations:
            if note.get("/Subtype") == "/Link" and not str(note.get("/Contents", "")).strip():
                yield "ISO 14289-1, 7.18.5", f"a link on page {number} says nothing of where it leads"
            if note.get("/Subtype") != "/Popup" and "/StructParent" not in note:
                yield "ISO 14289-1, 7.18.1", f"a link on page {number} is in no structure"


def _kids(node: Any) -> list[Any]:
    kids = _real(node.get("/K", []))
    kids = kids if isinstance(kids, list) else [kids]
    return [kid for kid in (_real(k) for k in kids) if isinstance(kid, DictionaryObject) and "/S" in kid]


def _attribute(node: Any, name: str) -> Any:
    held = _real(node.get("/A", {}))
    for one in held if isinstance(held, list) else [held]:
        one = _real(one)
        if isinstance(one, DictionaryObject) and name in one:
            return _real(one[name])
    return None


def _structure(root: Any) -> Iterator[Fault]:
    tree = _real(root.get("/StructTreeRoot"))
    if tree is None or not _kids(tree):
        yield "ISO 14289-1, 7.1", "there is no structure tree"
        return
    roles = {key: str(_real(value)) for key, value in _real(tree.get("/RoleMap", {})).items()}
    level, todo = 0, [(kid, "/StructTreeRoot") for kid in reversed(_kids(tree))]
    while todo:
        node, above = todo.pop()
        kind = roles.get(node["/S"], str(node["/S"]))
        if kind in _INSIDE and above not in _INSIDE[kind]:
            yield "ISO 14289-1, 7.5" if kind[1] == "T" else "ISO 14289-1, 7.6", f"{kind} lies in {above}"
        if kind == "/TH" and _attribute(node, "/Scope") is None and "/ID" not in node:
            yield "ISO 14289-1, 7.5", "a head of a table does not say for what it is one"
        if kind in ("/Figure", "/Formula") and not any(str(node.get(k, "")).strip() for k in ("/Alt", "/ActualText")):
            yield "ISO 14289-1, 7.3", f"a {kind[1:].lower()} has no words"
        if kind in _HEADINGS:
            if _HEADINGS[kind] > level + 1:
                yield "ISO 14289-1, 7.4.2", f"a heading {kind[1:]} follows level {level}"
            level = _HEADINGS[kind]
        todo += [(kid, kind) for kid in reversed(_kids(node))]


def _attachments(reader: pypdf.PdfReader, root: Any) -> Iterator[Fault]:
    stated = re.search(r"pdfaid:part[>=\"']+(\d)", _real(root["/Metadata"]).get_data().decode("utf-8", "replace")
                       ) if "/Metadata" in root else None
    for found in _objects(reader):
        if found.get("/Type") == "/Filespec" and "/EF" in found:
            if stated is not None and stated[1] == "2":
                yield "ISO 19005-2, 6.8", "a file is attached, which part 2 allows for PDF/A alone"
            if "/AFRelationship" not in found or "/UF" not in found:
                yield "ISO 19005-3, 6.8", "an attached file does not say what it is to the document"


def pdf_faults(path: Path) -> list[Fault]:
    """Return (clause, what is wrong) for every fault that is seen, none twice."""
    data = path.read_bytes()
    reader = pypdf.PdfReader(path)
    root = _real(reader.trailer["/Root"])
    checks: tuple[Callable[[], Iterator[Fault]], ...] = (
        lambda: _file(reader, data), lambda: _metadata(reader, root), lambda: _fonts(reader),
        lambda: _marked(reader), lambda: _structure(root), lambda: _attachments(reader, root))
    return list(dict.fromkeys(fault for check in checks for fault in check()))


def main(names: list[str]) -> int:
    """Check files and print what is wrong with them."""
    wrong = 0
    for name in names:
        found = pdf_faults(Path(name))
        wrong += len(found)
        for clause, said in found:
            print(f"{name}: {said} ({clause})")
    print(f"{len(names)} files, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
