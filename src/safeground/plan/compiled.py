"""One decorator for inner loops: machine code where numba is installed (extra ``plan``), plain Python elsewhere.

Both give the same results: the loops decorated use integers and arrays alone, and carry their own random numbers.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

#: Whether decorated functions run as machine code; plain Python is some hundred times slower.
IS_COMPILED = importlib.util.find_spec("numba") is not None


def compiled(function: Function) -> Function:
    """Return a function as cached machine code that lets go of the interpreter's lock; as it is where numba is absent.

    Parameters
    ----------
    function : loops over arrays and integers; it calls nothing but other such functions.
    """
    if not IS_COMPILED:
        return function
    import numba

    return cast(Function, numba.njit(cache=True, nogil=True)(function))
