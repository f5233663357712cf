"""What a programme believes before it searches, and how well its methods find: the hazard part of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRules:
    """Figures of the hazard stage; each is replaced by the programme's own as soon as there are any.

    Attributes
    ----------
    present : probability that an area holds anything, by area type (from confirmed and cancelled areas of the nation).
    direct_log_odds, indirect_log_odds, absence_log_odds : what one piece of evidence of each class adds to, or takes
        from, the log odds of presence.
    absence_floor : no evidence of absence brings an area below this share of its type's own probability.
    lead_cap : a press or model-proposed lead raises an area's probability at most to this.
    density_per_ha, density_log_sd, sigma_95, range_05_m : see ``records.site.SitePrior``.
    edge_m : distance outside an outline over which its intensity fades to a seventh, m.
    classes : item classes of the model; items of other categories, or of none, count with unknown class.
    class_weight : Dirichlet weight of each class.
    detection_found, detection_missed : Beta parameters of one pass, by ``method`` or ``method/class``; from lane tests.
    land_use_highest : upper limit of what land use can say by its silence, as a probability of detection.
    hard_items, ordinary_items : Beta parameters, by class or ``any``, of the share of items that are hard for every
        search: items known of which so many were hard and so many not.
    hard_found, hard_missed : Beta parameters, by class or ``any``, of a hard item's detection as a share of an ordinary
        item's; also what a detector's own lanes with hard targets are added to.

    Packs older than the four keys of hard items have their defaults, a planning assumption without a source.
    """

    present: tuple[tuple[str, float], ...]
    direct_log_odds: float
    indirect_log_odds: float
    absence_log_odds: float
    absence_floor: float
    lead_cap: float
    density_per_ha: float
    density_log_sd: float
    sigma_95: float
    range_05_m: float
    edge_m: float
    classes: tuple[str, ...]
    class_weight: tuple[tuple[str, float], ...]
    detection_found: tuple[tuple[str, float], ...]
    detection_missed: tuple[tuple[str, float], ...]
    land_use_highest: float
    hard_items: tuple[tuple[str, float], ...] = (("any", 1.0),)
    ordinary_items: tuple[tuple[str, float], ...] = (("any", 9.0),)
    hard_found: tuple[tuple[str, float], ...] = (("any", 2.0),)
    hard_missed: tuple[tuple[str, float], ...] = (("any", 2.0),)

    def by_class(self, table: tuple[tuple[str, float], ...]) -> tuple[float, ...]:
        """Return a table's figure for each class: its own, or that for ``any`` class, or 0 where neither is given."""
        values = dict(table)
        return tuple(values.get(c, values.get("any", 0.0)) for c in self.classes)
