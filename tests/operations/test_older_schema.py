"""A project of the first schema gets the layers that came later when it is opened, and loses nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from safeground.foundation.clock import system_clock
from safeground.records.journal import OperationInfo
from safeground.store import migrate, styles
from safeground.store import project as store_project
from safeground.store.layers import LAYERS
from safeground.store.project import create_project, open_project

LATER = {"survey_area", "land_part_area", "inspection_lot_area", "sampling_unit_area", "survey_marker"}
ADD_STYLES = styles.add_styles


def _to_first(connection, at):
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes.update(connection=connection, at=at)
    command.upgrade(config, "0001")


def _make_older(path, monkeypatch):
    """Make a project as the first version left it."""
    first = tuple(name for name in styles.STYLES if name not in LATER)
    with monkeypatch.context() as old:
        old.setattr(migrate, "upgrade", _to_first)
        old.setattr(store_project, "REVISION", "0001")
        old.setattr(styles, "add_styles", lambda connection: ADD_STYLES(connection, first))
        create_project(str(path), name="old", standard_toml="x = 1", crs="", clock=system_clock,
                       info=OperationInfo(stage="new", actor="x", reason="", version="0")).close()


def test_a_project_of_schema_0001_gets_the_later_layers_and_keeps_a_copy(tmp_path, monkeypatch):
    path = tmp_path / "old.gpkg"
    _make_older(path, monkeypatch)
    held = open_project(str(path), clock=system_clock)
    try:
        with held.read() as opened:
            assert {layer.name for layer in opened.layers()} == {layer.name for layer in LAYERS}
            assert set(inspect(opened.connection).get_table_names()) >= LATER
            styled = {row[0] for row in opened.connection.exec_driver_sql("SELECT f_table_name FROM layer_styles")}
            assert styled == set(styles.STYLES)
            assert opened.setting("name") == "old"
    finally:
        held.close()
    kept = tmp_path / "old.schema-0001.gpkg"
    assert kept.is_file()
    again = open_project(str(path), clock=system_clock)
    again.close()
    assert sorted(p.name for p in tmp_path.glob("*.gpkg")) == ["old.gpkg", "old.schema-0001.gpkg"]
