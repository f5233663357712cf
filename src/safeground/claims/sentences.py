"""Paragraphs, sentences and quotations of a text, as spans of it.

Rules for English news: full stops of abbreviations and initials end nothing, a mark that closes a quotation belongs to
its sentence, lines that were wrapped by a program are one paragraph and lines of their own are not.  All offsets are
characters of the text as given; nothing is copied or normalised.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from safeground.records.claims import Span


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Abbreviations after which a capital does not begin a sentence: titles, ranks, streets.
_BEFORE_NAMES = _words(
    "mr mrs ms messrs dr prof rev fr sr jr st ste mt ft gen maj brig lt col capt cpt sgt cpl pvt adm cmdr cdr cmdt "
    "gov sen rep pres amb sec supt insp det hon col.-gen lt.-gen maj.-gen vs no nos art sect fig vol ch pp para "
    "approx ca est cf al ave blvd rd hwy bldg dept univ assn bros gens sens reps govs drs profs")
#: Abbreviations that may end a sentence or stand within one: a capital that may begin a sentence decides.
_EITHER = _words(
    "inc corp co ltd plc llc etc jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri "
    "sat sun a.m p.m a.d b.c u.s u.k u.n e.u d.c u.s.a u.s.s.r d.p.r.k ph.d m.d b.a m.a oz lb lbs ft in km kg cm mm "
    "min hr hrs sq i.e e.g")
#: Words that begin a sentence after an abbreviation such as ``U.S.`` and hardly ever continue a name.
_STARTERS = _words(
    "the a an this that these those it its he she they we i you his her their our my but and or so yet in on at by for "
    "from with as if when while after before since although though because however meanwhile there here what who why "
    "how where which some many most several few both all no not one two three according last later earlier now then "
    "also even still under over during despite another other each every officials")
_END = re.compile(r"(?:\.{1,}|[!?…]+)[\"'”’»)\]]*(?=\s|$|[“\"‘«])|[。！？؟۔]")
_WORD_BEFORE = re.compile(r"[^\s(\[\"“‘«—–]+$")
_NEXT = re.compile(r"[\s\"'“‘«(\[•*–—-]*(\S)")
_NEXT_WORD = re.compile(r"[\s\"'“‘«(\[•*–—-]*([^\W_][\w’']*)")
_BULLET = re.compile(r"\s*(?:[•▪◦●‣·*]|[-–—]|\d{1,2}[.)]|\(\w\))\s+")
_TERMINAL = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_WRAP_MIN, _WRAP_MAX = 45, 110


def _lines(text: str) -> list[tuple[int, int]]:
    """Return [start, end) of each line without its white space at the ends; empty lines are empty spans."""
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        core = line.strip()
        begin = at + (len(line) - len(line.lstrip())) if core else at
        found.append((begin, begin + len(core)))
        at += len(line)
    return found


def _is_wrapped(text: str, lines: Sequence[tuple[int, int]]) -> bool:
    """Return whether a program broke the lines at a width: blocks of several even lines, none of them long."""
    full = [end - begin for begin, end in lines if end > begin]
    if len(full) < 4 or max(full) > _WRAP_MAX:
        return False
    inner = [(begin, end) for (begin, end), (after, stop) in pairwise(lines)
             if end > begin and stop > after]
    if len(inner) < 3:
        return False
    broken = sum(1 for begin, end in inner if not _TERMINAL.search(text[max(begin, end - 8):end])
                 and end - begin >= _WRAP_MIN)
    return broken >= 0.6 * len(inner)


def paragraphs(text: str) -> list[Span]:
    """Return the paragraphs of a text.

    A blank line or a bullet begins a new one.  A single line end does too, unless the lines were wrapped by a program,
    or the next line goes on in lower case.
    """
    lines = _lines(text)
    wrapped = _is_wrapped(text, lines)
    found: list[tuple[int, int]] = []
    is_open = False
    for begin, end in lines:
        if begin == end:
            is_open = False
            continue
        joins = is_open and not _BULLET.match(text, begin) and (
            wrapped or (text[begin].islower() and not _TERMINAL.search(text[max(found[-1][0],
                                                                                found[-1][1] - 8):found[-1][1]])))
        if joins:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
        is_open = True
    return [Span(begin, end) for begin, end in found]


def _ends_sentence(text: str, mark: re.Match[str], begin: int, end: int) -> bool:
    """Return whether a mark within [begin, end) of the text ends a sentence."""
    after = _NEXT.match(text, mark.end(), end)
    if after is None:
        return True
    head = after[1]
    dots = mark[0].rstrip("\"'”’»)]")
    if head.islower():
        return False
    if dots != ".":
        return True
    before = _WORD_BEFORE.search(text, max(begin, mark.start() - 30), mark.start())
    word = before[0].lower() if before else ""
    if mark[0] != "." and word not in _BEFORE_NAMES:  # a closing mark follows the full stop
        return True
    if word in _BEFORE_NAMES:
        return not (head.isupper() or head.isdigit() or word in ("st", "mt", "no"))
    following = _NEXT_WORD.match(text, mark.end(), end)
    begins = following is not None and following[1].lower() in _STARTERS
    if word in _EITHER or re.fullmatch(r"(?:[a-z]\.)+[a-z]", word):
        return begins and following is not None and following[1][0].isupper()
    if len(word) == 1 and word.isalpha() and before is not None and before[0].isupper():  # an initial
        return begins and word not in ("a", "i")
    return True


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text, in order, without white space at their ends; they never cross a paragraph."""
    found = []
    for block in paragraphs(text):
        begin = block.start
        bullet = _BULLET.match(text, begin, block.end)
        if bullet and bullet.end() < block.end:
            begin = bullet.end()
        for mark in _END.finditer(text, begin, block.end):
            if mark.end() < block.end and _ends_sentence(text, mark, begin, block.end):
                found.append(Span(begin, mark.end()))
                begin = mark.end()
                while begin < block.end and text[begin].isspace():
                    begin += 1
        if begin < block.end:
            found.append(Span(begin, block.end))
    return found


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words between quotation marks.

    Attributes
    ----------
    span : with its marks.  inner : without them.
    closed : whether a closing mark was found; a quotation that runs on in the next paragraph is not closed there.
    continues : whether it takes up a quotation that the paragraph before left open.
    depth : 0 = in the text itself, 1 = within another quotation.
    """

    span: Span
    inner: Span
    closed: bool = True
    continues: bool = False
    depth: int = 0


_OPENING = {"“": "”", "«": "»", "„": "“”"}
_SINGLE_OPEN = re.compile(r"(?:^|(?<=[\s(\[“\"—–«]))[‘'](?=[A-Za-zÀ-ÿ\[])(?!(?:em|twas|tis|til|cause|n)\b)")
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…\])])[’'](?![\w])")
_DOUBLE_CLOSE_STRAIGHT = re.compile(r'"')


def _is_inch_mark(text: str, at: int) -> bool:
    """Return whether a straight mark stands for inches or seconds: right after a digit, and no quotation is open."""
    return at > 0 and text[at - 1].isdigit()


def _doubles(text: str, block: Span) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, closed) of quotations in double marks, curly, straight or pointed, outermost alone."""
    begin, closers = -1, ""
    for at in range(block.start, block.end):
        letter = text[at]
        if begin < 0:
            if letter in _OPENING:
                begin, closers = at, _OPENING[letter]
            elif letter == '"' and not _is_inch_mark(text, at):
                begin, closers = at, '"”'
        elif letter in closers or (letter == '"' and closers == "”"):
            yield begin, at + 1, True
            begin = -1
        elif letter in _OPENING and closers == _OPENING[letter] and text[at - 1].isspace():
            yield begin, at, False  # opened anew without having been closed
            begin = at
    if begin >= 0 and begin + 1 < block.end:
        yield begin, block.end, False


