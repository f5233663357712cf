"""Count origins instead of reports: the weight of one origin, of all of them, and the digit that follows.

The letter of a source is set by people, for a topic; the digit of an item is computed (``docs/concepts/claims.md``).
Relays make one sure that something was said; they never make it truer than its root: the likelihood ratio of an origin
is at most ``said_if_true / said_if_false``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from safeground.foundation.errors import RequestError
from safeground.records.claim_rules import LETTERS, ClaimRules


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginEvidence:
    """What one origin says of a hypothesis.

    Attributes
    ----------
    letter : grade of the root agent on this topic, A to F.
    agreeing, relays : k of m reports that carry it repeat it alike; 0 <= k <= m, m >= 1.
    bloc : interest bloc; "" = a bloc of its own.
    denies : it asserts that the hypothesis is not so.
    self_serving : the claim serves its root's interest.
    """

    origin_id: str
    letter: str
    agreeing: int
    relays: int
    bloc: str = ""
    denies: bool = False
    self_serving: bool = False

    def __post_init__(self) -> None:
        if self.letter not in LETTERS or not 0 <= self.agreeing <= self.relays or self.relays < 1:
            raise RequestError("SG-CLAIMS-004", self.origin_id, f"letter {self.letter!r}, {self.agreeing} of "
                               f"{self.relays} relays.", "Give a letter A to F, and at least one report.")


@dataclass(frozen=True, slots=True)
class Term:
    """One step of the waterfall: what an origin adds to the log odds, before and after the bloc's discount."""

    origin_id: str
    bloc: str
    log_ratio: float
    weight: float
    added: float


@dataclass(frozen=True, slots=True)
class Combination:
    """A hypothesis with all that speaks for and against it.

    Attributes
    ----------
    probability : after all origins; without_blocs, one_voice : the same with ρ = 0 and ρ = 1.
    terms : prior first in words, then each origin's step, in the order given.
    reports, origins, blocs : counts to be shown together.
    digit : 1 (confirmed by two blocs) to 5 (improbable), 6 = cannot be judged.
    """

    prior: float
    probability: float
    without_blocs: float
    one_voice: float
    terms: tuple[Term, ...]
    reports: int
    origins: int
    blocs: int
    digit: int

    @property
    def counts(self) -> str:
        """Return "n reports, k origins, b blocs"."""
        return (f"{self.reports} report{'s' * (self.reports != 1)}, {self.origins} origin{'s' * (self.origins != 1)}, "
                f"{self.blocs} bloc{'s' * (self.blocs != 1)}")


def origin_log_ratio(evidence: OriginEvidence, rules: ClaimRules) -> float:
    """Return an origin's log likelihood ratio for the hypothesis.

    Notes
    -----
    With t, f the root's rates of assertion, q the fidelity of relays and h = q + (1 − q)/2:
    LR = [t hᵏ(1−h)^(m−k) + (1−t)(1−h)ᵏ h^(m−k)] / [f hᵏ(1−h)^(m−k) + (1−f)(1−h)ᵏ h^(m−k)].
    A denial asserts the opposite, so that its ratio is turned round.
    """
    t, f = dict(rules.said_if_true)[evidence.letter], dict(rules.said_if_false)[evidence.letter]
    if evidence.self_serving:
        f += rules.self_serving_false * (t - f)
    h = rules.relay_fidelity + (1 - rules.relay_fidelity) / 2
    k, rest = evidence.agreeing, evidence.relays - evidence.agreeing
    said = k * math.log(h) + rest * math.log1p(-h)
    unsaid = k * math.log1p(-h) + rest * math.log(h)
    top = _log_sum(math.log(t) + said, math.log1p(-t) + unsaid)
    bottom = _log_sum(math.log(f) + said, math.log1p(-f) + unsaid)
    return -(top - bottom) if evidence.denies else top - bottom


def _log_sum(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))


def combine(evidence: Sequence[OriginEvidence], rules: ClaimRules, *, prior: float | None = None) -> Combination:
    """Return a hypothesis's probability from its origins, each counted once, blocs discounted by 1 + (n − 1)ρ.

    Raises
    ------
    RequestError : one origin is given twice, or the prior is not within (0, 1) (``SG-CLAIMS-004``).
    """
    start = rules.prior if prior is None else prior
    ids = [e.origin_id for e in evidence]
    if len(set(ids)) != len(ids) or not 0 < start < 1:
        raise RequestError("SG-CLAIMS-004", "origins", f"{len(ids) - len(set(ids))} are given twice, prior {start}.",
                           "Give each origin once, and a prior between 0 and 1.")
    probability, terms = _sum(evidence, rules, start, rules.bloc_correlation)
    blocs = {e.bloc or e.origin_id for e in evidence}
    return Combination(
        prior=start, probability=probability, without_blocs=_sum(evidence, rules, start, 0.0)[0],
        one_voice=_sum(evidence, rules, start, 1.0)[0], terms=terms, reports=sum(e.relays for e in evidence),
        origins=len(ids), blocs=len(blocs), digit=_digit(evidence, probability))


def _sum(evidence: Sequence[OriginEvidence], rules: ClaimRules, prior: float, correlation: float
         ) -> tuple[float, tuple[Term, ...]]:
    sizes: dict[str, int] = {}
    for e in evidence:
        sizes[e.bloc or e.origin_id] = sizes.get(e.bloc or e.origin_id, 0) + 1
    terms = []
    for e in evidence:
        bloc = e.bloc or e.origin_id
        ratio, weight = origin_log_ratio(e, rules), 1 / (1 + (sizes[bloc] - 1) * correlation)
        terms.append(Term(e.origin_id, bloc, ratio, weight, ratio * weight))
    odds = math.log(prior) - math.log1p(-prior) + math.fsum(term.added for term in terms)
    probability = 1 / (1 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1 + math.exp(odds))
    return probability, tuple(terms)


def _digit(evidence: Sequence[OriginEvidence], probability: float) -> int:
    """Return the item's digit: 1 needs two blocs that agree and p >= .9; only sources of letter F give 6."""
    if not evidence or all(e.letter == "F" for e in evidence):
        return 6
    agreeing = {e.bloc or e.origin_id for e in evidence if not e.denies}
    if probability >= 0.9 and len(agreeing) >= 2:
        return 1
    for limit, digit in ((0.75, 2), (0.4, 3), (0.15, 4)):
        if probability >= limit:
            return digit
    return 5
