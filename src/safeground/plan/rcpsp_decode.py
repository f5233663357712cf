"""From an order of activities to a schedule: serial generation, and justification to and fro.  Compiled loops.

Serial schedule generation (Kolisch 1996, European Journal of Operational Research 90: 320-333) takes activities one by
one and starts each as early as precedence and capacity allow.  Double justification (Valls, Ballestín and Quintanilla
2005, EJOR 165: 375-386) shifts all activities to the right as far as the makespan allows, latest finish first, then to
the left; the makespan never grows.  Both directions run the same code on mirrored time: the predecessors of one
direction are the successors of the other.

All demands of an activity are packed into few integers, one field of bits for each resource with a guard bit above it:
what is free minus what is needed keeps every guard bit exactly where every resource suffices.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safeground.plan.compiled import compiled

Ints = NDArray[np.int64]
#: Bits of one packed integer that hold fields; the sign stays clear.
WORD_BITS = 62


class Net(NamedTuple):
    """A problem as the loops see it; rows are the modes worth trying, activity after activity.

    Attributes
    ----------
    first : the modes of activity i are rows first[i] to first[i + 1] - 1.
    days, need : of each row, duration and packed renewable demands.
    work : of each row, days times the mean share of capacity in use, in thousandths.
    stock, stock_capacity : of each row the non-renewable demands, and what there is.
    before_at, before : predecessors of activity i are before[before_at[i]:before_at[i + 1]]; after, its successors.
    full, guard : free capacity with guard bits, and the guard bits alone, from :func:`pack`.
    """

    first: Ints
    days: Ints
    need: Ints
    work: Ints
    stock: Ints
    stock_capacity: Ints
    before_at: Ints
    before: Ints
    after_at: Ints
    after: Ints
    full: Ints
    guard: Ints


class Desk(NamedTuple):
    """Working space of one island; order, start and row hold the schedule at hand.

    Attributes
    ----------
    order, other : activities, each after its predecessors; `other` is for the mirrored direction.
    start, row, days, need : of each activity its start, its mode's row in :class:`Net`, duration and demands.
    left : non-renewable units that the modes at hand leave over; negative where they use too much.
    free : packed capacity left on each day.  counts : for sorting.  state : random numbers, one element.
    """

    order: Ints
    other: Ints
    start: Ints
    row: Ints
    days: Ints
    need: Ints
    left: Ints
    free: Ints
    counts: Ints
    state: Ints


def pack(rows: Ints, capacity: Ints) -> tuple[Ints, Ints, Ints]:
    """Return demands, free capacity and guard bits, packed.

    Parameters
    ----------
    rows : shape (rows, resources), demands, none above its capacity.
    capacity : shape (resources,), each below 2**60.

    Returns
    -------
    packed demands of shape (rows, words), free capacity with guard bits of shape (words,), guard bits alone.
    """
    width = int(capacity.max(initial=1)).bit_length() + 1
    fields = WORD_BITS // width
    words = max(1, -(-len(capacity) // fields))
    need, full, guard = np.zeros((len(rows), words), np.int64), np.zeros(words, np.int64), np.zeros(words, np.int64)
    for resource, units in enumerate(capacity.tolist()):
        word, shift = resource // fields, width * (resource % fields)
        need[:, word] += rows[:, resource] << shift
        guard[word] += 1 << (shift + width - 1)
        full[word] += (units << shift) + (1 << (shift + width - 1))
    return need, full, guard


@compiled
def draw(state: Ints, bound: int) -> int:
    """Return a random integer of 0 to bound - 1 and step the state (Park and Miller 1988, multiplier 48271)."""
    state[0] = (state[0] * 48271) % 2147483647
    return int(state[0] % bound)


@compiled
def earliest(start: int, days: int, need: Ints, guard: Ints, free: Ints) -> int:
    """Return the first day from `start` on which `days` days in a row have all that is needed."""
    end = start + days
    known, day = start, end - 1
    while day >= known:
        fits = True
        for word in range(len(guard)):
            if (free[day, word] - need[word]) & guard[word] != guard[word]:
                fits = False
                break
        if fits:
            day -= 1
        else:
            start, known, end = day + 1, end, day + 1 + days
            day = end - 1
    return start


@compiled
def take_row(net: Net, desk: Desk, activity: int, row: int) -> None:
    """Change an activity's mode, with its duration, demands and what is left of non-renewable resources."""
    for resource in range(len(net.stock_capacity)):
        desk.left[resource] += net.stock[desk.row[activity], resource] - net.stock[row, resource]
    desk.row[activity] = row
    desk.days[activity] = net.days[row]
    for word in range(len(net.guard)):
        desk.need[activity, word] = net.need[row, word]


