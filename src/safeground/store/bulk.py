"""Features in and out of the layer tables, with the index built at once when there are many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from shapely import Geometry
from sqlalchemy import Connection, delete, func, select

from safeground.store import ddl
from safeground.store.geom import encode
from safeground.store.layers import LAYERS_OF_NOUN
from safeground.store.rows import insert_rows
from safeground.store.schema import LAYER_TABLES

#: From so many features at once the R-tree is filled directly and not by its trigger.
BULK = 500
_IN = 5000


def insert_features(
    connection: Connection, backend: str, features: dict[str, tuple[list[dict[str, Any]], list[Geometry]]], at: str
) -> None:
    """Insert features into their layers, and tell readers of GeoPackage the new bounds."""
    for name, (rows, geometries) in features.items():
        table = LAYER_TABLES[name]
        values = encode(geometries, backend)
        for row, value in zip(rows, values, strict=True):
            row["geom"] = value
        if backend == "postgis":
            insert_rows(connection, table, rows)
            continue
        bounds = shapely.bounds(np.asarray(geometries, dtype=object))
        if len(rows) < BULK:
            insert_rows(connection, table, rows)
        else:
            first = int(connection.execute(select(func.coalesce(func.max(table.c.fid), 0))).scalar_one()) + 1
            for fid, row in enumerate(rows, first):
                row["fid"] = fid
            ddl.drop_insert_trigger(connection, name)
            insert_rows(connection, table, rows)
            boxes = bounds[:, [0, 2, 1, 3]].tolist()
            connection.exec_driver_sql(
                f'INSERT INTO "rtree_{name}_geom" VALUES (?, ?, ?, ?, ?)',
                [(fid, *box) for fid, box in enumerate(boxes, first)])
            ddl.create_insert_trigger(connection, name)
        _widen(connection, name, bounds, at)


def _widen(connection: Connection, name: str, bounds: Any, at: str) -> None:
    low, high = bounds[:, :2].min(axis=0).tolist(), bounds[:, 2:].max(axis=0).tolist()
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = ?, min_x = min(ifnull(min_x, ?), ?), min_y = min(ifnull(min_y, ?), ?), "
        "max_x = max(ifnull(max_x, ?), ?), max_y = max(ifnull(max_y, ?), ?) WHERE table_name = ?",
        (at, low[0], low[0], low[1], low[1], high[0], high[0], high[1], high[1], name))


def remove_features(connection: Connection, nouns: Iterable[str], ids: list[str]) -> None:
    """Take the features of records out of the layers of their nouns, before a next version is drawn."""
    for noun in nouns:
        for layer in LAYERS_OF_NOUN.get(noun, ()):
            table = LAYER_TABLES[layer.name]
            for start in range(0, len(ids), _IN):
                connection.execute(delete(table).where(table.c.id.in_(ids[start : start + _IN])))
