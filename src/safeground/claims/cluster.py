"""Origins across documents: which reports go back to one utterance.

Two origins are one only by who spoke and when: the same person or body within a few days, or a state's general voice
(its media, its government) and the one person of that state who spoke then.  Likeness of words plays no part, so that
two independent voices who say the same stay two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from safeground.claims.origins import SAME_EVENT_DAYS
from safeground.records.claims import Origin


def same_agent(one: str, other: str, country_of: Callable[[str], str]) -> bool:
    """Return whether two names stand for one agent: equal, or one is a part of the other's words (``Veld``)."""
    a, b = (_words(name, country_of) for name in (one, other))
    return bool(a) and bool(b) and (a == b or (a < b and _is_last(a, other)) or (b < a and _is_last(b, one)))


def _words(name: str, country_of: Callable[[str], str]) -> frozenset[str]:
    """Return the words that tell an agent from others; which country it is of is its bloc's affair."""
    skip = ("the", "of", "a", "an", "mr", "ms", "mrs", "dr", "governor", "minister", "president", "general", "leader")
    plain = name.replace("-", " ").replace(".", " ").replace("’s", "").replace("'s", "")
    words = frozenset(w.lower() for w in plain.split() if w.lower() not in skip)
    bare = frozenset(w for w in words if not country_of(w.capitalize()))
    return bare or words


def _is_last(part: frozenset[str], name: str) -> bool:
    """Whether a short form is a name's family name (its last word, or its first as in Korean)."""
    words = [w for w in name.lower().replace("-", " ").split() if w not in ("the", "of")]
    return len(part) == 1 and next(iter(part)) in (words[-1], words[0]) and name[:1].isupper()


def _near(one: Origin, other: Origin) -> bool:
    return one.day is not None and other.day is not None and abs((one.day - other.day).days) <= SAME_EVENT_DAYS


def cluster_origins(origins: Sequence[Origin], generic: frozenset[str], country_of: Callable[[str], str]
                    ) -> dict[str, str]:
    """Return, for each origin id, the id of the first origin that it is one with.

    Parameters
    ----------
    generic : ids of origins whose agent is a state's general voice, not a person or body of its own.

    Notes
    -----
    First named agents are joined; then each general voice joins the one named speaker of its bloc in its days, if there
    is just one, else the general voices of its bloc.  Unknown roots stay alone unless the same words name them within
    the same days and they stand for one body.
    """
    leader: dict[str, str] = {}
    named = [o for o in origins if o.id not in generic]
    for k, origin in enumerate(named):
        twin = next((other for other in named[:k] if _near(origin, other)
                     and (not origin.bloc or not other.bloc or origin.bloc == other.bloc)
                     and same_agent(origin.agent, other.agent, country_of)), None)
        leader[origin.id] = leader[twin.id] if twin is not None else origin.id
    by_id = {o.id: o for o in origins}
    voices = [o for o in origins if o.id in generic]
    for k, origin in enumerate(voices):
        speakers = {leader[o.id] for o in named if o.bloc and o.bloc == origin.bloc and _near(origin, o)}
        persons = {s for s in speakers if by_id[s].known}
        if len(persons) == 1:
            leader[origin.id] = next(iter(persons))
            continue
        twin = next((other for other in voices[:k] if other.bloc == origin.bloc and _near(origin, other)), None)
        leader[origin.id] = leader[twin.id] if twin is not None else origin.id
    return leader
