"""News pages: the article's text without what surrounds it, and when it was published, with the evidence for the date.

Text by trafilatura in its precise mode, then without the title, captions, credits, advertisements and links that it
leaves; where that is much shorter than what the page itself declares as its article, the fuller reading is taken. 
Dates by htmldate.  Nothing is fetched.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from typing import Any

import htmldate
import trafilatura

from safeground.claims.furniture import without_furniture
from safeground.claims.letters import decode
from safeground.claims.reading import LETTERS_MAX, Reading, refuse
from safeground.claims.wording import words

#: Tags may nest so deep; browsers stop at 512.  A page may have so many; more are made to stall a reader.
DEPTH_MAX, TAGS_MAX = 700, 200_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
_VOID = frozenset(words(
"area base br col embed hr img input link meta param source track wbr p li td tr th option dt dd tbody thead"))
_SILENT = ("script", "style", "noscript", "template", "svg", "iframe")
_TAGS = re.compile(r"<[^>]{0,2000}>")
_META_DATE = re.compile(r"<meta\b[^>]{0,400}(?:published|pubdate|datePublished|dc\.date|date|sailthru"
                        r"|parsely)[^>]{0,400}>", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^>]{0,400}>", re.IGNORECASE)
#: A page that declares its own text: ours may be so much shorter before the fuller reading is asked.
_SHORT = 0.6
_MIN_LETTERS = 250
#: Fewer words than this are a menu, not a report.
_LEAST_WORDS = 8


def _elements(page: str, name: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield (opening tag, content, start, end) of the elements of a name, up to the first that is never closed.

    Each search begins where the last one ended: a page of a million openings costs one pass.
    """
    opening = re.compile(rf"<{name}\b", re.IGNORECASE)
    closing = re.compile(rf"</{name}\s{{0,40}}>", re.IGNORECASE)
    at = 0
    while found := opening.search(page, at):
        tag_end = page.find(">", found.end())
        closed = closing.search(page, tag_end + 1) if tag_end >= 0 else None
        if closed is None:
            return
        yield page[found.start():tag_end + 1], page[tag_end + 1:closed.start()], found.start(), closed.end()
        at = closed.end()


def _shown(page: str) -> str:
    """Return a page without comments, scripts and styles; what is never closed is left out to the end."""
    pieces, at = [], 0
    while (begin := page.find("<!--", at)) >= 0:
        pieces.append(page[at:begin])
        end = page.find("-->", begin + 4)
        at = len(page) if end < 0 else end + 3
    bare = "".join((*pieces, page[at:]))
    for name in _SILENT:
        pieces, at = [], 0
        for _, _, begin, end in _elements(bare, name):
            pieces.append(bare[at:begin])
            at = end
        bare = "".join((*pieces, bare[at:]))
    return bare


def depth(page: str) -> int:
    """Return how deep the tags of a page nest, scripts and comments apart; closing tags that fit nothing count for "
    "nothing."""
    bare = _shown(page)
    deepest = now = 0
    for tag in _TAG.finditer(bare):
        if tag[2].lower() in _VOID or tag[3]:
            continue
        now = max(0, now - 1) if tag[1] else now + 1
        deepest = max(deepest, now)
    return deepest


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAGS.sub(" ", markup)).split())


def _declared(page: str) -> tuple[str, dict[str, Any]]:
    """Return the article's text that a page declares for machines, and the item that declares it; "" = none."""
    best = ""
    holder: dict[str, Any] = {}
    for tag, inner, _, _ in _elements(page, "script"):
        if "application/ld+json" not in tag.lower():
            continue
        try:
            data = json.loads(html.unescape(inner) if "&quot;" in inner else inner, strict=False)
        except (ValueError, RecursionError):
            continue
        queue = data if isinstance(data, list) else [data]
        for item in queue[:40]:
            if not isinstance(item, dict):
                continue
            if isinstance(item.get("@graph"), list):
                queue += item["@graph"][:40]
            if "headline" in item or "datePublished" in item:
                holder = holder or item
            body = item.get("articleBody")
            if isinstance(body, str) and len(body) > len(best):
                best, holder = body, item
    return html.unescape(_TAGS.sub("\n", best)), holder


def _extract(page: str, *, precise: bool, recall: bool = False) -> str:
    found = trafilatura.extract(page, favor_precision=precise, favor_recall=recall, include_comments=False,
                                include_tables=True,
                                include_formatting=False, output_format="txt")
    return found or ""


def _trimmed(page: str, text: str, title: str) -> str:
    """Return an extracted text without furniture and without the captions that the page marks as such."""
    captions = {" ".join(_words(_plain(inner))) for name in ("figcaption", "figure")
                for _, inner, _, _ in _elements(page, name)} - {""}
    heads = {" ".join(_words(head)) for head in (title, *(_plain(inner) for _, inner, _, _ in _elements(page,
                                                                                                        "h1")))} - {""}
    kept: list[str] = []
    for line in without_furniture(text, title).split("\n"):
        words = " ".join(_words(line))
        if words and (words in captions or (words in heads and not kept)):
            continue
        kept.append(line)
    return "\n".join(_once(kept)).strip()