def _singles(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of quotations in single marks that are closed; an apostrophe closes nothing by itself."""
    at = begin
    while opening := _SINGLE_OPEN.search(text, at, end):
        closing = [mark for mark in _SINGLE_CLOSE.finditer(text, opening.end(), end)]
        curly = opening[0] == "‘"
        usable = [mark for mark in closing if (mark[0] == "’") == curly]
        # The last mark before the next opening: the marks before it may be the apostrophes of plurals.
        following = _SINGLE_OPEN.search(text, opening.end(), end)
        limit = following.start() if following else end
        usable = [mark for mark in usable if mark.start() < limit]
        firm = [mark for mark in usable if text[mark.start() - 1] in ".,!?…"]
        chosen = firm[0] if firm else (usable[0] if usable else None)
        if chosen is None or chosen.start() <= opening.end():
            at = opening.end()
            continue
        yield opening.start(), chosen.end()
        at = chosen.end()


def quotations(text: str) -> list[Quotation]:
    """Return the quotations of a text, by where they begin; inner ones follow the one they stand in."""
    found: list[Quotation] = []
    left_open = False
    for block in paragraphs(text):
        spans = [pair for pair in _doubles(text, block) if pair[1] - pair[0] > 2]
        outer = []
        for number, (begin, end, closed) in enumerate(spans):
            takes_up = number == 0 and left_open and begin - block.start <= 2
            inner = Span(begin + 1, end - 1 if closed else end)
            outer.append(Quotation(Span(begin, end), inner, closed, takes_up))
        left_open = bool(spans) and not spans[-1][2]
        for begin, end in _singles(text, block.start, block.end):
            inside = any(quote.span.start < begin and end <= quote.span.end for quote in outer)
            crosses = any(quote.span.overlaps(Span(begin, end)) for quote in outer) and not inside
            around = any(begin < quote.span.start and quote.span.end < end for quote in outer)
            if not crosses or around:
                outer.append(Quotation(Span(begin, end), Span(begin + 1, end - 1), depth=int(inside)))
        found += sorted(outer, key=lambda quote: (quote.span.start, -quote.span.end))
    return found


def containing(spans: Sequence[Span], offset: int) -> Span | None:
    """Return the span that holds a character, of spans in order that do not overlap; None = it is in none."""
    place = bisect_right(spans, offset, key=lambda span: span.start) - 1
    return spans[place] if place >= 0 and offset < spans[place].end else None
