"""Canonical bytes: the one serialisation that is hashed, chained and signed."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from safeground.foundation.errors import RequestError

_PLAIN = (str, int, bool, type(None))


def _check(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise RequestError("SG-CORE-004", path, f"{value!r} cannot be stored.", "Leave the value out or correct it.")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise RequestError("SG-CORE-004", path, f"key {key!r} is not text.", "Use text keys.")
            if type(item) not in _PLAIN:
                _check(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            if type(item) not in _PLAIN:
                _check(item, f"{path}[{index}]")


def canonical_json(value: Any) -> bytes:
    """Return UTF-8 JSON with sorted keys, no spaces, no NaN: equal values give equal bytes.

    Raises
    ------
    RequestError : a number is not finite or a key is not text; a value of another type than JSON knows.
    """
    _check(value, "$")
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()
    except (TypeError, UnicodeEncodeError) as error:
        raise RequestError("SG-CORE-004", "record", f"cannot be written as JSON: {error}.", "Report it.") from error


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
