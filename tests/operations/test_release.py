"""Release on real project files: three people, one transaction, certificate, refusal, re-opening, and the command."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pypdf
import pytest
import shapely
from tools.pdf_check import pdf_faults

from safeground.cli.main import main
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.ledger.book import LandBook
from safeground.operations.intake import IntakeRequest, project_standard, take_files
from safeground.operations.ledger import verify as verify_book
from safeground.operations.release import (
    Signer,
    check_json,
    check_release,
    prepare,
    refuse_release,
    register_key,
    sign_release,
    verify_release,
)
from safeground.operations.release_reopen import reopen
from safeground.records.nouns import HazardousArea, OrdnanceItem, Person, ProgressReturn
from safeground.records.vocabulary import (
    AreaType,
    ContaminationCategory,
    LandStatus,
    ReleaseMethod,
    Severity,
    WorkflowStatus,
)
from safeground.release.signing import new_key_file
from safeground.release.verify_dossier import faults_of
from safeground.store.project import open_project
from support.releases import NOW, OVERRIDE, PASSPHRASE, Ready, build, square, strips, who

NINE, TEN, ELEVEN = (NOW.replace(hour=h) for h in (9, 10, 11))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    return build(tmp_path_factory.mktemp("release") / "district.gpkg")


@pytest.fixture
def ready(made: Ready, tmp_path: Path) -> Ready:
    path = tmp_path / "district.gpkg"
    shutil.copyfile(made.path, path)
    return replace(made, path=path)


def two(ready: Ready) -> None:
    prepare(str(ready.path), "CHA-1", ready.signers["author"], who())
    verify_release(str(ready.path), "CHA-1", ready.signers["verifier"], who(NINE))


def three(ready: Ready):
    two(ready)
    return sign_release(str(ready.path), "CHA-1", ready.signers["signatory"], who(TEN))


def read(path: Path, noun: str) -> list:
    with open_project(str(path), clock=who().clock) as project, project.read() as reader:
        return list(reader.records(noun))


def state(path: Path) -> tuple:
    """What a release changes: area, dossiers, decisions, number of the last event."""
    with open_project(str(path), clock=who().clock) as project, project.read() as reader:
        return ([a.workflow_status for a in reader.records("hazardous_area")],
                [d.state.value for d in reader.records("release_dossier")],
                [d.decision for d in reader.records("release_decision")], reader.head())


def put(path: Path, *records) -> None:
    with open_project(str(path), clock=who().clock) as project, project.write(who().info("test")) as out:
        out.put(records)


def test_three_people_release_an_area_whose_every_figure_can_be_checked_again(ready: Ready) -> None:
    before = state(ready.path)
    shown = check_json(check_release(str(ready.path), "CHA-1", who()))
    assert shown["decision"] == "ready"
    assert state(ready.path) == before
    step = three(ready)
    assert state(ready.path)[:3] == ([WorkflowStatus.RELEASED], ["signed"], ["released"])
    (decision,) = read(ready.path, "release_decision")
    assert step.certificate is not None
    assert step.dossier_file is not None
    assert hashlib.sha256(step.certificate.read_bytes()).hexdigest() == decision.certificate_sha256
    assert len({decision.author, decision.verifier, decision.signatory}) == 3
    data = step.dossier_file.read_bytes()
    assert faults_of(data) == ()
    assert json.loads(data)["content"]["journal"]["hash"] == before[3][1]
    after = check_json(check_release(str(ready.path), "CHA-1", who(ELEVEN)))
    assert after["decision"] == "released"
    assert after["certificate"]["sha256"] == decision.certificate_sha256
    book = verify_book(str(ready.path), who(ELEVEN))
    assert book.sheet.balanced
    assert book.chain_ok
    assert book.findings == ()
    with pytest.raises(RefusedError, match="SG-RELEASE-005"):
        prepare(str(ready.path), "CHA-1", ready.signers["author"], who(ELEVEN))


def test_the_certificate_is_archival_accessible_and_carries_the_dossier(ready: Ready) -> None:
    step = three(ready)
    assert step.certificate is not None
    assert step.dossier_file is not None
    pdf = pypdf.PdfReader(step.certificate)
    root = pdf.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert pdf_faults(step.certificate) == []
    assert pdf.attachments["dossier.json"] == [step.dossier_file.read_bytes()]
    fonts = {font.get_object()["/BaseFont"]: font.get_object() for page in pdf.pages
             for font in (page["/Resources"].get("/Font") or {}).values()}
    assert fonts
    for font in fonts.values():
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])
    text = "\n".join(page.extract_text() for page in pdf.pages)
    digest = json.loads(step.dossier_file.read_bytes())["content_sha256"]
    for word in ("Signatory Three", "6,399.9505", "PMN", "Village council", "true north",
                 "TP4", "Not covered", "What reduced it", digest[:8]):
        assert word in text, word


def test_the_same_dossier_gives_the_same_certificate(ready: Ready) -> None:
    from safeground.release.certificate import certificate_pdf

    step = three(ready)
    assert step.dossier_file is not None
    data = step.dossier_file.read_bytes()
    assert certificate_pdf(json.loads(data), data) == certificate_pdf(json.loads(data), data)


def test_criteria_that_fail_refuse_every_step_and_change_nothing(ready: Ready) -> None:
    (document, *_) = read(ready.path, "document")
    put(ready.path, replace(document, version=2, signed_as="driver"))
    before = state(ready.path)
    with pytest.raises(RefusedError, match=r"documents: .*driver") as refused:
        prepare(str(ready.path), "CHA-1", ready.signers["author"], who())
    assert refused.value.criterion == "documents"
    assert state(ready.path) == before
    assert check_release(str(ready.path), "CHA-1", who()).decision == "refused"


def test_facts_changed_since_preparation_are_refused_with_their_names(ready: Ready) -> None:
    two(ready)
    (handover,) = read(ready.path, "handover")
    put(ready.path, replace(handover, version=2, intended_use="a school"))
    before = state(ready.path)
    with pytest.raises(RefusedError, match=r"SG-RELEASE-006.*criteria, handovers"):
        sign_release(str(ready.path), "CHA-1", ready.signers["signatory"], who(TEN))
    assert state(ready.path) == before
    assert not (ready.path.parent / "district.release").exists()


def test_a_return_that_came_in_later_makes_the_residual_old(ready: Ready) -> None:
    put(ready.path, ProgressReturn(id=stable_id("late"), submission_id="late", task_order_id="", team_id="T",
                                   work_date=date(2026, 6, 1), hazardous_area_id=ready.area.id))
    found = {c.id: c for c in check_release(str(ready.path), "CHA-1", who()).criteria}
    assert not found["residual"].met
    assert stable_id("late") in found["residual"].reason


def test_a_return_elsewhere_does_not(ready: Ready) -> None:
    put(ready.path, ProgressReturn(id=stable_id("far"), submission_id="far", task_order_id="", team_id="T",
                                   work_date=date(2026, 6, 1), geometry=square(-20.0)))
    assert check_release(str(ready.path), "CHA-1", who()).decision == "ready"


def test_steps_out_of_order_and_by_the_wrong_people_are_refused(ready: Ready) -> None:
    path, signers = str(ready.path), ready.signers
    with pytest.raises(RefusedError, match="SG-RELEASE-005"):
        verify_release(path, "CHA-1", signers["verifier"], who())
    with pytest.raises(RefusedError, match="SG-RELEASE-002"):
        prepare(path, "CHA-1", signers["verifier"], who())
    prepare(path, "CHA-1", signers["author"], who())
    with pytest.raises(RefusedError, match="SG-RELEASE-005"):
        sign_release(path, "CHA-1", signers["signatory"], who(TEN))
    with pytest.raises(RefusedError, match="SG-RELEASE-002"):
        verify_release(path, "CHA-1", signers["author"], who(NINE))
    stolen = replace(signers["author"], person=signers["verifier"].person)
    with pytest.raises(RefusedError, match="SG-RELEASE-004"):
        verify_release(path, "CHA-1", stolen, who(NINE))
    with pytest.raises(RequestError, match="SG-RELEASE-004"):
        verify_release(path, "CHA-1", replace(signers["verifier"], passphrase="wrong"), who(NINE))
    assert state(ready.path)[1] == ["draft"]


def test_a_key_cannot_be_registered_twice_nor_changed_under_an_open_dossier(ready: Ready) -> None:
    put(ready.path, Person(id="twin", name="Twin", roles=("verifier", "signatory")))
    with pytest.raises(RefusedError, match="SG-RELEASE-010"):
        register_key(str(ready.path), Signer(person="Twin", key_file=ready.signers["author"].key_file,
                                             passphrase=PASSPHRASE), who())
    fresh = ready.path.parent / "fresh.pem"
    new_key_file(fresh, PASSPHRASE)
    prepare(str(ready.path), "CHA-1", ready.signers["author"], who())
    with pytest.raises(RefusedError, match="still open"):
        register_key(str(ready.path), replace(ready.signers["author"], key_file=fresh), who())


def test_a_key_swapped_behind_the_commands_stops_the_dossier(ready: Ready) -> None:
    two(ready)
    author = next(p for p in read(ready.path, "person") if p.name == "Author One")
    other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    put(ready.path, replace(author, version=author.version + 1, public_key=other))
    with pytest.raises(RefusedError, match="SG-RELEASE-007"):
        sign_release(str(ready.path), "CHA-1", ready.signers["signatory"], who(TEN))


def test_a_dry_run_writes_nothing(ready: Ready) -> None:
    before = state(ready.path)
    step = prepare(str(ready.path), "CHA-1", ready.signers["author"], who(), dry_run=True)
    assert step.dossier.signatures
    assert state(ready.path) == before


def test_preparing_anew_withdraws_the_open_dossier_and_a_refusal_says_why(ready: Ready) -> None:
    prepare(str(ready.path), "CHA-1", ready.signers["author"], who())
    prepare(str(ready.path), "CHA-1", ready.signers["author"], who(NINE))
    assert sorted(state(ready.path)[1]) == ["draft", "withdrawn"]
    (document, *_) = read(ready.path, "document")
    put(ready.path, replace(document, version=2, signatory=""))
    decision = refuse_release(str(ready.path), "CHA-1", "papers are not in order", who(TEN))
    assert decision.reasons[0] == "papers are not in order"
    assert "no signatory" in decision.reasons[1]
    assert state(ready.path)[1:3] == (["withdrawn", "withdrawn"], ["refused"])
    with pytest.raises(RequestError, match="reason"):
        refuse_release(str(ready.path), "CHA-1", " ", who(TEN))


KILLED = """
import os, sys
from pathlib import Path
import safeground.operations.release as release
import safeground.operations.release_files as files
import safeground.store.writer as writer
from support.releases import PASSPHRASE, NOW, who
path, step, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
def die(*a, **k):
    os._exit(9)
