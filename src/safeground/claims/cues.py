"""Find the words that show an attribution: verbs of speech and attitude, "according to", nouns of utterance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

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
    QUOTING,
    REPORTING,
    STANCE,
    TO_SAY,
    words,
)
from safeground.claims.tokens import CLOSING, EITHER, OPENING, Paragraph, Token

_PUNCTUATION = frozenset(",;:—–()[]")
_NO_ADVERBS = words("family only early assembly ally bully rally supply reply apply jelly july italy")
_PREVERBAL = AUXILIARIES | ADVERBS
_MIGHT = words("would could may might should must can will 'd 'll ca shall")
_NO_SUBJECT = (DETERMINERS | (PREPOSITIONS - {"since"})) - words(
    "this that these those all some both such what which whose")
_PLURALS = words("people men women children police staff media clergy")
_NUMBERS = words("two three four five six seven eight nine ten several many few more")
#: A sentence of more tokens is a list, or made to stall a reader; its end is asked for no cue.
_LONGEST = 1200
#: How many tokens back an earlier verb of the same subject is looked for.
_NEAR = 60
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
    if before.low in DETERMINERS | PREPOSITIONS | _NUMBERS or before.low in ("'s", "new", "first", "last", "no"):
        return True
    if before.low[:1].isdigit():
        return True
    if before.low in PRONOUNS or before.low in _PREVERBAL or before.low in DAY_WORDS:
        return False
    adjective = not before.is_capitalised and before.low.endswith(("al", "ic", "ive", "ous", "ary", "ful", "ing",
                                                                   "ed"))
    if after is not None and after.low == "to" and not adjective and (
            head + 2 < sentence[1] and paragraph.tokens[head + 2].low not in DETERMINERS):
        return False  # "its members plan to raise"
    if _closes_sentence(paragraph, head, sentence):
        return False
    if _plural(before.low) and FORMS[paragraph.tokens[head].low][1] == "base" and after is not None and (
            after.low in ("in", "on") and phrase_start(paragraph, head, sentence[0]) == sentence[0]):
        return False  # "Researchers report in today's issue"
    if after is None or (after.low in PREPOSITIONS and after.low not in ("on",)) or after.text in ",.;:":
        return True
    return after.low not in _COMPLEMENT and not after.is_capitalised and after.text not in OPENING + EITHER


def _closes_sentence(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> bool:
    """Whether a plural and this word end a sentence behind a comma: ``…, critics charge.``"""
    before = paragraph.tokens[head - 1]
    if head + 1 < sentence[1] and paragraph.tokens[head + 1].text not in (".", "?", "!"):
        return False
    if not (_plural(before.low) or before.is_capitalised):
        return False
    start = phrase_start(paragraph, head, sentence[0])
    return start - 1 > sentence[0] + 2 and paragraph.tokens[start - 1].text == "," and head - start <= 5


def _finite(paragraph: Paragraph, head: int, begin: int, form: str, sentence: tuple[int, int]) -> bool:
    """Whether a form has a subject here, so that it says something of somebody."""
    group = [paragraph.tokens[k].low for k in range(begin, head)]
    if form == "same" and set(group) & {"has", "have", "had", "'ve"}:
        return True
    if form in ("base", "same"):
        if any(word in MODALS for word in group):
            return "to" not in group
        while begin - 1 > sentence[0] and paragraph.tokens[begin - 1].low in ("here", "there", "nearby", "alike"):
            begin -= 1
        before = paragraph.tokens[begin - 1] if begin > sentence[0] else None
        if before is not None and before.text == ",":
            begin = _before_aside(paragraph, begin, sentence)
            before = paragraph.tokens[begin - 1] if begin > sentence[0] else None
        if form == "same" and head + 1 < sentence[1] and before is not None and (
                before.low in DAY_WORDS and paragraph.tokens[head + 1].low in DETERMINERS):
            return True
        if before is not None and before.low == "and":
            near = max(sentence[0], begin - _NEAR)
            return any(FORMS.get(t.low, ("", ""))[1] == "base" and _plural(paragraph.tokens[k].low)
                       for k, t in enumerate(paragraph.tokens[near + 1 : begin - 1], near))
        if before is None or before.low in ("to", "not", "let", "or"):
            return False
        plural = _plural(before.low) or _plural_head(paragraph, begin, sentence)
        return before.low in ("i", "we", "you", "they", "who", "people", "police", "some", "many", "others", "most",
                              "few", "men", "women", "both") or plural
    if form == "ing":
        return bool(set(group) & BE)
    return True


def _plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and word != "'s" and not word.endswith(("ss", "us", "is")))


def _plural_head(paragraph: Paragraph, begin: int, sentence: tuple[int, int]) -> bool:
    """Whether the subject's noun before its first preposition is a plural: ``voters in the north remember``."""
    start = phrase_start(paragraph, begin, sentence[0])
    first = next((k for k in range(start, begin) if paragraph.tokens[k].low in PREPOSITIONS), None)
    return first is not None and first > start and any(_plural(t.low) for t in paragraph.tokens[start:first][-2:])


def _before_aside(paragraph: Paragraph, begin: int, sentence: tuple[int, int]) -> int:
    """Return the token behind the subject of ``the rebels, for their part, accuse``; the same one where none is."""
    comma = next((k for k in range(begin - 2, max(sentence[0], begin - 12), -1) if paragraph.tokens[k].text == ","),
                 None)
    return begin if comma is None else comma


