"""Products of pairs of cosine modes: the matrix of a weight over the nodes, and the variance of a covariance there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from safeground.hazard.field import cosines

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Tables of pairs are made for these numbers of modes; a number between takes the next.
SIZES = (24, 48, 80, 120, 170, 230, 300, 400)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Products of two of a lattice's slowest modes.

    Attributes
    ----------
    y, x : products of two modes of an axis, shape (nodes, pairs).
    place : where the product of two modes stands in the table of pairs (y, x), shape (modes, modes).
    lower : 2 below the diagonal, 1 on it, 0 above: a symmetric matrix by its lower triangle, shape (modes, modes).
    """

    y: Array
    x: Array
    place: Ints
    lower: Array

    def matrix(self, weight: Array, count: int) -> Array:
        """Return ``Φ' W Φ`` for the slowest modes, shape (count, count), W diagonal over the nodes.

        Pairs of an axis have one product whichever comes first, so the cost is nodes × pairs + rows × pairs² instead
        of nodes × count².
        """
        table = self.y.T @ (weight @ self.x)
        return np.asarray(table.take(self.place[:count, :count]))

    def variance(self, covariance: Array) -> Array:
        """Return the diagonal of ``Φ C Φ'`` at the nodes; of the covariance only the lower triangle is read."""
        count, shape = len(covariance), (self.y.shape[1], self.x.shape[1])
        table = np.bincount(self.place[:count, :count].ravel(), (covariance * self.lower[:count, :count]).ravel(),
                            shape[0] * shape[1])
        return np.asarray(self.y @ (table.reshape(shape) @ self.x.T))


@lru_cache(maxsize=8)
def slowest(shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """Return rows and columns of all product modes of a lattice of square nodes in the order of their wave numbers."""
    waves = [np.arange(n) / n for n in shape]
    order = np.argsort((waves[0][:, None] ** 2 + waves[1][None, :] ** 2).ravel(), kind="stable")
    rows, cols = np.divmod(order, shape[1])
    return rows, cols


@lru_cache(maxsize=64)
def order_of(shape: tuple[int, int], modes: tuple[int, int]) -> Ints:
    """Return flat indices, in an array of shape ``modes``, of the lattice's slowest modes as long as it holds them."""
    rows, cols = slowest(shape)
    inside = (rows < modes[0]) & (cols < modes[1])
    count = len(inside) if inside.all() else int(np.argmin(inside))
    return np.asarray(rows[:count] * modes[1] + cols[:count])


def pairs_for(shape: tuple[int, int], count: int) -> Pairs:
    """Return the pairs of at least the ``count`` slowest modes of a lattice."""
    return _pairs(shape, next((s for s in SIZES if s >= count), count))


@lru_cache(maxsize=32)
def _pairs(shape: tuple[int, int], size: int) -> Pairs:
    products, places = [], []
    for axis, index in enumerate(slowest(shape)):
        first = index[:size]
        basis = cosines(shape[axis], int(first.max()) + 1)
        a, b = np.tril_indices(basis.shape[1])
        products.append(basis[:, a] * basis[:, b])
        high, low = np.maximum.outer(first, first), np.minimum.outer(first, first)
        places.append(high * (high + 1) // 2 + low)
    lower = 2.0 * np.tri(len(places[0])) - np.eye(len(places[0]))
    return Pairs(products[0], products[1], places[0] * products[1].shape[1] + places[1], lower)


@lru_cache(maxsize=64)
def squares(n: int, modes: int) -> Array:
    """Return the squares of the first cosine modes of an axis, shape (nodes, modes), not to be written to."""
    values = cosines(n, modes) ** 2
    values.flags.writeable = False
    return np.asarray(values)
