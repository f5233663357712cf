"""Find the words that show an attribution: verbs of speech and attitude, "according to", nouns of utterance."""

from __future__ import annotations

from dataclasses import dataclass

from safeground.claims.lexicon import (
    ADVERBS,
    ATTITUDE_NOUNS,
    AUXILIARIES,
    BE,
    BOUNDARY_WORDS,
    CONDITIONAL,
    CONJUNCTIONS,
    CUE_NOUNS,
    DAY_WORDS,
    DETERMINERS,
    FORMS,
    MODALS,
    NOUNISH,
    PREPOSITIONS,
    PRONOUNS,
    REPORTING,
    STANCE,
    TO_SAY,
    words,
)
from safeground.claims.tokens import CLOSING, EITHER, OPENING, Paragraph

_PUNCTUATION = frozenset(",;:—–()[]")
_NO_ADVERBS = words("family only early assembly ally bully rally supply reply apply jelly july italy")
_PREVERBAL = AUXILIARIES | ADVERBS
_MIGHT = words("would could may might should must can will 'd 'll ca shall")
_NO_SUBJECT = (DETERMINERS | (PREPOSITIONS - {"since"})) - words(
    "this that these those all some both such what which whose")
_COMPLEMENT = words("that to how why what whether if it he she they there we you i") | DETERMINERS


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue: its tokens [first, last), the head verb or noun, and how it stands.

    Attributes
    ----------
    kind : ``verb``, ``participle`` ("saying that"), ``passive``, ``according``, ``noun``.
    base : the verb's or noun's base form.  reporting : speech or writing rather than an attitude.
    """

    first: int
    last: int
    head: int
    base: str
    kind: str
    reporting: bool


def _is_mark(text: str) -> bool:
    return text in _PUNCTUATION or text in OPENING or text in CLOSING or text in EITHER


def _preverbal(paragraph: Paragraph, head: int, first: int) -> int:
    """Return where the verb group that ends in a head begins: adverbs and auxiliaries belong to it."""
    at = head
    while at > first:
        before = paragraph.tokens[at - 1]
        manner = before.low.endswith("ly") and before.low not in _NO_ADVERBS and not before.is_capitalised
        if before.low in _PREVERBAL or (before.low == "to" and at < head) or manner:
            at -= 1
        else:
            break
    return at


def _noun_reading(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> bool:
    """Whether a word that can be either is a noun here: after a determiner, an adjective or a preposition."""
    if head == sentence[0]:
        return paragraph.tokens[head].low not in ("says", "said")
    before = paragraph.tokens[head - 1]
    after = paragraph.tokens[head + 1] if head + 1 < sentence[1] else None
    if before.low in DETERMINERS or before.low in PREPOSITIONS or before.low in ("'s", "new", "first", "last", "no"):
        return True
    if before.low in PRONOUNS or before.low in _PREVERBAL:
        return False
    if after is None or (after.low in PREPOSITIONS and after.low not in ("on",)) or after.text in ",.;:":
        return True
    return after.low not in _COMPLEMENT and not after.is_capitalised and after.text not in OPENING + EITHER


def _finite(paragraph: Paragraph, head: int, begin: int, form: str, sentence: tuple[int, int]) -> bool:
    """Whether a form has a subject here, so that it says something of somebody."""
    group = [paragraph.tokens[k].low for k in range(begin, head)]
    if form == "same" and set(group) & {"has", "have", "had", "'ve"}:
        return True
    if form in ("base", "same"):
        if any(word in MODALS for word in group):
            return "to" not in group
        before = paragraph.tokens[begin - 1] if begin > sentence[0] else None
        if before is None or before.low in ("to", "not", "let", "and", "or"):
            return False
        plural = _plural(before.low) or _plural_head(paragraph, begin, sentence)
        return before.low in ("i", "we", "you", "they", "who", "people", "police", "some", "many", "others", "most",
                              "few", "men", "women", "both") or plural
    if form == "ing":
        return bool(set(group) & BE)
    return True


def _plural(word: str) -> bool:
    return word.endswith("s") and word != "'s" and not word.endswith(("ss", "us", "is"))


def _plural_head(paragraph: Paragraph, begin: int, sentence: tuple[int, int]) -> bool:
    """Whether the subject's noun before its first preposition is a plural: ``voters in the north remember``."""
    start = phrase_start(paragraph, begin, sentence[0])
    first = next((k for k in range(start, begin) if paragraph.tokens[k].low in PREPOSITIONS), None)
    return first is not None and first > start and _plural(paragraph.tokens[first - 1].low)


