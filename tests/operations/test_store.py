"""The store: the same on a GeoPackage file and on a real PostGIS server."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from safeground.foundation.errors import RefusedError, RequestError, SafegroundError, SourceError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.records.land import BalanceAssertion
from safeground.records.nouns import Source
from safeground.records.vocabulary import LandStatus
from safeground.store.backup import backup_project, restore_project
from safeground.store.project import Project, open_project
from safeground.store.verify import checkpoint, verify_journal
from support.needs import needs_postgis
from support.projects import accident, area, aside, caller, new_project, opening, source

WHO = caller()


@pytest.fixture(params=["geopackage", pytest.param("postgis", marks=needs_postgis)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgis":
        return str(request.getfixturevalue("postgis_url"))
    return str(tmp_path / "district.gpkg")


@pytest.fixture
def project(location: str) -> Iterator[Project]:
    with new_project(location) as made:
        yield made


def fill(project: Project, count: int = 12) -> list[object]:
    records = [area(number) for number in range(count)]
    content = b"id\n1\n"
    with project.write(WHO.info("intake", input_hashes=("ab",))) as writer:
        given = source(hashlib.sha256(content).hexdigest())
        writer.put([given, *records, accident(1), accident(2)])
        writer.keep_bytes(given.id, content)
        writer.add_entries(opening(record) for record in records)
        writer.add_quarantine([aside(1), aside(2)])
        writer.add_findings([Finding(Severity.WARNING, "SG-X-1", "areas.csv", "odd", "look", SourceRef("a", "", 3, "f"),
                                     ({"name": "hull", "area_m2": 2.5},))])
        writer.add_assertions([BalanceAssertion(id="pin", publisher="the authority", as_of=date(2026, 1, 1),
                                                status=LandStatus.SUSPECTED, area_cm2=5)])
        writer.set_setting("region", [-31.0, 50.0, -29.0, 52.0])
    return list(records)


def test_what_is_written_is_read_back_word_for_word(project: Project) -> None:
    records = fill(project)
    with project.read() as reader:
        assert list(reader.records("hazardous_area")) == records
        assert reader.get("hazardous_area", records[3].id) == records[3]  # type: ignore[attr-defined]
        assert reader.count("accident") == 2
        assert [entry.id for entry in reader.entries()] == [opening(record).id for record in records]  # type: ignore[arg-type]
        assert reader.quarantine() == (aside(1), aside(2))
        assert reader.findings()[0].candidates == ({"name": "hull", "area_m2": 2.5},)
        assert reader.assertions()[0].publisher == "the authority"
        assert reader.setting("region") == [-31.0, 50.0, -29.0, 52.0]
        assert reader.setting("unheard of", "default") == "default"
        held = reader.sources()[0]
        assert reader.source_by_sha256(held.sha256, "hazardous_area") == held
        assert reader.source_by_sha256(held.sha256, "accident") is None
        assert reader.source_bytes(held.id) == b"id\n1\n"
        assert reader.ids_by_local_id("hazardous_area")["SHA-3"] == (records[3].id,)  # type: ignore[attr-defined]


def test_a_project_opens_again_with_everything_in_it(project: Project, location: str) -> None:
    fill(project)
    with project.read() as reader:
        head = reader.head()
    with open_project(location, clock=WHO.clock) as again, again.read() as reader:
        assert (again.name, reader.head(), reader.count("hazardous_area")) == ("Test district", head, 12)


def test_layers_say_what_they_hold_and_a_box_finds_what_meets_it(project: Project) -> None:
    records = fill(project)
    with project.read() as reader:
        layers = {layer.name: layer for layer in reader.layers()}
        assert (layers["hazardous_area"].count, layers["accident"].count, layers["ordnance"].bounds) == (12, 2, None)
        assert layers["quarantine_area"].count == 2
        box = (-29.981, 51.0, -29.959, 51.001)
        batch = reader.features("hazardous_area", box, columns=["local_id", "area_m2"])
        assert list(batch.columns["local_id"]) == ["SHA-2", "SHA-3", "SHA-4"]
        assert batch.geometry[0].normalize().equals(records[2].geometry.normalize())  # type: ignore[attr-defined]
        assert [record.local_id for record in reader.records("hazardous_area", bbox=box)] == ["SHA-2", "SHA-3", "SHA-4"]
        assert reader.features_count("hazardous_area", box) == 3
        assert len(reader.features("hazardous_area", limit=5, offset=10).ids) == 2
        with pytest.raises(RequestError, match="SG-STORE-013"):
            reader.features("sg_journal")


def test_an_overview_says_where_features_are_and_which_are_alike(project: Project) -> None:
    fill(project)
    with project.read() as reader:
        overview, batch = reader.overview("hazardous_area", ["area_type"]), reader.features("hazardous_area")
        exact = shapely.bounds(batch.geometry)
        order = np.argsort(overview.rows)
        assert np.abs(overview.bounds[order] - exact).max() < 1e-5
        assert (overview.bounds[order][:, :2] <= exact[:, :2]).all()
        assert set(overview.kinds) == {0}
        wanted = sorted(overview.rows.tolist())[2:5]
        assert reader.features("hazardous_area", rows=wanted).ids == batch.ids[2:5]
        assert reader.overview("ordnance").bounds.shape == (0, 4)
        assert (reader.features_count("hazardous_area", stop=5), reader.features_count("ordnance", stop=5)) == (5, 0)


def test_many_features_at_once_are_found_like_few(project: Project) -> None:
    with project.write(WHO.info("intake")) as writer:
        writer.put(area(number) for number in range(1200))
    with project.read() as reader:
        assert len(reader.features("hazardous_area", (-29.981, 51.0, -29.959, 51.001)).ids) == 3
    assert verify_journal(project).chain_ok


def test_what_was_read_before_does_not_hinder_writing_many(project: Project) -> None:
    fill(project)
    with project.write(WHO.info("intake")) as writer:
        assert (len(list(writer.records("hazardous_area"))), len(writer.entries())) == (12, 12)
        more = [area(number) for number in range(100, 300)]
        writer.put(more)
        writer.add_entries(opening(record) for record in more)
    with project.read() as reader:
        assert len(reader.entries()) == 212


def test_a_change_is_a_next_version_and_the_former_one_stays_in_the_journal(project: Project) -> None:
    records = fill(project)
    renamed = replace(records[0], version=2, name="North field")  # type: ignore[type-var]
    with project.write(caller("team leader").info("correct")) as writer:
        writer.put([renamed])
        writer.add_quarantine([aside(1, "taken in by hand")])
    with project.read() as reader:
        assert reader.get("hazardous_area", renamed.id) == renamed  # type: ignore[attr-defined]
        assert [event.payload["name"] for event in reader.history(renamed.id)] == ["", "North field"]  # type: ignore[attr-defined]
        assert [row.resolved for row in reader.quarantine()] == ["", "taken in by hand"]
        assert list(reader.features("hazardous_area").columns["name"]).count("North field") == 1
    with pytest.raises(RequestError, match="SG-STORE-011"), project.write(WHO.info("correct")) as writer:
        writer.put([renamed])
    assert verify_journal(project).findings == ()


def test_every_change_names_who_why_and_with_what(project: Project) -> None:
    fill(project)
    with project.read() as reader:
        events = reader.changes_since(0, 10_000)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        operations = {event.seq: event for event in events if event.kind == "operation"}
        assert {event.operation_seq for event in events} == set(operations)
        head = operations[max(operations)].payload
        assert (head["actor"], head["reason"], head["stage"], head["input_hashes"]) == (
            "information manager", "test", "intake", ["ab"])
        assert reader.changes_since(events[4].seq, 3) == events[5:8]


def test_an_error_on_the_way_leaves_nothing_behind(project: Project) -> None:
    with project.read() as reader:
        before = reader.head()
    with pytest.raises(ZeroDivisionError), project.write(WHO.info("intake")) as writer:
        writer.put([area(1)])
        assert writer.count("hazardous_area") == 1
        raise ZeroDivisionError
    with project.read() as reader:
        counts = reader.count("hazardous_area"), reader.features_count("hazardous_area")
        assert (reader.head(), counts) == (before, (0, 0))


def test_an_operation_that_changes_nothing_leaves_no_event(project: Project) -> None:
    with project.read() as reader:
        before = reader.head()
    with project.write(WHO.info("look")) as writer:
        assert writer.count("accident") == 0
    with project.read() as reader:
        assert reader.head() == before


def test_the_same_thing_cannot_be_written_twice(project: Project) -> None:
    fill(project)
    with pytest.raises(RequestError, match="SG-STORE-009"), project.write(WHO.info("intake")) as writer:
        writer.add_entries([opening(area(1))])
    decision = {"kind": opening(area(1)).kind}
    reversed_once = replace(opening(area(1)), id="r1", reverses=opening(area(2)).id, **decision)
    with project.write(WHO.info("reverse")) as writer:
        writer.add_entries([reversed_once])
    with pytest.raises(RequestError, match="SG-STORE-009"), project.write(WHO.info("reverse")) as writer:
        writer.add_entries([replace(reversed_once, id="r2")])
    twin = source("cd" * 32)
    with pytest.raises(RequestError, match="SG-STORE-009"), project.write(WHO.info("intake")) as writer:
        writer.put([twin, replace(twin, id="another")])


def test_bytes_that_changed_since_they_were_read_are_not_kept(project: Project) -> None:
    with pytest.raises(RefusedError, match="SG-STORE-010"), project.write(WHO.info("intake")) as writer:
        given = source("ef" * 32)
        writer.put([given])
        writer.keep_bytes(given.id, b"other bytes")


def test_a_reader_sees_one_state_while_another_writes(project: Project) -> None:
    with project.read() as reader:
        before = reader.head()
        with project.write(WHO.info("intake")) as writer:
            writer.put([area(1)])
        assert (reader.head(), reader.count("hazardous_area")) == (before, 0)


def test_writers_queue_and_the_journal_keeps_commit_order_without_a_gap(project: Project, location: str) -> None:
    failures: list[Exception] = []

    def work(first: int) -> None:
        try:
            with open_project(location, clock=WHO.clock) as mine:
                for number in range(first, first + 8):
                    with mine.write(WHO.info("intake")) as writer:
                        writer.put([area(number)])
        except SafegroundError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(100 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with project.read() as reader:
        assert reader.count("hazardous_area") == 32
    assert verify_journal(project).findings == ()


@pytest.mark.parametrize("damage", [
    "update sg_record set version = 9 where noun = 'accident'",
    "update hazardous_area set name = 'x' where fid = 1",
    "delete from hazardous_area where fid = 2",
    "update sg_posting set amount_cm2 = amount_cm2 + 1 where position = 1",
    "update sg_setting set value = '\"other\"' where key = 'name'",
    "delete from sg_finding", "update sg_head set seq = seq + 1",
])
def test_a_table_that_was_changed_behind_the_journal_is_found(project: Project, damage: str) -> None:
    fill(project)
    assert verify_journal(project).findings == ()
    with project.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text(damage))
    check = verify_journal(project)
    assert not check.chain_ok
    assert {f.code for f in check.findings} <= {"SG-STORE-021", "SG-STORE-022"}


@pytest.mark.parametrize("statement", ["update sg_journal set actor = 'x'", "delete from sg_journal where seq = 1",
                                       "delete from sg_source_bytes"])
def test_the_journal_can_only_grow(project: Project, statement: str) -> None:
    fill(project)
    statement = statement.replace("actor", "at")
    with pytest.raises(Exception, match="append-only"), project.engine.connect().execution_options(
            writes=True) as connection, connection.begin():
        connection.execute(text(statement))


def test_a_journal_whose_tail_was_cut_is_found_by_its_head_or_by_a_checkpoint(project: Project) -> None:
    fill(project)
    kept = checkpoint(project)
    with project.write(WHO.info("later")) as writer:
        writer.put([area(50)])
    assert verify_journal(project, checkpoint=kept).findings == ()
    assert not verify_journal(project, checkpoint=kept | {"hash": "0" * 64}).chain_ok
    assert {f.code for f in verify_journal(project, checkpoint=kept | {"seq": 10_000}).findings} == {"SG-STORE-021"}


def test_a_backup_is_restored_as_it_was(project: Project, tmp_path: Path) -> None:
    fill(project)
    archive, restored = tmp_path / "b.sgz", tmp_path / "restored.gpkg"
    seq = backup_project(project, archive)
    restore_project(archive, str(restored))
    with open_project(str(restored), clock=WHO.clock) as copy, copy.read() as reader, project.read() as original:
        assert reader.head() == original.head()
        assert reader.head()[0] == seq
        assert list(reader.records("hazardous_area")) == list(original.records("hazardous_area"))
        assert verify_journal(copy).findings == ()
    with pytest.raises(RequestError, match="SG-STORE-002"):
        backup_project(project, archive)
    with pytest.raises(RequestError, match="SG-STORE-002"):
        restore_project(archive, str(restored))
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == []


@needs_postgis
def test_a_backup_moves_a_project_from_a_file_to_a_server(tmp_path: Path, postgis_url: str) -> None:
    with new_project(tmp_path / "a.gpkg") as project:
        fill(project)
        backup_project(project, tmp_path / "b.sgz")
        restore_project(tmp_path / "b.sgz", postgis_url)
        with open_project(postgis_url, clock=WHO.clock) as moved:
            assert verify_journal(moved).findings == ()
            with moved.write(WHO.info("later")) as writer:
                writer.put([area(60)])
            with moved.read() as reader:
                assert reader.features_count("hazardous_area") == 13
                assert isinstance(reader.sources()[0], Source)


def test_any_changed_byte_of_a_backup_is_noticed(tmp_path: Path) -> None:
    with new_project(tmp_path / "a.gpkg") as project:
        fill(project, 3)
        backup_project(project, tmp_path / "b.sgz")
    good = (tmp_path / "b.sgz").read_bytes()
    for at in (*range(0, len(good), max(1, len(good) // 60)), len(good) - 1):
        bad = tmp_path / "bad.sgz"
        bad.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
        with pytest.raises(SourceError, match="SG-STORE-030"):
            restore_project(bad, str(tmp_path / "never.gpkg"))
    bad.write_bytes(good[:-70])
    with pytest.raises(SourceError, match="SG-STORE-030"):
        restore_project(bad, str(tmp_path / "never.gpkg"))
    assert not (tmp_path / "never.gpkg").exists()


def test_what_is_no_project_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="SG-STORE-001"):
        open_project(str(tmp_path / "none.gpkg"), clock=WHO.clock)
    (tmp_path / "text.gpkg").write_text("no database")
    with pytest.raises(SourceError, match=r"SG-STORE-00[38]"):
        open_project(str(tmp_path / "text.gpkg"), clock=WHO.clock)
    with pytest.raises(RequestError, match="SG-STORE-001"):
        new_project(tmp_path / "district.sqlite")
    new_project(tmp_path / "a.gpkg").close()
    with pytest.raises(RequestError, match="SG-STORE-002"):
        new_project(tmp_path / "a.gpkg")
    with new_project(tmp_path / "b.gpkg") as newer, newer.engine.connect().execution_options(
            writes=True) as connection, connection.begin():
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(RequestError, match="SG-STORE-004"):
        open_project(str(tmp_path / "b.gpkg"), clock=WHO.clock)

