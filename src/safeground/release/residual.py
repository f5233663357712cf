"""The residual in words: a fixed template filled with figures, which says what they say and nothing more."""

from __future__ import annotations

from collections.abc import Sequence

from safeground.release.case import Residual

#: What the model takes for granted; each names what would make the figure too low.
ASSUMPTIONS = (
    "Items lie as a Cox process with a smooth random density inside the areas that survey recorded, fading outside.",
    "Each search finds each item of a class with one probability, uncertain and shared by all ground that team and "
    "method searched; items that every search tends to miss are covered only by that uncertainty.",
    "Detection is the rule pack's, updated by lane tests where there are any; conditions in the field were no worse.",
    "What the records say was searched was searched.",
)


def percent(value: float) -> str:
    """Return a probability in percent with two significant digits, never rounded to none or all."""
    if value <= 0:
        return "0 % as computed"
    if value < 1e-6:
        return "less than 0.0001 %"
    return f"{min(100 * value, 99.9):.2g} %" if value < 0.995 else "more than 99 %"


def statement(left: Residual, depth_cm: float | None) -> tuple[str, ...]:
    """Return the residual statement, sentence by sentence.

    Parameters
    ----------
    depth_cm : depth to which ground was cleared; None = no ground was cleared.
    """
    low, high = left.interval
    said = [
        f"By the model named here and the records of {left.computed_at:%Y-%m-%d}, the probability that one or more "
        f"items are left in the area is {percent(left.p_any)} ({left.level:.0%} interval "
        f"{percent(left.p_any_interval[0])} to {percent(left.p_any_interval[1])}).",
        f"In the ground that was searched alone it is {percent(left.searched_p_any)}.",
        f"Expected items left: {left.expected_items:.3g}; {left.level:.0%} interval of their number: {low:,} to "
        f"{high:,}.",
        f"Of the expected items {left.borrowed_items:.3g} lie in ground that was not searched; its figure comes from "
        "survey evidence and from neighbouring ground.",
        "The figures are estimates. They do not show that nothing is left."]
    if depth_cm is not None:
        said.append(f"The model does not tell depths apart: what lies deeper than {depth_cm:g} cm is covered only as "
                    "far as the detection figures include it.")
    return tuple(said)


def not_searched(left: Residual, depth_cm: float | None, edge_m: float) -> tuple[str, ...]:
    """Return what no figure of the statement covers: deeper ground, ground outside, ground nobody searched."""
    said = [f"Ground deeper than {depth_cm:g} cm." if depth_cm is not None else
            "Ground below the surface: no clearance depth applies.",
            "Ground outside the outline." + (f" The model lets hazard reach {edge_m:g} m beyond it." if edge_m else "")]
    rest = left.area_m2 - left.searched_m2
    if rest > 0.5:
        said.append(f"{rest:,.0f} m² of the area were released by survey or otherwise without a recorded search.")
    return tuple(said)


def account_rows(steps: Sequence[object]) -> list[tuple[str, str, str, str]]:
    """Return the account as rows of text: step, expected items after it, found, share that the search leaves."""
    rows = []
    for step in steps:
        values = step if isinstance(step, dict) else {name: getattr(step, name) for name in (
            "step", "kind", "expected_items", "found", "log_survival")}
        search = values["kind"] not in ("prior", "learned", "left", "hard", "floor")
        leaves = percent(2.718281828459045 ** values["log_survival"]) if search else "–"
        rows.append((str(values["step"]), f"{values['expected_items']:.3g}",
                     f"{values['found']:,.0f}" if search else "–", leaves))
    return rows
