"""Who says what: source, cue and content of each attribution in a text, by rules on word order and punctuation.

The rules know no parts of speech: a cue is a word of :mod:`safeground.claims.lexicon` in a place where it can be one,
its source is the noun phrase on the side that punctuation points to, its content the clause or the quotes on the other.
"""

from __future__ import annotations

import re

from safeground.claims.content import content_of
from safeground.claims.cues import Cue, cues_of, phrase_start
from safeground.claims.lexicon import CONJUNCTIONS, DAY_WORDS, NAMELESS, PREPOSITIONS, words
from safeground.claims.tokens import CLOSING, EITHER, MARKS, OPENING, Paragraph, paragraphs
from safeground.records.claims import Attribution, Span

Range = tuple[int, int]
_AFTER_MARKS = frozenset(",.;:!?()—–" + OPENING + CLOSING + EITHER)
_AFTER_WORDS = words("in on at during after before as when while but who that earlier later")


def _span(paragraph: Paragraph, piece: Range) -> Span | None:
    first, last = piece
    while first < last and paragraph.tokens[first].text in ",;:—–":
        first += 1
    while last > first and paragraph.tokens[last - 1].text in ",;:—–":
        last -= 1
    return Span(paragraph.tokens[first].start, paragraph.tokens[last - 1].end) if last > first else None


def _spans(paragraph: Paragraph, pieces: list[Range]) -> tuple[Span, ...]:
    return tuple(span for piece in pieces if (span := _span(paragraph, piece)) is not None)


def _inverted(paragraph: Paragraph, cue: Cue, sentence: Range) -> bool:
    """Whether the subject stands behind the verb: ``"…," said the minister``."""
    if cue.kind != "verb" or cue.last >= sentence[1]:
        return False
    before = paragraph.tokens[cue.first - 1] if cue.first > sentence[0] else None
    after = paragraph.tokens[cue.last]
    if before is None or not (before.text in ",—–" or paragraph.closes(cue.first - 1)) or cue.last - cue.first > 2:
        return False
    named = (after.is_capitalised and after.low not in DAY_WORDS) or after.low in (
        "the", "a", "an", "one", "he", "she", "they", "another", "his", "her", "its", "their", "state", "local",
        "police", "officials", "two", "three", "some", "several", "many") or (
        cue.base == "say" and sentence[1] - cue.last <= 4)  # a headline: ", says leader"
    quoted = paragraph.closes(cue.first - 1) or (before.text == "," and cue.first >= 2
                                                 and paragraph.closes(cue.first - 2))
    if not named:
        return False
    if quoted or cue.base in ("say", "add", "write", "warn", "report", "explain"):
        return not _appositive_before(paragraph, cue, sentence) or quoted
    return False


def _appositive_before(paragraph: Paragraph, cue: Cue, sentence: Range) -> bool:
    """Whether the comma before a verb closes an appositive of its subject: ``Smith, the minister, said``."""
    return _appositive(paragraph, cue.first, sentence) is not None


def _appositive(paragraph: Paragraph, verb: int, sentence: Range) -> Range | None:
    """Return the range of ``NAME, apposition,`` right before a verb, None = none."""
    if verb - 1 <= sentence[0] or paragraph.tokens[verb - 1].text != ",":
        return None
    commas = [k for k in range(sentence[0], verb - 1) if paragraph.tokens[k].text == ","]
    for comma in reversed(commas[-3:]):
        start = phrase_start(paragraph, comma, sentence[0])
        name = paragraph.tokens[start:comma]
        inner = paragraph.tokens[comma + 1 : verb - 1]
        if not name or not inner or any(t.text in MARKS for t in (*name, *inner)):
            return None
        apposed = inner[0].low.endswith("ing") or inner[0].low in ("when", "in", "speaking", "asked", "at", "on") or (
            inner[0].low) in ("who", "which", "whose", "the", "a", "an", "another", "its", "his", "her", "one",
                                   "whom", "where") or inner[0].low.isdigit() or inner[-1].low.isdigit() or (
            len(inner) <= 8 and inner[0].low not in CONJUNCTIONS and inner[0].low not in PREPOSITIONS)
        apposed = apposed or (len(inner) <= 5 and inner[0].low in ("for", "in", "of", "however"))
        named = any(t.is_capitalised for t in name) or name[0].low in ("the", "a", "an", "one", "another", "he",
                                                                            "she")
        if apposed and named and name[0].low not in PREPOSITIONS:
            return start, verb - 1
    return None


