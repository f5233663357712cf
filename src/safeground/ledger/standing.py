"""How each entry of the land book stands: decided, reversed, or waiting."""

from __future__ import annotations

from collections.abc import Iterable

from safeground.records.land import EntryState, LandEntry


def entry_standings(entries: Iterable[LandEntry]) -> dict[str, tuple[str, str]]:
    """Return, for each entry that reports a move, how it stands and by which entry.

    Parameters
    ----------
    entries : the book, in the order in which it was written.

    Returns
    -------
    id -> (``pending``, ``posted``, ``void`` or ``reversed``; id of the entry that moved or refused the land, "" while
    it waits).  Decisions and reversals stand under the entry that they decide or reverse.
    """
    found: dict[str, tuple[str, str]] = {}
    reported: dict[str, str] = {}
    for entry in entries:
        if entry.reverses:
            at = reported.get(entry.reverses, entry.reverses)
            found[at] = ("reversed", entry.id)
        elif entry.decides:
            reported[entry.id] = entry.decides
            found[entry.decides] = (entry.state.value, entry.id)
        else:
            found[entry.id] = (entry.state.value, "" if entry.state is EntryState.PENDING else entry.id)
    return found
