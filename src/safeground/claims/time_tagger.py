"""Time expressions of English news as TIMEX3: where they stand, what they are worth, how sure they are.

Rules only, no model.  Values follow TimeML 1.2.1 as TempEval-3 uses it: a weekday or a month without a year is placed
by the tense of its verb, ``ago`` is as coarse as its unit, ``the past year`` is a duration and ``last year`` a year,
an age is a duration, and what hangs on the day spoken of last (``the next day``) is taken from there.
"""

from __future__ import annotations

import re
from datetime import date

from safeground.claims.sentences import sentences
from safeground.claims.time_context import Context, Rule, Timex
from safeground.claims.time_dates import DATE_RULES
from safeground.claims.time_more import MORE_RULES
from safeground.claims.time_spans import SPAN_RULES
from safeground.claims.time_words import MONTHS, SEASONS, WEEKDAYS
from safeground.claims.wording import words
from safeground.records.claims import Span, TimeExpression

_WORD = re.compile(r"[Qq][1-4]\b|[A-Za-z]+|\d+s\b|\d+(?:[.,:/-]\d+)*")
_UNIT_WORDS = words("second minute hour day week weekend fortnight month year decade century centuries quarter hrs "
                    "mins yrs "
               "midday")


def _trigger_words() -> dict[str, str]:
    """Return word -> kinds of rules that it calls for."""
    found: dict[str, str] = dict.fromkeys(MONTHS, "mc")
    found |= dict.fromkeys(WEEKDAYS, "wc") | {f"{day}s": "w" for day in WEEKDAYS}
    for unit in _UNIT_WORDS:
        found |= dict.fromkeys((unit, f"{unit}s", f"{unit}long"), "uth")
    found |= dict.fromkeys(words("today yesterday tomorrow tonight"), "tc")
    found |= dict.fromkeys(words("morning afternoon evening night dawn daybreak sunrise dusk sunset "
                                 "nightfall"), "p")
    found |= dict.fromkeys(words("now nowadays current currently present presently moment recent recently lately "
                                   "past future then soon someday"), "r")
    found |= dict.fromkeys(words("annual daily nightly weekly monthly annually yearly hourly quarterly"), "a")
    found |= {"quarter": "qu", "quarters": "u", "half": "q", **{f"q{n}": "q" for n in range(1, 5)}}
    found |= dict.fromkeys(SEASONS, "s")
    found |= dict.fromkeys(words("christmas thanksgiving easter friday wednesday sunday halloween eve patrick monday"),
                           "hwc")
    found |= dict.fromkeys(words("noon midnight midday am pm m gmt utc clock"), "c")
    found |= dict.fromkeys(words("twenties thirties forties fifties sixties seventies eighties nineties"), "d")
    return found


_TRIGGERS = _trigger_words()
#: How far a rule may reach before and after its trigger, letters.
_REACH_BEFORE, _REACH_AFTER = 56, 48
#: A sentence longer than this is a list or a table; its end is not read in one piece.
_MAX_SENTENCE = 4000


def _kinds_of(word: str) -> str:
    if word[0].isdigit():
        if word[-1] == "s":
            return "yd"
        return "nyc" if not word.isdigit() else ("yc" if len(word) == 4 else "")
    return _TRIGGERS.get(word.lower(), "")


def _windows(text: str, sentence: Span) -> dict[str, list[tuple[int, int]]]:
    """Return kind -> stretches around its trigger words, merged where they touch."""
    found: dict[str, list[tuple[int, int]]] = {}
    for mark in _WORD.finditer(text, sentence.start, min(sentence.end, sentence.start + _MAX_SENTENCE)):
        kinds = _kinds_of(mark[0])
        if not kinds:
            continue
        begin = max(sentence.start, mark.start() - _REACH_BEFORE)
        while begin > sentence.start and not text[begin - 1].isspace():
            begin -= 1
        end = min(sentence.end, mark.end() + _REACH_AFTER)
        for kind in kinds:
            spans = found.setdefault(kind, [])
            if spans and begin <= spans[-1][1]:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((begin, end))
    return found


def _matches(ctx: Context, rules: tuple[Rule, ...]) -> list[tuple[re.Match[str], Rule]]:
    windows = _windows(ctx.text, ctx.sentence)
    found = []
    for rule in rules if windows else ():
        spans = [span for kind in rule.needs if kind in windows for span in windows[kind]]
        if len(spans) > 1:
            spans = _merged(spans)
        for begin, end in spans:
            found += [(match, rule) for match in rule.pattern.finditer(ctx.text, begin, end)]
    return found


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _choose(found: list[tuple[re.Match[str], Rule]]) -> list[tuple[re.Match[str], Rule]]:
    """Return matches that do not overlap, the longer first, in the order of the text."""
    chosen: list[tuple[re.Match[str], Rule]] = []
    for match, rule in sorted(found, key=lambda pair: (pair[0].start() - pair[0].end(), pair[0].start())):
        if all(match.end() <= other.start() or other.end() <= match.start() for other, _ in chosen):
            chosen.append((match, rule))
    return sorted(chosen, key=lambda pair: pair[0].start())


def _read(ctx: Context, rules: tuple[Rule, ...]) -> list[Timex]:
    """Return the expressions of one sentence; a match whose rule says no leaves its words to shorter ones."""
    matches = _matches(ctx, rules)
    if not matches:
        return []
    base = len(ctx.found)
    refused: set[int] = set()
    while True:
        del ctx.found[base:]
        again = False
        for match, rule in _choose([pair for number, pair in enumerate(matches) if number not in refused]):
            timex = rule.handler(match, ctx)
            if timex is None:
                refused.update(number for number, pair in enumerate(matches) if pair[0] is match)
                again = True
            else:
                ctx.found.append(timex)
        if not again:
            return ctx.found[base:]


def tag_times(text: str, anchor: date | None) -> list[TimeExpression]:
    """Return the time expressions of a text in order.

    Parameters
    ----------
    text : the document's text; spans are characters of it.
    anchor : the day it was published, from which ``Friday`` and ``last month`` are told; None = unknown, and what would
        need it stays open (``XXXX-WXX-5``, ``PAST_REF``).
    """
    ctx = Context(text, anchor, Span(0, max(1, len(text))))
    rules = DATE_RULES + SPAN_RULES + MORE_RULES
    for sentence in sentences(text):
        ctx.sentence = sentence
        _read(ctx, rules)
    return [_expression(text, item) for item in ctx.found]


def _expression(text: str, item: Timex) -> TimeExpression:
    start, end = item.start, item.end
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return TimeExpression(span=Span(start, end), text=text[start:end], type=item.type, value=item.value, mod=item.mod)
