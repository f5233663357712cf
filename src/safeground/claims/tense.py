"""Whether the words around a time expression look back or ahead.

A weekday or a month without a year means the last one or the next one; the verb it belongs to decides.  No tagger:
closed lists of auxiliaries, irregular pasts, and verbs and nouns that speak of plans.
"""

from __future__ import annotations

import re

from safeground.claims.wording import words
from safeground.records.claims import Span

_TOKEN = re.compile(r"[A-Za-z]+(?:['’](?!s\b)[a-z]+)?|[;:—–]|[“”\"]")
_AHEAD = frozenset(words(
    "will shall won't we'll they'll he'll she'll it'll i'll you'll would wouldn't upcoming forthcoming slated "
    "scheduled expected due"))
_MODAL = frozenset(words("may might could should must can cannot"))
_PLANS = re.compile(
    r"plan(?:s|ned|ning)?|expect(?:s|ed|ing)?|schedul(?:e|ed|es|ing)|agree[ds]?|hop(?:e|es|ed|ing)|want(?:s|ed)?"
    r"|vow(?:s|ed)?|pledg(?:e|es|ed)|promis(?:e|es|ed)|inten(?:d|ds|ded|t)|aim(?:s|ed|ing)?|due|set|need(?:s|ed)?"
    r"|decid(?:e|ed)|threaten(?:s|ed)?|order(?:s|ed)?|ask(?:s|ed)?|urg(?:e|es|ed)|ready|prepar(?:e|es|ed|ing)|likely"
    r"|able|poised|slated|propos(?:e|es|ed|al)|deadline|invit(?:e|es|ed)|subpoenaed|summoned|told|call(?:s|ed|ing)"
    r"|bound|await(?:s|ed|ing)?|postpon(?:e|ed|es)|delay(?:ed|s)?|adjourn(?:ed)?|hopeful|willing")
_ASIDE = frozenset(words("is are was were be been being am"))
_HAVE = frozenset(words("has have had hasn't haven't hadn't having"))
_PAST = frozenset(words(
    "was were had did said told began took went came left held met won lost made gave got saw found brought bought "
    "built became broke caught chose cut dealt drew drove drank ate fell felt fought flew forgot froze grew heard hit "
    "hurt kept knew laid led lay lent let lit meant paid put quit read ran rose sang sank sat sold sent shot showed "
    "shut slept slid spoke spent spread stood stole struck swam swore swept taught tore thought threw understood wore "
    "wrote woke withdrew overthrew overtook underwent shook sought shrank split sprang stuck swung thrust undertook "
    "wasn't weren't didn't hadn't fled blew dug bled bred clung crept rang rode rid sped spun stung strode strove wove "
    "wound wrung arose awoke bore bent bet bound burst cast forbade foresaw forgave hid hung knelt leapt "
    "mistook proved shed shone upheld seen taken given written known shown broken chosen driven drawn grown spoken "
    "stolen thrown worn torn born gone done fallen begun hidden eaten beaten flown frozen shaken sworn woken"))
_ED_IS_NO_VERB = frozenset(words(
    "united red bed need speed seed feed deed indeed hundred sacred wed fed led shed breed bleed exceed succeed "
    "proceed agreed? armed wounded so-called biased advanced limited alleged unarmed"))
_PRESENT_SCHEDULE = frozenset(words(
    "begins starts opens closes ends expires resumes reopens arrives departs kicks meets comes remains runs plays "
    "faces "
    "hosts visits travels flies returns lands airs votes decides holds marks turns becomes"))
_PLAN_WORDS = frozenset(words("plans plan planning hopes intends aims expects deadline awaits"))
_EFFECT = frozenset(words("effect place part office over"))
_BASE_SCHEDULE = frozenset(words(
    "begin start open close end resume reopen meet arrive leave run expire remain come return take"))
