"""How a programme weighs public reports: the claims part of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass

from safeground.foundation.errors import RequestError

LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """Starting values, to be calibrated; they are shown beside every result.

    Attributes
    ----------
    said_if_true, said_if_false : probability that a source of each letter asserts what is so, and what is not.
    relay_fidelity : probability that a relay repeats faithfully what was said.
    bloc_correlation : correlation ρ of the origins of one interest bloc.
    self_serving_false : what ``said_if_false`` is raised towards ``said_if_true`` by, for a claim that serves its root.
    prior : probability of a hypothesis before any report.
    lead_log_odds_max : most that all public reports together add to the log odds of presence in an area; >= 0.
    """

    said_if_true: tuple[tuple[str, float], ...]
    said_if_false: tuple[tuple[str, float], ...]
    relay_fidelity: float
    bloc_correlation: float
    self_serving_false: float
    prior: float
    lead_log_odds_max: float

    def __post_init__(self) -> None:
        true, false = dict(self.said_if_true), dict(self.said_if_false)
        if sorted(true) != list(LETTERS) or sorted(false) != list(LETTERS):
            raise RequestError("SG-RECORD-002", "claims.said_if_true", f"has letters {sorted(true)}, {sorted(false)}.",
                               "Give a figure for each letter A to F in both tables.")
        shares = [*true.values(), *false.values(), self.prior, self.relay_fidelity]
        if any(not 0 < share < 1 for share in shares) or any(true[x] < false[x] for x in LETTERS):
            raise RequestError("SG-RECORD-002", "claims", "a probability lies outside (0, 1), or a letter asserts "
                               "what is not so more often than what is.", "Correct the figure.")
        if not 0 <= self.bloc_correlation <= 1 or not 0 <= self.self_serving_false <= 1 or self.lead_log_odds_max < 0:
            raise RequestError("SG-RECORD-002", "claims", "a share lies outside 0 to 1, or the limit of a lead is "
                               "negative.", "Correct the figure.")
