"""Who is credited with what: each square centimetre, item and beneficiary goes to donors exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safeground.foundation.invariant import invariant
from safeground.records.fieldwork import LandPart
from safeground.records.moves import LandMove
from safeground.records.nouns import (
    Activity,
    OrdnanceItem,
    ProgressReturn,
    RiskEducationSession,
    TaskOrder,
    Team,
)
from safeground.records.release import Handover
from safeground.records.vocabulary import ContaminationCategory
from safeground.report.settings import DonorRule

Shares = tuple[tuple[str, Fraction], ...]
#: What nobody's rule covers is credited to nobody, and shown.
NOBODY: Shares = (("", Fraction(1)),)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one donor is credited with of one record: cm², items or people; donor "" = attributed to nobody.

    `key` is the account of land (cancelled, reduced, cleared), ``eo`` or ``saa`` of items, ``session`` or ``handover``
    of people.
    """

    record_id: str
    key: str
    donor: str
    amount: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """Credits of land (by entry), items (by find) and people (by session or handover); of all times."""

    land: tuple[Credit, ...] = ()
    items: tuple[Credit, ...] = ()
    people: tuple[Credit, ...] = ()


def allot(total: int, shares: Shares) -> list[int]:
    """Share out a whole number by exact shares: largest remainder, ties to the earlier.  Conserves: the sum.

    A negative total (a reversal) is the mirror of its positive one, so that the two cancel donor by donor.
    """
    size = abs(total)
    exact = [size * share for _, share in shares]
    whole = [int(value) for value in exact]
    order = sorted(range(len(shares)), key=lambda i: (whole[i] - exact[i], i))
    for index in order[: size - sum(whole)]:
        whole[index] += 1
    invariant(sum(whole) == size, f"allotted {sum(whole)} of {size}", code="SG-REPORT-001", subject="donors")
    return whole if total >= 0 else [-value for value in whole]


#: Record, key, amount, shares.
Due = tuple[str, str, int, Shares]


def credit_each(amounts: Iterable[Due]) -> tuple[Credit, ...]:
    """Return each record's amount shared out by itself: right for land, where a unit is a square centimetre."""
    return tuple(Credit(record_id, key, donor, part) for record_id, key, amount, shares in amounts
                 for (donor, _), part in zip(shares, allot(amount, shares), strict=True) if part)


def credit_together(amounts: Iterable[Due]) -> tuple[Credit, ...]:
    """Return amounts shared out over all records with the same shares: right for few items and people.

    Of ten finds of one item each at 60 to 40, each for itself would go to the first donor; together 6 and 4 do.  The
    donors take the records in their order, one after the other, so that a record is split at most at the turns.
    """
    groups: dict[tuple[str, Shares], list[tuple[str, int]]] = {}
    for record_id, key, amount, shares in amounts:
        groups.setdefault((key, shares), []).append((record_id, amount))
    credits: list[Credit] = []
    for (key, shares), held in groups.items():
        left = allot(sum(amount for _, amount in held), shares)
        at = 0
        for record_id, amount in held:
            while amount:
                while at < len(left) - 1 and not left[at]:
                    at += 1
                taken = min(amount, left[at])
                invariant(taken > 0, "the donors' parts end before the records", code="SG-REPORT-001", subject="donors")
                credits.append(Credit(record_id, key, shares[at][0], taken))
                left[at] -= taken
                amount -= taken
    return tuple(credits)


