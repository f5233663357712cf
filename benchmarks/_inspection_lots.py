"""Simulated lots against the exact acceptance probability: the real draw on real units, defects laid in three ways."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from safeground.foundation.seeds import stream
from safeground.inspection.draw import LotUnits, draw_units, lot_units
from safeground.inspection.plans import make_plan
from safeground.inspection.sampling import p_accept
from safeground.operations.context import standard_text
from safeground.records.quality import InspectionLot
from safeground.records.standard import standard_from_toml

SHARES = (0.01, 0.02, 0.05)
DETECTIONS = (1.0, 0.95, 0.7)
ARRANGEMENTS = ("scattered", "edge", "row")


@dataclass(frozen=True, slots=True)
class Cell:
    """One way of laying defects with one detection: lots accepted, and the exact probability."""

    arrangement: str
    defective: int
    detection: float
    lots: int
    accepted: int
    exact: float

    @property
    def z(self) -> float:
        """Difference of seen and exact share in standard errors."""
        spread = np.sqrt(max(self.exact * (1 - self.exact), 1e-12) / self.lots)
        return float((self.accepted / self.lots - self.exact) / spread)


def sample_lot() -> tuple[InspectionLot, LotUnits, tuple[int, ...]]:
    """Return a lot of about 130 units with edge, last day and rest, and the units drawn from each stratum."""
    lot = InspectionLot(id="benchmark", hazardous_area_id="area", part_ids=("p",), entry_ids=("e",), area_cm2=1,
                        geometry=shapely.Polygon([(-30.0, 51.0), (-29.9997, 51.00002), (-29.9997, 51.00015),
                                                  (-30.00002, 51.00013)]))
    units = lot_units(lot, [], unit_m=1.5, edge_m=2.0)
    rules = standard_from_toml(standard_text("imas")).inspection
    if rules is None:
        raise SystemExit("the shipped rule pack has no sampling plan")
    plan = make_plan(units.sizes, replace(rules, quality=0.98, detection=1.0))
    return lot, units, plan.by_stratum


def _laid(kind: str, number: int, units: LotUnits) -> np.ndarray:
    """Return positions of defective units: gathered on the edge, or in one row."""
    if kind == "edge":
        return np.flatnonzero(units.stratum == 1)[:number]
    return np.lexsort((units.col, units.row))[len(units) // 2 :][:number]


def _exact(kind: str, laid: np.ndarray, units: LotUnits, by_stratum: tuple[int, ...], detection: float) -> float:
    """Return the exact probability of finding nothing: hypergeometric, by stratum where the defects lie still."""
    if kind == "scattered":
        return float(p_accept(len(units), len(laid), sum(by_stratum), detection=detection))
    held = np.bincount(units.stratum[laid], minlength=len(by_stratum))
    return float(np.prod([p_accept(size, int(d), n, detection=detection)
                          for size, d, n in zip(units.sizes, held, by_stratum, strict=True) if size]))


def simulate(lots: int, seed: int = 1) -> list[Cell]:
    """Return acceptance over simulated lots: every lot has a seed of its own, drawn from as the command draws."""
    lot, units, by_stratum = sample_lot()
    rng = stream(seed, "inspection lots")
    numbers = sorted({max(1, round(share * len(units))) for share in SHARES})
    still = {(k, d): _laid(k, d, units) for k in ("edge", "row") for d in numbers}
    accepted = {(k, d, q): 0 for k in ARRANGEMENTS for d in numbers for q in DETECTIONS}
    for number in range(lots):
        drawn = np.zeros(len(units), bool)
        drawn[draw_units(units, by_stratum, f"{seed}-{number}", lot.id)] = True
        luck, anywhere = rng.random(len(units)), rng.permutation(len(units))
        for kind in ARRANGEMENTS:
            for count in numbers:
                laid = still[kind, count] if kind != "scattered" else anywhere[:count]
                least = min(luck[laid[drawn[laid]]], default=1.0)
                for q in DETECTIONS:
                    accepted[kind, count, q] += bool(least >= q)
    return [Cell(k, d, q, lots, hit, _exact(k, still[k, d] if k != "scattered" else np.arange(d), units, by_stratum, q))
            for (k, d, q), hit in accepted.items()]


def as_json(cells: list[Cell]) -> dict[str, Any]:
    """Return the table, and the largest difference in standard errors."""
    return {"lots": cells[0].lots, "cells": [
        {"arrangement": c.arrangement, "defective": c.defective, "detection": c.detection,
         "seen": c.accepted / c.lots, "exact": c.exact, "z": c.z} for c in cells],
        "largest_z": max(abs(c.z) for c in cells), "largest_difference": max(
            abs(c.accepted / c.lots - c.exact) for c in cells)}
