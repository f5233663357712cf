// The map: vector tiles of this server over a pale coastline; nothing is fetched from anywhere else.

import { Map, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { feature } from "topojson-client";
import landUrl from "world-atlas/land-110m.json?url";

import type { Bounds, ProjectSummary } from "./api";
import { el, fill } from "./dom";
import { count, position } from "./format";
import { addImages, drawIcon, FILES, ORDER, styleOf, SYMBOLS, type Symbol } from "./symbols";

export interface Picked {
  layer: string;
  id: string;
}

declare global {
  interface Window {
    safegroundMap?: Map;
    safegroundReady?: boolean;
  }
}

setWorkerUrl(workerUrl);

const NOUN: Record<string, string> = {
  hazardous_area: "hazardous_area", indication: "hazardous_area", activity_area: "activity", activity_line: "activity",
  activity_point: "activity", ordnance: "ordnance", accident: "accident", evidence_point: "evidence",
  evidence_line: "evidence", evidence_polygon: "evidence", task_order: "task_order", progress: "progress_return",
  inspection_area: "inspection", risk_education: "risk_education", team: "team", survey_marker: "survey_marker",
  inspection_lot_area: "inspection_lot", sampling_unit_area: "sampling_draw",
};

/** The noun whose record a feature of a layer is; undefined = a row kept aside. */
export const nounOf = (layer: string): string | undefined => NOUN[layer];

function graticule(bounds: Bounds): GeoJSON.FeatureCollection {
  const span = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
  const step = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05].find((s) => span / s >= 4) ?? 0.05;
  const lines: GeoJSON.Feature[] = [];
  const start = (v: number): number => Math.floor((v - 2 * span) / step) * step;
  for (let x = start(bounds[0]); x <= bounds[2] + 2 * span; x += step)
    lines.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [[x, -85], [x, 85]] } });
  for (let y = start(bounds[1]); y <= bounds[3] + 2 * span; y += step)
    if (Math.abs(y) <= 85) lines.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [[-180, y], [180, y]] } });
  return { type: "FeatureCollection", features: lines };
}

async function addCoast(map: Map): Promise<void> {
  const answer = await fetch(landUrl);
  const topology = (await answer.json()) as never as Parameters<typeof feature>[0];
  const land = feature(topology, topology.objects["land"]!) as GeoJSON.GeoJSON;
  map.addSource("land", { type: "geojson", data: land });
  map.addLayer({ id: "land", type: "fill", source: "land", paint: { "fill-color": "#f2efe6" } }, "grid");
}

function swatch(symbol: Symbol): HTMLElement {
  if (symbol.swatch === "icon") {
    const canvas = el("canvas", { width: 22, height: 22, class: "swatch" });
    canvas.getContext("2d")!.putImageData(drawIcon(symbol, 22), 0, 0);
    return canvas;
  }
  const edge = `2px ${symbol.dashed ? "dashed" : "solid"} ${symbol.edge ?? symbol.colour}`;
  return el("span", { class: "swatch box", style: `border:${edge};background:${symbol.swatch === "fill" ? `${symbol.colour}80` : "transparent"}` });
}

function legend(map: Map, project: ProjectSummary): HTMLElement {
  const rows = [...ORDER].reverse().flatMap((name) => {
    const layer = project.layers.find((item) => item.name === name);
    if (!layer?.count) return [];
    const box = el("input", { type: "checkbox", checked: true, id: `show-${name}` });
    box.addEventListener("change", () => {
      for (const style of styleOf(name)) map.setLayoutProperty(style.id, "visibility", box.checked ? "visible" : "none");
    });
    const keys = (SYMBOLS[name] ?? []).map((symbol) => el("span", { class: "key" }, swatch(symbol), symbol.label));
    return [el("li", {}, el("label", { for: `show-${name}` }, box, el("span", { class: "keys" }, ...keys),
      el("span", { class: "count" }, FILES[name] ? "" : count(layer.count))))];
  });
  const small = window.matchMedia("(max-width: 700px)").matches;
  return el("details", { id: "legend", open: !small }, el("summary", {}, "Legend"), el("ul", {}, ...rows));
}

/** Draw the project's map into `place`; `pick` hears what is clicked. */
export function drawMap(place: HTMLElement, project: ProjectSummary, pick: (found: Picked[]) => void): Map {
  const canvas = el("div", { id: "map" });
  const banner = el("p", { id: "thinned", role: "status", hidden: true },
    "Too many features to draw here: one stands for each small cell. Zoom in to see all.");
  const where = el("output", { id: "where", "aria-label": "Position of the pointer" });
  fill(place, canvas, banner, where);
  const bounds: Bounds = project.bounds ?? project.region ?? [-180, -60, 180, 75];
  const map = new Map({
    container: canvas, attributionControl: { compact: true, customAttribution: "Coastline: Natural Earth" },
    style: { version: 8, sources: {}, layers: [{ id: "sea", type: "background", paint: { "background-color": "#e9eef2" } }] },
    bounds, fitBoundsOptions: { padding: 40, maxZoom: 16 }, maxZoom: 20, dragRotate: false, pitchWithRotate: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new ScaleControl({ unit: "metric", maxWidth: 140 }), "bottom-left");
  place.append(legend(map, project));
  map.on("load", () => {
    addImages(map);
    map.addSource("grid", { type: "geojson", data: graticule(bounds) });
    map.addLayer({ id: "grid", type: "line", source: "grid", paint: { "line-color": "#b9c4cd", "line-width": 0.6 } });
    const drawn = ORDER.filter((name) => project.layers.some((layer) => layer.name === name && layer.count));
    for (const name of drawn) {
      const own = project.layers.find((layer) => layer.name === name)!.bounds;
      const file = FILES[name];
      if (file) map.addSource(name, { type: "geojson", data: `${location.origin}${file}` });
      else map.addSource(name, { type: "vector", tiles: [`${location.origin}/tiles/${name}/{z}/{x}/{y}.mvt`], maxzoom: 16,
        ...(own ? { bounds: own } : {}) });
      for (const style of styleOf(name)) map.addLayer(style);
    }
    const ids = drawn.flatMap((name) => styleOf(name).map((style) => style.id));
    map.on("click", (event) => {
      const { x, y } = event.point;
      const hits = map.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]], { layers: ids });
      const seen = new Set<string>();
      pick(hits.flatMap((hit) => {
        const id = String(hit.properties["id"] ?? "");
        if (!id || seen.has(id)) return [];
        seen.add(id);
        return [{ layer: hit.sourceLayer ?? hit.source, id }];
      }));
    });
    map.on("mousemove", (event) => {
      where.textContent = position(event.lngLat.lng, event.lngLat.lat);
      map.getCanvas().style.cursor = map.queryRenderedFeatures(event.point, { layers: ids }).length ? "pointer" : "";
    });
    map.on("idle", () => {
      banner.hidden = !map.queryRenderedFeatures({ layers: ids }).some((hit) => hit.properties["thinned"]);
      window.safegroundReady = true;
    });
    void addCoast(map);
  });
  window.safegroundMap = map;
  return map;
}
