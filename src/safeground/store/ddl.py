"""What SQLAlchemy does not know: GeoPackage tables and R-tree, PostGIS index, append-only triggers."""

from __future__ import annotations

from sqlalchemy import Connection, text

from safeground.store.geom import SRS_ID
from safeground.store.layers import LAYERS, LayerSpec
from safeground.store.schema import APPEND_ONLY

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
    'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]')
_RTREE_SPEC = "http://www.geopackage.org/spec120/#extension_rtree"

_GPKG_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
    description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
    identifier TEXT UNIQUE, description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE,
    max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
)
_SPATIAL_REFERENCES = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84 geodetic", SRS_ID, "EPSG", SRS_ID, WGS84_WKT,
     "longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid"),
)


def _rtree_triggers(table: str) -> dict[str, str]:
    """Return the R-tree triggers of GeoPackage 1.3 (OGC 12-128r18, annex F.3) by name."""
    tree, box = f'"rtree_{table}_geom"', "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    there, gone = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)", "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    put = f"INSERT OR REPLACE INTO {tree} VALUES (NEW.fid, {box});"
    bodies = {
        "insert": f"AFTER INSERT ON {table} WHEN ({there}) BEGIN {put} END",
        "update1": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND ({there}) BEGIN {put} END",
        "update2": f"AFTER UPDATE OF geom ON {table} WHEN OLD.fid = NEW.fid AND {gone} "
                   f"BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END",
        "update3": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND ({there}) "
                   f"BEGIN DELETE FROM {tree} WHERE id = OLD.fid; {put} END",
        "update4": f"AFTER UPDATE ON {table} WHEN OLD.fid != NEW.fid AND {gone} "
                   f"BEGIN DELETE FROM {tree} WHERE id IN (OLD.fid, NEW.fid); END",
        "delete": f"AFTER DELETE ON {table} WHEN OLD.geom NOT NULL BEGIN DELETE FROM {tree} WHERE id = OLD.fid; END",
    }
    return {f"rtree_{table}_geom_{name}": body for name, body in bodies.items()}


def drop_insert_trigger(connection: Connection, table: str) -> None:
    """Stop indexing row by row, for a bulk insert in the same transaction."""
    connection.exec_driver_sql(f'DROP TRIGGER "rtree_{table}_geom_insert"')


def create_insert_trigger(connection: Connection, table: str) -> None:
    """Index row by row again."""
    name = f"rtree_{table}_geom_insert"
    connection.exec_driver_sql(f'CREATE TRIGGER "{name}" {_rtree_triggers(table)[name]}')


def make_geopackage(connection: Connection) -> None:
    """Turn an empty SQLite file into a GeoPackage 1.3, before the layers are made."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version={USER_VERSION}")
    for statement in _GPKG_TABLES:
        connection.exec_driver_sql(statement)
    for row in _SPATIAL_REFERENCES:
        connection.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)


def register_layer(connection: Connection, layer: LayerSpec, at: str) -> None:
    """Tell readers of GeoPackage about a layer's table and give it its index."""
    run = connection.exec_driver_sql
    run("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
        "VALUES (?, 'features', ?, ?, ?, ?)", (layer.name, layer.name, layer.title, at, SRS_ID))
    run("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (layer.name, layer.kind, SRS_ID))
    run("INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
        (layer.name, _RTREE_SPEC))
    run(f'CREATE VIRTUAL TABLE "rtree_{layer.name}_geom" USING rtree(id, minx, maxx, miny, maxy)')
    for name, body in _rtree_triggers(layer.name).items():
        run(f'CREATE TRIGGER "{name}" {body}')


def forbid_changes(connection: Connection) -> None:
    """Let rows of the append-only tables be added, never changed or removed."""
    run = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                run(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
        return
    run("CREATE FUNCTION sg_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$")
    for table in APPEND_ONLY:
        run(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION sg_append_only()")


def index_layers(connection: Connection, layers: tuple[LayerSpec, ...] = LAYERS) -> None:
    """Give each PostGIS layer its spatial index."""
    for layer in layers:
        connection.execute(text(f"CREATE INDEX {layer.name}_geom ON {layer.name} USING gist (geom)"))
