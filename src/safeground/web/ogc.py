"""OGC API: Features (17-069r4, core and GeoJSON) and Tiles (20-057, vector tiles in WebMercatorQuad)."""

from __future__ import annotations

import json
from threading import Lock
from typing import Annotated, Any

import shapely
from fastapi import APIRouter, Path, Query, Request, Response

from safeground.foundation.errors import RequestError
from safeground.store.layers import layer_named
from safeground.store.project import FeatureBatch, Project
from safeground.store.reader import Overview, Reader
from safeground.web.tiles import COLUMNS, class_columns, layer_tile

_CONFORMS = tuple(f"http://www.opengis.net/spec/ogcapi-{part}" for part in (
    "features-1/1.0/conf/core", "features-1/1.0/conf/geojson", "tiles-1/1.0/conf/core", "tiles-1/1.0/conf/mvt"))
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_GEOJSON = "application/geo+json"
MVT = "application/vnd.mapbox-vector-tile"
Zoom = Annotated[int, Path(ge=0, le=24)]
Place = Annotated[int, Path(ge=0, le=1 << 24)]


def _bbox(text: str | None) -> tuple[float, float, float, float] | None:
    if text is None:
        return None
    try:
        parts = [float(part) for part in text.split(",")]
        west, south, east, north = parts if len(parts) == 4 else (parts[0], parts[1], parts[3], parts[4])
    except (ValueError, IndexError) as error:
        raise RequestError("SG-WEB-003", "bbox", f"{text[:60]!r} is not four numbers.",
                           "Give west,south,east,north in degrees.") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise RequestError("SG-WEB-003", "bbox", f"{text[:60]!r} is not west ≤ east and south ≤ north in degrees.",
                           "Correct the box.")
    return west, south, east, north


def _features(batch: FeatureBatch) -> list[dict[str, Any]]:
    shapes = shapely.to_geojson(batch.geometry)
    names = list(batch.columns)
    return [{"type": "Feature", "id": batch.ids[i], "geometry": None if shape is None else json.loads(shape),
             "properties": {name: batch.columns[name][i] for name in names}} for i, shape in enumerate(shapes)]


def make_ogc(project: Project) -> APIRouter:
    """Return the OGC API routes over a project's layers."""
    ogc = APIRouter()
    add_metadata(ogc, project)
    add_items(ogc, project)
    add_tiles(ogc, project)
    return ogc


def _link(request: Request, path: str, rel: str, kind: str = "application/json") -> dict[str, str]:
    return {"href": f"{str(request.base_url).rstrip('/')}{path}", "rel": rel, "type": kind}


def _collection(request: Request, layer: Any) -> dict[str, Any]:
    extent = {"spatial": {"bbox": [list(layer.bounds)], "crs": _CRS84}} if layer.bounds else {}
    base = f"/collections/{layer.name}"
    return {"id": layer.name, "title": layer.title, "itemType": "feature", "crs": [_CRS84], "extent": extent,
            "links": [_link(request, base, "self"), _link(request, f"{base}/items", "items", _GEOJSON),
                      _link(request, f"{base}/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector")]}


def add_metadata(ogc: APIRouter, project: Project) -> None:
    """Add the landing page, conformance and the collections."""

    @ogc.get("/ogc")
    def landing(request: Request) -> dict[str, Any]:
        return {"title": project.name, "description": "Layers of a land release project. Decision support.",
                "links": [_link(request, "/ogc", "self"), _link(request, "/conformance", "conformance"),
                          _link(request, "/collections", "data"),
                          _link(request, "/openapi.json", "service-desc",
                                "application/vnd.oai.openapi+json;version=3.0")]}

    @ogc.get("/conformance")
    def conformance() -> dict[str, Any]:
        return {"conformsTo": list(_CONFORMS)}

    @ogc.get("/collections")
    def collections(request: Request) -> dict[str, Any]:
        with project.read() as reader:
            layers = reader.layers()
        return {"links": [_link(request, "/collections", "self")],
                "collections": [_collection(request, layer) for layer in layers]}

    @ogc.get("/collections/{name}")
    def collection(request: Request, name: str) -> dict[str, Any]:
        layer_named(name)
        with project.read() as reader:
            return _collection(request, next(layer for layer in reader.layers() if layer.name == name))