def _verb(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> Cue | None:
    token = paragraph.tokens[head]
    base, form = FORMS[token.low]
    begin = _preverbal(paragraph, head, sentence[0])
    group = [paragraph.tokens[k].low for k in range(begin, head)]
    if token.is_capitalised and head != sentence[0] and token.low not in ("said", "says"):
        return None
    if "to" in group or (begin > sentence[0] and paragraph.tokens[begin - 1].low == "to"):
        return _infinitive(paragraph, head, begin, base, sentence)
    if token.low in NOUNISH and not group and _noun_reading(paragraph, head, sentence):
        return None
    if form == "ing" and not set(group) & BE:
        return _participle(paragraph, head, base, sentence)
    if set(group) & _MIGHT and base not in CONDITIONAL:
        return None
    passive = form in ("past", "participle") and bool(set(group) & BE) and base not in ("agree", "determine")
    if not passive and form == "participle" and not set(group) & {"has", "have", "had", "'ve", "having", "'s"}:
        return None
    if not _finite(paragraph, head, begin, form, sentence):
        return None
    if not passive and form == "past" and not group and begin > sentence[0] and (
            paragraph.tokens[begin - 1].low in _NO_SUBJECT):
        return None  # "the alleged plan", "by proposed rules"
    return Cue(begin, head + 1, head, base, "passive" if passive else "verb", base in REPORTING - STANCE)


def _infinitive(paragraph: Paragraph, head: int, begin: int, base: str, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of "went on to say"; any other infinitive has no subject of its own."""
    at = begin - 1
    while at > sentence[0] and paragraph.tokens[at].low in ("to", "on"):
        at -= 1
    if at >= sentence[0] and paragraph.tokens[at].low in TO_SAY - {"declined", "refused", "declines", "refuses",
                                                                   "decline", "refuse"}:
        return Cue(at, head + 1, head, base, "verb", base in REPORTING)
    return None


def _participle(paragraph: Paragraph, head: int, base: str, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of ", saying that …": a participle after a comma, or with its complement right behind it."""
    if base in ("cite", "call", "find", "show", "read", "address") or (
            base not in REPORTING and base not in ("believe", "hope", "fear", "expect")):
        return None
    before = paragraph.tokens[head - 1] if head > sentence[0] else None
    after = paragraph.tokens[head + 1] if head + 1 < sentence[1] else None
    if before is not None and (before.low in DETERMINERS or before.low in ("of", "for", "by", "in", "from", "'s")):
        return None
    parted = before is None or before.text in ",—–;" + CLOSING + EITHER or before.low in (
        "while", "and", "not", "statement", "letter")
    fits = after is not None and (after.low in _COMPLEMENT or after.is_capitalised or after.low in PREPOSITIONS
                                  or after.text in ":," + OPENING + EITHER)
    if parted and (fits or base in ("say", "add")):
        return Cue(head, head + 1, head, base, "participle", base in REPORTING)
    return None


def _according(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    if paragraph.tokens[at].low == "according" and at + 1 < sentence[1] and paragraph.tokens[at + 1].low == "to":
        return Cue(at, at + 2, at, "according", "according", True)
    return None


def _put_it(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of "as the chairman put it"."""
    if paragraph.tokens[at].low in ("put", "puts") and at + 1 < sentence[1] and paragraph.tokens[at + 1].low == "it":
        return Cue(at, at + 2, at, "put", "verb", True)
    return None


def _noun(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of "her claim that …": a noun of utterance or attitude with its content behind "that"."""
    low = paragraph.tokens[at].low
    if low not in CUE_NOUNS and low not in ATTITUDE_NOUNS:
        return None
    after = paragraph.tokens[at + 1] if at + 1 < sentence[1] else None
    if after is None or after.low != "that":
        return None
    return Cue(at, at + 1, at, low, "noun", low in CUE_NOUNS)


def cues_of(paragraph: Paragraph) -> list[Cue]:
    """Return the cues of a paragraph in order; none shares its head with another."""
    out: list[Cue] = []
    for sentence in paragraph.sentences:
        for at in range(*sentence):
            cue = _according(paragraph, at, sentence) or _put_it(paragraph, at, sentence)
            low = paragraph.tokens[at].low
            if cue is None and low in FORMS:
                cue = _verb(paragraph, at, sentence)
            if cue is None:
                cue = _noun(paragraph, at, sentence)
            if cue is not None:
                out.append(cue)
    return out


def phrase_start(paragraph: Paragraph, last: int, first: int) -> int:
    """Return where the noun phrase that ends before token ``last`` begins, walking left to a clause boundary."""
    at = last
    while at > first:
        before = paragraph.tokens[at - 1]
        mark = _is_mark(before.text) or paragraph.closes(at - 1) or paragraph.opens(at - 1)
        if mark or before.low in BOUNDARY_WORDS or before.low in DAY_WORDS:
            break
        if before.low in CONJUNCTIONS and not (before.low == "and" and _joins_names(paragraph, at - 1, first)):
            break
        if before.low == "saying":
            break
        if at < last and before.low not in NOUNISH and FORMS.get(before.low, ("", ""))[1] in ("past", "finite", "base",
                                                                                             "ing"):
            break
        at -= 1
    return at


def _joins_names(paragraph: Paragraph, at: int, first: int) -> bool:
    """Whether an "and" joins two names or two nouns rather than two clauses."""
    if at == first or at + 1 >= len(paragraph.tokens):
        return False
    before, after = paragraph.tokens[at - 1], paragraph.tokens[at + 1]
    return before.is_capitalised and after.is_capitalised and before.is_word
