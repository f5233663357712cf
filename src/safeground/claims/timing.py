"""When the claimed things happened: a claim's own expressions, the date of the statement, the mission that they share.

A report that says ``a 120-day deployment that began in August`` and, of its return, ``a ceremony on Friday`` binds the
mission from both sides; what is said of the mission elsewhere in the text lies within it.  Nothing is narrowed further.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from safeground.claims.extract import Sentence
from safeground.claims.intervals import event_times, resolve, resolved
from safeground.claims.time_tagger import tag_times
from safeground.claims.triggers import PURPOSE
from safeground.records.claims import Claim, ClaimDocument, ClaimType, Span, TimeExpression, TimeRef

_DATED = ("DATE", "TIME")
_WITHIN = (ClaimType.CLEARANCE, ClaimType.CONDITIONS, ClaimType.CONTAMINATION, ClaimType.CASUALTY, ClaimType.DEPLOYMENT)
_RETURNED = re.compile(r"\b(?:returned|returning|back|home)\b", re.IGNORECASE)
_MISSION_WORDS = re.compile(r"\b(?:mission|deployment|tour|operation|work|clear\w*|mines?|zone|they)\b", re.IGNORECASE)
_PLUPERFECT = re.compile(r"\bhad\b")
_AIRED = re.compile(r"\b(?:carried|released|published|aired)\b[^,.;]*$")
_PERFECT = re.compile(r"\b(?:has|have)\b")


@dataclass(frozen=True, slots=True)
class Mission:
    """The work that a report is about: the claim that dates it, and its bounds."""

    claim: Claim
    time: TimeRef
    root: str


def _inside(expressions: Sequence[TimeExpression], span: Span) -> list[TimeExpression]:
    return [e for e in expressions if span.start <= e.span.start and e.span.end <= span.end]


def _dates(expressions: Sequence[TimeExpression]) -> list[TimeExpression]:
    return [e for e in expressions if e.type in _DATED and not e.value.endswith("_REF")]


def _lengths(expressions: Sequence[TimeExpression]) -> list[TimeExpression]:
    return [e for e in expressions if e.type == "DURATION" and not re.search(r"olds?$", e.text)]  # an age


def with_times(document: ClaimDocument, claims: Sequence[Claim], sentences: Sequence[Sentence]) -> list[Claim]:
    """Return the claims with their times.

    Parameters
    ----------
    sentences : of the document, outside its page furniture; expressions elsewhere date nothing.
    """
    expressions = tag_times(document.text, document.published)
    sentence_of = {c.id: next(s for s in sentences if s.span.start <= c.span.start < s.span.end) for c in claims}
    dated = [replace(c, time=_own_time(document, c, sentence_of[c.id], expressions)) for c in claims]
    mission = _mission(document, dated, sentence_of, expressions)
    if mission is None:
        return dated
    return [_with_mission(document, c, mission, sentence_of[c.id], expressions) for c in dated]


def _own_time(document: ClaimDocument, claim: Claim, sentence: Sentence, expressions: Sequence[TimeExpression]
              ) -> TimeRef:
    own = _inside(expressions, claim.span)
    days = [e for e in _dates(own) if not _in_dateline(document.text, sentence.span.start, e.span)]
    lengths = _lengths(own)
    if days:
        time = resolved(days[0], document.published)
        length = resolved(lengths[0], document.published) if lengths else TimeRef()
        return replace(time, duration_days_min=length.duration_days_min, duration_days_max=length.duration_days_max)
    near = _beside(document, claim, sentence, expressions)
    if near is not None:
        return resolved(near, document.published)
    outer = _statement_date(document, claim, sentence, expressions)
    if claim.type in (ClaimType.ACKNOWLEDGEMENT, ClaimType.SPEECH) and outer is not None:
        return outer
    base = resolved(lengths[0], document.published) if lengths else TimeRef()
    if outer is not None and _PLUPERFECT.search(claim.quote):
        return replace(base, text=outer.text, latest_start=outer.latest_end, latest_end=outer.latest_end,
                       spans=outer.spans)
    if _PERFECT.search(claim.quote) and document.published is not None:
        return replace(base, latest_start=document.published, latest_end=document.published)
    return base


#: Where and when a report was filed, before its first words: ``MAIDUGURI, Nigeria, Feb 7 (Wire) - ``.
_DATELINE = re.compile(r"[A-Z]{3}[^.!?]{0,70}?\s[-–—]\s")


def _in_dateline(text: str, start: int, span: Span) -> bool:
    found = _DATELINE.match(text, start)
    return found is not None and span.end <= found.end()


def _beside(document: ClaimDocument, claim: Claim, sentence: Sentence, expressions: Sequence[TimeExpression]
            ) -> TimeExpression | None:
    """Return the one date told beside a casualty or accident in what is said of both, None = none or several."""
    if claim.type not in (ClaimType.CASUALTY, ClaimType.ACCIDENT):
        return None
    pieces = [p for a in sentence.attributions for p in a.content if p.start <= claim.span.start < p.end]
    told = min(pieces, key=lambda p: p.end - p.start, default=sentence.span)
    days = [e for e in _dates(_inside(expressions, told))
            if not _in_dateline(document.text, sentence.span.start, e.span)]
    return days[0] if len(days) == 1 else None


def _statement_date(document: ClaimDocument, claim: Claim, sentence: Sentence, expressions: Sequence[TimeExpression]
                    ) -> TimeRef | None:
    """Return when the statement itself was made: a date of the sentence that stands outside every claimed content."""
    contents = [p for a in sentence.attributions for p in a.content if p.start <= claim.span.start < p.end]
    around = _dates(_inside(expressions, sentence.span))
    free = [e for e in around if not any(p.start <= e.span.start < p.end for p in contents)
            or _AIRED.search(document.text[sentence.span.start : e.span.start])]
    return resolved(free[0], document.published) if free else None


def _mission(document: ClaimDocument, claims: Sequence[Claim], sentence_of: dict[str, Sentence],
             expressions: Sequence[TimeExpression]) -> Mission | None:
    """Return the deployment that the text gives a length, bound by when it began and by its return."""
    for claim in claims:
        own = _inside(expressions, claim.span)
        lengths = _lengths(own)
        if claim.type is not ClaimType.DEPLOYMENT or not lengths:
            continue
        days = _dates(own)
        start = end = None
        for day in days:
            before = document.text[claim.span.start : day.span.start]
            ended = re.search(r"\b(?:ended|until|to|finished)\b", before) is not None
            when = resolved(day, document.published)
            start, end = (start, when) if ended else (when, end)
        bound = _return(claims, claim, sentence_of, document)
        found = event_times(start=start, end=end, length=resolve(lengths, document.published)[0],
                            not_after=bound or document.published)
        return Mission(claim, replace(found.time, spans=(*found.time.spans,)), claim.chain[-1].agent)
    return None


def _return(claims: Sequence[Claim], mission: Claim, sentence_of: dict[str, Sentence], document: ClaimDocument
            ) -> date | None:
    """Return the day of the ceremony for those who had returned, if the same sentence names it."""
    sentence = sentence_of[mission.id]
    if not _RETURNED.search(document.text, sentence.span.start, sentence.span.end):
        return None
    days = [c.time.latest_end for c in claims if c.type is ClaimType.CEREMONY and sentence_of[c.id] is sentence
            and c.time.latest_end is not None]
    return min(days, default=None)


def _with_mission(document: ClaimDocument, claim: Claim, mission: Mission, sentence: Sentence,
                  expressions: Sequence[TimeExpression]) -> Claim:
    if claim.id == mission.claim.id:
        return replace(claim, time=mission.time)
    own = _inside(expressions, claim.span)
    lengths = _lengths(own)
    if lengths and claim.type is ClaimType.SPEECH and _same_length(lengths[0], mission):
        return replace(claim, time=replace(mission.time, text=lengths[0].text, spans=(lengths[0].span,)))
    words = document.text[sentence.span.start : sentence.span.end]
    fits = claim.type in _WITHIN and _MISSION_WORDS.search(words) is not None
    if not fits or _dates(own) or _dated_otherwise(document, claim, sentence, expressions, mission):
        return claim
    if claim.type is ClaimType.DEPLOYMENT and not PURPOSE.search(claim.quote):
        return claim
    return replace(claim, time=replace(
        claim.time, earliest_start=mission.time.earliest_start, latest_start=mission.time.latest_end,
        earliest_end=mission.time.earliest_start, latest_end=mission.time.latest_end))


def _same_length(expression: TimeExpression, mission: Mission) -> bool:
    time = resolved(expression, None)
    return (time.duration_days_min, time.duration_days_max) == (mission.time.duration_days_min,
                                                               mission.time.duration_days_max)


def _dated_otherwise(document: ClaimDocument, claim: Claim, sentence: Sentence, expressions: Sequence[TimeExpression],
                     mission: Mission) -> bool:
    """Whether the claim's statement is of another time than the mission's return, so that it speaks of other work."""
    outer = _statement_date(document, claim, sentence, expressions)
    if outer is None or outer.latest_end is None or mission.time.latest_end is None:
        return False
    return abs((outer.latest_end - mission.time.latest_end).days) > 45
