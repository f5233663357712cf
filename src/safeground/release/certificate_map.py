"""The certificate's map as SVG: ground by release method, turning points, reference points, north and scale."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, PAD, FOOT = 720.0, 430.0, 46.0, 58.0
_FONT = "Libertinus Serif"
#: Fill of each release method, and the lines drawn over it so that it can be told without colour.
LOOK = {"cleared": ("#cfe6d4", "M0 0 L8 8"), "reduced": ("#e3efda", "M0 4 H8"), "cancelled": ("#f2f5ea", "M4 0 V8")}
_NAMES_MAX = 40
Ring = list[list[float]]


class _Frame:
    """From degrees to the map's points: one scale, true north up, by the radii at the middle latitude."""

    def __init__(self, points: list[tuple[float, float]]) -> None:
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, north = min(y for _, y in points), max(y for _, y in points)
        lat = math.radians((south + north) / 2)
        w = 1 - 0.00669437999014 * math.sin(lat) ** 2
        self.east_m = math.radians(6378137.0) / math.sqrt(w) * math.cos(lat)
        self.north_m = math.radians(6378137.0 * (1 - 0.00669437999014)) / w**1.5
        self.west, self.south = west, south
        wide, high = (east - west) * self.east_m, (north - south) * self.north_m
        room_x, room_y = WIDTH - 2 * PAD, HEIGHT - 2 * PAD - FOOT
        self.per_m = min(room_x / max(wide, 1.0), room_y / max(high, 1.0))
        self.left = PAD + (room_x - wide * self.per_m) / 2
        self.base = PAD + (room_y + high * self.per_m) / 2

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return (self.left + (lon - self.west) * self.east_m * self.per_m,
                self.base - (lat - self.south) * self.north_m * self.per_m)

    def path(self, polygons: list[list[Ring]]) -> str:
        return " ".join("M" + " L".join("%.2f %.2f" % self.at(*corner) for corner in ring) + " Z"  # noqa: UP031
                        for polygon in polygons for ring in polygon)


def _text(x: float, y: float, said: str, size: float = 10, anchor: str = "middle") -> str:
    head = f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" font-family="{_FONT}"'
    return (f'{head} stroke="#fff" stroke-width="2.6" fill="#fff">{escape(said)}</text>'
            f'{head} fill="#111">{escape(said)}</text>')


def _points(content: dict[str, Any], frame: _Frame) -> Iterable[str]:
    listed = [p for ring in content["turning_points"] for p in ring["points"]]
    every = max(1, math.ceil(len(listed) / _NAMES_MAX))
    middle = frame.at(sum(p["longitude"] for p in listed) / len(listed),
                      sum(p["latitude"] for p in listed) / len(listed))
    for k, point in enumerate(listed):
        x, y = frame.at(point["longitude"], point["latitude"])
        start = point["name"].endswith("SP")
        yield (f'<rect x="{x - 4:.2f}" y="{y - 4:.2f}" width="8" height="8" fill="#111"/>' if start else
               f'<circle cx="{x:.2f}" cy="{y:.2f}" r="3.2" fill="#fff" stroke="#111" stroke-width="1.4"/>')
        if start or k % every == 0:
            away = math.hypot(x - middle[0], y - middle[1]) or 1.0
            yield _text(x + 15 * (x - middle[0]) / away, y + 3.5 + 13 * (y - middle[1]) / away, point["name"], 9)
    for marker in content["markers"]:
        if marker["point_type"] in ("benchmark", "landmark"):
            x, y = frame.at(marker["longitude"], marker["latitude"])
            yield f'<path d="M{x:.2f} {y - 6:.2f} l6 10 h-12 Z" fill="#fff" stroke="#111" stroke-width="1.6"/>'
            away = y + 16 if y >= middle[1] else y - 11  # on the far side, where no turning point has its name
            yield _text(x, away, "BM" if marker["point_type"] == "benchmark" else "landmark", 9)


def _foot(frame: _Frame, used: list[str]) -> Iterable[str]:
    longest = (WIDTH - 2 * PAD) / frame.per_m / 4
    power = 10.0 ** math.floor(math.log10(longest))
    bar = max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))
    y, wide = HEIGHT - 20, bar * frame.per_m
    yield f'<path d="M{PAD} {y - 5} v5 h{wide:.2f} v-5" fill="none" stroke="#111" stroke-width="1.4"/>'
    yield _text(PAD + wide / 2, y + 13, f"{bar:g} m" if bar < 1000 else f"{bar / 1000:g} km")
    yield f'<path d="M{WIDTH - PAD} {PAD - 16} l-6 18 l6 -5 l6 5 Z" fill="#111"/>'
    yield _text(WIDTH - PAD, PAD - 20, "N", 12)
    x = PAD + wide + 40
    for word in used:
        yield f'<rect x="{x:.2f}" y="{y - 9}" width="16" height="11" fill="{LOOK[word][0]}"/>'
        yield f'<rect x="{x:.2f}" y="{y - 9}" width="16" height="11" fill="url(#{word})" stroke="#111"/>'
        yield _text(x + 21, y + 0.5, word, 10, "start")
        x += 92
    for mark, word in ((f'<rect x="{x:.2f}" y="{y - 8}" width="8" height="8" fill="#111"/>', "start point"),
                       (f'<circle cx="{x + 84:.2f}" cy="{y - 4}" r="3.2" fill="#fff" stroke="#111"/>',
                        "turning point")):
        yield mark
        yield _text(x + 13 if word == "start point" else x + 93, y + 0.5, word, 10, "start")


def map_svg(content: dict[str, Any]) -> str:
    """Return the map of a dossier's content: outline, parts by release method, turning points, benchmark."""
    corners = [(x, y) for polygon in content["outline"] for ring in polygon for x, y in ring]
    corners += [(m["longitude"], m["latitude"]) for m in content["markers"]
                if m["point_type"] in ("benchmark", "landmark")]
    frame = _Frame(corners)
    used = [word for word in LOOK if any(p["release_method"] == word for p in content["parts"])]
    patterns = "".join(f'<pattern id="{word}" width="8" height="8" patternUnits="userSpaceOnUse"><path d="{line}" '
                       'stroke="#55705c" stroke-width="0.7"/></pattern>' for word, (_, line) in LOOK.items())
    drawn = []
    for part in content["parts"]:
        path, fill = frame.path(part["outline"]), LOOK[part["release_method"]][0]
        drawn.append(f'<path d="{path}" fill="{fill}" fill-rule="evenodd"/><path d="{path}" fill-rule="evenodd" '
                     f'fill="url(#{part["release_method"]})" stroke="#7d8f82" stroke-width="0.6"/>')
    outline = f'<path d="{frame.path(content["outline"])}" fill="none" stroke="#111" stroke-width="2.2"/>'
    return "".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}" height="{HEIGHT:g}" viewBox="0 0 {WIDTH:g} '
        f'{HEIGHT:g}"><defs>{patterns}</defs><rect width="100%" height="100%" fill="#fff"/>', *drawn, outline,
        *_points(content, frame), *_foot(frame, used), "</svg>"])
