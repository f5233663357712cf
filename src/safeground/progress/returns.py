"""Which of the returns hold: corrections replace what they name, in whatever order they come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shapely import Geometry

from safeground.records.base import Record
from safeground.records.nouns import OrdnanceItem, ProgressReturn

#: Fields that say how a submission came here, not what it says.
_ORIGIN = {"id", "version", "local_id", "source_id", "source_row", "original", "date_of_information", "received_date",
           "hazardous_area_id", "area_cm2"}


@dataclass(frozen=True, slots=True)
class ReturnSet:
    """The returns held, sorted out.

    Attributes
    ----------
    effective : those that hold, in order of their effect: by work day, then by submission.
    replaced : id of a return -> id of the return that holds in its place; "" = none does.
    rivals : submissions that claim to replace one return, for each such return.
    waiting : returns that correct a submission which is not here.
    circles : submissions that correct each other in a circle.
    """

    effective: tuple[ProgressReturn, ...]
    replaced: dict[str, str]
    rivals: tuple[tuple[str, ...], ...]
    waiting: tuple[ProgressReturn, ...]
    circles: tuple[tuple[str, ...], ...]


def effect_order(item: ProgressReturn) -> tuple[str, str]:
    """Return the key by which returns take effect: earlier work first, whatever the day it came in."""
    return item.work_date.isoformat(), item.submission_id


def has_ground(item: ProgressReturn) -> bool:
    """Return whether a return reports ground at all."""
    return item.geometry is not None and not item.geometry.is_empty


def _root(item: ProgressReturn, held: dict[str, ProgressReturn]) -> tuple[str, tuple[str, ...]]:
    """Return the first submission of a chain of corrections, and the circle it runs into, if any."""
    path = [item.submission_id]
    while item.corrects:
        if item.corrects in path:
            circle = path[path.index(item.corrects):]
            return min(circle), tuple(sorted(circle))
        path.append(item.corrects)
        if item.corrects not in held:
            break
        item = held[item.corrects]
    return path[-1], ()


def sort_out(returns: Iterable[ProgressReturn]) -> ReturnSet:
    """Return which returns hold.  The answer depends on the set alone, never on the order of arrival.

    A return that a held correction names does not hold.  Of several corrections of one return that report ground none
    holds until all but one are withdrawn (corrected by a return without ground): nobody but a person can choose.
    """
    held = {item.submission_id: item for item in returns}
    named = {item.corrects for item in held.values() if item.corrects}
    families: dict[str, list[ProgressReturn]] = {}
    members: dict[str, list[ProgressReturn]] = {}
    circles: set[tuple[str, ...]] = set()
    for item in held.values():
        root, circle = _root(item, held)
        members.setdefault(root, []).append(item)
        if circle:
            circles.add(circle)
        if item.submission_id not in named:
            families.setdefault(root, []).append(item)
    effective: list[ProgressReturn] = []
    rivals = []
    for heads in families.values():
        grounded = sorted(item.submission_id for item in heads if has_ground(item))
        if len(grounded) > 1:
            rivals.append(tuple(grounded))
        effective += [item for item in heads if len(grounded) < 2 or not has_ground(item)]
    keep = {item.id for item in effective}
    heir: dict[str, str] = {}
    for root, family in members.items():
        heads = [item for item in families.get(root, ()) if item.id in keep]
        chosen = next((item.id for item in heads if has_ground(item)), heads[0].id if heads else "")
        heir |= {item.id: chosen for item in family if item.id not in keep}
    return ReturnSet(
        effective=tuple(sorted(effective, key=effect_order)), replaced=heir, rivals=tuple(sorted(rivals)),
        waiting=tuple(item for item in held.values() if item.corrects and item.corrects not in held),
        circles=tuple(sorted(circles)))


def families(returns: Iterable[ProgressReturn]) -> dict[str, str]:
    """Return, for each return's id, the first submission of the chain of corrections that it belongs to."""
    held = {item.submission_id: item for item in returns}
    return {item.id: _root(item, held)[0] for item in held.values()}


def _plain(value: object) -> object:
    return value.normalize().wkb if isinstance(value, Geometry) else value


def same_content(held: Record, incoming: Record) -> bool:
    """Return whether two records of one submission say the same; how and when they came does not count.

    An outline that begins at another of its turning points is the same outline.
    """
    return all(_plain(getattr(held, field.name)) == _plain(getattr(incoming, field.name))
               for field in dataclasses.fields(held) if field.name not in _ORIGIN)


def finds_that_hold(finds: Sequence[OrdnanceItem], replaced: dict[str, str]) -> tuple[OrdnanceItem, ...]:
    """Return the items found, each under the return that holds.

    An item of a replaced return stays, because a correction of hours does not undo a find; it is left out only where
    the return that holds reports the same item at the same place.
    """
    def key(item: OrdnanceItem, of: str) -> tuple[object, ...]:
        return of, item.category, item.model, item.quantity, item.depth_cm, _plain(item.geometry)

    current = {key(item, item.activity_id) for item in finds if item.activity_id not in replaced}
    kept = []
    for item in finds:
        heir = replaced.get(item.activity_id)
        if heir is None:
            kept.append(item)
        elif item.geometry is None or key(item, heir) not in current:
            current.add(key(item, heir))
            kept.append(replace(item, activity_id=heir) if heir else item)
    return tuple(kept)
