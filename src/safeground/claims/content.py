"""What is attributed: the clause or the quotes that belong to a cue, told from the side on which they stand."""

from __future__ import annotations

from safeground.claims.cues import Cue
from safeground.claims.lexicon import (
    ABOUT_OBJECT,
    ADDRESSED,
    ADVERBS,
    CONJUNCTIONS,
    DAY_WORDS,
    DETERMINERS,
    HEARERS,
    MONTHS,
    OCCASIONS,
    PREPOSITIONS,
    PRONOUNS,
    words,
)
from safeground.claims.tokens import ENDS, Paragraph

Range = tuple[int, int]
#: How far behind a cue "that", a colon or a quote may stand after an occasion ("said in a statement on Monday that").
_REACH = 22
_GIVEN = words("made given shown held seen sent read broadcast run written put")
_ADVERBIAL = PREPOSITIONS | words("when while as asked speaking citing although though if because since")


def content_of(paragraph: Paragraph, cue: Cue, source: Range | None, cues: list[Cue], sources: dict[int, Range]
               ) -> list[Range]:
    """Return the token ranges of a cue's content, in order; empty = none was found."""
    sentence = paragraph.sentence_of(cue.head)
    if cue.kind == "according":
        return _according(paragraph, cue, source or (cue.last, cue.last), sentence)
    if cue.kind == "view":
        return _according(paragraph, cue, (cue.last, cue.last), sentence)
    if cue.kind == "noun":
        return [(cue.last, _right_end(paragraph, cue, cue.last, sentence, cues, sources))]
    behind = source is not None and source[0] >= cue.last
    after = source[1] if behind and source is not None else cue.last
    begin = min(cue.first, source[0]) if source is not None and source[0] < cue.first and (
        source[0] >= sentence[0] and cue.kind == "verb") else cue.first
    relative = source is not None and source[1] < cue.first and paragraph.tokens[cue.first - 1].low in ("who", "which",
                                                                                                        "that")
    left = [] if cue.kind in ("participle", "passive") or relative else _left(paragraph, begin, sentence)
    right = _right(paragraph, cue, after, sentence, cues, sources, bool(left) and behind)
    if left and right and paragraph.closes(left[-1][1] - 1) and not paragraph.opens(right[0][0]):
        right = _later_quote(paragraph, after, sentence, cues)  # "…," he said, adding that …
    if cue.kind == "passive" and source is None and not right:
        return []
    if left and right:
        end = left[-1][1]
        quoted = any(paragraph.closes(k) for k in range(max(end - 2, 0), end))
        goes_on = _is_second_half(paragraph, right[0], left)
        if goes_on and behind and not paragraph.opens(right[0][0]):
            right = []
        elif not goes_on and not quoted and _tells_of_occasion(paragraph, after, right[0][0]):
            right = []  # "A, he said in a speech carried by state media"
        elif not goes_on:
            left, right = (left, []) if quoted or behind else ([], right)
    return _with_next_quotes(paragraph, [*left, *right], cue, sentence, cues)


def _tells_of_occasion(paragraph: Paragraph, after: int, at: int) -> bool:
    """Whether what stands behind an occasion says more of it: ``in a speech carried by …``."""
    return at > after and paragraph.tokens[after].low in PREPOSITIONS and (
        paragraph.tokens[at].low.endswith("ed") or paragraph.tokens[at].low in _GIVEN)


def _later_quote(paragraph: Paragraph, after: int, sentence: Range, cues: list[Cue]) -> list[Range]:
    """Return the quote that goes on behind an aside: ``"A," he said, pausing, "B"``."""
    for quote in paragraph.quotes:
        if after <= quote[0] < sentence[1] and paragraph.tokens[quote[0] - 1].text == ",":
            between = any(after <= c.head < quote[0] for c in cues)
            return [] if between else [quote]
    return []


def _is_second_half(paragraph: Paragraph, piece: Range, left: list[Range]) -> bool:
    """Whether what follows goes on with what stood before: ``"A," he said, "B"``, or ``A, he said, B``."""
    before = paragraph.tokens[piece[0] - 1].text if piece[0] else ""
    return before == "," or paragraph.opens(piece[0])