def _after(paragraph: Paragraph, first: int, sentence: Range, whole: bool = False) -> Range:
    """Return the noun phrase that begins at a token: up to a mark, or to a word that opens an adverbial or clause."""
    at = first
    while at < sentence[1] and paragraph.tokens[at].text not in _AFTER_MARKS:
        low = paragraph.tokens[at].low
        if not whole and at > first and (low in DAY_WORDS or low in _AFTER_WORDS):
            break
        at += 1
    return first, at


def _listed(paragraph: Paragraph, source: Range, sentence: Range) -> Range:
    """Return a source that begins as a list of origins, whole: ``South Korean, Ukrainian and Western sources``."""
    first, at = source
    while at + 2 < sentence[1] and paragraph.tokens[at].text == "," and paragraph.tokens[at + 1].is_capitalised and (
            all(t.is_capitalised for t in paragraph.tokens[first:at] if t.is_word and t.low not in ("the", "and"))):
        last = at + 1
        while last < sentence[1] and (paragraph.tokens[last].is_capitalised or paragraph.tokens[last].low == "and"):
            last += 1
        if not any(t.low == "and" for t in paragraph.tokens[at:last]) and paragraph.tokens[last].text != ",":
            break
        at = last
        if any(t.low == "and" for t in paragraph.tokens[first:last]):
            return first, _after(paragraph, last, sentence, whole=True)[1]
    return source


def _source(paragraph: Paragraph, cue: Cue, cues: list[Cue], sources: dict[int, Range], sentence: Range
            ) -> Range | None:
    """Return the tokens of who says so."""
    if cue.kind == "according":
        return _listed(paragraph, _after(paragraph, cue.last, sentence, whole=True), sentence)
    if cue.kind == "noun":
        return _of_noun(paragraph, cue, sentence)
    if cue.kind == "passive":
        return _by_agent(paragraph, cue, sentence)
    if cue.kind == "view":
        return _of_view(paragraph, cue)
    if cue.kind == "quoted":
        quoted = next(k for k in range(cue.head - 2, -1, -1) if paragraph.tokens[k].low in ("quoted", "cited"))
        return quoted + 1, cue.head - 1
    if cue.kind == "participle":
        return _of_participle(paragraph, cue, cues, sources, sentence)
    if _inverted(paragraph, cue, sentence):
        return _after(paragraph, cue.last, sentence)
    return _subject(paragraph, cue, cues, sources, sentence)


def _subject(paragraph: Paragraph, cue: Cue, cues: list[Cue], sources: dict[int, Range], sentence: Range
             ) -> Range | None:
    before = cue.first - 1
    while before > sentence[0] and paragraph.tokens[before].low in DAY_WORDS:
        before -= 1
        if before > sentence[0] and paragraph.tokens[before].low in ("on", "late", "early", "last", "this"):
            before -= 1
    if before < sentence[0]:
        return None
    token = paragraph.tokens[before]
    if token.low in CONJUNCTIONS or (token.text == "," and before - 1 >= sentence[0]
                                     and paragraph.tokens[before - 1].low in CONJUNCTIONS):
        return _earlier(paragraph, cue, cues, sources, sentence) or _sentence_subject(paragraph, cue, sentence)
    apposed = _appositive(paragraph, cue.first, sentence)
    if apposed is not None:
        return apposed
    if token.low in ("who", "which", "that"):
        stop = before - 1 if before > sentence[0] and paragraph.tokens[before - 1].text == "," else before
        start = phrase_start(paragraph, stop, sentence[0])
        return (start, stop) if stop > start else None
    if token.text == ")":
        opened = next((k for k in range(before, sentence[0] - 1, -1) if paragraph.tokens[k].text == "("), None)
        before = before if opened is None else opened - 1
    if token.text in ",;:—–" or paragraph.closes(before):
        return _earlier(paragraph, cue, cues, sources, sentence)
    start = phrase_start(paragraph, before + 1, sentence[0])
    while start < before and paragraph.tokens[start].low in CONJUNCTIONS:
        start += 1
    return (start, cue.first) if cue.first > start else None


def _earlier(paragraph: Paragraph, cue: Cue, cues: list[Cue], sources: dict[int, Range], sentence: Range
             ) -> Range | None:
    """Return the source of the nearest earlier cue of the sentence that stands in no clause of its own."""
    found = [sources[c.head] for c in cues if sentence[0] <= c.head < cue.head and c.head in sources
             and c.kind != "according"]
    main = [s for s in found if s[0] == 0 or paragraph.tokens[s[0] - 1].low not in ("what", "which", "who", "whom",
                                                                                   "where", "whose")]
    chosen = main or found
    return chosen[-1] if chosen else None


