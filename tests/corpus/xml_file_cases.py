"""KML, KMZ and GPX files that are broken or hostile as a whole, and files that are another kind in disguise."""

from __future__ import annotations

import zipfile
from pathlib import Path

from corpus import text_writers as text
from corpus.case import FORMATS, HELD, REFUSED, Corpus
from corpus.rows import accidents, areas, square
from corpus.text_file_cases import PNG, RUBBISH, put

LOST = "rows are lost in silence"
READ = "a file of this machine, or of a foreign one, was read"
FALLS = "the program falls over or stands still"
SECRET = "canary-7f3a-never-to-be-read"
BOMB_BYTES = 200 * 2**20

LAUGHS = ('<!DOCTYPE lolz [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9)) + "]>")


def _member(name: str) -> zipfile.ZipInfo:
    item = zipfile.ZipInfo(name)
    item.compress_type = zipfile.ZIP_DEFLATED
    return item


def write_bomb(path: Path, member: str, head: str, tail: str, others: dict[str, bytes] | None = None) -> None:
    """Write an archive whose one member unpacks to over 200 MiB."""
    block = b" " * 2**20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in (others or {}).items():
            archive.writestr(_member(name), content)
        with archive.open(_member(member), "w") as target:
            target.write(head.encode())
            for _ in range(BOMB_BYTES // len(block)):
                target.write(block)
            target.write(tail.encode())


def _with_type(document: str, declaration: str) -> str:
    head, rest = document.split("\n", 1)
    return f"{head}\n{declaration}\n{rest}"


def _add_kml_files(corpus: Corpus) -> None:
    rows = areas("kml files")
    whole = text.kml(rows)
    secret = corpus.folder / "secret.txt"
    named = whole.replace("Hill 2", "&x;")
    link = ('<NetworkLink><name>all areas</name><Link><href>' + corpus.url + "/areas.kml</href></Link></NetworkLink>")
    for name, defect, data, meaning in (
            ("empty", "no byte at all", "", LOST),
            ("no-rows", "a document without a placemark", text.KML_HEAD + "<Document/></kml>", LOST),
            ("rubbish", "bytes of no known kind", RUBBISH, LOST),
            ("png", "a picture with the ending of KML", PNG, LOST),
            ("html", "a web page with the ending of KML", "<!DOCTYPE html><html><body>areas</body></html>", LOST),
            ("gpx-inside", "a GPX with the ending of KML", text.gpx(accidents("gpx in kml")), LOST),
            ("root-foreign", "another language of XML", '<?xml version="1.0"?><areas><area id="1"/></areas>', LOST),
            ("cut", "a file cut in the middle", whole[: len(whole) // 2], LOST),
            ("cut-end", "a file without its last tags", whole[: whole.rindex("</Document>")], LOST),
            ("tail", "words after the end", whole + "approved", LOST),
            ("two-roots", "two documents in one file", whole + whole.split("\n", 1)[1], LOST),
            ("latin", "bytes that are not UTF-8, though stated",
             whole.replace("Hill", "Чёрный").encode("cp1251"), LOST),
            ("utf8-cut", "UTF-8 cut in the middle of a letter", whole.encode().replace(b"Hill 2", b"H\xc3ll 2"), LOST),
            ("encoding-unknown", "an encoding that does not exist", whole.replace("UTF-8", "KHMER-7"), LOST),
            ("nul", "a NUL byte", whole.replace("Hill 2", "Hi\0ll 2"), LOST),
            ("tags-crossed", "tags that cross each other", whole.replace("</name><ExtendedData>",
                                                                         "<ExtendedData></name>", 1), LOST),
            ("link-only", "a link to another file and nothing else",
             text.KML_HEAD + f"<Document>{link}</Document></kml>", LOST),
            ("xxe-local", "an entity that is a file of this machine",
             _with_type(named, f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'), READ),
            ("xxe-remote", "an entity behind a link",
             _with_type(named, f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{corpus.url}/x">]>'), READ),
            ("xxe-parameter", "a parameter entity behind a link",
             _with_type(whole, f'<!DOCTYPE kml [<!ENTITY % p SYSTEM "{corpus.url}/p.dtd"> %p;]>'), READ),
            ("dtd-remote", "a document type behind a link",
             _with_type(whole, f'<!DOCTYPE kml SYSTEM "{corpus.url}/kml.dtd">'), READ),
            ("laughs", "entities that unfold to a thousand million words",
             _with_type(whole.replace("Hill 2", "&j;"), LAUGHS), FALLS),
            ("deep", "folders 100,000 deep",
             text.KML_HEAD + "<Folder>" * 100_000 + "</Folder>" * 100_000 + "</kml>", FALLS)):
        corpus.add("kml", f"file-{name}", "hazardous_area", defect, REFUSED, put(data), rows=4, meaning=meaning)


def _add_kml_rows(corpus: Corpus) -> None:
    rows = areas("kml rows")
    marks = [text.placemark(row) for row in rows]
    plain = marks[1]
    start = plain.index("<coordinates>") + len("<coordinates>")
    ring = plain[start: plain.index("</coordinates>")]
    for name, defect, changed in (
            ("spaces", "spaces after the commas of a position", plain.replace(ring, ring.replace(",", ", "))),
            ("semicolons", "semicolons in place of commas", plain.replace(ring, ring.replace(",", ";"))),
            ("coordinates-empty", "an outline without coordinates", plain.replace(ring, "")),
            ("outer-missing", "a hole without an outline", plain.replace("outerBoundaryIs", "innerBoundaryIs")),
            ("outer-twice", "two outlines in one polygon",
             plain.replace("</outerBoundaryIs>", "</outerBoundaryIs><outerBoundaryIs><LinearRing><coordinates>"
                           + " ".join(f"{x},{y}" for x, y in square(-29.7, 51.1))
                           + "</coordinates></LinearRing></outerBoundaryIs>")),
            ("numbers-four", "four numbers at one position", plain.replace(ring, ring.replace(" ", ",0,7 ", 1))),
            ("degrees-sign", "degrees and minutes in the coordinates",
             plain.replace(ring, ring.replace("50.", "50°").replace("51.", "51°"))),
            ("model", "a three-dimensional model in place of an outline",
             plain[: plain.index("<Polygon>")] + "<Model><Location><longitude>-29.9</longitude><latitude>51.0"
             "</latitude></Location></Model></Placemark>")):
        body = marks[0] + changed + "".join(marks[2:])
        corpus.add("kml", f"row-{name}", "hazardous_area", defect, HELD,
                   put(text.KML_HEAD + f"<Document>{body}</Document></kml>"), rows=4, bad=(2,), meaning=LOST)


def _add_kmz(corpus: Corpus) -> None:
    whole = text.kml(areas("kmz files"))
    archives: tuple[tuple[str, str, dict[str, str | bytes]], ...] = (
        ("no-kml", "an archive without a KML", {"readme.txt": "nothing"}),
        ("empty", "an archive without a file", {}),
        ("climbing", "a name that climbs out of the archive", {"../../doc.kml": whole}),
        ("absolute", "a name from the root of the machine", {"/doc.kml": whole}),
        ("rubbish-inside", "a KML that is none", {"doc.kml": RUBBISH}),
        ("nested", "an archive in the archive", {"doc.kmz": b"PK\x03\x04" + RUBBISH}))
    for name, defect, members in archives:
        corpus.add("kml", f"kmz-{name}", "hazardous_area", defect, REFUSED,
                   lambda path, members=members: text.write_kmz(path, members), rows=4, meaning=LOST, suffix=".kmz")
    corpus.add("kml", "kmz-bomb", "hazardous_area", "200 MiB in 200 KB", REFUSED,
               lambda path: write_bomb(path, "doc.kml", text.KML_HEAD + "<Document>", "</Document></kml>"),
               meaning=FALLS, suffix=".kmz")

    def cut(path: Path) -> None:
        text.write_kmz(path, {"doc.kml": whole})
        path.write_bytes(path.read_bytes()[:-60])

    def flipped(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("doc.kml"), whole)
        path.write_bytes(path.read_bytes().replace(b"-29.9", b"-29.8", 1))

    corpus.add("kml", "kmz-cut", "hazardous_area", "an archive cut before its end", REFUSED, cut, rows=4, meaning=LOST,
               suffix=".kmz")
    corpus.add("kml", "kmz-flipped", "hazardous_area", "an archive whose check sum is wrong", REFUSED, flipped, rows=4,
               meaning="a hazardous area is drawn where it is not", suffix=".kmz")


def _add_gpx(corpus: Corpus) -> None:
    whole = text.gpx(accidents("gpx files"))
    for name, defect, data in (
            ("empty", "no byte at all", ""),
            ("no-rows", "a file without a point", text.GPX_HEAD + "</gpx>"),
            ("rubbish", "bytes of no known kind", RUBBISH),
            ("cut", "a file cut in the middle", whole[: len(whole) // 2]),
            ("kml-inside", "a KML with the ending of GPX", text.kml(areas("kml in gpx"))),
            ("xxe", "an entity that is a file of this machine",
             _with_type(whole.replace("AC-002", "&x;"),
                        f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "{(corpus.folder / "secret.txt").as_uri()}">]>')),
            ("laughs", "entities that unfold to a thousand million words",
             _with_type(whole.replace("AC-002", "&j;"), LAUGHS))):
        corpus.add("gpx", f"file-{name}", "evidence", defect, REFUSED, put(data), rows=4, meaning=LOST)
    for name, defect, old, new in (
            ("latitude-missing", "a point without a latitude", 'lat="', 'alt="'),
            ("latitude-word", "a latitude that is a word", 'lat="', 'lat="north '),
            ("latitude-comma", "a decimal comma", 'lat="5', 'lat="5,')):
        parts = whole.split("<wpt ")
        parts[2] = parts[2].replace(old, new, 1)
        corpus.add("gpx", f"row-{name}", "evidence", defect, HELD, put("<wpt ".join(parts)), rows=4, bad=(2,),
                   meaning=LOST)


def _add_disguises(corpus: Corpus) -> None:
    """A virtual file of GDAL names another source; GDAL recognises it by content, whatever its ending says."""
    def remote(url: str) -> str:
        return (f'<OGRVRTDataSource><OGRVRTLayer name="areas"><SrcDataSource>/vsicurl/{url}/areas.geojson'
                "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>")

    local = (f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource relativeToVRT="0">'
             f'{corpus.folder / "secret.csv"}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>')
    for fmt in FORMATS:
        noun = "evidence" if fmt == "gpx" else "hazardous_area"
        for name, defect, data in (("remote", "a virtual file that names a link", remote(corpus.url)),
                                   ("local", "a virtual file that names a file of this machine", local)):
            corpus.add(fmt, f"disguise-{name}", noun, defect, REFUSED, put(data), meaning=READ)
        if fmt != "csv":
            corpus.add(fmt, "disguise-csv", noun, "a table with another ending", REFUSED,
                       put(text.csv_text(text.table(areas(f"disguise {fmt}")))), rows=4, meaning=LOST)
    corpus.add("gpkg", "disguise-geojson", "hazardous_area", "a GeoJSON with the ending of a GeoPackage", REFUSED,
               put(text.geojson(areas("disguise geojson"))), rows=4, meaning=LOST)
    corpus.add("csv", "disguise-geojson", "hazardous_area", "a GeoJSON with the ending of a table", REFUSED,
               put(text.geojson(areas("disguise geojson csv"))), rows=4, meaning=LOST)


def add_xml_file_cases(corpus: Corpus) -> None:
    (corpus.folder / "secret.txt").write_text(SECRET)
    (corpus.folder / "secret.csv").write_text(
        f'id,status,wkt\n{SECRET},SHA,"POLYGON((-29.9 51,-29.8 51,-29.8 51.1,-29.9 51))"\n')
    _add_kml_files(corpus)
    _add_kml_rows(corpus)
    _add_kmz(corpus)
    _add_gpx(corpus)
    _add_disguises(corpus)
