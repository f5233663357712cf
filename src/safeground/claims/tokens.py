"""A text as paragraphs, sentences, tokens and quotes, each with its characters [start, end)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"""
    (?:[A-Za-z]\.){2,}                                  # U.S., U.N.
  | \b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Capt|Maj|Sen|Rep|Gov|Prof|St|Rev|Jr|Sr|Inc|Corp|Ltd|Co|No|vs|Jan|Feb|Mar|Apr|Aug
      |Sept|Sep|Oct|Nov|Dec|Brig|Adm|Cmdr|Hon|Pres|Mt)\.(?=\s)
  | \$?\d[\d,.:/]*\d%?|\d%?                             # numbers, clock times
  | n['’]t\b | ['’](?:s|re|ve|d|ll|m)\b                 # clitics
  | [^\W\d_](?:[^\W_]|[-‐](?=\w)|['’](?!(?:s|re|ve|d|ll|m)\b)(?=\w))*  # words, with hyphens inside
  | --+ | \S
""", re.VERBOSE)
_PARAGRAPH = re.compile(r"\n\s*\n|\r\n\s*\r\n")
OPENING, CLOSING, EITHER = "“«„‟", "”»", "\""
MARKS = OPENING + CLOSING + EITHER + "‘’'"
ENDS = frozenset(".!?…")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark: its letters, the same in small letters with straight apostrophes, and its characters."""

    text: str
    low: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it holds a letter or a digit."""
        return any(c.isalnum() for c in self.text)

    @property
    def is_capitalised(self) -> bool:
        """Whether its first letter is a capital."""
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Tokens of one paragraph; sentences and quotes as ranges of token indexes [first, last), marks included."""

    tokens: tuple[Token, ...]
    sentences: tuple[tuple[int, int], ...]
    quotes: tuple[tuple[int, int], ...]

    def sentence_of(self, index: int) -> tuple[int, int]:
        """Return the range of the sentence that holds a token."""
        return next(s for s in self.sentences if s[0] <= index < s[1])

    def opens(self, index: int) -> bool:
        """Whether a token is a mark that opens a quote."""
        return any(q[0] == index for q in self.quotes)

    def closes(self, index: int) -> bool:
        """Whether a token is a mark that closes a quote."""
        return any(q[1] - 1 == index and self.tokens[index].text in MARKS for q in self.quotes)

    def quote_of(self, index: int) -> tuple[int, int] | None:
        """Return the range of the quote that holds a token, None = outside every quote."""
        return next((q for q in self.quotes if q[0] <= index < q[1]), None)


def tokens_of(text: str, offset: int = 0) -> tuple[Token, ...]:
    """Return a text's tokens, their characters counted from an offset."""
    out: list[Token] = []
    for found in _TOKEN.finditer(text):
        word = found.group()
        low = word.lower().replace("’", "'")
        if low.endswith("n't") and len(low) > 3:
            cut = found.start() + len(word) - 3
            out.append(Token(word[:-3], low[:-3], found.start() + offset, cut + offset))
            out.append(Token(word[-3:], "n't", cut + offset, found.end() + offset))
            continue
        out.append(Token(word, low, found.start() + offset, found.end() + offset))
    return tuple(out)


def _single(tokens: tuple[Token, ...], index: int, opened: int | None) -> bool:
    """Whether a single mark opens (or, if one is open, closes) a quote and is no apostrophe."""
    token = tokens[index]
    if token.text not in "‘’'":
        return False
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if opened is None:
        return token.text != "’" and (before is None or before.end < token.start) and (
            after is not None and after.start == token.end and after.is_word)
    return token.text != "‘" and before is not None and before.text in ".,!?" and before.end == token.start


def _quotes(tokens: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    """Pair quotation marks; a mark without a partner reaches to the paragraph's end (a quote that goes on)."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    single = False
    for index, token in enumerate(tokens):
        alone = _single(tokens, index, opened if single else None)
        if opened is None and (token.text in OPENING or token.text in EITHER or alone):
            opened, single = index, alone
        elif opened is not None and (alone if single else token.text in CLOSING or token.text in EITHER):
            found.append((opened, index + 1))
            opened = None
    if opened is not None and not single:
        found.append((opened, len(tokens)))
    return tuple(found)


def _sentences(tokens: tuple[Token, ...]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    first, index = 0, 0
    while index < len(tokens):
        if tokens[index].text in ENDS:
            last = index + 1
            while last < len(tokens) and (tokens[last].text in ENDS or (
                    tokens[last].text in CLOSING + ")]") or (
                    tokens[last].text in EITHER and tokens[last].start == tokens[last - 1].end)):
                last += 1
            following = tokens[last] if last < len(tokens) else None
            inner = tokens[index].text in "!?…" and following is not None and following.text[:1].islower()
            if not inner and (following is None or following.start > tokens[last - 1].end):
                out.append((first, last))
                first = last
            index = last
        else:
            index += 1
    if first < len(tokens):
        out.append((first, len(tokens)))
    return tuple(out)


def paragraphs(text: str) -> list[Paragraph]:
    """Return a text's paragraphs (parted by empty lines); a text without empty lines is one."""
    out, at = [], 0
    for found in [*_PARAGRAPH.finditer(text), None]:
        stop = len(text) if found is None else found.start()
        tokens = tokens_of(text[at:stop], at)
        if tokens:
            out.append(Paragraph(tokens, _sentences(tokens), _quotes(tokens)))
        at = len(text) if found is None else found.end()
    return out
