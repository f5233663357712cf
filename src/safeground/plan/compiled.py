"""Hot loops compiled where numba is there, the same functions in plain Python where it is not.

Compiled code is kept in the user's cache under a hash of this room's sources, because numba's own check looks at the
changed file alone and would go on with old code of a function that another file calls.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
#: Set this to any text to run the plain functions although numba is there.
PLAIN = "SAFEGROUND_PLAIN"
IS_COMPILED = find_spec("numba") is not None and not os.environ.get(PLAIN)


def _cache_folder() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(home / "safeground" / "compiled" / digest.hexdigest()[:16])


_FOLDER = _cache_folder() if IS_COMPILED else ""


def compiled(function: F) -> F:
    """Return the function compiled by numba, or as it is where numba is absent; both give the same answers."""
    if not IS_COMPILED:
        return function
    import numba

    numba.config.CACHE_DIR = _FOLDER  # type: ignore[attr-defined]
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def lean(function: F) -> F:
    """Return the function compiled as by :func:`compiled`, without counting who holds an array.

    Such a function makes no arrays: all its room comes from its caller.  With as many tables as the search hands on,
    the counting, and the handing on itself, take several times as long as the work; so it is also put into its caller.
    """
    if not IS_COMPILED:
        return function
    import numba

    numba.config.CACHE_DIR = _FOLDER  # type: ignore[attr-defined]
    rules: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "forceinline": True, "_nrt": False}
    return cast(F, numba.njit(**rules)(function))
