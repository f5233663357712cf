"""A record as plain JSON values and back: the form that is journalled, hashed and shown."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import shapely
from shapely import Geometry

from safeground.foundation.clock import iso_utc
from safeground.foundation.errors import RequestError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Return a value as JSON knows it: geometry as WKB hex (little-endian, 2D), dates as ISO 8601, enums as text."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Geometry):
        return shapely.to_wkb(value, hex=True, output_dimension=2, byte_order=1)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise RequestError("SG-RECORD-001", type(value).__name__, "cannot be written as JSON.", "Report it.")


@cache  # one type hint dictionary per record type
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _convert(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        inner = [arg for arg in typing.get_args(hint) if arg is not type(None)]
        return _convert(inner[0], value)
    if origin is tuple:
        if not isinstance(value, tuple | list):
            raise TypeError(f"{value!r} is not a list")
        args = typing.get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_convert(args[0], item) for item in value)
        return tuple(_convert(arg, item) for arg, item in zip(args, value, strict=True))
    if isinstance(hint, type):
        if issubclass(hint, Geometry):
            return shapely.from_wkb(value)
        if issubclass(hint, Enum):
            return hint(value)
        if issubclass(hint, datetime):
            return datetime.fromisoformat(value)
        if issubclass(hint, date):
            return date.fromisoformat(value)
        if dataclasses.is_dataclass(hint):
            return from_plain(hint, value)
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
            raise TypeError(f"{value!r} is not {hint.__name__}")
    return value


def from_plain(cls: type[T], plain: dict[str, Any]) -> T:
    """Return the record of type `cls` that :func:`to_plain` wrote.

    Raises
    ------
    RequestError : a field is missing, unknown, or does not fit its type (``SG-RECORD-001``).
    """
    hints = _hints(typing.cast(typing.Hashable, cls))
    unknown = sorted(set(plain) - set(hints))
    if unknown:
        raise RequestError("SG-RECORD-001", cls.__name__, f"unknown fields {unknown}.",
                           "The project was written by a newer Safeground; upgrade.")
    try:
        return cls(**{name: _convert(hints[name], value) for name, value in plain.items()})
    except (TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise RequestError("SG-RECORD-001", cls.__name__, f"does not fit its type: {error}.",
                           "Run 'safeground ledger PROJECT verify'.") from error
