// How each layer is drawn: IMAS colours, a shape for each kind of point, and no colour that promises anything.

import type { LayerSpecification, Map } from "maplibre-gl";

export const CONFIRMED = "#FF0000";
export const SUSPECTED = "#F4A718";
export const RELEASED = "#3A7D3A";

export interface Symbol {
  label: string;
  swatch: "fill" | "line" | "icon";
  colour: string;
  edge?: string;
  icon?: string;
  dashed?: boolean;
}

/** Legend entries of each layer. */
export const SYMBOLS: Record<string, Symbol[]> = {
  hazardous_area: [
    { label: "Confirmed hazardous area", swatch: "fill", colour: CONFIRMED, edge: CONFIRMED },
    { label: "Suspected hazardous area", swatch: "fill", colour: SUSPECTED, edge: "#B36B00" },
  ],
  activity_area: [
    { label: "Recorded as cleared", swatch: "line", colour: RELEASED },
    { label: "Recorded as reduced or cancelled", swatch: "line", colour: RELEASED, dashed: true },
  ],
  quarantine_area: [{ label: "Row kept aside, provisional outline", swatch: "line", colour: "#C2185B", dashed: true }],
  indication: [{ label: "Indication", swatch: "icon", colour: SUSPECTED, icon: "triangle" }],
  accident: [{ label: "Accident", swatch: "icon", colour: "#111111", icon: "star" }],
  ordnance: [{ label: "Explosive ordnance found", swatch: "icon", colour: "#5B2A86", icon: "diamond" }],
  evidence_point: [{ label: "Evidence", swatch: "icon", colour: "#1F78B4", icon: "circle" }],
  evidence_line: [{ label: "Evidence, line", swatch: "line", colour: "#1F78B4" }],
  evidence_polygon: [{ label: "Evidence, area", swatch: "line", colour: "#1F78B4" }],
  activity_line: [{ label: "Survey or clearance, line", swatch: "line", colour: "#555555" }],
  activity_point: [{ label: "Survey or clearance, point", swatch: "icon", colour: "#777777", icon: "square" }],
  task_order: [{ label: "Task order", swatch: "line", colour: "#00796B" }],
  progress: [{ label: "Daily return", swatch: "line", colour: "#00796B", dashed: true }],
  inspection_lot_area: [{ label: "Inspection lot", swatch: "line", colour: "#003E63" }],
  sampling_unit_area: [
    { label: "Sample units to inspect", swatch: "fill", colour: "#0072B2", edge: "#0072B2" },
    { label: "Sample units of decided lots", swatch: "line", colour: "#0072B2" },
  ],
  survey_marker: [{ label: "Survey marker", swatch: "icon", colour: "#111111", icon: "triangle" }],
  inspection_area: [{ label: "Inspection", swatch: "line", colour: "#6A1B9A" }],
  risk_education: [{ label: "Risk education session", swatch: "icon", colour: "#00838F", icon: "square" }],
  team: [{ label: "Team", swatch: "icon", colour: "#2F4F4F", icon: "square" }],
};

/** Layers from the lowest to the highest. */
export const ORDER = [
  "activity_area", "hazardous_area", "evidence_polygon", "task_order", "progress", "inspection_area",
  "inspection_lot_area", "sampling_unit_area", "quarantine_area",
  "activity_line", "evidence_line", "survey_marker", "team", "risk_education", "activity_point", "evidence_point", "indication",
  "ordnance", "accident",
];

const AREAS = ["hazardous_area", "activity_area", "evidence_polygon", "task_order", "progress", "inspection_area",
  "inspection_lot_area", "quarantine_area"];

/** Layers that come as one GeoJSON file, because their tiles would not tell which features are to be shown. */
export const FILES: Record<string, string> = { sampling_unit_area: "/api/inspection/samples" };

