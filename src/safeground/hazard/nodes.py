"""Sufficient statistics: every search collapses to exposure and finds for each node of the field and polygon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from safeground.hazard.field import Lattice, add_up
from safeground.hazard.nuisance import Draws, find_log_likelihood
from safeground.hazard.patterns import Patterns, find_patterns
from safeground.records.site import SiteEvidence

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class NodeData:
    """Exposure and what is left, summed over the cells of each part (a node's share of one polygon).

    Attributes
    ----------
    block, pad : cells for each side of a node; nodes of padding before the site (rows, cols).
    part_node, part_polygon : node (flat index of the lattice) and polygon of each part.
    part_of_cell : part of each cell (flat), -1 without ground.
    exposed : shape (draws, parts), m² × share found if present.
    searched_left, unsearched : m² × share left in searched ground (draws, parts) and in unsearched ground (parts).
    finds_node, finds_polygon : items found by node and polygon.
    find_log_likelihood : shape (draws,).
    patterns : cells that the same searches covered alike.
    """

    lattice: Lattice
    block: int
    pad: tuple[int, int]
    part_node: Ints
    part_polygon: Ints
    part_of_cell: Ints
    exposed: Array
    searched_left: Array
    unsearched: Array
    finds_node: Array
    finds_polygon: Array
    find_log_likelihood: Array
    patterns: Patterns

    def to_node(self, values: Array) -> Array:
        """Return part values summed by node, shape (…, parts) to (…, nodes)."""
        nodes = self.lattice.shape[0] * self.lattice.shape[1]
        parts = len(self.part_node)
        if len(self.finds_polygon) == 1:  # a node has one part
            out = np.zeros((*values.shape[:-1], nodes))
            out[..., self.part_node] = values
            return out
        incidence = sparse.csr_array((np.ones(parts), (np.arange(parts), self.part_node)), (parts, nodes))
        return np.asarray(values @ incidence)


def lattice_for(site: SiteEvidence, block: int, pad_m: float) -> tuple[Lattice, tuple[int, int]]:
    """Return the latent lattice over a site with padding on every side, and the nodes of padding before it."""
    node_m = block * site.cell_m
    pad = max(1, int(np.ceil(pad_m / node_m)))
    shape = [int(np.ceil(n / block)) + 2 * pad for n in site.area_m2.shape]
    return Lattice((shape[0], shape[1]), node_m), (pad, pad)


def node_of_cells(site: SiteEvidence, lattice: Lattice, block: int, pad: tuple[int, int]) -> Ints:
    """Return the flat node of each cell, shape (rows, cols)."""
    rows = np.arange(site.area_m2.shape[0]) // block + pad[0]
    cols = np.arange(site.area_m2.shape[1]) // block + pad[1]
    return rows[:, None] * lattice.shape[1] + cols[None, :]


def compile_nodes(site: SiteEvidence, draws: Draws, block: int, pad_m: float) -> NodeData:
    """Collapse a site's searches for every draw of detection and class shares.

    Parameters
    ----------
    block : cells of a node's side.
    pad_m : width of padding around the site, m.
    """
    lattice, pad = lattice_for(site, block, pad_m)
    node = node_of_cells(site, lattice, block, pad)
    ground = site.area_m2 * site.support
    inside = (site.polygon >= 0) & (ground > 0)
    polygons = max(len(site.present), 1)
    key = np.where(inside, node * polygons + np.maximum(site.polygon, 0), -1)
    used = np.flatnonzero(np.bincount(key[inside], minlength=1))
    lookup = np.full(int(used.max(initial=0)) + 1, -1)
    lookup[used] = np.arange(len(used))
    part = np.where(inside, lookup[np.maximum(key, 0)], -1)
    flat, picked = part[inside], ground[inside]

    def total(values: Array) -> Array:
        return add_up(flat, values, len(used))

    patterns = find_patterns(site, draws, inside)
    ground_of = patterns.sums(np.flatnonzero(inside), picked, flat, len(used))
    touched = patterns.touched[patterns.of_cell[inside.ravel()]]
    f = site.finds
    finds_node = add_up(node[f.row, f.col], f.weight, lattice.shape[0] * lattice.shape[1])
    finds_polygon = add_up(site.polygon[f.row, f.col], f.weight, polygons)
    return NodeData(
        lattice, block, pad, used // polygons, used % polygons, part.ravel(), (1.0 - patterns.left) @ ground_of,
        (patterns.left * patterns.touched) @ ground_of, total(picked * ~touched), finds_node, finds_polygon,
        find_log_likelihood(site, draws), patterns)
