"""Page furniture within a text as scraped: titles, slugs, captions, advertisements, author boxes, share links.

Nothing in them becomes a claim: a caption repeats the text, a bio's ``over a decade`` is no time, and a title is the
paper's.  The rules look at the form of a line and at its place, never at one paper's words.
"""

from __future__ import annotations

import re

from safeground.claims.sentences import paragraphs
from safeground.records.claims import Block, Span

_BULLET = re.compile(r"^[\s•▪◦●‣·*–—-]+")
_WHOLE = {
    "advertisement": r"adverti[sz]e?ments?|advert|ads?|sponsored(?: (?:content|post|links?))?|promoted(?: content)?"
                     r"|paid content"
                     r"|(?:story|article) continues (?:below|after)(?: (?:this )?(?:advertisement|ad))?|continue "
                     r"reading(?: below| the main "
                     r"story)?|scroll (?:down )?to continue.{0,40}|skip (?:advertisement|ad|to (?:main )?content)",
    "share": r"share(?: (?:on|via|to|with) .{1,30})?|share (?:the |this )?(?:story|article|post|page|news|via.{0,20})"
             r"|shares?|tweet(?: this)?"
             r"|facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|e-?mail(?: this)?|print(?: this)?(?: "
             r"article)?|copy link"
             r"|follow us.{0,60}|like us.{0,40}|(?:click to )?share .{0,40}|\d+ shares?|save|bookmark",
    "related": r"(?:related(?: (?:articles?|stories|content|topics|news|posts?|links?))?|read (?:more|also|next)|see "
               r"also|more (?:on this(?: "
               r"story)?|from .{2,40}|stories|news)|recommended(?: (?:for you|stories|articles))?|you (?:may|might) "
               r"also (?:like|be interested"
               r" in)|also read|don['’]t miss|trending(?: now)?|most (?:read|popular|viewed)|latest(?: news| "
               r"stories)?|top stories|editors?['’]? "
               r"picks?|up next|watch(?: more| also| now)?)(?:\s*[:»>|].*)?",
    "subscribe": r"(?:subscribe|sign up|register|log ?in|sign in|join (?:us|our)|get (?:our|the) (?:latest|newsletter"
                 r"|daily)).{0,120}"
                 r"|newsletters?|.{0,60}\bnewsletter\b.{0,60}|support (?:us|our journalism).{0,80}|donate(?: now)?",
    "comments": r"comments?(?: \(\d+\))?|\d+ comments?|leave a (?:comment|reply).{0,40}|post a comment|join the "
                r"(?:discussion|conversation)"
                r"|(?:view|show|read) (?:all )?comments?|comments are closed\.?",
    "copyright": r"(?:©|\(c\)|copyright\b).{0,160}|all rights reserved\.?|.{0,80}\ball rights reserved\.?|terms "
                 r"(?:of use|and conditions).{0,60}"
                 r"|privacy policy.{0,60}|.{0,80}may not be (?:published|reproduced|copied).{0,120}",
    "meta": r"(?:published|updated|last (?:updated|modified)|posted|first published|modified|created)(?: (?:on"
            r"|at))?\s*:?\s.{4,60}"
            r"|\d+ min(?:ute)?s?(?: read|s? ago)?|reading time.{0,30}|(?:tags?|topics?|filed under|categor(?:y|ies)"
            r"|keywords?|section)\s*:.{0,200}"
            r"|home\s*[/»>].{0,120}|listen to this article.{0,40}|this article (?:was|is) .{0,30}(?:published"
            r"|updated).{0,80}",
    "author": r"(?:about the |the )?authors?s?|written by|reporters?|contributors?|by ?line|about (?:us|me)",
}
_KINDS = {kind: re.compile(rf"(?:{pattern})\s*[:.»>]?", re.IGNORECASE) for kind, pattern in _WHOLE.items()}
_BYLINE = re.compile(r"(?:(?:By|Words by|Text by|Written by|Reported by|Story by|Photographs? by|Edited "
                     r"by)\s+)(?:[A-Z][\w.'’-]+\s*(?:,|and|&|in|for|of|the|-|\|)?"
                     r"\s*){1,12}")
_SLUG = re.compile(r"(?:[A-Z][\w.'’/-]*(?:[ ,]+(?:of |the |and |in )?[A-Z0-9][\w.'’/-]*){0,6}\s*\([A-Z][^()\n]{2,48}"
                   r"\)\s*){1,4}")
_CREDIT = re.compile(
    r"(?:\b(?:photo(?:graph)?s?|images?|pictures?|pics?|video|credits?|source|courtesy|file photo|illustration"
    r"|graphic|map|screenshot|screengrab)"
    r"(?: credits?| courtesy| source)?\s*(?::|/|by |courtesy)\s*[^.!?\n]{2,60}\.?|\((?:photo|image|picture|file"
    r"|credit|courtesy|source|ap|afp|reuters"
    r"|getty)\b[^()\n]{0,60}\)|[/|©]\s*(?:getty(?: images)?|reuters|afp|ap(?: photo)?|epa|shutterstock|alamy|tass"
    r"|anadolu|xinhua|wikimedia)\b.{0,40}"
    r"|\b(?:getty images|ap photo|reuters/[A-Z].{1,30}|afp via .{2,20}))\s*$", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w.'’-]+(?:\s+(?:(?:al|bin|de|van|von|da|el|ben|la)[ -])?[A-Z][\w.'’-]+){1,4}")