class Rules:
    """The rules looked up by task, team and organisation, the most specific first."""

    def __init__(self, rules: Sequence[DonorRule], teams: Sequence[Team], orders: Sequence[TaskOrder],
                 returns: Sequence[ProgressReturn], parts: Sequence[LandPart], activities: Sequence[Activity]) -> None:
        self._shares = {(rule.by, rule.key): rule.shares for rule in rules}
        self._teams = {team.id: team for team in teams}
        self._orders = {order.id: order for order in orders}
        self._returns = {given.id: given for given in returns}
        self._parts = {part.entry_id: part for part in parts}
        self._activities = {activity.id: activity for activity in activities}
        self._of_area: dict[str, list[TaskOrder]] = {}
        for order in orders:
            self._of_area.setdefault(order.hazardous_area_id, []).append(order)

    def _task(self, order_id: str) -> Shares | None:
        order = self._orders.get(order_id)
        return next((self._shares["task", key] for key in (order_id, order.local_id if order else "")
                     if key and ("task", key) in self._shares), None)

    def _team(self, team_id: str) -> Shares | None:
        team = self._teams.get(team_id)
        keys = [("team", team_id)] + ([] if team is None else [
            ("team", team.local_id), ("team", team.name), ("organisation", team.organisation)])
        return next((self._shares[key] for key in keys if key[1] and key in self._shares), None)

    def organisation(self, name: str) -> Shares:
        """Return the shares of an organisation's work."""
        return self._shares.get(("organisation", name.strip()), NOBODY)

    def of_area(self, area_id: str) -> Shares:
        """Return the shares of work in an area, where all its task orders and their teams lead to the same ones."""
        found: set[Shares | None] = set()
        for order in self._of_area.get(area_id, ()):
            task = self._task(order.id)
            found |= {task} if task is not None else {self._team(team) for team in order.team_ids} or {None}
        only = found.pop() if len(found) == 1 else None
        return only or NOBODY

    def of_ground(self, move: LandMove) -> Shares:
        """Return the shares of an entry: by the tasks of its returns where they agree, else by its team, else area."""
        part = self._parts.get(move.ground_id)
        if part is None:
            return self.of_area(move.area_id)
        tasks = {self._returns[r].task_order_id for r in part.record_ids if r in self._returns}
        by_task = {self._task(task) for task in tasks}
        if len(by_task) == 1 and (only := by_task.pop()) is not None:
            return only
        if part.team_id:
            return self._team(part.team_id) or NOBODY
        return self.of_area(move.area_id)

    def of_item(self, item: OrdnanceItem) -> Shares:
        """Return the shares of a find: by the organisation of its activity, else by its area."""
        activity = self._activities.get(item.activity_id)
        if activity is not None and (found := self.organisation(activity.organisation)) is not NOBODY:
            return found
        return self.of_area(item.hazardous_area_id)


def audience(session: RiskEducationSession) -> int:
    """Return how many people a risk education session reached."""
    return sum(count for _, count in session.audience)


def present(handover: Handover) -> int:
    """Return how many people were present at a handover."""
    return handover.men + handover.women + handover.boys + handover.girls


def attribute(
    rules: Rules, released: Iterable[LandMove], items: Iterable[OrdnanceItem],
    sessions: Iterable[RiskEducationSession], handovers: Iterable[Handover],
) -> Attribution:
    """Return the credits of what a period counts; what no rule covers is credited to nobody, openly."""
    land: dict[tuple[str, str], tuple[int, Shares]] = {}
    for move in released:
        held, _ = land.get((move.entry_id, move.status.value), (0, NOBODY))
        land[move.entry_id, move.status.value] = (held + move.amount_cm2, rules.of_ground(move))
    finds = sorted(items, key=lambda i: (str(i.found_date), i.id))
    people = [(s.id, "session", audience(s), rules.organisation(s.organisation))
              for s in sorted(sessions, key=lambda s: (str(s.session_date), s.id))]
    people += [(h.id, "handover", present(h), rules.of_area(h.hazardous_area_id))
               for h in sorted(handovers, key=lambda h: (str(h.handover_date), h.id))]
    rounds = ContaminationCategory.SMALL_ARMS_AMMUNITION
    return Attribution(
        land=credit_each((entry, key, amount, shares) for (entry, key), (amount, shares) in land.items()),
        items=credit_together((item.id, "saa" if item.category is rounds else "eo", item.quantity, rules.of_item(item))
                              for item in finds),
        people=credit_together(people))
