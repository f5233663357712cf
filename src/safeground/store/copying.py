"""Whole tables from one database to another, between backends too, and layers alone for handing on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from safeground.store.bulk import insert_features
from safeground.store.geom import decode
from safeground.store.layers import LAYERS
from safeground.store.schema import LAYER_TABLES, METADATA

_BATCH = 5000
__all__ = ["copy_layer", "copy_project"]


def backend_of(connection: Connection) -> str:
    """Return the backend a connection speaks to."""
    return "geopackage" if connection.dialect.name == "sqlite" else "postgis"


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    order = list(table.primary_key.columns)
    statement = select(table).order_by(*order).execution_options(yield_per=_BATCH)
    with connection.execute(statement) as result:
        for batch in result.partitions(_BATCH):
            yield [dict(row._mapping) for row in batch]


def copy_layer(
    source: Connection, target: Connection, name: str, at: str, withheld: Collection[str] = frozenset()
) -> int:
    """Copy one layer's features, without those whose id is withheld; return how many."""
    copied = 0
    for batch in _batches(source, LAYER_TABLES[name]):
        rows = [row for row in batch if row["id"] not in withheld]
        if not rows:
            continue
        shapes = decode([row["geom"] for row in rows], backend_of(source))
        for row in rows:
            del row["fid"], row["geom"]
        insert_features(target, backend_of(target), {name: (rows, list(shapes))}, at)
        copied += len(rows)
    return copied


def copy_project(source: Connection, target: Connection, at: str) -> None:
    """Copy every table of a project into one with an empty schema: journal, state and layers, unchanged."""
    layers = {layer.name for layer in LAYERS}
    for table in METADATA.sorted_tables:
        if table.name in layers:
            copy_layer(source, target, table.name, at)
            continue
        for rows in _batches(source, table):
            target.execute(insert(table), rows)
