"""Time expressions of English news as TIMEX3: where they stand, what they are worth, how sure they are.

Rules only, no model.  Values follow TimeML 1.2.1 as TempEval-3 uses it: a weekday or a month without a year is placed by
the tense of its verb, ``ago`` is as coarse as its unit, ``the past year`` is a duration and ``last year`` a year, ages are
no times, and what hangs on the day spoken of last (``the next day``) is taken from there.
"""

from __future__ import annotations

import re
from datetime import date

from safeground.claims.sentences import sentences
from safeground.claims.time_context import Context, Rule, Timex
from safeground.claims.time_dates import DATE_RULES
from safeground.claims.time_spans import SPAN_RULES
from safeground.records.claims import Span, TimeExpression

#: Trigger words by kind; a rule is tried in a sentence that holds one of its kinds.
_TRIGGERS = re.compile(
    r"(?P<m>\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
    r"|(?P<w>\b(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day|\.))"
    r"|(?P<u>(?:second|minute|hour|day|week|fortnight|month|year|decade|centur)|\b(?:hrs|mins|yrs)\b)"
    r"|(?P<t>\b(?:tonight|tomorrow))"
    r"|(?P<p>\b(?:morning|afternoon|evening|night)\b)"
    r"|(?P<r>\b(?:now|nowadays|current|present|moment|recent|lately|previously|past|future)(?:ly)?\b)"
    r"|(?P<a>\b(?:daily|nightly|weekly|monthly|annually|yearly|hourly|quarterly)\b)"
    r"|(?P<q>\bquarter|\bhalf\b|\bQ[1-4]\b)"
    r"|(?P<s>\b(?:spring|summer|autumn|fall|winter)\b)"
    r"|(?P<h>\b(?:christmas|new year|thanksgiving|easter|good friday|ash wed|palm sun|halloween|valentine|boxing|labor day"
    r"|memorial|veterans|may day|independence|st\. patrick))"
    r"|(?P<n>\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4})"
    r"|(?P<c>\d\s?[ap]\.?m\b|\d:\d{2}|\b\d{4}\s+(?:GMT|UTC|hours|local|E[SD]T)|\bnoon\b|\bmidnight\b|\bmidday\b)"
    r"|(?P<y>\b(?:1[5-9]|20)\d\d)"
    r"|(?P<d>['’]\d0s|\b(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ies)", re.IGNORECASE)
#: Words that hold a trigger of another kind as well.
_ALSO = {"w": "u", "h": "u", "t": "t", "n": "ny", "u": "u"}
#: Nothing in a name such as ``The New York Times Sunday Review`` or ``Agence 24 Hours`` can be told from a time by rule.
_MAX_SENTENCE = 4000


def _kinds(text: str, sentence: Span) -> set[str]:
    found: set[str] = set()
    for mark in _TRIGGERS.finditer(text, sentence.start, sentence.end):
        kind = mark.lastgroup or ""
        found.update(kind, _ALSO.get(kind, ""))
        word = mark[0].lower()
        if kind == "u" and word == "day":
            found.update("tw")
    return found


def _choose(found: list[tuple[re.Match[str], Rule]]) -> list[tuple[re.Match[str], Rule]]:
    """Return matches that do not overlap, the longer first, in the order of the text."""
    chosen: list[tuple[re.Match[str], Rule]] = []
    for match, rule in sorted(found, key=lambda pair: (pair[0].start() - pair[0].end(), pair[0].start())):
        if all(match.end() <= other.start() or other.end() <= match.start() for other, _ in chosen):
            chosen.append((match, rule))
    return sorted(chosen, key=lambda pair: pair[0].start())


def _read(ctx: Context, rules: tuple[Rule, ...]) -> list[Timex]:
    """Return the expressions of one sentence; a match whose rule says no leaves its words to shorter ones."""
    kinds = _kinds(ctx.text, ctx.sentence)
    if not kinds:
        return []
    end = min(ctx.sentence.end, ctx.sentence.start + _MAX_SENTENCE)
    matches = [(match, rule) for rule in rules if not kinds.isdisjoint(rule.needs)
               for match in rule.pattern.finditer(ctx.text, ctx.sentence.start, end)]
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
    rules = DATE_RULES + SPAN_RULES
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
