"""The first schema: journal, current state, layers."""

from __future__ import annotations

from alembic import context, op

from safeground.store import ddl
from safeground.store.layers import LAYERS
from safeground.store.schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table, index and trigger in an empty file or database."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        ddl.make_geopackage(connection)
        METADATA.create_all(connection)
        for layer in LAYERS:
            ddl.register_layer(connection, layer, context.config.attributes["at"])
    else:
        METADATA.create_all(connection)
        ddl.index_layers(connection)
    ddl.forbid_changes(connection)