def _according(paragraph: Paragraph, cue: Cue, source: Range, sentence: Range) -> list[Range]:
    pieces: list[Range] = []
    first = cue.first
    while first > sentence[0] and paragraph.tokens[first - 1].text in ",—–(":
        first -= 1
    if first > sentence[0]:
        begin = sentence[0]
        if paragraph.tokens[begin].low in CONJUNCTIONS:
            begin += 1
        pieces.append((begin, first))
    at = source[1]
    if not pieces and at < sentence[1]:
        comma = next((k for k in range(at, sentence[1]) if paragraph.tokens[k].text == ","), None)
        at = at if comma is None else _past_apposition(paragraph, comma, sentence)
    brief = not pieces or pieces[0][1] - pieces[0][0] <= 9
    if brief and at < sentence[1] and paragraph.tokens[at].text == "," and at + 2 < sentence[1]:
        pieces.append((at + 1, _trim(paragraph, sentence[1])))
    return pieces


def _past_apposition(paragraph: Paragraph, comma: int, sentence: Range) -> int:
    """Return the comma behind an apposition: ``According to Smith, the minister, …``; else the comma itself."""
    following = paragraph.tokens[comma + 1].low if comma + 1 < sentence[1] else ""
    second = next((k for k in range(comma + 1, min(comma + 14, sentence[1])) if paragraph.tokens[k].text == ","), None)
    return second if second is not None and following in ("who", "which", "a", "an") else comma


def _trim(paragraph: Paragraph, last: int) -> int:
    """Leave a sentence's final mark out, unless it stands inside a closing quotation mark."""
    while last > 0 and paragraph.tokens[last - 1].text in ENDS:
        last -= 1
    return last


def _left(paragraph: Paragraph, begin: int, sentence: Range) -> list[Range]:
    """Return the content before the source (or before an inverted verb), parted from it by a comma or a quote."""
    at = begin - 1
    if at < sentence[0]:
        return []
    mark = paragraph.tokens[at].text
    if paragraph.closes(at) or (mark == "," and at > sentence[0] and paragraph.closes(at - 1)):
        closing = at if paragraph.closes(at) else at - 1
        quote = paragraph.quote_of(closing)
        if quote is None:
            return []
        first = quote[0]
        start = paragraph.sentence_of(first)[0]
        words = [t for t in paragraph.tokens[start:first] if t.is_word]
        if words and start == sentence[0] and not _introduces(paragraph, start, first):
            first = start
        return [(first, closing + 1)]
    if mark in ",—–":
        first = sentence[0]
        if _is_adverbial(paragraph, first, at):
            return []
        if paragraph.tokens[first].low in ("but", "and", "yet", "so") and at - first > 3:
            first += 1
        return [(first, at)] if at - first >= 3 else []
    return []


def _introduces(paragraph: Paragraph, start: int, first: int) -> bool:
    """Whether the words before a quote only lead to it: they end in a comma or colon."""
    return paragraph.tokens[first - 1].text in ",:" and first - start <= 6


_NO_PARTICIPLES = words("king beijing spring morning evening nothing everything something anything building ring wing "
                        "string thing ceiling ping meeting shelling fighting")


def _is_adverbial(paragraph: Paragraph, first: int, last: int) -> bool:
    """Whether what stands before the source is an adverbial and not a statement."""
    words = [t for t in paragraph.tokens[first:last] if t.is_word]
    if not words or len(words) <= 2:
        return True
    commas = [k for k in range(first, last) if paragraph.tokens[k].text == ","]
    head = words[0].low
    if head in ("but", "and", "yet", "so") and len(words) > 1:
        head = words[1].low
    if head in ("when", "while", "as", "asked", "although", "though", "if", "because", "since", "after", "before",
                "speaking", "citing", "responding", "writing", "despite", "during"):
        return not commas
    if head in PREPOSITIONS or head in DAY_WORDS or head in ADVERBS or head.endswith("ly"):
        return not commas and len(words) <= 12
    return head.endswith("ing") and head not in _NO_PARTICIPLES and not commas and len(words) <= 14


def _right(paragraph: Paragraph, cue: Cue, after: int, sentence: Range, cues: list[Cue], sources: dict[int, Range],
           continued: bool) -> list[Range]:
    """Return the content behind the cue (or behind an inverted source)."""
    at = _content_start(paragraph, cue, after, sentence)
    if at is None or at >= _trim(paragraph, sentence[1]):
        return []
    if continued and paragraph.tokens[after].text not in (",", ":", "—", "–") and not paragraph.opens(at):
        return []
    end = _right_end(paragraph, cue, at, sentence, cues, sources)
    return [(at, end)] if any(t.is_word for t in paragraph.tokens[at:end]) else []