/** The map layers of one project layer, lowest first. */
export function styleOf(name: string): LayerSpecification[] {
  const base = { source: name, "source-layer": name };
  const first = SYMBOLS[name]?.[0];
  if (!first) return [];
  if (name === "hazardous_area") {
    const colour = ["match", ["get", "area_type"], "cha", CONFIRMED, SUSPECTED] as never;
    const edge = ["match", ["get", "area_type"], "cha", "#B00000", "#B36B00"] as never;
    return [
      { id: name, type: "fill", ...base, paint: { "fill-color": colour, "fill-opacity": 0.5 } },
      { id: `${name}-edge`, type: "line", ...base, paint: { "line-color": edge, "line-width": 1.5 } },
    ];
  }
  if (name === "sampling_unit_area") {
    const open = ["==", ["get", "state"], "drawn"] as never;
    return [
      { id: name, type: "fill", source: name, paint: { "fill-color": first.colour, "fill-opacity": ["case", open, 0.55, 0.04] as never } },
      { id: `${name}-edge`, type: "line", source: name, paint: { "line-color": first.colour,
        "line-width": ["interpolate", ["linear"], ["zoom"], 16, 0, 19, 1] as never } },
    ];
  }
  if (name === "activity_area") {
    const whole = ["==", ["get", "release_method"], "cleared"] as never;
    return [
      { id: name, type: "fill", ...base, paint: { "fill-pattern": "hatch", "fill-opacity": 0.7 } },
      { id: `${name}-edge`, type: "line", ...base, filter: whole, paint: { "line-color": RELEASED, "line-width": 1.6 } },
      { id: `${name}-dash`, type: "line", ...base, filter: ["!", whole] as never,
        paint: { "line-color": RELEASED, "line-width": 1.6, "line-dasharray": [3, 2] } },
    ];
  }
  if (AREAS.includes(name)) {
    const points: LayerSpecification = { id: `${name}-point`, type: "circle", ...base, filter: ["==", ["geometry-type"], "Point"] as never,
      paint: { "circle-radius": 5, "circle-color": "#ffffff", "circle-stroke-color": first.colour, "circle-stroke-width": 2 } };
    return [
      { id: name, type: "fill", ...base, paint: { "fill-color": first.colour, "fill-opacity": 0.06 } },
      { id: `${name}-edge`, type: "line", ...base,
        paint: { "line-color": first.colour, "line-width": 1.8, ...(first.dashed ? { "line-dasharray": [2, 2] } : {}) } },
      points,
    ];
  }
  if (first.swatch === "line") return [{ id: name, type: "line", ...base, paint: { "line-color": first.colour, "line-width": 2 } }];
  return [{ id: name, type: "symbol", ...base, layout: {
    "icon-image": `icon-${name}`, "icon-allow-overlap": true, "icon-ignore-placement": true,
    "icon-size": ["interpolate", ["linear"], ["zoom"], 6, 0.55, 12, 1] as never } }];
}

function path(context: CanvasRenderingContext2D, icon: string, size: number): void {
  const c = size / 2;
  const r = size * 0.36;
  context.beginPath();
  if (icon === "circle") context.arc(c, c, r, 0, 2 * Math.PI);
  else if (icon === "square") context.rect(c - r * 0.85, c - r * 0.85, r * 1.7, r * 1.7);
  else {
    const corners = { triangle: 3, diamond: 4, star: 10 }[icon] ?? 4;
    for (let i = 0; i < corners; i += 1) {
      const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
      const reach = icon === "star" && i % 2 ? r * 0.5 : r * 1.15;
      context.lineTo(c + reach * Math.cos(angle), c + reach * Math.sin(angle));
    }
    context.closePath();
  }
}

/** Draw a layer's icon; used on the map and in the legend alike. */
export function drawIcon(symbol: Symbol, size: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d")!;
  path(context, symbol.icon ?? "circle", size);
  context.lineJoin = "round";
  context.lineWidth = size / 9;
  context.strokeStyle = "#ffffff";
  context.stroke();
  context.fillStyle = symbol.colour;
  context.fill();
  return context.getImageData(0, 0, size, size);
}

function hatch(): ImageData {
  const size = 16;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d")!;
  context.strokeStyle = RELEASED;
  context.lineWidth = 1.4;
  for (const offset of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(offset, size);
    context.lineTo(offset + size, 0);
    context.stroke();
  }
  return context.getImageData(0, 0, size, size);
}

/** Give the map its own images. */
export function addImages(map: Map): void {
  map.addImage("hatch", hatch(), { pixelRatio: 2 });
  for (const [name, symbols] of Object.entries(SYMBOLS)) {
    const symbol = symbols[0]!;
    if (symbol.icon) map.addImage(`icon-${name}`, drawIcon(symbol, 44), { pixelRatio: 2 });
  }
}
