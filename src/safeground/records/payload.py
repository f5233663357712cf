"""A record as plain JSON values and back: the form that is journalled, hashed and shown.

Each type's way there and back is worked out once from its type hints; whole batches convert their geometries at once.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.clock import iso_utc
from safeground.foundation.errors import RequestError

T = TypeVar("T")
Convert = Callable[[Any], Any]


def _wkb(value: Geometry) -> str:
    return str(shapely.to_wkb(value, hex=True, output_dimension=2, byte_order=1))


def to_plain(value: Any) -> Any:
    """Return a value as JSON knows it: geometry as WKB hex (little-endian, 2D), dates as ISO 8601, enums as text."""
    kind = type(value)
    if value is None or kind in (str, int, float, bool):
        return value
    if dataclasses.is_dataclass(kind):
        return {name: value if value is None or encode is None else encode(value) for name, encode, value in (
            (name, encode, getattr(value, name)) for name, encode in _encoders(kind))}
    return _plain_other(value)


def _plain_other(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Geometry):
        return _wkb(value)
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    raise RequestError("SG-RECORD-001", type(value).__name__, "cannot be written as JSON.", "Report it.")


def to_plain_many(records: Sequence[Any]) -> list[dict[str, Any]]:
    """Return :func:`to_plain` of each record of any types, geometries written all at once."""
    shapes: list[Geometry] = []
    places: list[tuple[dict[str, Any], str]] = []
    out: list[dict[str, Any]] = []
    for record in records:
        plain: dict[str, Any] = {}
        for name, encode in _encoders(typing.cast(Hashable, type(record))):
            value = getattr(record, name)
            if isinstance(value, Geometry):
                shapes.append(value)
                places.append((plain, name))
            plain[name] = value if value is None or encode is None or isinstance(value, Geometry) else encode(value)
        out.append(plain)
    if shapes:
        array = np.empty(len(shapes), dtype=object)
        array[:] = shapes
        for (plain, name), text in zip(places, shapely.to_wkb(array, hex=True, output_dimension=2, byte_order=1),
                                       strict=True):
            plain[name] = text
    return out


@cache  # one type hint dictionary per record type
def _hints(cls: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(typing.cast(type[Any], cls))


@cache
def _encoders(cls: Hashable) -> tuple[tuple[str, Convert | None], ...]:
    """Return each field's name and its way to JSON; None = it is JSON already."""
    return tuple((f.name, _encoder(_hints(cls)[f.name])) for f in dataclasses.fields(typing.cast(type[Any], cls)))


def _encoder(hint: Any) -> Convert | None:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        kinds = [argument for argument in arguments if argument is not type(None)]
        return _encoder(kinds[0]) if len(kinds) == 1 else to_plain
    if hint in (str, int, float, bool):
        return None
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value
    if hint is date:
        return lambda value: value.isoformat()
    if origin is tuple and arguments == (tuple[str, str], Ellipsis):
        return lambda value: [list(pair) for pair in value]
    if origin is tuple and arguments == (str, Ellipsis):
        return list
    return to_plain


def _fits(kind: type[Any]) -> Convert:
    def check(value: Any) -> Any:
        if type(value) is kind:
            return value
        raise TypeError(f"{value!r} is not {kind.__name__}")

    return check


def _number(value: Any) -> float:
    if type(value) in (float, int):
        return float(value)
    raise TypeError(f"{value!r} is not float")


def _members(kind: type[Enum]) -> Convert:
    known = {member.value: member for member in kind}

    def find(value: Any) -> Enum:
        return known[value] if isinstance(value, str) and value in known else kind(value)

    return find


def _listed(value: Any) -> Sequence[Any]:
    if not isinstance(value, tuple | list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _tuple(arguments: tuple[Any, ...]) -> Convert:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        inner = _decoder(arguments[0])
        return lambda value: tuple([inner(item) for item in _listed(value)])
    each = [_decoder(argument) for argument in arguments]
    return lambda value: tuple([decode(item) for decode, item in zip(each, _listed(value), strict=True)])


@cache
def _decoder(hint: Any) -> Convert:
    """Return the way from JSON to a type; it raises TypeError or ValueError for what does not fit."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = _decoder(next(argument for argument in arguments if argument is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple(arguments)
    if hint is float:
        return _number
    if hint in (str, int, bool):
        return _fits(hint)
    if isinstance(hint, type):
        if issubclass(hint, Geometry):
            return lambda value: value if isinstance(value, Geometry) else shapely.from_wkb(value)
        if issubclass(hint, Enum):
            return _members(hint)
        if issubclass(hint, date):  # and datetime
            return hint.fromisoformat
        if dataclasses.is_dataclass(hint):
            return lambda value: from_plain(hint, value)
    return lambda value: value


@cache
def _decoders(cls: Hashable) -> dict[str, Convert]:
    return {name: _decoder(hint) for name, hint in _hints(cls).items()}


@cache
def _shape_fields(cls: Hashable) -> tuple[str, ...]:
    kinds = {name: [hint, *typing.get_args(hint)] for name, hint in _hints(cls).items()}
    return tuple(name for name, hints in kinds.items() if Geometry in hints)


def from_plain(cls: type[T], plain: dict[str, Any]) -> T:
    """Return the record of type `cls` that :func:`to_plain` wrote.

    Raises
    ------
    RequestError : a field is missing, unknown, or does not fit its type (``SG-RECORD-001``).
    """
    decoders = _decoders(typing.cast(Hashable, cls))
    if not isinstance(plain, dict) or not decoders.keys() >= plain.keys():
        unknown = sorted(set(plain) - set(decoders)) if isinstance(plain, dict) else plain
        raise RequestError("SG-RECORD-001", cls.__name__, f"unknown fields {unknown}.",
                           "The project was written by a newer Safeground; upgrade.")
    try:
        return cls(**{name: decoders[name](value) for name, value in plain.items()})
    except (TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise RequestError("SG-RECORD-001", cls.__name__, f"does not fit its type: {error}.",
                           "Run 'safeground ledger PROJECT verify'.") from error


def from_plain_many(cls: type[T], plains: Sequence[dict[str, Any]]) -> list[T]:
    """Return :func:`from_plain` of each value, geometries read all at once.

    Raises
    ------
    RequestError : as :func:`from_plain`.
    """
    for name in _shape_fields(typing.cast(Hashable, cls)):
        texts = np.array([plain.get(name) for plain in plains], dtype=object)
        try:
            shapes = shapely.from_wkb(texts)
        except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
            raise RequestError("SG-RECORD-001", cls.__name__, f"holds an unreadable geometry: {error}.",
                               "Run 'safeground ledger PROJECT verify'.") from error
        for plain, shape in zip(plains, shapes.tolist(), strict=True):
            if shape is not None:
                plain[name] = shape
    return [from_plain(cls, plain) for plain in plains]
