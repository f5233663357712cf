"""A Matérn field (ν = 1) on a rectangle, in cosine modes: spectrum and transforms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Lattice:
    """Nodes of the latent field: square blocks of ``node_m`` metres, rows and columns in ``shape``.

    The field is ``f = Σ_k s_k u_k φ_k`` with independent standard normal ``u`` and the orthonormal cosine modes ``φ``
    (DCT-II, Neumann borders).  Padding beyond the site keeps the borders' doubled variance away from it.
    """

    shape: tuple[int, int]
    node_m: float

    @cached_property
    def wave_numbers(self) -> tuple[Array, Array]:
        """Angular wave numbers of the modes of each axis, 1/m."""
        return tuple(np.pi * np.arange(n) / (n * self.node_m) for n in self.shape)  # type: ignore[return-value]

    def spectrum(self, range_m: float, sigma: float, modes: tuple[int, int] | None = None) -> Array:
        """Return the variance of each mode's coefficient, shape ``modes`` (all modes when not given).

        Parameters
        ----------
        range_m : distance at which the correlation falls to about .13, m (κ = √8 / range).
        sigma : standard deviation of the field.

        Notes
        -----
        Spectral density of a Matérn field with ν = 1 in the plane, ``4πκ²σ² / (κ² + ω²)²`` (Lindgren, Rue and
        Lindström 2011), averaged over a node (sinc² of each axis).
        """
        rows, cols = modes or self.shape
        wy, wx = self.wave_numbers[0][:rows], self.wave_numbers[1][:cols]
        kappa2 = 8.0 / range_m**2
        density = 4 * np.pi * kappa2 * sigma**2 / (kappa2 + wy[:, None] ** 2 + wx[None, :] ** 2) ** 2
        smooth = np.sinc(wy * self.node_m / (2 * np.pi))[:, None] ** 2 * np.sinc(wx * self.node_m / (2 * np.pi)) ** 2
        return np.asarray(density * smooth / self.node_m**2)

    def basis(self, axis: int, modes: int) -> Array:
        """Return the orthonormal cosine modes of one axis, shape (nodes, modes)."""
        return cosines(self.shape[axis], modes)

    def variance(self, spectrum: Array) -> Array:
        """Return the variance of the field at each node, shape of the lattice."""
        by, bx = self.basis(0, spectrum.shape[0]), self.basis(1, spectrum.shape[1])
        return np.asarray((by**2) @ spectrum @ (bx**2).T)


@lru_cache(maxsize=64)
def cosines(n: int, modes: int) -> Array:
    """Return the first orthonormal cosine modes (DCT-II) of ``n`` nodes, shape (nodes, modes), not to be written to."""
    values = np.sqrt(2.0 / n) * np.cos(np.pi * (np.arange(n)[:, None] + 0.5) * np.arange(modes)[None, :] / n)
    values[:, 0] = np.sqrt(1.0 / n)
    values.flags.writeable = False
    return np.asarray(values)


def few(modes: tuple[int, int]) -> bool:
    """Return whether so few modes are kept that two small matrix products cost less than a fast transform."""
    return max(modes) <= 64


def add_up(index: NDArray[np.int64], values: Array, size: int) -> Array:
    """Return the sum of values at each index from 0 to ``size`` − 1."""
    return np.asarray(np.bincount(index, values, size), np.float64)


def to_nodes(coefficients: Array, shape: tuple[int, int]) -> Array:
    """Return node values of mode coefficients, any leading axes; fewer modes than nodes are filled with zeros."""
    lead, rows, cols = coefficients.shape[:-2], *coefficients.shape[-2:]
    if few((rows, cols)):
        return np.asarray(cosines(shape[0], rows) @ (coefficients @ cosines(shape[1], cols).T))
    if coefficients.shape[-2:] != shape:
        full = np.zeros((*lead, *shape), coefficients.dtype)
        full[..., : coefficients.shape[-2], : coefficients.shape[-1]] = coefficients
        coefficients = full
    workers = 2 if lead else None
    return np.asarray(scipy.fft.idctn(coefficients, axes=(-2, -1), norm="ortho", workers=workers))


def to_modes(values: Array, modes: tuple[int, int] | None = None) -> Array:
    """Return mode coefficients of node values, any leading axes, cut to the first ``modes`` of each axis."""
    shape = (values.shape[-2], values.shape[-1])
    if modes is not None and few(modes):
        return np.asarray(cosines(shape[0], modes[0]).T @ (values @ cosines(shape[1], modes[1])))
    workers = 2 if values.ndim > 2 else None
    out = scipy.fft.dctn(values, axes=(-2, -1), norm="ortho", workers=workers)
    return np.asarray(out if modes is None else out[..., : modes[0], : modes[1]])
