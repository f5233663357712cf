"""From a visit to a verdict: what was not inspected, who may inspect, and whether the lot is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely import Geometry

from safeground.foundation.errors import RefusedError
from safeground.inspection.draw import LotUnits, to_plane
from safeground.records.nouns import Inspection
from safeground.records.quality import InspectionLot, LotState, SamplingDraw

#: Ground so near to inspected ground counts as inspected, m: coordinates of 7 decimals are off by up to 6 mm.
SLACK_M = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a lot's visits say.

    Attributes
    ----------
    accepted : whether the lot is accepted.  reason : in words.
    checked, failed : drawn units inspected, and names of those that failed.
    missing : drawn units not inspected; a lot with one is never accepted.
    finds : ordnance items that inspection found in the lot, and items and accidents in its ground after the work.
    """

    accepted: bool
    reason: str
    checked: int
    failed: tuple[str, ...]
    missing: tuple[str, ...]
    finds: int


def same_words(first: str, second: str) -> bool:
    """Whether two names are the same but for letter case and spaces; an empty one is nobody's."""
    one, two = " ".join(first.split()).casefold(), " ".join(second.split()).casefold()
    return bool(one) and one == two


def missing_units(units: LotUnits, drawn: Sequence[str], inspected: Iterable[Geometry]) -> tuple[str, ...]:
    """Return the drawn units of which any ground lies more than ``SLACK_M`` outside inspected ground, in their order.

    Parameters
    ----------
    inspected : ground of the visits, EPSG:4326.
    """
    ground = shapely.buffer(shapely.union_all([to_plane(g, units.crs) for g in inspected]), SLACK_M)
    shapely.prepare(ground)
    covered = shapely.covers(ground, units.outline[units.find(list(drawn))])
    return tuple(name for name, yes in zip(drawn, covered.tolist(), strict=True) if not yes)


def require_independent(
    *, inspector: str, inspector_names: Sequence[str], inspecting_organisation: str, inspector_teams: Sequence[str],
    inspected_organisations: Sequence[str], teams: Sequence[str], subject: str,
) -> None:
    """Refuse an inspector of the inspected organisation or team.

    Parameters
    ----------
    inspector_names : every name and id the inspector goes by.  inspector_teams : teams that the person belongs to.
    teams : every name and id of the inspected teams.

    Raises
    ------
    RefusedError : the same organisation, a member of the team, or the team itself (``SG-INSPECTION-012``).
    """
    def refuse(why: str) -> RefusedError:
        return RefusedError("SG-INSPECTION-012", subject, f"{inspector} {why}.",
                            "Send an inspector of another organisation.",
                            criterion="nobody inspects the work of an own team or organisation", clause="IMAS 07.40")

    for organisation in inspected_organisations:
        if same_words(inspecting_organisation, organisation):
            raise refuse(f"inspects for {inspecting_organisation}, which did the work")
    for team in teams:
        if any(same_words(own, team) for own in inspector_teams):
            raise refuse(f"belongs to the inspected team {team}")
        if any(same_words(name, team) for name in inspector_names):
            raise refuse("is the inspected team")


def require_after_draw(visit_date: date, draw: SamplingDraw, subject: str) -> None:
    """Refuse a visit that is dated before its sample was drawn.

    Raises
    ------
    RefusedError : it is (``SG-INSPECTION-011``).
    """
    if visit_date < draw.drawn_at.date():
        raise RefusedError("SG-INSPECTION-011", subject, f"the visit is dated {visit_date}, the sample was drawn on "
                           f"{draw.drawn_at.date()}.", "Inspect the drawn units after the draw.",
                           criterion="the sample is drawn before the visit", clause="sampling plan, draw")


def require_state(lot: InspectionLot, state: LotState, step: str) -> None:
    """Refuse a step for which a lot is in another state.

    Raises
    ------
    RefusedError : it is (``SG-INSPECTION-009``).
    """
    if lot.state is not state:
        raise RefusedError("SG-INSPECTION-009", lot.local_id or lot.id, f"is {lot.state}; to {step} it must be "
                           f"{state}.",
                           "Form, draw, record and decide a lot in this order, each once.",
                           criterion="each step once and in its order", clause="sampling plan, lots")


def verdict(draw: SamplingDraw, visits: Sequence[Inspection], missing: Sequence[str], finds: int, after: int = 0
            ) -> Verdict:
    """Return what the visits to a lot say: an item found rejects it whatever the acceptance number.

    A find rejects at once, also before every drawn unit was inspected: no further unit could make the lot acceptable.

    Parameters
    ----------
    finds : items that the visits found.  after : items and accidents in its ground of a day after the work.
    """
    failed = tuple(dict.fromkeys(name for visit in visits for name in visit.failed_units if name in set(draw.units)))
    outside = sorted({name for visit in visits for name in visit.failed_units} - set(draw.units))
    checked = len(draw.units) - len(missing)
    if finds or after:
        said = [f"inspection found {finds} {'item' if finds == 1 else 'items'} of explosive ordnance"] if finds else []
        said += [f"{after} {'find or accident lies' if after == 1 else 'finds or accidents lie'} in its ground after "
                 "the work"] if after else []
        accepted, reason = False, "; ".join(said)
    elif missing:
        accepted, reason = False, f"{len(missing)} drawn units were not inspected"
    else:
        number = len(failed) + len(outside)
        accepted = number <= draw.acceptance_number
        reason = (f"{number} of {checked} units failed; the plan accepts with {draw.acceptance_number}")
    return Verdict(accepted=accepted, reason=reason, checked=checked, failed=(*failed, *outside),
                   missing=tuple(missing), finds=finds + after)
