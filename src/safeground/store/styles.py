"""How QGIS and other readers draw the layers: IMAS colours as QML and SLD inside the file.

Confirmed #FF0000 and suspected #F4A718, both half transparent (technical note 07.11/01); released ground is an outline
without a fill, so that no colour suggests more than the record says.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from sqlalchemy import Connection

_TABLE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""


@dataclass(frozen=True, slots=True)
class Look:
    """One class of a layer: its value, its label, and its colours (``#rrggbb``; fill "" = outline alone)."""

    value: str
    label: str
    fill: str
    edge: str
    width_mm: float = 0.4
    marker: str = "circle"
    dashed: bool = False


_HAZARD = (Look("cha", "Confirmed hazardous area", "#FF0000", "#FF0000"),
           Look("sha", "Suspected hazardous area", "#F4A718", "#B36B00"))
_RELEASED = (Look("cleared", "Cleared", "", "#3A7D3A", 0.6),
             Look("reduced", "Reduced", "", "#3A7D3A", 0.6, dashed=True),
             Look("cancelled", "Cancelled", "", "#6B7F6B", 0.6, dashed=True), Look("", "Other work", "", "#555555"))
#: Layer -> (column that is classified, "" = one look; looks).
STYLES: dict[str, tuple[str, tuple[Look, ...]]] = {
    "hazardous_area": ("area_type", _HAZARD),
    "indication": ("", (Look("", "Indication", "#F4A718", "#7A4A00", marker="triangle"),)),
    "activity_area": ("release_method", _RELEASED),
    "activity_line": ("", (Look("", "Survey or clearance", "", "#555555"),)),
    "activity_point": ("", (Look("", "Survey or clearance", "#FFFFFF", "#555555", marker="square"),)),
    "ordnance": ("", (Look("", "Explosive ordnance", "#5B2A86", "#FFFFFF", marker="diamond"),)),
    "accident": ("", (Look("", "Accident", "#000000", "#FFFFFF", marker="star"),)),
    "evidence_point": ("", (Look("", "Evidence", "#1F78B4", "#FFFFFF"),)),
    "evidence_line": ("", (Look("", "Evidence", "", "#1F78B4"),)),
    "evidence_polygon": ("", (Look("", "Evidence", "", "#1F78B4"),)),
    "team": ("", (Look("", "Team", "#2F4F4F", "#FFFFFF", marker="square"),)),
    "survey_area": ("outcome", (Look("cancelled", "Cancelled by survey", "", "#6B7F6B", 0.5, dashed=True),
                                Look("reduced", "Reduced by survey", "", "#3A7D3A", 0.5, dashed=True),
                                Look("", "Surveyed", "", "#1F78B4", 0.5))),
    "land_part_area": ("", (Look("", "Ground moved in the land book", "", "#3A7D3A", 0.2),)),
    "inspection_lot_area": ("state", (
        Look("formed", "Lot, not drawn yet", "", "#7570B3", 0.6),
        Look("drawn", "Lot, sample drawn", "", "#7570B3", 0.6, dashed=True),
        Look("accepted", "Lot accepted", "", "#3A7D3A", 0.6),
        Look("rejected", "Lot rejected", "", "#C2185B", 0.6),
        Look("revoked", "Lot revoked after a find", "", "#C2185B", 0.6, dashed=True))),
    "sampling_unit_area": ("", (Look("", "Unit to inspect", "#7570B3", "#3F3A7A", 0.2),)),
    "survey_marker": ("point_type", (
        Look("landmark", "Landmark", "#FFFFFF", "#000000", marker="triangle"),
        Look("benchmark", "Benchmark", "#FFFFFF", "#000000", marker="square"),
        Look("start_point", "Start point", "#FFD54F", "#000000"), Look("turning_point", "Turning point", "#FFFFFF",
                                                                       "#000000"),
        Look("intermediate_point", "Intermediate point", "#BDBDBD", "#000000"))),
    "quarantine_area": ("", (Look("", "Row kept aside, provisional outline", "", "#C2185B", 0.6, dashed=True),)),
}


def _rgba(colour: str) -> str:
    return "0,0,0,0" if not colour else ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"


def _props(**values: object) -> str:
    return "".join(f'<prop k="{key}" v="{value}"/>' for key, value in values.items())


def _symbol(kind: str, look: Look, name: int) -> str:
    alpha = 0.5 if kind == "fill" and look.fill else 1
    dash = "dash" if look.dashed else "solid"
    if kind == "fill":
        layer = "SimpleFill", _props(color=_rgba(look.fill), style="solid" if look.fill else "no",
                                     outline_color=_rgba(look.edge), outline_style=dash, outline_width=look.width_mm)
    elif kind == "line":
        layer = "SimpleLine", _props(line_color=_rgba(look.edge), line_style=dash, line_width=look.width_mm)
    else:
        layer = "SimpleMarker", _props(name=look.marker, color=_rgba(look.fill), outline_color=_rgba(look.edge),
                                       size=2.6)
    return (f'<symbol type="{kind}" name="{name}" alpha="{alpha}">'
            f'<layer class="{layer[0]}" enabled="1" pass="0">{layer[1]}</layer></symbol>')


def qml(kind: str, column: str, looks: tuple[Look, ...]) -> str:
    """Return a QGIS style; `kind` is ``fill``, ``line`` or ``marker``."""
    symbols = "".join(_symbol(kind, look, i) for i, look in enumerate(looks))
    head = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.22" styleCategories="Symbology">'
    if not column:
        return f'{head}<renderer-v2 type="singleSymbol"><symbols>{symbols}</symbols></renderer-v2></qgis>'
    classes = "".join(f'<category render="true" symbol="{i}" value="{look.value}" label="{escape(look.label)}"/>'
                      for i, look in enumerate(looks))
    return (f'{head}<renderer-v2 type="categorizedSymbol" attr="{column}"><categories>{classes}</categories>'
            f"<symbols>{symbols}</symbols></renderer-v2></qgis>")


def _rule(kind: str, column: str, look: Look) -> str:
    chosen = (f"<ogc:Filter><ogc:PropertyIsEqualTo><ogc:PropertyName>{column}</ogc:PropertyName>"
              f"<ogc:Literal>{look.value}</ogc:Literal></ogc:PropertyIsEqualTo></ogc:Filter>") if column else ""
    dash = '<CssParameter name="stroke-dasharray">4 2</CssParameter>' if look.dashed else ""
    stroke = f'<Stroke><CssParameter name="stroke">{look.edge}</CssParameter>{dash}</Stroke>'
    opacity = '<CssParameter name="fill-opacity">0.5</CssParameter>' if kind == "fill" else ""
    fill = f'<Fill><CssParameter name="fill">{look.fill}</CssParameter>{opacity}</Fill>' if look.fill else ""
    drawn = {"fill": f"<PolygonSymbolizer>{fill}{stroke}</PolygonSymbolizer>",
             "line": f"<LineSymbolizer>{stroke}</LineSymbolizer>",
             "marker": f"<PointSymbolizer><Graphic><Mark><WellKnownName>{look.marker}</WellKnownName>{fill}{stroke}"
                       "</Mark><Size>8</Size></Graphic></PointSymbolizer>"}[kind]
    return f"<Rule><Title>{escape(look.label)}</Title>{chosen}{drawn}</Rule>"


def sld(name: str, kind: str, column: str, looks: tuple[Look, ...]) -> str:
    """Return an OGC Styled Layer Descriptor 1.0."""
    rules = "".join(_rule(kind, column, look) for look in looks)
    return ('<StyledLayerDescriptor version="1.0.0" xmlns="http://www.opengis.net/sld" '
            f'xmlns:ogc="http://www.opengis.net/ogc"><NamedLayer><Name>{name}</Name><UserStyle><FeatureTypeStyle>'
            f"{rules}</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>")


def kind_of(name: str) -> str:
    """Return how a layer is drawn."""
    if name.endswith("_line"):
        return "line"
    return "fill" if name.endswith(("_area", "_polygon")) else "marker"


def add_styles(connection: Connection, names: tuple[str, ...] = tuple(STYLES)) -> None:
    """Put each layer's default style into the file's ``layer_styles``, the table that QGIS reads."""
    connection.exec_driver_sql(_TABLE)
    connection.exec_driver_sql("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
                               "VALUES ('layer_styles', 'attributes', 'layer_styles', 'Default styles', 0)")
    insert_styles(connection, names)


def insert_styles(connection: Connection, names: tuple[str, ...]) -> None:
    """Add the default styles of some layers to a file's ``layer_styles``."""
    for name, (column, looks) in STYLES.items():
        if name not in names:
            continue
        kind = kind_of(name)
        connection.exec_driver_sql(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui) "
            "VALUES ('', '', ?, 'geom', ?, ?, ?, 1, ?, '', '')",
            (name, "IMAS", qml(kind, column, looks), sld(name, kind, column, looks), f"IMAS symbols of {name}"))