_NO_INFINITIVE = frozenset(words(
    "the a an his her its their our my your this that these those some any all each every one two three four five "
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday"))
_BEFORE_PREPOSITION = re.compile(r"\b(since|by|until|till|for|from|starting|beginning|effective|through)\s+"
                                 r"(?:on |at |in |as )?(?:the |late |early |mid[- ]?|about |around |at least )?$", re.I)
_PUTS_OFF = re.compile(r"postpon|delay|suspend|extend|adjourn|deadline|(?:has|have|had) until|gave|given|defer"
                       r"|put off|remain in (?:force|effect)|valid|last(?:s)? until", re.IGNORECASE)
WINDOW = 26


def _is_past(word: str) -> bool:
    return word in _PAST or (word.endswith("ed") and len(word) > 3 and word not in _ED_IS_NO_VERB)


def _ahead_of_group(words: list[str], at: int) -> int:
    """Return +1, -1 or 0 for the verb group that ends at a past form or participle."""
    word = words[at]
    group = words[max(0, at - 5):at]
    if _PLANS.fullmatch(word) and word in ("expected", "scheduled", "slated", "planned", "due", "poised", "proposed"):
        return 1
    for back in reversed(group):
        if back in _AHEAD:
            return 1
        if back in _HAVE or back in ("was", "were"):
            return -1
        if back in _MODAL:
            return 1 if "have" not in group else -1
        if back == "to":
            return 1
        if back in ("remain", "remains", "stay", "stays"):
            return 1
        if back in ("is", "are"):
            return 0
        if back not in _ASIDE and not back.endswith("ly") and back not in ("not", "also", "then", "now", "first"):
            break
    return -1


def _infinitive(words: list[str], at: int) -> int:
    """Return +1 for a ``to`` + verb that a plan governs, 0 for none of it."""
    following = words[at + 1] if at + 1 < len(words) else ""
    if not following or following in _NO_INFINITIVE or following[0].isupper():
        return 0
    governors = words[max(0, at - 6):at]
    if governors and governors[-1] in ("is", "are", "was", "were"):
        return 1
    if not any(_PLANS.fullmatch(word) for word in governors):
        return 0
    return -1 if "had" in governors[-3:] else 1


def _word_ahead(words: list[str], at: int) -> int:
    """Return +1, -1 or 0 for what one word says of the time after it; 0 = nothing, read on."""
    word, last = words[at], words[at - 1] if at else ""
    following = words[at + 1] if at + 1 < len(words) else ""
    if word in _AHEAD or word in _MODAL or word in _PLAN_WORDS:
        return 1
    if word == "to":
        return _infinitive(words, at)
    if (word, following) in (("set", "to"), ("set", "for"), ("ahead", "of")) or (
            word in ("going", "about") and following == "to" and last in _ASIDE):
        return 1
    if _is_past(word):
        return _ahead_of_group(words, at) or 2
    if word in ("has", "have"):
        return -1
    if word in _PRESENT_SCHEDULE or (word in ("takes", "take") and following in _EFFECT):
        return 1
    if word in _BASE_SCHEDULE and (last in ("and", "they", "we", "which", "that", "who") or (len(last) > 3
                                                                                             and last[-1] == "s")):
        return 1
    return 1 if word.endswith("ing") and last in ("is", "are", "am", "i'm", "we're", "they're") else 0


def _backward(words: list[str]) -> int:
    for at in range(len(words) - 1, max(-1, len(words) - 1 - WINDOW), -1):
        if words[at] in (";", "—", "–"):
            return 0
        if told := _word_ahead(words, at):
            return 0 if told == 2 else told
    return 0


def _forward(words: list[str]) -> int:
    for at, word in enumerate(words[:WINDOW // 2]):
        if word in _AHEAD:
            return 1
        if word in _PRESENT_SCHEDULE or word in _MODAL:
            return 1
        if word in ("is", "are") and at + 1 < len(words) and words[at + 1] in ("going", "to", "due", "expected", "set",
                                                                             "scheduled", "likely"):
            return 1
        if word in _HAVE or _is_past(word):
            return -1
        if word in (";", "—", "–"):
            break
    return 0


def direction(text: str, sentence: Span, begin: int, end: int) -> int:
    """Return -1 where the words around [begin, end) look back, +1 where they look ahead, 0 = they do not tell."""
    before = text[sentence.start:begin]
    preposition = _BEFORE_PREPOSITION.search(before)
    kind = preposition[1].lower() if preposition else ""
    if kind == "since":
        return -1
    words = [word.replace("’", "'") for word in _TOKEN.findall(before)]
    words = [word if word[0].isupper() and number else word.lower() for number, word in enumerate(words)]
    found = _backward(words)
    if kind in ("until", "till", "through") and (_PUTS_OFF.search(before) or not any(_is_past(w) for w in words[-6:])):
        return 1
    if kind == "for" and text[begin:begin + 1].isupper():
        return 1 if found >= 0 or not words or _PLANS.search(" ".join(words[-8:]).lower()) else found
    if found == 0:
        later = [word.replace("’", "'").lower() for word in _TOKEN.findall(text[end:sentence.end])]
        found = _forward(later)
    if kind == "by" and found == 0:
        return 1
    return found