#: The line under a story that says how to reach its writer.
_CONTACT = re.compile(r"\W*(?:Contact|Email|E-mail|Reach|Follow)\b.{0,120}(?:@|\d{3}[-\s]\d{4}|Twitter|Facebook)")
#: A quote lifted out of the text has at least so many words.
_PULLED = 6


def _once(lines: list[str]) -> list[str]:
    """Return the lines without quotes that are lifted out of a paragraph, and without a last line of contact."""
    while lines and (not lines[-1].strip() or (len(lines) > 1 and _CONTACT.match(lines[-1]))):
        lines = lines[:-1]
    plain = [" ".join(_words(line)) for line in lines]
    whole = "\n".join(plain)
    return [line for line, words in zip(lines, plain, strict=True)
            if words.count(" ") + 1 < _PULLED or whole.count(words) == 1 or words in plain[:plain.index(words)]
            or not any(words != other and words in other for other in plain)]


def _overlap(short: str, long: str) -> float:
    """Return the share of the words of one text that stand in another."""
    words, others = _words(short), set(_words(long))
    return sum(word in others for word in words) / len(words) if words else 0.0


def article_text(page: str, title: str = "") -> str:
    """Return the text of a page's article, paragraphs on lines of their own; "" = none was found.

    Parameters
    ----------
    title : the page's title, left out of the text.
    """
    text = _trimmed(page, _extract(page, precise=True), title)
    declared, _ = _declared(page)
    if len(text) < _MIN_LETTERS or (len(declared) > _MIN_LETTERS and len(text) < _SHORT * len(declared)):
        fuller = max((_trimmed(page, _extract(page, precise=False), title),
                      _trimmed(page, _extract(page, precise=False, recall=True), title)), key=len)
        if len(declared) > _MIN_LETTERS and len(fuller) < _SHORT * len(declared) and _overlap(text, declared) > 0.8:
            return _trimmed(page, declared, title)
        if len(fuller) > len(text) and (not declared or _overlap(declared, fuller) > 0.7):
            return fuller
    return text


def page_text(page: str) -> str:
    """Return the article's text of a page whose letters are known; the title is found in it and left out."""
    try:
        meta = trafilatura.extract_metadata(page)
        return article_text(page, (meta.title if meta else "") or "")
    except (ValueError, TypeError, AttributeError, RecursionError, IndexError, KeyError, AssertionError):
        return ""


def published(page: str, url: str = "") -> tuple[date | None, str, str]:
    """Return when a page says it was first published, where it says so, and how good that is.

    Returns
    -------
    The date, the evidence in words, and a letter: B = data for machines, C = a time element, D = the address or the
    text.
    """
    found = htmldate.find_date(page, original_date=True, extensive_search=True, url=url or None)
    if found is None:
        return None, "", ""
    day = date.fromisoformat(found)
    _, item = _declared(page)
    if str(item.get("datePublished", "")).startswith(found) or str(item.get("dateCreated", "")).startswith(found):
        return day, "datePublished in the page's data", "B"
    if any(found in tag[0] for tag in _META_DATE.finditer(page[:400_000])):
        return day, "a meta element of the page", "B"
    if any(found in tag[0] for tag in _TIME.finditer(page)):
        return day, "a time element of the page", "C"
    if re.search(rf"{day.year}[/-]?{day.month:02d}[/-]?(?:{day.day:02d})?", url or ""):
        return day, "the page's address", "D"
    return day, "a date in the page's text", "D"


def read_html(content: bytes, file: str) -> Reading:
    """Read a news page.

    Raises
    ------
    SourceError : it nests too deeply, or no article was found in it.
    """
    decoded = decode(content)
    page = decoded.text
    if (tags := page.count("<")) > TAGS_MAX:
        raise refuse("SG-CLAIMS-123", file, f"it has {tags:,} tags, at most {TAGS_MAX:,}.",
                     "Save the report as plain text.")
    if (deep := depth(page)) > DEPTH_MAX:
        raise refuse("SG-CLAIMS-123", file, f"its tags nest {deep:,} deep, at most {DEPTH_MAX}.",
                     "Save the report as plain text.")
    if re.search(r"<!ENTITY", page[:20_000], re.IGNORECASE):
        raise refuse("SG-CLAIMS-123", file, "it declares entities.", "Save the report as plain text.")
    try:
        meta = trafilatura.extract_metadata(page)
        title = (meta.title if meta else "") or ""
        text = article_text(page, title)[:LETTERS_MAX]
        day, evidence, grade = published(page, (meta.url if meta else "") or "")
    except (ValueError, TypeError, AttributeError, RecursionError, IndexError, KeyError, AssertionError) as error:
        raise refuse("SG-CLAIMS-122", file, f"the page cannot be read: {type(error).__name__} {str(error)[:120]}.",
                     "Save the report as plain text.") from error
    if len(_words(text)) < _LEAST_WORDS:
        raise refuse("SG-CLAIMS-124", file, "no article was found in the page.",
                     "Save the report's text as plain text.")
    return Reading(text=text, media_type="text/html", extractor=f"trafilatura {version('trafilatura')}, "
                                                                f"htmldate {version('htmldate')}",
                   title=title, byline=(meta.author if meta else "") or "", outlet=(meta.sitename if meta else "")
                   or "",
                   url=(meta.url if meta else "") or "", language=(meta.language if meta else "") or "",
                   published=day, evidence=evidence, grade=grade, notes=decoded.notes)
