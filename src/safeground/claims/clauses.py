"""The stretch of text that one claim stands on: the clause around its trigger, without what only hangs on it."""

from __future__ import annotations

import re

from safeground.records.claims import Attribution, Span

#: What parts one statement of a sentence from the next.
_PARTS = re.compile(r"""
    [,;:](?=\s) | [—–] | \s--\s | (?<=[,.!?])[”"](?=\s)
  | \s-\s(?=[A-Z“"]) | \bwhen\b
  | \b(?:after|as)\b(?=\s(?:an?|the|his|her|their|its|he|she|they|it|\d[\d,]*)\s[^.;]{0,120}
      \b(?:had\sbeen|hit|struck|stepped|drove|exploded|detonated|blew|triggered|set\soff|went\soff)\b)
  | \band\b(?=\s(?:an?|another|others?|two|three|four|five|six|seven|eight|nine|ten|\d+|several|dozens|many|some)\s
      (?:[\w-]+\s){0,4}?(?:was|were|had|have|has|are|is)\b)
  | \band\sthat\b | \bbut\b | \bwhile\b | \bdespite\b | \balthough\b | \bbecause\b | \bwhereas\b | \bsome\sof\swhom\b
""", re.VERBOSE)
_LEAD = re.compile(r"(?:that|and|but|then|so|yet|also|as(?!\s(?:many|much|few)\b)|with|while|when|after|what)\s+",
                   re.IGNORECASE)
#: A clause's own aside, whose commas part nothing: ``23 civilians, including nine children, were killed``.
_ASIDE = re.compile(r",\s(?:including|among\sthem|mostly|(?:most|many|some|all)\sof\s\w+|aged)\b[^,.;]{0,120},")
_RELATIVE = re.compile(r"\s(?:that|which|who)\s"
                       r"(?=(?:had|has|have|was|were|is|are|began|started|ended|will|would|died|runs|expires|lasts)\b)")
_HANGING = re.compile(r"\sin\s(?:its|their|his|her|the\smidst)\b")
_PREPOSITION = re.compile(r"\s(?:for|from|to|by|with|at|of|against|over|under)\s(?:an?|the|its|their|his|her)\s",
                          re.IGNORECASE)
#: A clause reaches so many letters from its trigger; a longer sentence is a list, or made to stall a reader.
_REACH = 1500
_EDGE = " \t\n,;:—–-.“”\"‘’"


def innermost(span_at: int, attributions: list[Attribution], sentence: Span) -> Span:
    """Return the smallest attributed piece that holds a character, or the sentence."""
    pieces = [p for a in attributions for p in a.content
              if p.start <= span_at < p.end and p.start >= sentence.start - 1]
    return min(pieces, key=lambda p: p.end - p.start, default=sentence)


def clause_at(text: str, trigger: Span, attributions: list[Attribution], sentence: Span) -> Span:
    """Return the clause that a trigger stands in.

    It is cut at commas, conjunctions and the words that open another statement, at a relative clause that only
    describes what came before (with the preposition that leads to it), and at "in its war …"; never inside the trigger.
    """
    whole = innermost(trigger.start, attributions, sentence)
    start, end = max(whole.start, sentence.start), min(whole.end, max(sentence.end, trigger.end))
    start, end = max(start, trigger.start - _REACH), min(end, trigger.end + _REACH)
    asides = [m.span() for m in _ASIDE.finditer(text, start, trigger.end) if m.end() <= trigger.start + 1]
    for mark in _PARTS.finditer(text, start, end):
        if any(first <= mark.start() < last for first, last in asides):
            continue
        if mark.end() <= trigger.start:
            start = mark.end() if mark.group().strip() != "and that" else mark.end() - 4
        elif mark.start() >= trigger.end:
            end = mark.start()
            break
    relative = _RELATIVE.search(text, trigger.end, end)
    if relative is not None:
        end = _before_phrase(text, trigger.end, relative.start())
    hanging = _HANGING.search(text, trigger.end, end)
    if hanging is not None:
        end = hanging.start()
    return _trimmed(text, start, end, trigger)


def _before_phrase(text: str, first: int, last: int) -> int:
    """Return where the prepositional phrase begins that leads to a relative clause, or the clause itself."""
    found = list(_PREPOSITION.finditer(text, first, last))
    return found[-1].start() if found else last


def _trimmed(text: str, start: int, end: int, trigger: Span) -> Span:
    while start < trigger.start and text[start] in _EDGE:
        start += 1
    while (lead := _LEAD.match(text, start, trigger.start)) is not None:
        start = lead.end()
    while end > trigger.end and text[end - 1] in _EDGE:
        end -= 1
    return Span(min(start, trigger.start), max(end, trigger.end))


def wide_clause(text: str, trigger: Span, attributions: list[Attribution], sentence: Span) -> Span:
    """Return the clause around a trigger with its list of objects: commas cut only before a participle or relative."""
    whole = innermost(trigger.start, attributions, sentence)
    tail = re.compile(r",\s(?:\w+ing|which|who|but|while)\b").search(text, trigger.end, whole.end)
    return _trimmed(text, whole.start, tail.start() if tail else min(whole.end, sentence.end), trigger)