def _content_start(paragraph: Paragraph, cue: Cue, after: int, sentence: Range) -> int | None:
    """Return where the content begins behind a cue: past adverbials, occasions and the one spoken to."""
    at, stop = after, sentence[1]
    if cue.base in ADDRESSED and at < stop:
        at = _past_hearer(paragraph, at, stop)
    steps = 0
    while at < stop and steps < 8:
        steps += 1
        token = paragraph.tokens[at]
        if token.text in ",:—–":
            at += 1
            continue
        if token.low == "that" or paragraph.opens(at):
            return at
        if paragraph.closes(at):
            return None
        manner = token.low.endswith("ly") and at + 1 < stop and (paragraph.tokens[at + 1].text in (",", ":")
                                                                 or paragraph.tokens[at + 1].low == "that"
                                                                 or paragraph.opens(at + 1))
        if manner or token.low in DAY_WORDS or (token.low in ADVERBS and token.low not in ("all", "both", "not",
                                                                                                "never", "no")):
            at += 1
            continue
        if token.low in ("late", "last", "this", "next") and at + 1 < stop and (
                paragraph.tokens[at + 1].low in DAY_WORDS | {"week", "month", "year"} | MONTHS):
            at += 2
            continue
        if token.low == "to" and _is_infinitive(paragraph, at, stop):
            return at
        if token.low not in PREPOSITIONS or cue.base in ABOUT_OBJECT or cue.base in ("call", "appeal", "ask", "refer"):
            return at
        past = _past_occasion(paragraph, at, stop)
        if past is None:
            return at
        at = past
    return at if at < stop else None


def _is_infinitive(paragraph: Paragraph, at: int, stop: int) -> bool:
    """Whether a "to" opens an infinitive rather than naming the one spoken to."""
    following = paragraph.tokens[at + 1] if at + 1 < stop else None
    return following is not None and not following.is_capitalised and following.low not in HEARERS | DETERMINERS


def _past_hearer(paragraph: Paragraph, at: int, stop: int) -> int:
    """Return the token behind the one spoken to: ``told reporters``, ``told the BBC``, ``warned him``."""
    if at < stop and paragraph.tokens[at].low in ("me", "us", "him", "them", "you"):
        return at + 1
    for k in range(at, min(at + 10, stop)):
        token = paragraph.tokens[k]
        if token.low == "that" or paragraph.opens(k) or token.text in ",:":
            return k
    if at < stop and paragraph.tokens[at].low in HEARERS | PRONOUNS:
        return at + 1
    k = at
    if k < stop and (paragraph.tokens[k].low in DETERMINERS):
        k += 1
        while k < stop and paragraph.tokens[k].is_capitalised:
            k += 1
        if k == at + 1:
            k += 1
    else:
        while k < stop and paragraph.tokens[k].is_capitalised:
            k += 1
    return k


def _past_occasion(paragraph: Paragraph, at: int, stop: int) -> int | None:
    """Return the token behind an adverbial that opens with a preposition; None = it belongs to the content."""
    reach = min(at + _REACH, stop)
    for k in range(at + 1, reach):
        token = paragraph.tokens[k]
        if token.low == "that" and paragraph.tokens[k - 1].low not in PREPOSITIONS:
            return k
        if paragraph.opens(k) or token.text == ":":
            return k
        if token.text in ",;":
            break
    if paragraph.tokens[at].low in ("of", "about", "against", "for"):
        return None
    for k in range(at + 1, min(at + 8, stop)):
        token = paragraph.tokens[k]
        if token.low in OCCASIONS or token.low in HEARERS or token.low in DAY_WORDS:
            return k + 1
        if token.low in MONTHS:
            past = k + 1
            while past < stop and (paragraph.tokens[past].low.isdigit() or paragraph.tokens[past].text == ","):
                past += 1
            return past
        if token.text in ",;:" or token.text in ENDS:
            return k
    return None