def _verb(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> Cue | None:
    token = paragraph.tokens[head]
    base, form = FORMS[token.low]
    if base in QUOTING and not _beside_quote(paragraph, head, sentence):
        return None
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
    declined = base in ("comment", "elaborate", "confirm") and (
        set(group) & {"not", "n't"} or (begin > sentence[0] and paragraph.tokens[sentence[0]].low in ("neither", "no")))
    if set(group) & _MIGHT and base not in CONDITIONAL and not declined:
        return None
    if form == "finite" and set(group) & BE:
        return None  # "there were reports"
    passive = form in ("past", "participle") and bool(set(group) & BE) and base not in ("agree", "determine")
    if passive and (base == "worry" or (base in ("quote", "cite") and _said_of(paragraph, head, sentence))):
        return None
    if not passive and form == "participle" and not set(group) & {"has", "have", "had", "'ve", "having", "'s"}:
        return None
    if not _finite(paragraph, head, begin, form, sentence):
        return None
    if not passive and form == "past" and not group and begin > sentence[0] and (
            paragraph.tokens[begin - 1].low in _NO_SUBJECT):
        return None  # "the alleged plan", "by proposed rules"
    return Cue(begin, head + 1, head, base, "passive" if passive else "verb", base in (REPORTING | QUOTING) - STANCE)


def _said_of(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> bool:
    """Whether "as saying" follows: the cue is then that."""
    low = [token.low for token in paragraph.tokens[head + 1 : min(head + 10, sentence[1])]]
    return any(pair in (("as", "saying"), ("as", "telling")) for pair in pairwise(low))


def _beside_quote(paragraph: Paragraph, head: int, sentence: tuple[int, int]) -> bool:
    """Whether a quotation ends right before a verb or its short subject, or begins behind a colon or comma."""
    back = range(head - 1, max(sentence[0] - 1, head - 8), -1)
    for k in back:
        if paragraph.closes(k):
            return True
        if paragraph.tokens[k].text in ";:.":
            break
    return any(paragraph.opens(k) for k in range(head + 1, min(head + 4, sentence[1])))


def _infinitive(paragraph: Paragraph, head: int, begin: int, base: str, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of "went on to say"; any other infinitive has no subject of its own."""
    yet = next((k for k in range(head - 2, max(sentence[0], head - 4), -1) if paragraph.tokens[k].low == "yet"), None)
    if yet is not None and paragraph.tokens[yet - 1].low in ("have", "has", "had") and base in REPORTING:
        return Cue(yet - 1, head + 1, head, base, "verb", True)
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


def _in_view(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of ``in his view`` and ``in the words of one grocer``."""
    tokens, stop = paragraph.tokens, sentence[1]
    if tokens[at].low != "in" or at + 2 >= stop:
        return None
    for k in range(at + 2, min(at + 8, stop)):
        if tokens[k].low not in ("view", "opinion", "words", "judgment", "judgement", "eyes", "estimation"):
            if tokens[k].text in ",;:." or paragraph.opens(k):
                return None
            continue
        of = k + 1 < stop and tokens[k + 1].low == "of"
        if of and tokens[k - 1].low == "the" and k == at + 2:
            return Cue(at, k + 2, at, "according", "according", tokens[k].low == "words")
        if not of and (tokens[at + 1].low in ("his", "her", "their", "my", "our") or tokens[k - 1].low in ("'s", "'")):
            return Cue(at, k + 1, at, "view", "view", tokens[k].low == "words")
        return None
    return None


def _as_saying(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of ``was quoted as saying`` and ``quoted an official as saying``."""
    tokens = paragraph.tokens
    if at == sentence[0] or tokens[at].low not in ("saying", "telling") or tokens[at - 1].low != "as":
        return None
    quoted = next((k for k in range(at - 2, max(sentence[0] - 1, at - 16), -1) if tokens[k].low in ("quoted", "cited")),
                  None)
    if quoted is None:
        return None
    first = _preverbal(paragraph, quoted, sentence[0])
    passive = {tokens[k].low for k in range(first, quoted)} & BE
    if passive:
        return Cue(first, at + 1 if quoted == at - 2 else quoted + 1, at, "say", "verb", True)
    return Cue(at, at + 1, at, "say", "quoted", True)


def _noun(paragraph: Paragraph, at: int, sentence: tuple[int, int]) -> Cue | None:
    """Return the cue of "her claim that …": a noun of utterance or attitude with its content behind "that"."""
    low = paragraph.tokens[at].low
    if low not in CUE_NOUNS and low not in ATTITUDE_NOUNS:
        return None
    after = paragraph.tokens[at + 1] if at + 1 < sentence[1] else None
    if after is not None and after.text in ("--", "—", "–", ",") and at + 2 < sentence[1]:
        after = paragraph.tokens[at + 2]
    if after is None or after.low != "that":
        return None
    return Cue(at, at + 1, at, low, "noun", low in CUE_NOUNS)


def cues_of(paragraph: Paragraph) -> list[Cue]:
    """Return the cues of a paragraph in order; none shares its head with another."""
    out: list[Cue] = []
    for sentence in paragraph.sentences:
        for at in range(sentence[0], min(sentence[1], sentence[0] + _LONGEST)):
            cue = (_according(paragraph, at, sentence) or _put_it(paragraph, at, sentence)
                   or _in_view(paragraph, at, sentence) or _as_saying(paragraph, at, sentence))
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
    if before.is_capitalised and after.is_capitalised and before.is_word:
        return True
    comma = next((k for k in range(at - 1, max(first - 1, at - 7), -1) if paragraph.tokens[k].text == ","), None)
    if comma is None or comma + 1 >= at or not _opens_noun(after):
        return False  # ", two residents and a militia member said"
    inner = paragraph.tokens[comma + 1 : at]
    return _opens_noun(inner[0]) and not any(t.low in FORMS and FORMS[t.low][1] in ("past", "finite") for t in inner)


def _opens_noun(token: Token) -> bool:
    return token.low in ("a", "an", "the", "his", "her", "their", "its") or token.low in _NUMBERS or token.low.isdigit()
