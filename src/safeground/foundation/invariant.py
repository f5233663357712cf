"""Invariants that stay on, also under ``python -O``."""

from __future__ import annotations

from safeground.foundation.errors import InvariantBroken


def invariant(condition: bool, message: str, *, code: str = "SG-CORE-001", subject: str = "") -> None:
    """Stop if something that must always hold does not.

    Parameters
    ----------
    condition : what must hold.
    message : what should have held, with the actual and the expected value.
    code, subject : see :class:`~safeground.foundation.errors.SafegroundError`.

    Raises
    ------
    InvariantBroken : the condition is false.  Unlike ``assert`` it is not removed by ``-O``.
    """
    if not condition:
        raise InvariantBroken(
            code, subject or "internal", message, "Stop work on this project, keep the file and report it."
        )
