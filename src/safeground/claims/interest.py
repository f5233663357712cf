"""Whether a claim goes against the interest of its root or serves it: a party's own dead, its own work, its own mines.

Read from the bloc that the root speaks for and from whose people, work or mines the words name.  Where neither is told
the answer is open; nobody's motive is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from safeground.claims.agents import Agents
from safeground.claims.triggers import FORCES
from safeground.records.claims import Claim, ClaimType, Modality

_OWN = re.compile(r"\b(?:we|our|ours|us|its|their|his|her|own)\b", re.IGNORECASE)
_FORCES = re.compile(rf"\b{FORCES}\b", re.IGNORECASE)
_LAID = re.compile(r"\b(?:laid|planted|sown|mined|scattered)\b", re.IGNORECASE)
_ENEMY = re.compile(r"\b(?:enemy|rebels?|terrorists?|militants?|invaders?|occupiers?|aggressors?|separatists?)\b",
                    re.IGNORECASE)
_ARMED = re.compile(r"\b(?:army|military|forces|ministry|general staff|commander|general|marshal|leader|president)\b",
                    re.IGNORECASE)
_PRAISE = (ClaimType.HONOURS, ClaimType.EVALUATION, ClaimType.CEREMONY)


def against_interest(claim: Claim, agents: Agents, country_of: Callable[[str], str]) -> bool | None:
    """Return True = against its root's interest, False = it serves it, None = neither, or not told.

    Own dead and wounded, own mines and own work left undone go against a party; its own clearance, its honours, the
    other side's dead and the other side's mines serve it.  A denial turns the answer round.

    Parameters
    ----------
    claim : its chain's last link is the root.  country_of : word -> ISO code of the state it names, "" = none.
    """
    if len(claim.chain) < 2:
        return None
    root = claim.chain[-1].agent
    bloc = agents.bloc(root)
    side = _side(claim.quote, root, bloc, country_of)
    answer = _answer(claim, side, bool(bloc))
    if answer is None or claim.modality is not Modality.NEGATED:
        return answer
    return not answer


def _side(words: str, root: str, bloc: str, country_of: Callable[[str], str]) -> str:
    """Return whose people or work the words name: ``own``, ``other`` or "" = not told."""
    states = {code for word in re.findall(r"[A-Z][a-z]+(?:\s[A-Z][a-z]+)?", words)
              for code in (country_of(word), country_of(word.split()[0])) if code}
    own = bloc.removeprefix("state:") if bloc.startswith("state:") else ""
    if own and own in states:
        return "own"
    if _ENEMY.search(words) or (own and states and _FORCES.search(words)):
        return "other"
    if _OWN.search(words) or (root and root in words):
        return "own"
    if own and not states and _ARMED.search(root) and _FORCES.search(words):
        return "own"  # an army that speaks of soldiers and names no state speaks of its own
    return ""


def _answer(claim: Claim, side: str, party: bool) -> bool | None:
    kind = claim.type
    if kind is ClaimType.CASUALTY and party and (_FORCES.search(claim.quote) or side == "other"):
        return {"own": True, "other": False}.get(side)
    if kind is ClaimType.CLEARANCE:
        return False if side == "own" or (party and side != "other") else None
    if kind is ClaimType.CONTAMINATION and _LAID.search(claim.quote) and party:
        return {"own": True, "other": False}.get(side)
    if kind in _PRAISE and party:
        return False if side != "other" else None
    return None