def _sentence_subject(paragraph: Paragraph, cue: Cue, sentence: Range) -> Range | None:
    """Return the noun phrase that opens the sentence, past an adverbial with its comma."""
    first = sentence[0]
    if paragraph.tokens[first].text in OPENING + EITHER:
        return None
    if paragraph.tokens[first].low in PREPOSITIONS or paragraph.tokens[first].low in ("when", "while", "as", "asked"):
        comma = next((k for k in range(first, cue.first) if paragraph.tokens[k].text == ","), None)
        if comma is None:
            return None
        first = comma + 1
    at = first
    while at < cue.first and at < first + 14:
        low = paragraph.tokens[at].low
        if paragraph.tokens[at].text in ",;:—–(" or (at > first and low in ("is", "was", "are", "were", "has", "have",
                                                                           "had", "will", "would", "who", "which",
                                                                           "that")):
            break
        if at > first and low.endswith("ed") and not paragraph.tokens[at].is_capitalised:
            break
        at += 1
    return (first, at) if at > first else None


def _of_participle(paragraph: Paragraph, cue: Cue, cues: list[Cue], sources: dict[int, Range], sentence: Range
                   ) -> Range | None:
    before = paragraph.tokens[cue.first - 1] if cue.first > sentence[0] else None
    if before is not None and before.low in ("statement", "letter"):
        return phrase_start(paragraph, cue.first, sentence[0]), cue.first
    return _earlier(paragraph, cue, cues, sources, sentence) or _sentence_subject(paragraph, cue, sentence)


def _of_view(paragraph: Paragraph, cue: Cue) -> Range:
    """Return whose view: the possessive between "in" and the noun, its clitic left out."""
    last = cue.last - 1
    return cue.first + 1, last - 1 if paragraph.tokens[last - 1].low in ("'s", "'") else last


def _of_noun(paragraph: Paragraph, cue: Cue, sentence: Range) -> Range | None:
    before = cue.first - 1
    while before > sentence[0] and paragraph.tokens[before].low.endswith(("ed", "ing", "al", "ic", "ent", "er", "ous")):
        before -= 1
    if before >= sentence[0] and paragraph.tokens[before].low in ("his", "her", "their", "my", "our"):
        return before, before + 1
    if before > sentence[0] and paragraph.tokens[before].low in ("'s", "'", "’"):
        return phrase_start(paragraph, before, sentence[0]), before
    return None


def _by_agent(paragraph: Paragraph, cue: Cue, sentence: Range) -> Range | None:
    for at in range(cue.last, min(cue.last + 8, sentence[1])):
        if paragraph.tokens[at].low == "by" and at + 1 < sentence[1]:
            return _after(paragraph, at + 1, sentence)
        if paragraph.tokens[at].text in ",;:":
            break
    return None


#: The speaker's name in a transcript, at the start of a turn.
_LABEL = re.compile(r"([A-Z][A-Z.'’-]{2,}(?: [A-Z.'’-]{2,}){0,4}|[QA])(:)\s+(?=\S)")


def _labelled(text: str, paragraph: Paragraph) -> Attribution | None:
    """Return the turn of a transcript, ``MINISTER: …``: the label is the source of the whole paragraph."""
    first, last = paragraph.tokens[0].start, paragraph.tokens[-1].end
    found = _LABEL.match(text, first, last)
    if found is None or found.end() >= last:
        return None
    return Attribution(source=(Span(*found.span(1)),), cue=(Span(*found.span(2)),), content=(Span(found.end(), last),))


def attributions(text: str) -> list[Attribution]:
    """Return every attribution of a text, in the order of their cues.

    Returns
    -------
    Spans are characters of ``text``; a source that the text leaves out ("is believed to") is an empty tuple.
    """
    out: list[Attribution] = []
    for paragraph in paragraphs(text):
        if (labelled := _labelled(text, paragraph)) is not None:
            out.append(labelled)
        cues = cues_of(paragraph)
        sources: dict[int, Range] = {}
        for cue in cues:
            found = _source(paragraph, cue, cues, sources, paragraph.sentence_of(cue.head))
            if found is not None and found[1] > found[0]:
                sources[cue.head] = found
        for cue in cues:
            source = sources.get(cue.head)
            nameless = cue.kind == "noun" and cue.base in NAMELESS
            if source is None and cue.kind != "passive" and not nameless:
                continue
            content = content_of(paragraph, cue, source, cues, sources)
            spans = _spans(paragraph, content)
            if spans:
                out.append(Attribution(source=_spans(paragraph, [source]) if source else (),
                                       cue=_spans(paragraph, [(cue.first, cue.last)]), content=spans,
                                       reporting=cue.reporting))
    return out
