"""Treaty and donor reports on a real project: equal to a second computation, traced, in every form and language."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from dataclasses import replace
from datetime import date

import openpyxl
import pypdf
import pytest

import safeground.report.article5 as article5
from safeground.cli.main import main
from safeground.foundation.errors import InvariantBroken, RefusedError, RequestError
from safeground.ledger import moves as ledger_moves
from safeground.operations import treaty
from safeground.operations.report import make_report
from safeground.operations.treaty import ReportChoice, make_document, set_settings
from safeground.records.land import EntryState
from safeground.report.kinds import FORMS, KINDS
from safeground.report.language import LANGUAGES, catalogue
from safeground.store.project import open_project
from support.journal_tables import Replay
from support.treaty_project import SETTINGS, caller, treaty_project

YEARS = (2023, 2024, 2025)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    location = tmp_path_factory.mktemp("treaty") / "p.gpkg"
    treaty_project(location).close()
    return location


@pytest.fixture(scope="module")
def project(path):
    held = open_project(str(path), clock=caller().clock)
    yield held
    held.close()


def choice(kind: str, **values: object) -> ReportChoice:
    given: dict[str, object] = {"kind": kind}
    if KINDS[kind].period == "ever":
        given["area"] = "HA-0"
    else:
        given |= {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    return ReportChoice(**(given | values))  # type: ignore[arg-type]


def figures(project, kind: str, **values: object) -> dict[str, int]:
    document, _ = make_document(project, choice(kind, **values), caller())
    return {figure.name: figure.amount for figure in document.figures}


def expected_progress(replay: Replay, year: int) -> dict[str, int]:
    """The article 5 table of one year, from the journal alone; only what is not 0."""
    first, last = f"{year}-01-01", f"{year}-12-31"
    found: dict[str, int] = defaultdict(int)

    def name(place: tuple[str, str], what: str) -> str:
        return f"article5/{year}/{place[0] or '-'}/{place[1]}/{what}"

    for status, short in (("suspected", "sha"), ("confirmed", "cha")):
        for place, (count, cm2) in replay.stock(status, last).items():
            found[name(place, f"{short} count")] += count
            found[name(place, short)] += cm2
            found[name(place, "hazardous")] += cm2
    for (unit, kind, status), cm2 in replay.released(first, last).items():
        found[name((unit, kind), status)] += cm2
        found[name((unit, kind), "released")] += cm2
    for item in replay.destroyed(first, last):
        what = {"apm": "mines", "mixed": "unclear", "unknown": "unclear"}.get(item["category"], "other")
        found[name(replay.place(item["hazardous_area_id"]), f"destroyed {what}")] += item["quantity"]
    return {key: value for key, value in found.items() if value}


def shown_progress(held: dict[str, int], year: int) -> dict[str, int]:
    return {key: value for key, value in held.items()
            if key.startswith(f"article5/{year}/") and "/total/" not in key and value}


def test_article_5_equals_a_second_computation_from_the_journal(project, path):
    replay = Replay(path)
    held = figures(project, "article5", start=date(2023, 1, 1))
    for year in YEARS:
        expected = expected_progress(replay, year)
        assert shown_progress(held, year) == expected
        assert {key.split("/")[3] for key in expected} >= {"apm", "avm", "cmr", "uxo", "unknown", "mixed"}
    for status, cm2 in replay.waiting("2025-12-31").items():
        assert held[f"article5/waiting/{status}"] == cm2 > 0


def test_article_7_equals_a_second_computation_from_the_journal(project, path):
    replay, held = Replay(path), figures(project, "article7")
    for place, (count, cm2) in replay.stock("confirmed", "2025-12-31").items():
        form = "form C" if place[1] == "apm" else "form C unclear" if place[1] in ("mixed", "unknown") else ""
        if form:
            assert held[f"article7/{form}/{place[0] or '-'}/{place[1]}/known"] == cm2
            assert held[f"article7/{form}/{place[0] or '-'}/{place[1]}/known count"] == count
    everything = sum(v for k, v in held.items() if re.fullmatch(
        r"article7/form C( unclear| other)?/(?!total).*/(known|suspected)", k))
    assert everything == sum(sum(replay.held(s, "2025-12-31").values()) for s in ("suspected", "confirmed"))
    for key, flag in (("article_5", True), ("article_4", False), ("article_unknown", None)):
        for name, first in (("period", "2025-01-01"), ("since entry into force", "2024-03-01")):
            mines = [i for i in replay.destroyed(first, "2025-12-31")
                     if i["category"] == "apm" and i["article_5"] is flag]
            assert held[f"article7/form G/{key}/{name}"] == sum(i["quantity"] for i in mines)
    assert held["article7/form G/total/0"] > 0


def test_cluster_munition_form_f_equals_a_second_computation(project, path):
    replay, held = Replay(path), figures(project, "ccm7")
    released = replay.released("2025-01-01", "2025-12-31")
    for status in ("cancelled", "reduced", "cleared"):
        got = {k.split("/")[2]: v for k, v in held.items() if re.fullmatch(
            rf"ccm7/form F cleared/.*/cmr/{status}", k) and v}
        assert got == {unit or "-": v for (unit, kind, s), v in released.items() if kind == "cmr" and s == status and v}
    items = [i for i in replay.destroyed("2025-01-01", "2025-12-31") if i["category"] == "cmr"]
    assert held["ccm7/form F/remnants/total/0"] == sum(i["quantity"] for i in items) > 0


def test_counting_pending_land_turns_the_second_computation_red(project, path, monkeypatch):
    true = ledger_moves.land_moves

    def with_pending(entries):
        return true([replace(e, state=EntryState.POSTED, id=e.id) if e.state is EntryState.PENDING else e
                     for e in entries])

    monkeypatch.setattr(treaty, "land_moves", with_pending)
    with pytest.raises(InvariantBroken, match="the moves sum to"):
        figures(project, "article5")
    monkeypatch.setattr("safeground.report.kinds.check_book", lambda *_: None)
    assert shown_progress(figures(project, "article5"), 2025) != expected_progress(Replay(path), 2025)


def test_a_lost_row_of_unknown_contamination_turns_the_second_computation_red(project, path, monkeypatch):
    true = article5.stock_by_place
    monkeypatch.setattr(article5, "stock_by_place", lambda *given: {
        place: parts for place, parts in true(*given).items() if place[1].value != "unknown"})
    assert shown_progress(figures(project, "article5"), 2025) != expected_progress(Replay(path), 2025)


@pytest.mark.parametrize("kind", KINDS)
def test_records_behind_each_figure_sum_to_it_and_are_in_the_project(project, kind):
    document, _ = make_document(project, choice(kind), caller())
    with project.read() as reader:
        known = {entry.id for entry in reader.entries()}
        for noun in ("hazardous_area", "ordnance", "progress_return", "inspection", "nonconformity", "accident",
                     "task_order", "risk_education", "handover", "activity"):
            known |= {record.id for record in reader.records(noun)}
    assert len(document.figures) > 20
    for figure in document.figures:
        assert sum(figure.shares) == figure.amount
        assert set(figure.records) <= known, figure.name
        assert figure.records or figure.amount == 0


def test_donors_get_everything_once_and_what_nobody_paid_is_named(project, path):
    held = figures(project, "donor")
    released = Replay(path).released("2025-01-01", "2025-12-31")
    for status in ("cancelled", "reduced", "cleared"):
        parts = [v for k, v in held.items() if re.fullmatch(rf"donor/land/[^/]+/{status}", k)]
        assert sum(parts) == sum(v for (_, _, s), v in released.items() if s == status)
    donors = {k.split("/")[2] for k in held if k.startswith("donor/land/")}
    assert donors == {"Donor One", "Donor Two", "Donor Three", "-", "total"}
    assert held["donor/items/total/0"] == sum(
        i["quantity"] for i in Replay(path).records["ordnance"].values()
        if (i["found_date"] or "")[:4] == "2025" and i["category"] != "saa")
    people = sum(v for k, v in held.items() if re.fullmatch(r"donor/people/total/\d", k))
    assert people == sum(5 + n for n in range(7)) + 19


def test_shares_that_do_not_sum_to_one_are_refused_and_nothing_is_kept(project):
    with pytest.raises(RefusedError, match=r"sum to 0\.9") as refusal:
        set_settings(project, '[[donors]]\nby = "team"\nkey = "Team A"\nshares = { A = 0.5, B = 0.4 }\n', caller())
    assert refusal.value.code == "SG-REPORT-006"
    assert len(set_settings(project, "", caller()).settings.donors) == 3


@pytest.mark.parametrize("text", [
    "report = 3", "[report]\nunheard = 1", "[report]\nk = 2", "[report]\ndestroyed = [\"left_marked\"]", "[other]",
    "[report]\napmbc_entry_into_force = \"soon\"", "[[donors]]\nby = \"team\"", "x",
    '[[donors]]\nby = "team"\nkey = "A"\nshares = { A = "x" }'])
def test_faulty_settings_are_refused(project, text):
    with pytest.raises(RequestError) as error:
        set_settings(project, text, caller(), dry_run=True)
    assert error.value.code == "SG-REPORT-005"


def test_a_handover_certificate_of_an_area_that_is_not_released_says_that_it_is_a_draft(project):
    document, _ = make_document(project, choice("handover"), caller())
    said = catalogue("en").say(document.notices[0])
    assert said.startswith("DRAFT")
    words = [catalogue("en").say(point) for point in document.chapters[0].points]
    assert "The area is not released." in words
    assert "Land of the area is still suspected or confirmed." in words


@pytest.mark.parametrize("kind", KINDS)
def test_pdf_claims_and_keeps_archive_and_accessibility(project, tmp_path, kind):
    language = LANGUAGES[list(KINDS).index(kind) % len(LANGUAGES)]
    target = tmp_path / "r.pdf"
    make_report(project, kind, target, caller(), choice(kind, language=language))
    reader = pypdf.PdfReader(target)
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data()
    assert re.search(rb"pdfaid:part>2<|pdfaid:part=.2", metadata)
    assert re.search(rb"pdfaid:conformance>B<|pdfaid:conformance=.B", metadata)
    assert re.search(rb"pdfuaid:part>1<|pdfuaid:part=.1", metadata)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == language
    assert root["/OutputIntents"]
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            held = font.get_object()
            inner = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())
    if kind == "article5":
        said = re.sub(r"\s+", "", " ".join(page.extract_text() for page in reader.pages))
        held = figures(project, kind)
        assert catalogue(language).number(held["article5/2025/total/1"], "m²").replace("\xa0", "") in said


@pytest.mark.parametrize("form", FORMS)
def test_the_same_project_gives_the_same_bytes_in_every_form(project, tmp_path, form):
    for name in ("a", "b"):
        make_report(project, "ccm7", tmp_path / f"{name}{form}", caller(), choice("ccm7", language="ar"))
    assert (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_spreadsheets_hold_typed_figures_records_and_no_formula(project, tmp_path):
    target = tmp_path / "r.xlsx"
    make_report(project, "monthly", target, caller(), choice("monthly"))
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Report", "Figures", "Records"]
    held = figures(project, "monthly")
    shown = {row[0].value: row[1].value for row in book["Figures"].iter_rows(min_row=2)}
    assert shown["monthly/released/total/0"] == pytest.approx(held["monthly/released/total/0"] / 10_000)
    sums: dict[str, float] = defaultdict(float)
    for row in book["Records"].iter_rows(min_row=2):
        sums[row[0].value] += row[3].value
    assert all(sums.get(name, 0) == pytest.approx(value, abs=1e-6) for name, value in shown.items())
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == "=Team B" for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}


def test_csv_has_one_row_a_figure_with_its_records_and_runs_nothing(project, tmp_path):
    target = tmp_path / "r.csv"
    make_report(project, "article7", target, caller(), choice("article7"))
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    held = figures(project, "article7")
    assert len(rows) == len(held)
    assert not [value for row in rows for value in row.values() if value[:1] in "=+@\t" and value]
    assert all(len(row["Record"].split()) == len(row["Adds"].split()) for row in rows)


def test_documents_carry_language_direction_heads_and_descriptions(project, tmp_path):
    target = tmp_path / "r.docx"
    make_report(project, "article5", target, caller(), choice("article5", language="ar"))
    with zipfile.ZipFile(target) as held:
        text, core = held.read("word/document.xml").decode(), held.read("docProps/core.xml").decode()
    assert text.count("<w:bidiVisual/>") == text.count("<w:tbl>") > 3
    assert text.count("<w:tblHeader/>") == text.count("<w:tbl>")
    assert 'w:bidi="ar"' in text
    assert text.count('descr="') == text.count("<wp:inline") == 2
    assert "<dc:language>ar</dc:language>" in core
    links = set(re.findall(r'w:anchor="([^"]+)"', text))
    assert len(links) > 50
    assert links <= set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="([^"]+)"', text))


def test_html_links_each_figure_to_its_records_in_the_reading_direction(project, tmp_path):
    target = tmp_path / "r.html"
    make_report(project, "donor", target, caller(), choice("donor", language="ar"))
    text = target.read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl">' in text
    links = set(re.findall(r'href="#(figure-\d+)"', text))
    assert links <= set(re.findall(r'<details id="(figure-\d+)"', text))  # figures in sentences have lists too
    assert len(links) > 10
    assert "http" not in re.sub(r"base64,[^\"]+", "", text)


def test_command_writes_json_and_names_what_is_wrong(project, path, tmp_path, capsys):
    target = tmp_path / "r.csv"
    arguments = ["report", str(path), "article5", "-o", str(target), "--lang", "uk", "--from", "2025-01-01", "--to",
                 "2025-12-31", "--json"]
    assert main(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "safeground/report/1"
    assert {"name", "value", "unit", "records"} == set(told["figures"][0])
    assert main(["report", str(path), "article5", "-o", str(target), "--lang", "de", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SG-REPORT-008"
    assert main(["report", str(path), "completion", "-o", str(target), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SG-REPORT-010"
    assert main(["report", str(path), "situation", "-o", str(tmp_path / "s.html"), "--public", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SG-REPORT-011"
    kept = tmp_path / "settings.toml"
    kept.write_text(SETTINGS, encoding="utf-8")
    assert main(["report", str(path), "settings", "--settings", str(kept), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["donors"][0]["shares"] == {"Donor One": "2/3",
                                                                                     "Donor Two": "1/3"}


def test_an_empty_project_gives_every_report_but_those_of_an_area(tmp_path):
    from support.projects import new_project

    with new_project(tmp_path / "e.gpkg") as held:
        for kind in KINDS:
            if KINDS[kind].one_area:
                continue
            for form in FORMS if kind == "ccm7" else (".csv", ".pdf"):
                make_report(held, kind, tmp_path / f"r{form}", caller(), choice(kind))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["monthly", "completion", "handover"])
def test_methods_are_printed_in_the_language_of_the_report(project, tmp_path, language, kind):
    made = make_report(project, kind, tmp_path / "r.html", caller(), choice(kind, language=language))
    cells = set(re.findall(r"<td[^>]*>(?:<[^>]+>)*([^<]+)<", (tmp_path / "r.html").read_text(encoding="utf-8")))
    said = {catalogue(language).word(f"method.{m}") for m in ("manual", "machine", "detector")}
    assert made.kind == kind
    assert said & cells
    assert language == "en" or not cells & {"manual", "machine", "detector"}
