"""One island of schedules that breed: windows of time crossed, activities shifted, modes changed.  Compiled loops.

A child takes from its mother the order and the modes of all that starts in a busy window of time, and from its father
those of the rest: the peak crossover of Valls, Ballestín and Quintanilla (2008, EJOR 185: 495-508).  A few activities
are then shifted to a random place between their neighbours in precedence (Hartmann 1998, Naval Research Logistics 45:
733-750).  The decoded child takes its mother's place where it is not worse and equals nobody on the island, so that
islands keep their variety (crowding) and drift over plateaus of equal makespan.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.plan.compiled import compiled
from safeground.plan.rcpsp_decode import Desk, Net, decode, draw, is_affordable, take_row

Ints = NDArray[np.int64]
#: A schedule that uses up too much scores this per unit, on top of its makespan; longer than any horizon.
PENALTY = 10_000_000
#: A window spans 20 to 70 hundredths of the makespan; the busiest of three is taken.
WINDOW_LOW, WINDOW_HIGH, WINDOW_TRIES = 20, 70, 3
#: Each child has up to so many activities shifted, and up to so many modes changed.
SHIFTS, CHANGES = 6, 3


class Crowd(NamedTuple):
    """The schedules of an island, one each row: order, starts, mode rows; span in days, score = span and penalty."""

    order: Ints
    start: Ints
    row: Ints
    span: Ints
    score: Ints


@compiled
def shortage(desk: Desk) -> int:
    """Return how many non-renewable units the desk's modes lack, all resources together."""
    lack = 0
    for resource in range(len(desk.left)):
        lack -= min(0, desk.left[resource])
    return lack


@compiled
def shuffle_order(net: Net, desk: Desk) -> None:
    """Write a random order to the desk, each activity after its predecessors."""
    count = len(desk.order)
    waits, ready, some = np.zeros(count, np.int64), np.zeros(count, np.int64), 0
    for activity in range(count):
        waits[activity] = net.before_at[activity + 1] - net.before_at[activity]
        if waits[activity] == 0:
            ready[some] = activity
            some += 1
    for position in range(count):
        pick = draw(desk.state, some)
        activity = ready[pick]
        some -= 1
        ready[pick] = ready[some]
        desk.order[position] = activity
        for k in range(net.after_at[activity], net.after_at[activity + 1]):
            waits[net.after[k]] -= 1
            if waits[net.after[k]] == 0:
                ready[some] = net.after[k]
                some += 1


@compiled
def repair(net: Net, desk: Desk, tries: int) -> None:
    """Change random modes for such as lessen the shortage of non-renewable units, until there is none."""
    lack = shortage(desk)
    while lack > 0 and tries > 0:
        tries -= 1
        activity = draw(desk.state, len(desk.order))
        old = desk.row[activity]
        row = net.first[activity] + draw(desk.state, net.first[activity + 1] - net.first[activity])
        take_row(net, desk, activity, row)
        now = shortage(desk)
        if now <= lack:
            lack = now
        else:
            take_row(net, desk, activity, old)


