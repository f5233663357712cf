"""One seed, many named independent streams: adding a stream never disturbs another."""

from __future__ import annotations

import hashlib
import uuid

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return an independent random generator for a named purpose.

    Parameters
    ----------
    seed : the run's seed, any integer >= 0.
    names : path of the purpose, e.g. ``stream(7, "world", "rows", 3)``.

    Notes
    -----
    The path is hashed with SHA-256 into the entropy of ``numpy.random.PCG64DXSM``; the same seed and path give the
    same numbers on every machine with the same numpy.
    """
    digest = hashlib.sha256(repr((int(seed), *names)).encode()).digest()
    entropy = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4)]
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(entropy)))


def stable_id(*parts: str | int) -> str:
    """Return a UUID (version 5) that depends on the parts alone: same parts, same id."""
    return str(uuid.uuid5(uuid.UUID("5afe6b0d-0000-5000-8000-000000000000"), repr(parts)))
