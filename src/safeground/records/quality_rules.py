"""What a nation sets for daily returns, for the inspection of cleared ground, and for release: parts of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safeground.foundation.errors import RequestError


def _within(group: str, name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise RequestError("SG-RECORD-002", f"{group}.{name}", f"is {value:g}; expected: {low:g} to {high:g}.",
                           "Enter the figure of the national standard.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRules:
    """How daily returns are read.

    Attributes
    ----------
    final_methods : methods whose pass is the last before quality control; only it makes a pending entry.
    late_days : a return received later than this after its work date is named as late, days.
    overlap_report_m2 : ground that two returns both report is named from this size on, m².
    rate_outlier_factor : a day's m² for a person-hour above this multiple of the method's median is named.
    outside_share_max : a return of which a larger share lies outside its area is kept aside.
    """

    final_methods: tuple[str, ...]
    late_days: float
    overlap_report_m2: float
    rate_outlier_factor: float
    outside_share_max: float

    def __post_init__(self) -> None:
        _within("progress", "late_days", self.late_days, 0, 3650)
        _within("progress", "overlap_report_m2", self.overlap_report_m2, 0, 1e9)
        _within("progress", "rate_outlier_factor", self.rate_outlier_factor, 1, 1e6)
        _within("progress", "outside_share_max", self.outside_share_max, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRules:
    """The national sampling plan (IMAS 07.40; ISO 2859 style, zero acceptance).

    Attributes
    ----------
    version : name and number of the plan; kept with every lot and draw.
    unit_m : side of a unit, m; the sample size counts units.
    quality : share of units that must hold nothing, such as .99.  confidence : with which a worse lot is rejected.
    acceptance_number : failed units with which a lot is still accepted.
    share_min : least share of a lot's units that is drawn, whatever the formula says.
    detection : probability that inspection finds what a unit holds; 1 = the tables of IMAS practice.
    block_m : side of the square in which drawn units lie together for the inspector's walk, m; >= ``unit_m``.
    lot_area_m2_max, lot_days_max : a lot is no larger and spans no more days.
    escalation_factor, escalation_rejected : after so many rejected lots of a team its next lots are drawn at this
        multiple of the sample.
    edge_m : width of the edge stratum along a lot's outline, m.
    corrective_days : time allowed for a corrective action, days.
    clause : where the plan stands.
    """

    version: str
    unit_m: float
    quality: float
    confidence: float
    acceptance_number: float
    share_min: float
    detection: float
    block_m: float
    lot_area_m2_max: float
    lot_days_max: float
    escalation_factor: float
    escalation_rejected: float
    edge_m: float
    corrective_days: float
    clause: str

    def __post_init__(self) -> None:
        for name, low, high in (("unit_m", 0.1, 1000), ("quality", 0.5, 0.999999), ("confidence", 0.5, 0.999999),
                                ("acceptance_number", 0, 1000), ("share_min", 0, 1), ("detection", 0.01, 1),
                                ("block_m", self.unit_m, 1e4), ("lot_area_m2_max", 1, 1e9), ("lot_days_max", 1, 3650),
                                ("escalation_factor", 1, 100), ("escalation_rejected", 1, 1000), ("edge_m", 0, 1000),
                                ("corrective_days", 0, 3650)):
            _within("inspection", name, getattr(self, name), low, high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDocument:
    """A paper without which no land is released: its key in ``[release.documents]``, title, clause, signing role."""

    id: str
    title: str
    clause: str
    signed_by: str


class ResidualScope(StrEnum):
    """Which ground the limit of the residual probability holds for.

    ``SEARCHED``: the searched ground alone; cancelled and reduced ground is judged by the national criteria of survey.
    """

    AREA = "area"
    SEARCHED = "searched"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRules:
    """What must be there before an authority can decide to release land (IMAS 07.11, 08.30, 09.10).

    Attributes
    ----------
    residual_p_any_max : largest stated probability that the released ground still holds anything; None = ``"set"``: no
        release until the programme states its own.
    residual_scope : ground for which that limit holds.
    coverage_min : share of the area that must be accounted for by accepted parts; 1 = every cm².
    interval_level : of the residual's interval.
    marker_spacing_m : legs longer than this need intermediate points, m.
    closure_error_m_max : closure error of bearings and distances above which the table is refused, m.
    handover_needed : whether a handover must be on record.
    cancellation_criteria, reduction_criteria : ids that a survey report may name.
    documents : papers that must be filed.
    """

    residual_p_any_max: float | None
    residual_scope: ResidualScope
    coverage_min: float
    interval_level: float
    marker_spacing_m: float
    closure_error_m_max: float
    handover_needed: bool
    four_eyes_clause: str
    cancellation_criteria: tuple[str, ...]
    reduction_criteria: tuple[str, ...]
    documents: tuple[ReleaseDocument, ...]

    def __post_init__(self) -> None:
        if self.residual_p_any_max is not None:
            _within("release", "residual_p_any_max", self.residual_p_any_max, 0, 1)
        for name, low, high in (("coverage_min", 0, 1), ("interval_level", 0.5, 0.999), ("marker_spacing_m", 1, 10_000),
                                ("closure_error_m_max", 0, 1000)):
            _within("release", name, getattr(self, name), low, high)