@compiled
def is_affordable(net: Net, desk: Desk, activity: int, row: int) -> bool:
    """Whether a change to a mode leaves no non-renewable resource short, or none shorter than it is already."""
    for resource in range(len(net.stock_capacity)):
        more = net.stock[row, resource] - net.stock[desk.row[activity], resource]
        if more > 0 and more > desk.left[resource]:
            return False
    return True


@compiled
def choose_row(net: Net, desk: Desk, activity: int, ready: int) -> None:
    """Give an activity the affordable mode that finishes first from the day `ready`; of equals, the one of least work.

    The multi-mode generation scheme with mode improvement (Van Peteghem and Vanhoucke 2010, EJOR 201: 409-418).
    """
    mine = desk.row[activity]
    best, best_end = mine, -1
    for row in range(net.first[activity], net.first[activity + 1]):
        if row != mine and not is_affordable(net, desk, activity, row):
            continue
        end = ready + net.days[row]
        if best_end >= 0 and end > best_end:
            continue
        if net.days[row] > 0:
            end = earliest(ready, net.days[row], net.need[row], net.guard, desk.free) + net.days[row]
        if best_end < 0 or end < best_end or (end == best_end and net.work[row] < net.work[best]):
            best, best_end = row, end
    if best != mine:
        take_row(net, desk, activity, best)


@compiled
def generate(net: Net, desk: Desk, order: Ints, before_at: Ints, before: Ints, permille: int) -> int:
    """Fill the desk's starts by serial generation in the given order, and return the makespan.

    Parameters
    ----------
    before_at, before : what an activity waits for in this direction of time.
    permille : how often in a thousand an activity may take a better mode on the way.
    """
    free, days, start = desk.free, desk.days, desk.start
    for word in range(len(net.guard)):
        free[:, word] = net.full[word]
    makespan = 0
    for position in range(len(order)):
        activity = order[position]
        day = 0
        for k in range(before_at[activity], before_at[activity + 1]):
            day = max(day, start[before[k]] + days[before[k]])
        if permille > 0 and net.first[activity + 1] - net.first[activity] > 1 and draw(desk.state, 1000) < permille:
            choose_row(net, desk, activity, day)
        if days[activity] > 0:
            day = earliest(day, days[activity], desk.need[activity], net.guard, free)
            for word in range(len(net.guard)):
                for later in range(day, day + days[activity]):
                    free[later, word] -= desk.need[activity, word]
        start[activity] = day
        makespan = max(makespan, day + days[activity])
    return makespan


@compiled
def mirror(desk: Desk, order: Ints, makespan: int, out: Ints) -> None:
    """Write to `out` the order for the other direction: latest finish first, ties in reversed order.

    A counting sort, stable, so that activities of no length stay on the right side of their neighbours.
    """
    counts = desk.counts
    counts[: makespan + 2] = 0
    for activity in range(len(order)):
        counts[makespan - desk.start[activity] - desk.days[activity] + 1] += 1
    for day in range(1, makespan + 2):
        counts[day] += counts[day - 1]
    for position in range(len(order) - 1, -1, -1):
        activity = order[position]
        key = makespan - desk.start[activity] - desk.days[activity]
        out[counts[key]] = activity
        counts[key] += 1


@compiled
def decode(net: Net, desk: Desk, permille: int) -> int:
    """Turn the desk's order and modes into a schedule by generation and double justification; return its makespan."""
    span = generate(net, desk, desk.order, net.before_at, net.before, permille)
    mirror(desk, desk.order, span, desk.other)
    span = generate(net, desk, desk.other, net.after_at, net.after, permille)
    mirror(desk, desk.other, span, desk.order)
    return generate(net, desk, desk.order, net.before_at, net.before, 0)