_BIO = re.compile(r"^(?:(?P<name>[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]+){0,4})|he|she|they|the author)\s+(?:is|was|has "
                  r"been|works|writes|reports|covers)\b.{0,60}\b(?:journalist"
                  r"|reporter|correspondent|editor|writer|contributor|columnist|photographer|producer|author|blogger"
                  r"|content creator|fellow"
                  r"|analyst at|intern)\b", re.IGNORECASE)
_CAPTION_WORDS, _TITLE_WORDS = 60, 28
#: Furniture after which short lines to the end of the text are furniture too.
_ENDS = {"author", "related", "comments", "share", "copyright", "subscribe"}


def _line_kind(line: str) -> str:
    """Return the kind that a line's form alone tells, "" = it tells none."""
    bare = _BULLET.sub("", line).strip()
    if not bare:
        return ""
    if len(bare) <= 200:
        for kind, pattern in _KINDS.items():
            if pattern.fullmatch(bare):
                return kind
    words = len(bare.split())
    if len(bare) > 500:
        return ""
    if words <= 14 and _BYLINE.fullmatch(bare):
        return "author"
    if words <= 18 and _SLUG.fullmatch(bare):
        return "slug"
    if words <= _CAPTION_WORDS and _CREDIT.search(bare) and bare.count("“") == bare.count("”") <= 1:
        return "credit" if words <= 8 and _CREDIT.match(bare) else "caption"
    return ""


def _title_kind(lines: list[str], title: str) -> bool:
    """Return whether the first line is a title: no full stop, short, and longer paragraphs after it."""
    first = lines[0].strip()
    if title and first.casefold() == title.strip().casefold():
        return True
    if first.startswith("# "):
        return True
    if len(lines) < 3 or len(first.split()) > _TITLE_WORDS or re.search(r"[.;:,…][\"”’]?$", first):
        return False
    return max(len(line) for line in lines[1:6]) > len(first)


def furniture(text: str, title: str = "") -> list[Block]:
    """Return the page furniture of a text as scraped, in order, one block a paragraph.

    Parameters
    ----------
    title : the title, where it is known from elsewhere; a line equal to it is furniture wherever it stands.

    Returns
    -------
    Blocks of the kinds ``title``, ``slug``, ``caption``, ``credit``, ``advertisement``, ``author``, ``author_bio``,
    ``share``, ``related``, ``subscribe``, ``comments``, ``copyright`` and ``meta``.
    """
    spans = paragraphs(text)
    lines = [text[span.start:span.end] for span in spans]
    kinds = [_line_kind(line) for line in lines]
    if lines and not kinds[0] and _title_kind(lines, title):
        kinds[0] = "title"
    heading = (title or (lines[0] if kinds[:1] == ["title"] else "")).strip().casefold()
    for number, line in enumerate(lines):
        if heading and not kinds[number] and line.strip().casefold() == heading:
            kinds[number] = "title"
        after_slug = number > 0 and kinds[number - 1] == "slug" and spans[number].start - spans[number - 1].end <= 2
        if not kinds[number] and after_slug and len(line.split()) <= _CAPTION_WORDS:
            kinds[number] = "caption"
    _author_box(lines, kinds)
    _tail(lines, kinds)
    return [Block(span=span, kind=kind) for span, kind in zip(spans, kinds, strict=True) if kind]


def _author_box(lines: list[str], kinds: list[str]) -> None:
    """Mark the name and the bio that follow an author's label, and bios near the end without one."""
    for number, kind in enumerate(kinds):
        if kind != "author" or not _KINDS["author"].fullmatch(_BULLET.sub("", lines[number]).strip()):
            continue
        name = ""
        for later in range(number + 1, min(number + 5, len(lines))):
            bare = _BULLET.sub("", lines[later]).strip()
            if kinds[later]:
                continue
            if _NAME.fullmatch(bare):
                kinds[later], name = "author", bare
            elif _BIO.match(bare) or (name and name.casefold() in bare.casefold()):
                kinds[later] = "author_bio"
            else:
                break
    for number in range(max(0, len(lines) - 5), len(lines)):
        if not kinds[number] and len(lines) > 3 and _BIO.match(_BULLET.sub("", lines[number]).strip()) \
                and (number == len(lines) - 1 or any(kinds[number + 1:])) and len(lines[number].split()) <= 70:
            kinds[number] = "author_bio"


def _tail(lines: list[str], kinds: list[str]) -> None:
    """Mark short lines without a full stop that lie between closing furniture at the end of the text."""
    number = len(lines) - 1
    while number > 0 and (kinds[number] or (len(lines[number].split()) <= 12 and not re.search(r"[.!?][\"”’)]?$",
                                                                                               lines[number].strip()))):
        number -= 1
    closing = False
    for later in range(number + 1, len(lines)):
        if not kinds[later] and closing:
            kinds[later] = "related"
        closing = closing or kinds[later] in _ENDS


def without_furniture(text: str, title: str = "") -> str:
    """Return a text without its page furniture, paragraphs parted as they were by line ends."""
    return "\n".join(text[span.start:span.end] for span in body_spans(text, furniture(text, title)))


def body_spans(text: str, blocks: tuple[Block, ...] | list[Block]) -> list[Span]:
    """Return the paragraphs of a text that are no furniture; claims are looked for in these alone."""
    taken = [block.span for block in blocks]
    found, at = [], 0
    for span in paragraphs(text):  # both are in order
        while at < len(taken) and taken[at].end <= span.start:
            at += 1
        if at == len(taken) or not taken[at].overlaps(span):
            found.append(span)
    return found
