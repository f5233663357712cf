"""What the entries of the land book moved, posting by posting: the values that reports sum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeground.records.vocabulary import LandStatus


class LandFlow(StrEnum):
    """Why area moved, a reversal counted under what it reverses."""

    OPENING = "opening"
    LEGACY = "legacy"
    OVERLAP = "overlap"
    RESURVEY = "resurvey"
    CONFIRMATION = "confirmation"
    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"
    REDRAWN = "redrawn"
    GAP = "gap"


#: Flows by which land is released; all others are shown apart.
RELEASE_FLOWS = (LandFlow.CANCELLED, LandFlow.REDUCED, LandFlow.CLEARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandMove:
    """One posting of one posted entry.

    Attributes
    ----------
    status, amount_cm2 : account of the area, and what arrived on it (negative = left), cm².
    on : day for which it counts.
    ground_id : id under which a :class:`~safeground.records.fieldwork.LandPart` names this ground: the pending entry
        that was posted, or the entry itself; of a reversal, that of what it reverses.
    """

    entry_id: str
    area_id: str
    status: LandStatus
    amount_cm2: int
    on: date
    flow: LandFlow
    ground_id: str
    reversal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMove:
    """Land that a report of work would move to `target` and that inspection has not decided, cm²."""

    entry_id: str
    area_id: str
    target: LandStatus
    amount_cm2: int
    on: date
