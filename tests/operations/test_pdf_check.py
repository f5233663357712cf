"""The check of PDFs sees each fault that is put into a sound one, and finds none in what Safeground writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)
from tools.pdf_check import main, pdf_faults

from safeground.operations.report import make_report
from safeground.operations.treaty import ReportChoice
from safeground.report.kinds import KINDS
from safeground.store.project import Project
from support.treaty_project import caller, treaty_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return treaty_project(tmp_path_factory.mktemp("pdf") / "p.gpkg")


def report(project: Project, kind: str, language: str, path: Path) -> Path:
    period: dict[str, Any] = {"area": "HA-0"} if KINDS[kind].one_area else {
        "start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    make_report(project, kind, path, caller(), ReportChoice(kind=kind, language=language, **period))
    return path


@pytest.fixture(scope="module")
def sound(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(project, "donor", "en", tmp_path_factory.mktemp("sound") / "sound.pdf")


def nodes(writer: pypdf.PdfWriter, kind: str) -> list[Any]:
    """All elements of a kind in the structure tree."""
    found, todo = [], [writer._root_object["/StructTreeRoot"]]
    while todo:
        node = todo.pop().get_object()
        if not isinstance(node, DictionaryObject):
            continue
        if node.get("/S") == kind:
            found.append(node)
        kids = node.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        todo += list(kids) if isinstance(kids, list) else [kids]
    return found


def fonts(writer: pypdf.PdfWriter) -> list[Any]:
    return [f.get_object() for page in writer.pages
            for f in page["/Resources"].get_object().get("/Font", {}).get_object().values()]


def untag(writer: pypdf.PdfWriter) -> None:
    """Put text on the first page outside every tag."""
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(page.get_contents().get_data() + b"\nBT (untagged) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(stream)


def metadata(writer: pypdf.PdfWriter, old: bytes, new: bytes) -> None:
    stream = writer._root_object["/Metadata"].get_object()
    fresh = DecodedStreamObject()
    data = stream.get_data()
    assert old in data
    fresh.set_data(data.replace(old, new))
    for key in ("/Type", "/Subtype"):
        fresh[NameObject(key)] = stream[key]
    writer._root_object[NameObject("/Metadata")] = writer._add_object(fresh)


def off(holder: Any, key: str) -> None:
    holder[NameObject(key)] = BooleanObject(False)


def drop(holder: Any, key: str) -> None:
    del holder[NameObject(key)]


FAULTS: dict[str, tuple[Callable[[pypdf.PdfWriter], Any], str]] = {
    "no language": (lambda w: drop(w._root_object, "/Lang"), "ISO 14289-1, 7.2"),
    "not tagged": (lambda w: off(w._root_object["/MarkInfo"], "/Marked"), "ISO 14289-1, 7.1"),
    "no tree": (lambda w: drop(w._root_object, "/StructTreeRoot"), "ISO 14289-1, 7.1"),
    "title hidden": (lambda w: off(w._root_object["/ViewerPreferences"], "/DisplayDocTitle"), "ISO 14289-1, 7.1"),
    "no output intent": (lambda w: drop(w._root_object, "/OutputIntents"), "ISO 19005-2, 6.2.3"),
    "no claim of PDF/UA": (lambda w: metadata(w, b"pdfuaid:part", b"pdfuaid:port"), "ISO 14289-1, 5"),
    "no claim of PDF/A": (lambda w: metadata(w, b"pdfaid:part", b"pdfaid:port"), "ISO 19005-2, 6.6.4"),
    "no title": (lambda w: metadata(w, b"dc:title", b"dc:tytle"), "ISO 14289-1, 7.1"),
    "letters unknown": (lambda w: drop(fonts(w)[0], "/ToUnicode"), "ISO 14289-1, 7.21.7"),
    "font left out": (lambda w: [drop(f["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object(), key)
                                 for f in fonts(w)[:1] for key in ("/FontFile", "/FontFile2", "/FontFile3")
                                 if key in f["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()],
                      "ISO 19005-2, 6.2.11.4"),
    "picture without words": (lambda w: drop(nodes(w, "/Figure")[0], "/Alt"), "ISO 14289-1, 7.3"),
    "head without scope": (lambda w: [drop(th, k) for th in nodes(w, "/TH")[:1] for k in ("/A", "/ID") if k in th],
                           "ISO 14289-1, 7.5"),
    "cell without row": (lambda w: nodes(w, "/TR")[0].__setitem__(NameObject("/S"), NameObject("/Div")),
                         "ISO 14289-1, 7.5"),
    "heading skipped": (lambda w: nodes(w, "/H2")[0].__setitem__(NameObject("/S"), NameObject("/H5")),
                        "ISO 14289-1, 7.4.2"),
    "untagged text": (untag, "ISO 14289-1, 7.1"),
    "page in no structure": (lambda w: drop(w.pages[0], "/StructParents"), "ISO 14289-1, 7.1"),
    "script": (lambda w: w._root_object.__setitem__(NameObject("/OpenAction"), DictionaryObject({
        NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")})),
               "ISO 19005-2, 6.5.1"),
    "attachment": (lambda w: w.add_attachment("a.txt", b"a"), "ISO 19005-"),
    "actions": (lambda w: w._root_object.__setitem__(NameObject("/AA"), DictionaryObject()), "ISO 19005-2, 6.5.2"),
    "link that says nothing": (lambda w: w.pages[0].__setitem__(NameObject("/Annots"), ArrayObject([DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"),
        NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4)})])), "ISO 14289-1, 7.18.5"),
    "layer": (lambda w: w._root_object.__setitem__(NameObject("/OCProperties"), DictionaryObject()),
              "ISO 19005-2, 6.9"),
}


def rewritten(path: Path, out: Path, change: Callable[[pypdf.PdfWriter], Any] | None = None) -> Path:
    writer = pypdf.PdfWriter(clone_from=str(path))
    if change is not None:
        change(writer)
    writer.pdf_header = "%PDF-1.7"
    writer.write(out)
    return out


@pytest.mark.parametrize("language", ["ar", "fr"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_report_has_a_fault_in_arabic_or_in_a_latin_language(project: Project, kind: str, language: str,
                                                                tmp_path: Path) -> None:
    assert pdf_faults(report(project, kind, language, tmp_path / "r.pdf")) == []


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_each_fault_put_in_is_seen_by_its_clause(sound: Path, tmp_path: Path, name: str) -> None:
    change, clause = FAULTS[name]
    before = pdf_faults(rewritten(sound, tmp_path / "copy.pdf"))
    after = pdf_faults(rewritten(sound, tmp_path / "changed.pdf", change))
    new = [fault for fault in after if fault not in before]
    assert any(found.startswith(clause) for found, _ in new), (name, new)


def test_a_locked_file_and_bytes_after_the_end_are_seen_and_the_command_says_so(
    sound: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "more.pdf").write_bytes(sound.read_bytes() + b"\nmore")
    assert ("ISO 19005-2, 6.1.3", "something follows the end of the file") in pdf_faults(tmp_path / "more.pdf")
    assert main([str(tmp_path / "more.pdf")]) == 1
    assert "6.1.3" in capsys.readouterr().out
    writer = pypdf.PdfWriter(clone_from=str(sound))
    writer.encrypt("", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    assert ("ISO 19005-2, 6.1.3", "the file is encrypted") in pdf_faults(tmp_path / "locked.pdf")
