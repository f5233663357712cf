"""The first schema: journal, current state, layers."""

from __future__ import annotations

from alembic import context, op

from safeground.store import ddl
from safeground.store.layers import LAYERS
from safeground.store.schema import LAYER_TABLES, METADATA

revision = "0001"
down_revision = None

#: Layers that came later.
LATER = ("survey_area", "land_part_area", "inspection_lot_area", "sampling_unit_area", "survey_marker")


def upgrade() -> None:
    """Make every table, index and trigger in an empty file or database."""
    connection = op.get_bind()
    layers = tuple(layer for layer in LAYERS if layer.name not in LATER)
    later = {LAYER_TABLES[name].name for name in LATER}
    tables = [table for table in METADATA.sorted_tables if table.name not in later]
    if connection.dialect.name == "sqlite":
        ddl.make_geopackage(connection)
        METADATA.create_all(connection, tables=tables)
        for layer in layers:
            ddl.register_layer(connection, layer, context.config.attributes["at"])
    else:
        METADATA.create_all(connection, tables=tables)
        ddl.index_layers(connection, layers)
    ddl.forbid_changes(connection)
