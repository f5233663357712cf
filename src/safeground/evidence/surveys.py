"""Technical survey as search: its recorded lanes are sweeps; an outcome without lanes on record lowers nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safeground.foundation.finding import Finding, Severity
from safeground.ground.area import geodesic_area_m2
from safeground.records.fieldwork import SurveyReport
from safeground.records.nouns import Activity, ProgressReturn
from safeground.records.vocabulary import ActivityType


def searched_share(activity: Activity) -> float:
    """Return the share of a technical survey's outline that it says it searched, 0 to 1.

    The outline may be the whole area surveyed and the stated area that of the lanes: the ground between them was not
    searched, and where the lanes lay is not known.  1 where no area is stated, and for all other activities.
    """
    stated = activity.stated_area_m2
    if activity.activity_type is not ActivityType.TECHNICAL_SURVEY or activity.geometry is None or stated is None:
        return 1.0
    outline = float(geodesic_area_m2([activity.geometry])[0])
    return min(1.0, max(0.0, stated) / outline) if outline > 0 else 1.0


def without_lanes(reports: Sequence[SurveyReport], activities: Iterable[Activity], returns: Iterable[ProgressReturn],
                  wanted: frozenset[str] | None) -> list[Finding]:
    """Return a finding for each technical survey outcome with an asset that rests on no search with an outline.

    The part that an outcome holds for is not the ground that was searched, so no part is ever taken for a sweep.

    Parameters
    ----------
    wanted : ids of the areas asked about; None = all.
    """
    searches: list[Activity | ProgressReturn] = [*activities, *returns]
    outlined = {name for record in searches if record.geometry is not None for name in (record.id, record.local_id)
                if name}
    return [Finding(Severity.INFO, "SG-EVIDENCE-015", report.local_id or report.id,
                    "a technical asset searched, but no search with an outline is named: it lowers no figure.",
                    "Take in the lanes searched as activities or returns, and name them as its evidence.")
            for report in reports
            if report.survey_type is ActivityType.TECHNICAL_SURVEY and report.technical_asset
            and (wanted is None or report.hazardous_area_id in wanted)
            and not outlined.intersection(report.evidence_ids)]
