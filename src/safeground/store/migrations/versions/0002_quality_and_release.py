"""Layers of survey outcomes, land parts, lots, sample units and survey markers."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import inspect

from safeground.store import ddl, styles
from safeground.store.layers import LAYER_OF
from safeground.store.schema import LAYER_TABLES, METADATA

revision = "0002"
down_revision = "0001"

ADDED = ("survey_area", "land_part_area", "inspection_lot_area", "sampling_unit_area", "survey_marker")


def upgrade() -> None:
    """Make the five layers."""
    connection = op.get_bind()
    METADATA.create_all(connection, tables=[LAYER_TABLES[name] for name in ADDED])
    if connection.dialect.name == "sqlite":
        for name in ADDED:
            ddl.register_layer(connection, LAYER_OF[name], context.config.attributes["at"])
        if inspect(connection).has_table("layer_styles"):
            styles.insert_styles(connection, ADDED)
    else:
        ddl.index_layers(connection, tuple(LAYER_OF[name] for name in ADDED))