def after(function, times=1):
    count = [0]
    def inner(*a, **k):
        done = function(*a, **k)
        count[0] += 1
        if count[0] == times:
            os._exit(9)
        return done
    return inner
if step == "before the certificate": release.certificate_pdf = die
if step == "after the certificate": release.certificate_pdf = after(release.certificate_pdf)
if step == "half a file": files.os.replace = die
if step == "after the first file": files.os.replace = after(os.replace)
if step == "after both files": release.keep_files = after(release.keep_files)
if step == "within the records": writer.Writer._sources = die
if step == "after the records": writer.Writer.put = after(writer.Writer.put)
signer = release.Signer(person="Signatory Three", key_file=folder / "signatory.pem", passphrase=PASSPHRASE)
release.sign_release(str(path), "CHA-1", signer, who(NOW.replace(hour=10)))
if step == "after all": os._exit(9)
"""
STEPS = ("before the certificate", "after the certificate", "half a file", "after the first file", "after both files",
         "within the records", "after the records", "after all")


@pytest.fixture(scope="module")
def verified(made: Ready, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    path = tmp_path_factory.mktemp("verified") / "district.gpkg"
    shutil.copyfile(made.path, path)
    done = replace(made, path=path)
    two(done)
    return done


class Stopped(Exception):
    """Anything that goes wrong."""


def stop(*args: object, **given: object) -> None:
    raise Stopped


@pytest.mark.parametrize("at", ["safeground.operations.release.certificate_pdf",
                                "safeground.operations.release_files.os.replace",
                                "safeground.operations.release_files.os.fsync",
                                "safeground.operations.release._released", "safeground.store.writer.Writer._sources",
                                "safeground.store.writer.insert_features", "safeground.store.journal.Chain.flush"])
def test_a_fault_at_any_step_leaves_the_old_state(verified: Ready, tmp_path: Path, at: str,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "district.gpkg"
    shutil.copyfile(verified.path, path)
    before = state(path)
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(at, stop)
        sign_release(str(path), "CHA-1", verified.signers["signatory"], who(TEN))
    assert state(path) == before
    sign_release(str(path), "CHA-1", verified.signers["signatory"], who(ELEVEN))
    assert state(path)[1] == ["signed"]


@pytest.mark.parametrize("step", [s if s in ("after both files", "after the records") else
                                  pytest.param(s, marks=pytest.mark.long) for s in STEPS])
def test_a_kill_between_any_two_steps_leaves_the_old_or_the_new_state(verified: Ready, tmp_path: Path, step: str
                                                                      ) -> None:
    path = tmp_path / "district.gpkg"
    shutil.copyfile(verified.path, path)
    folder = next(iter(verified.signers.values())).key_file.parent
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path), step, str(folder)], check=False,
                            capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert killed.returncode == 9, killed.stderr
    seen = state(path)[:3]
    old, new = ([WorkflowStatus.WORKED_ON], ["verified"], []), ([WorkflowStatus.RELEASED], ["signed"], ["released"])
    assert seen == (new if step == "after all" else old)
    if seen == old:
        sign_release(str(path), "CHA-1", verified.signers["signatory"], who(ELEVEN))
    (decision,) = read(path, "release_decision")
    (certificate,) = (path.parent / "district.release").glob("*.pdf")
    assert hashlib.sha256(certificate.read_bytes()).hexdigest() == decision.certificate_sha256
    assert verify_book(str(path), who(ELEVEN)).chain_ok


def find(ready: Ready, **values: object) -> OrdnanceItem:
    given = {"id": stable_id("after release"), "local_id": "FIND-1", "geometry": shapely.centroid(ready.area.geometry),
             "category": ContaminationCategory.ANTI_PERSONNEL_MINE, "found_date": date(2026, 10, 1)}
    item = OrdnanceItem(**(given | values))  # type: ignore[arg-type]
    put(ready.path, item)
    return item


def test_a_find_in_released_land_makes_a_new_confirmed_area_and_the_totals_balance(ready: Ready) -> None:
    step = three(ready)
    dossiers, decisions = read(ready.path, "release_dossier"), read(ready.path, "release_decision")
    find(ready)
    done = reopen(str(ready.path), "CHA-1", "FIND-1", who(datetime(2026, 10, 2, 8, tzinfo=NOW.tzinfo)), buffer_m=10.0)
    assert (read(ready.path, "release_dossier"), read(ready.path, "release_decision")) == (dossiers, decisions)
    assert step.dossier_file is not None
    assert faults_of(step.dossier_file.read_bytes()) == ()
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        book = LandBook.from_entries(reader.entries())
        old = reader.get("hazardous_area", ready.area.id)
    assert isinstance(old, HazardousArea)
    assert old.workflow_status is WorkflowStatus.RELEASED
    taken = book.held(ready.area.id)[LandStatus.OVERLAP]
    assert abs(taken - done.area.area_cm2) <= 1  # it lies wholly within
    assert book.held(done.area.id) == {LandStatus.CONFIRMED: done.area.area_cm2}
    assert book.held(ready.area.id)[LandStatus.CLEARED] == ready.area.area_cm2 - taken
    assert done.area.area_cm2 / 1e4 >= 314.15
    assert done.area.area_type is AreaType.CONFIRMED_HAZARDOUS_AREA
    (case,) = read(ready.path, "nonconformity")
    assert (case.severity, case.lot_ids) == (Severity.CRITICAL, (stable_id("lot", ready.area.id),))
    result = verify_book(str(ready.path), who(ELEVEN))
    assert result.sheet.balanced
    assert result.findings == ()
    assert result.contested_cm2 == taken
    with pytest.raises(RequestError, match="before"):
        reopen(str(ready.path), "CHA-1", "FIND-1", who(), buffer_m=10.0)


def take_find(ready: Ready, folder: Path, moment: datetime) -> list[str]:
    """Take an item in the middle of the area in from a file; return what was said of it."""
    place = shapely.centroid(ready.area.geometry)
    file = folder / "find.csv"
    file.write_text("id,category,model,quantity,date_found,latitude,longitude\n"
                    f"FIND-1,apm,PMN,1,2026-10-01,{place.y},{place.x}\n", encoding="utf-8")
    taken = take_files(str(ready.path), [file], who(moment), IntakeRequest(as_noun="find"))
    return [f.code for f in taken.findings if f.code.startswith("SG-OPS-13")]


def test_a_find_taken_in_after_release_opens_the_case_that_re_opening_uses_and_moves_nothing(
    ready: Ready, tmp_path: Path
) -> None:
    three(ready)
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        before = reader.entries()
    october = datetime(2026, 10, 2, 8, tzinfo=NOW.tzinfo)
    assert take_find(ready, tmp_path, october) == ["SG-OPS-131", "SG-OPS-135"]
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        assert reader.entries() == before
    (case,) = read(ready.path, "nonconformity")
    assert (case.severity, case.lot_ids) == (Severity.CRITICAL, (stable_id("lot", ready.area.id),))
    done = reopen(str(ready.path), "CHA-1", "FIND-1", who(october.replace(hour=9)), buffer_m=10.0)
    (now,) = read(ready.path, "nonconformity")
    assert (now.id, now.version, now.hazardous_area_id) == (case.id, 2, ready.area.id)
    assert done.case.id == case.id
    assert verify_book(str(ready.path), who(october)).findings == ()


def test_a_find_between_verification_and_signature_stops_the_release_and_takes_the_ground_back(
    ready: Ready, tmp_path: Path
) -> None:
    two(ready)
    october = datetime(2026, 10, 2, 8, tzinfo=NOW.tzinfo)
    assert take_find(ready, tmp_path, october) == ["SG-OPS-131", "SG-OPS-134"]
    with pytest.raises(RefusedError):
        sign_release(str(ready.path), "CHA-1", ready.signers["signatory"], who(october.replace(hour=9)))
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        assert LandBook.from_entries(reader.entries()).held(ready.area.id) == {
            LandStatus.CONFIRMED: ready.area.area_cm2}
    assert read(ready.path, "release_decision") == []


def test_a_second_find_takes_only_the_ground_that_the_first_did_not(ready: Ready) -> None:
    three(ready)
    find(ready)
    first = reopen(str(ready.path), "CHA-1", "FIND-1", who(ELEVEN), buffer_m=15.0)
    place = shapely.centroid(ready.area.geometry)
    find(ready, id="second", local_id="FIND-2", geometry=shapely.Point(place.x + 2e-4, place.y))
    second = reopen(str(ready.path), "CHA-1", "FIND-2", who(ELEVEN), buffer_m=15.0)
    result = verify_book(str(ready.path), who(ELEVEN))
    assert result.sheet.balanced
    assert result.findings == ()
    rows = {r.hazardous_area_id: dict(r.by_status_cm2) for r in result.sheet.rows}
    shared = rows[second.area.id].get(LandStatus.OVERLAP, 0)
    assert shared > 0
    assert abs(rows[ready.area.id][LandStatus.OVERLAP] - (first.area.area_cm2 + second.area.area_cm2 - shared)) <= 3


def test_a_re_opened_outline_over_ground_of_several_statuses_takes_each_from_its_account(tmp_path: Path) -> None:
    ready = build(tmp_path / "mixed.gpkg", methods="cr", override=OVERRIDE
                  + '[release]\nresidual_scope = "searched"\nresidual_p_any_max = 0.1\n')
    three(ready)
    find(ready)
    west, south, east, north = ready.area.geometry.bounds
    middle = shapely.box(west + (east - west) * 0.25, south, west + (east - west) * 0.75, north)
    reopen(str(ready.path), "CHA-1", "FIND-1", who(ELEVEN), outline=middle)
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        held = LandBook.from_entries(reader.entries()).held(ready.area.id)
        parts = {p.release_method: p.area_cm2 for p in reader.records("land_part")}
    for method in (ReleaseMethod.CLEARED, ReleaseMethod.REDUCED):
        assert held[LandStatus(method.value)] == pytest.approx(parts[method] / 2, abs=200)
    assert sum(held.values()) == ready.area.area_cm2
    result = verify_book(str(ready.path), who(ELEVEN))
    assert result.findings == ()
    assert result.sheet.balanced


def test_what_cannot_be_re_opened_is_refused_whole(ready: Ready) -> None:
    with pytest.raises(RefusedError, match="not released"):
        reopen(str(ready.path), "CHA-1", stable_id("find", ready.area.id), who(), buffer_m=10.0)
    three(ready)
    find(ready)
    before = state(ready.path)
    with pytest.raises(RefusedError, match="no ground"):
        reopen(str(ready.path), "CHA-1", "FIND-1", who(ELEVEN), outline=square(-20.0))
    for values in ({}, {"buffer_m": 0.0}, {"buffer_m": float("nan")}, {"outline": shapely.Point(0, 0)}):
        with pytest.raises(RequestError, match="SG-RELEASE-011"):
            reopen(str(ready.path), "CHA-1", "FIND-1", who(ELEVEN), **values)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="names 0"):
        reopen(str(ready.path), "CHA-1", "nothing", who(ELEVEN), buffer_m=5.0)
    assert state(ready.path) == before


def test_land_still_pending_is_not_released(tmp_path: Path) -> None:
    ready = build(tmp_path / "pending.gpkg", decided=False, hazard=False)
    found = {c.id: c for c in check_release(str(ready.path), "CHA-1", who()).criteria}
    assert "wait for a decision" in found["coverage"].reason
    assert "still suspected or confirmed" in found["coverage"].reason
    assert "no answer" in found["residual"].reason


def test_a_pack_without_the_section_is_refused_with_its_name(ready: Ready) -> None:
    with open_project(str(ready.path), clock=who().clock) as project, project.write(who().info("test")) as out:
        pack = out.setting("standard_toml")
        out.set_setting("standard_toml", pack[: pack.index("[release]")])
        out.set_setting("standard_override_toml", "")
        assert project_standard(out).release is None
    with pytest.raises(RefusedError, match=r"\[release\]"):
        check_release(str(ready.path), "CHA-1", who())


@pytest.fixture
def run(ready: Ready, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SAFEGROUND_KEY_PASSPHRASE", PASSPHRASE)

    def go(*words: object) -> tuple[int, str]:
        code = main(["release", *(str(w) for w in words)])
        seen = capsys.readouterr()
        return code, seen.out + seen.err
    return go


def test_the_command_leads_from_criteria_to_a_certificate_and_a_check(ready: Ready, run, tmp_path: Path) -> None:
    code, text = run(ready.path, "CHA-1", "--json")
    body = json.loads(text)
    assert code == 0
    assert body["schema"] == "safeground/release/1"
    assert {"decision", "criteria", "residual", "certificate"} <= set(body)
    assert {"id", "met", "reason", "source"} <= set(body["criteria"][0])
    assert {"expected_items", "p_any", "interval"} <= set(body["residual"])
    code, text = run(ready.path, "page", "CHA-1", "--json")
    assert b"Release: CHA-1" in Path(json.loads(text)["page"]).read_bytes()
    for verb, role in (("prepare", "author"), ("verify", "verifier"), ("sign", "signatory")):
        signer = ready.signers[role]
        code, text = run(ready.path, verb, "CHA-1", "--as", signer.person, "--key", signer.key_file, "--json")
        assert code == 0, text
    made = json.loads(text)["certificate"]
    assert run("verify-file", made["dossier_file"])[0] == 0
    code, text = run("verify-file", made["dossier_file"], "--json")
    assert (code, json.loads(text)["holds"]) == (0, True)
    bad = tmp_path / "bad.json"
    bad.write_bytes(Path(made["dossier_file"]).read_bytes()[:-1])
    assert run("verify-file", bad)[0] == 3
    assert run("verify-file", tmp_path / "none.json")[0] == 2
    code, text = run(ready.path, "list", "--json")
    assert [r["state"] for r in json.loads(text)["releases"]] == ["signed", "released"]
    assert "released" in run(ready.path, "CHA-1")[1]
    find(ready)
    code, text = run(ready.path, "reopen", "CHA-1", "--because", "FIND-1", "--buffer", 10)
    assert code == 0
    assert "New confirmed area" in text


def test_the_command_refuses_with_three_and_says_what_is_asked_for(ready: Ready, run, tmp_path: Path) -> None:
    (document, *_) = read(ready.path, "document")
    put(ready.path, replace(document, version=2, reference=""))
    code, text = run(ready.path, "check", "CHA-1")
    assert code == 3
    assert "has no reference" in " ".join(text.split())
    signer = ready.signers["author"]
    code, text = run(ready.path, "prepare", "CHA-1", "--as", signer.person, "--key", signer.key_file, "--json")
    assert (code, json.loads(text)["error"]["code"]) == (3, "SG-RELEASE-001")
    assert run(ready.path, "refuse", "CHA-1", "--reason", "no reference")[0] == 0
    assert run(ready.path, "prepare", "CHA-1")[0] == 2
    assert run(ready.path, "check")[0] == 2
    assert run(ready.path, "check", "nowhere")[0] == 2
    assert run(ready.path, "keys", "lose", "x", "--key", signer.key_file)[0] == 2
    code, text = run("keys", "new", "Somebody", "--out", tmp_path / "new.pem", "--json")
    assert code == 0
    assert len(json.loads(text)["public_key"]) == 64
    assert run("keys", "new", "Somebody", "--out", tmp_path / "new.pem")[0] == 2
    put(ready.path, Person(id="new", name="Somebody", roles=("verifier",)))
    assert run(ready.path, "keys", "register", "Somebody", "--key", tmp_path / "new.pem")[0] == 0
    bad = tmp_path / "outline.json"
    bad.write_text('{"type": "Point"}')
    assert run(ready.path, "reopen", "CHA-1", "--because", "x", "--outline", bad)[0] == 2


def test_strips_cover_the_area(ready: Ready) -> None:
    assert shapely.union_all(strips(ready.area, 3)).covers(ready.area.geometry)