@compiled
def busy_window(desk: Desk, net: Net, crowd: Crowd, mother: int) -> tuple[int, int]:
    """Return first day and end of the busiest of some random windows of a schedule."""
    span = crowd.span[mother]
    best, low, high = -1, 0, 0
    for _ in range(WINDOW_TRIES):
        width = max(1, span * (WINDOW_LOW + draw(desk.state, WINDOW_HIGH - WINDOW_LOW)) // 100)
        begin = draw(desk.state, max(1, span - width + 1))
        load = 0
        for activity in range(len(desk.order)):
            row = crowd.row[mother, activity]
            start = crowd.start[mother, activity]
            inside = min(start + net.days[row], begin + width) - max(start, begin)
            if inside > 0:
                load += inside * net.work[row] // net.days[row]
        if load * 1000 // width > best:
            best, low, high = load * 1000 // width, begin, begin + width
    return low, high


@compiled
def cross(net: Net, desk: Desk, crowd: Crowd, mother: int, father: int) -> None:
    """Write a child to the desk: the mother's window of time, the father's order and modes before and after it."""
    low, high = busy_window(desk, net, crowd, mother)
    position = 0
    for part in range(3):
        giver = mother if part == 1 else father
        for k in range(len(desk.order)):
            activity = crowd.order[giver, k]
            start = crowd.start[mother, activity]
            if (0 if start < low else (1 if start < high else 2)) == part:
                desk.order[position] = activity
                position += 1
                if desk.row[activity] != crowd.row[giver, activity]:
                    take_row(net, desk, activity, crowd.row[giver, activity])


@compiled
def precedes(net: Net, first: int, second: int) -> bool:
    """Whether the second activity is a direct successor of the first."""
    is_after = False
    for k in range(net.after_at[first], net.after_at[first + 1]):
        is_after = is_after or net.after[k] == second
    return is_after


@compiled
def shift(net: Net, desk: Desk) -> None:
    """Move a random activity to a random place between its last predecessor and its first successor in the order."""
    order, count = desk.order, len(desk.order)
    place = draw(desk.state, count)
    activity = order[place]
    low, high = place, place
    while low > 0 and not precedes(net, order[low - 1], activity):
        low -= 1
    while high < count - 1 and not precedes(net, activity, order[high + 1]):
        high += 1
    target = low + draw(desk.state, high - low + 1)
    while place < target:
        order[place] = order[place + 1]
        place += 1
    while place > target:
        order[place] = order[place - 1]
        place -= 1
    order[target] = activity


@compiled
def change_mode(net: Net, desk: Desk) -> None:
    """Give a random activity a random mode of its own, where non-renewable resources allow."""
    activity = draw(desk.state, len(desk.order))
    row = net.first[activity] + draw(desk.state, net.first[activity + 1] - net.first[activity])
    if is_affordable(net, desk, activity, row):
        take_row(net, desk, activity, row)


@compiled
def is_known(desk: Desk, crowd: Crowd, score: int) -> bool:
    """Whether the island holds a schedule with the same starts and modes."""
    for other in range(len(crowd.score)):
        if crowd.score[other] == score:
            same = True
            for activity in range(len(desk.start)):
                if (crowd.start[other, activity] != desk.start[activity]
                        or crowd.row[other, activity] != desk.row[activity]):
                    same = False
                    break
            if same:
                return True
    return False


@compiled
def keep(desk: Desk, crowd: Crowd, place: int, span: int, score: int) -> None:
    """Copy the schedule on the desk to a place of the island."""
    crowd.order[place] = desk.order
    crowd.start[place] = desk.start
    crowd.row[place] = desk.row
    crowd.span[place] = span
    crowd.score[place] = score


@compiled
def settle(net: Net, desk: Desk, crowd: Crowd, permille: int) -> None:
    """Fill an island with decoded random orders in random modes, repaired."""
    for place in range(len(crowd.score)):
        shuffle_order(net, desk)
        for activity in range(len(desk.order)):
            choices = net.first[activity + 1] - net.first[activity]
            if choices > 1:
                take_row(net, desk, activity, net.first[activity] + draw(desk.state, choices))
        repair(net, desk, 100 * len(desk.order))
        span = decode(net, desk, permille)
        keep(desk, crowd, place, span, span + PENALTY * shortage(desk))


@compiled
def breed(net: Net, desk: Desk, crowd: Crowd, children: int, permille: int) -> int:
    """Breed that many children and return the best score on the island."""
    size = len(crowd.score)
    has_modes = len(net.days) > len(desk.order)
    for _ in range(children):
        mother, father = draw(desk.state, size), draw(desk.state, size)
        cross(net, desk, crowd, mother, father)
        for _ in range(1 + draw(desk.state, SHIFTS)):
            shift(net, desk)
        if has_modes:
            for _ in range(1 + draw(desk.state, CHANGES)):
                change_mode(net, desk)
            repair(net, desk, len(desk.order))
        span = decode(net, desk, permille)
        score = span + PENALTY * shortage(desk)
        if score <= crowd.score[mother] and not is_known(desk, crowd, score):
            keep(desk, crowd, mother, span, score)
    return int(crowd.score.min())