def add_items(ogc: APIRouter, project: Project) -> None:
    """Add the features of each collection."""

    @ogc.get("/collections/{name}/items")
    def items(
        request: Request, name: str, bbox: str | None = None, limit: Annotated[int, Query(ge=1, le=10_000)] = 10,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        box = _bbox(bbox)
        with project.read() as reader:
            matched = reader.features_count(name, box)
            batch = reader.features(name, box, limit=limit, offset=offset)
        query = f"limit={limit}" + (f"&bbox={bbox}" if bbox else "")
        links = [_link(request, f"/collections/{name}/items?{query}&offset={offset}", "self", _GEOJSON)]
        if offset + limit < matched:
            links.append(_link(request, f"/collections/{name}/items?{query}&offset={offset + limit}", "next", _GEOJSON))
        body = {"type": "FeatureCollection", "numberMatched": matched, "numberReturned": len(batch.ids), "links": links,
                "features": _features(batch)}
        return Response(json.dumps(body, ensure_ascii=False), media_type=_GEOJSON)

    @ogc.get("/collections/{name}/items/{feature_id}")
    def item(request: Request, name: str, feature_id: str) -> Response:
        with project.read() as reader:
            batch = reader.features(name, ids=(feature_id,))
        if not batch.ids:
            raise RequestError("SG-WEB-001", feature_id, f"is not in {name}.", "Choose a feature of the collection.")
        body = _features(batch)[0] | {"links": [
            _link(request, f"/collections/{name}/items/{feature_id}", "self", _GEOJSON),
            _link(request, f"/collections/{name}", "collection")]}
        return Response(json.dumps(body, ensure_ascii=False), media_type=_GEOJSON)


def add_tiles(ogc: APIRouter, project: Project) -> None:
    """Add the vector tiles of each collection; tiles are kept until the journal grows."""
    cache: dict[tuple[str, int, int, int, str], bytes] = {}
    overviews: dict[str, tuple[str, Overview]] = {}
    one_at_a_time = Lock()

    def overview(reader: Reader, name: str, head: str, columns: tuple[str, ...]) -> Overview:
        with one_at_a_time:
            held = overviews.get(name)
            if held is None or held[0] != head:
                held = overviews[name] = head, reader.overview(name, class_columns(columns))
            return held[1]

    def tile(name: str, z: int, x: int, y: int) -> Response:
        names = {column for column, _, _ in layer_named(name).columns} | {"local_id"}
        columns = tuple(column for column in COLUMNS if column in names)
        if x >= 1 << z or y >= 1 << z:
            raise RequestError("SG-WEB-003", f"{z}/{x}/{y}", "is no tile.", "Column and row are below 2 to the zoom.")
        with project.read() as reader:
            head = reader.head()[1]
            key = (name, z, x, y, head)
            if key not in cache:
                if len(cache) > 4000:
                    cache.clear()
                cache[key] = layer_tile(reader, name, columns, z, x, y,
                                        lambda: overview(reader, name, head, columns))
        return Response(cache[key], media_type=MVT)

    @ogc.get("/tiles/{name}/{z}/{x}/{y}.mvt")
    def page_tile(name: str, z: Zoom, x: Place, y: Place) -> Response:
        return tile(name, z, x, y)

    @ogc.get("/collections/{name}/tiles")
    def tilesets(request: Request, name: str) -> dict[str, Any]:
        layer_named(name)
        return {"links": [_link(request, f"/collections/{name}/tiles", "self")], "tilesets": [{
            "title": name, "dataType": "vector", "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
            "tileMatrixSetURI": "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
            "links": [_link(request, f"/collections/{name}/tiles/WebMercatorQuad/"
                                     "{tileMatrix}/{tileRow}/{tileCol}",
                            "item", MVT)]}]}

    @ogc.get("/collections/{name}/tiles/WebMercatorQuad/{z}/{y}/{x}")
    def ogc_tile(name: str, z: Zoom, y: Place, x: Place) -> Response:
        return tile(name, z, x, y)
