"""Layers alone, as a GeoPackage for handing on: no journal, no sources, no withheld position."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from safeground.foundation.clock import iso_utc, system_clock
from safeground.store import ddl, styles
from safeground.store.copying import copy_layer
from safeground.store.engine import file_engine, translated
from safeground.store.layers import LAYERS
from safeground.store.project import Project
from safeground.store.schema import LAYER_TABLES


def write_geopackage(
    project: Project, path: Path, *, withheld: Collection[str] = frozenset()
) -> tuple[tuple[str, int], ...]:
    """Write the layers that hold something into a new GeoPackage, and return their names and counts.

    Parameters
    ----------
    path : a file that does not exist yet.
    withheld : ids of records and rows whose position must not leave the project.
    """
    engine = file_engine(path)
    at = iso_utc(system_clock())
    try:
        with translated(path.name), project.read() as reader, engine.connect() as target, target.begin():
            ddl.make_geopackage(target)
            written = []
            for layer in LAYERS:
                if not reader.features_count(layer.name):
                    continue
                LAYER_TABLES[layer.name].create(target)
                ddl.register_layer(target, layer, at)
                written.append((layer.name, copy_layer(reader.connection, target, layer.name, at, withheld)))
            styles.add_styles(target, tuple(name for name, _ in written))
    finally:
        engine.dispose()
    return tuple(written)