def _right_end(paragraph: Paragraph, cue: Cue, at: int, sentence: Range, cues: list[Cue], sources: dict[int, Range]
               ) -> int:
    """Return where content that begins at a token ends: with its quote, before another's statement, or the sentence."""
    last = _trim(paragraph, sentence[1])
    if paragraph.opens(at):
        quote = paragraph.quote_of(at)
        if quote is not None and quote[0] == at:
            if quote[1] - 2 > at and paragraph.tokens[quote[1] - 2].text in ",.!?":
                return quote[1]
            tail = [t for t in paragraph.tokens[quote[1] : last] if t.is_word]
            if not tail or quote[1] >= last or paragraph.tokens[quote[1]].text in ".,;":
                return quote[1]
            last = max(last, quote[1])
    within = paragraph.quote_of(cue.head)
    if within is not None:
        last = min(last, within[1] - 1)
    for whole in sources.values():
        if whole[0] <= cue.head < whole[1] and whole[1] > at:
            last = min(last, whole[1])
    source = sources.get(cue.head)
    if source is not None and sentence[0] < source[0] < cue.first and paragraph.tokens[source[0] - 1].low in (
            "which", "whom", "where", "whose"):
        comma = next((k for k in range(at, last) if paragraph.tokens[k].text == ","), None)
        if comma is not None:
            last = comma + 2 if comma + 1 < last and paragraph.closes(comma + 1) else comma
    if source_opened(paragraph, cue, sources.get(cue.head), sentence):
        comma = next((k for k in range(at, last) if paragraph.tokens[k].text == ","), None)
        last = last if comma is None else comma
    for other in cues:
        if other.head <= at or other.head >= sentence[1] or other.head == cue.head:
            continue
        bound = _foreign_start(paragraph, other, at, sources, sentence)
        if bound is not None and bound > at + 1:
            last = min(last, bound)
            break
    return last


def source_opened(paragraph: Paragraph, cue: Cue, source: Range | None, sentence: Range) -> bool:
    """Whether the cue stands in a clause that a subordinator opens before the main clause: ``While critics say …,``."""
    if source is None or source[0] > cue.first:
        return False
    before = paragraph.tokens[source[0] - 1].low if source[0] > sentence[0] else ""
    return before in ("while", "although", "though", "if", "as", "when", "whereas") and source[0] - sentence[0] <= 2


def _foreign_start(paragraph: Paragraph, other: Cue, at: int, sources: dict[int, Range], sentence: Range) -> int | None:
    """Return where the clause of another's statement begins, None = it lies inside the content."""
    if other.kind == "according":
        return other.first - 1 if paragraph.tokens[other.first - 1].text == "," else other.first
    if other.kind == "participle":
        mark = other.first - 1
        return mark if paragraph.tokens[mark].text in ",—–" else other.first if paragraph.closes(mark) else None
    if other.kind != "verb":
        return None
    source = sources.get(other.head)
    begin = other.first if source is None or source[0] < at or source[0] >= other.last else source[0]
    before = paragraph.tokens[begin - 1] if begin > sentence[0] else None
    if before is None:
        return None
    if before.text == ";":
        return begin - 1
    following = paragraph.tokens[other.last] if other.last < sentence[1] else None
    closing = following is None or following.text in ENDS or following.low in DAY_WORDS or following.low in PREPOSITIONS
    inverted = source is not None and source[0] >= other.last
    if before.text == "," and source is not None and (inverted or (closing and source[1] == other.first)):
        return begin - 1  # "…, one of the herders recalled."
    if begin == other.first and before.text == "," and source is not None and source[1] <= at:
        return begin - 1
    if begin == other.first and before.low in ("and", "but", "then"):
        return begin - 2 if paragraph.tokens[begin - 2].text == "," else begin - 1
    if before.low in ("but", "while", "although", "though", "whereas") or (
            before.low == "and" and paragraph.tokens[begin - 2].text == ","):
        return begin - 2 if paragraph.tokens[begin - 2].text == "," else begin - 1
    return None


def _with_next_quotes(paragraph: Paragraph, pieces: list[Range], cue: Cue, sentence: Range, cues: list[Cue]
                      ) -> list[Range]:
    """Add the quotes that go on in the next sentences of the paragraph: nobody else is named for them."""
    if cue.kind not in ("verb",) or not pieces or not any(
            paragraph.opens(p[0]) or paragraph.closes(p[1] - 1) for p in pieces):
        return pieces
    at = sentence[1]
    for quote in paragraph.quotes:
        if quote[0] < at or quote[0] != at:
            continue
        if any(quote[0] <= c.head < quote[1] + 6 and not quote[0] <= c.head < quote[1] for c in cues):
            break
        following = paragraph.tokens[quote[1]].text if quote[1] < len(paragraph.tokens) else ""
        if following == ",":
            break
        pieces = [*pieces, quote]
        at = quote[1]
    return pieces
