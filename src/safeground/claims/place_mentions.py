"""Where a text names a place: capitalised names that a gazetteer knows, and unknown ones that say what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from safeground.claims.gazetteer import Gazetteer, Place, name_key
from safeground.claims.place_words import (
    DIRECTION,
    FUNCTION_WORDS,
    KIND_BEFORE,
    NAMED_FEATURE,
    NO_NAMES,
    NOT_A_PLACE_AFTER,
    NOT_A_PLACE_BEFORE,
    PREPOSITION,
    SHORT,
    TITLE,
    TYPE_AFTER,
    TYPE_BEFORE,
)
from safeground.claims.time_words import MONTHS, WEEKDAYS
from safeground.records.claims import PlaceLevel

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_](?:[^\W_]|[’'](?!s\b))*(?:-[^\W\d_](?:[^\W_]|[’'](?!s\b))*)*")
_POSSESSIVE = re.compile(r"['’]s?\s+$")
_LONGEST = 5
#: A settlement of the large gazetteer that nothing around it calls a place counts from this size, people.
_KNOWN_TOWN = 100_000
_NO_SURNAMES = FUNCTION_WORDS | set(MONTHS) | set(WEEKDAYS)
_TYPE_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text and what stands around it.

    Attributes
    ----------
    start, end : the name alone.  type : kind that the text gives (``region``), "" = none; type_end : its end.
    owner : ISO code of a possessive country right before (``Russia's``), "" = none.  direction : ``eastern``, "" =
        none;
    begin : where direction or type before the name begins.
    """

    start: int
    end: int
    name: str
    readings: tuple[Place, ...]
    type: str = ""
    begin: int = 0
    stop: int = 0
    owner: str = ""
    direction: str = ""


def _words(text: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(text))


def _joined(text: str, left: int, right: int) -> bool:
    between = text[left:right]
    return between in (" ", "-", "\n", " - ") or between == "’" or bool(re.fullmatch(r"\s", between))


def _is_name(words: list[re.Match[str]], first: int, last: int) -> bool:
    head, tail = words[first][0], words[last][0]
    return (head[0].isupper() or head.lower().startswith(("al-", "ad-", "ar-", "az-"))) and (
        tail[0].isupper() or bool(re.match(r"[a-z]{2}-[A-Z]", tail)))


def _owner(text: str, start: int, gazetteer: Gazetteer) -> str:
    """Return the country whose possessive stands right before a place, "" = none."""
    before = text[max(0, start - 48):start]
    direction = DIRECTION.search(before)
    if direction:
        before = before[:direction.start()]
    ended = _POSSESSIVE.search(before)
    if not ended:
        return ""
    stem = before[:ended.start()]
    for width in (4, 3, 2, 1):
        found = re.search(rf"((?:[\w.’'-]+\s+){{{width - 1}}}[\w.]+)$", stem)
        for place in gazetteer.lookup(found[1]) if found else ():
            if place.level is PlaceLevel.COUNTRY:
                return place.country
    return ""


def _framed(text: str, start: int, end: int) -> bool:
    """Return whether the words around a name speak of a place."""
    before, after = text[max(0, start - 40):start], text[end:end + 24]
    if PREPOSITION.search(before) or KIND_BEFORE.search(before) or TYPE_BEFORE.search(before):
        return True
    return bool(TYPE_AFTER.match(after) or re.match(r"[,(]\s*[A-Z]|['’]s\s+(?:north|south|east|west|mayor|port"
                                                    r"|airport|streets"
                                                   r"|suburbs|outskirts)|\s+\(\w+\)\s+[—–-]", after))


def _is_person(text: str, words: list[re.Match[str]], first: int, last: int, readings: tuple[Place, ...],
               gazetteer: Gazetteer) -> bool:
    """Return whether a name belongs to a person or an organisation."""
    start, end = words[first].start(), words[last].end()
    before, after = text[max(0, start - 48):start], text[end:end + 32]
    if NOT_A_PLACE_AFTER.match(after) or NOT_A_PLACE_BEFORE.search(before):
        return True
    if TITLE.search(before) and not any(place.level is PlaceLevel.COUNTRY for place in readings):
        return True
    sure = any(place.level is not PlaceLevel.SETTLEMENT or place.capital or place.source == 0 for place in readings)
    if last + 1 < len(words) and words[last + 1][0][0].isupper() and text[end:words[last + 1].start()] == " ":
        following = words[last + 1][0]
        is_place = any(place.source < 2 for place in gazetteer.lookup(following))
        if following.lower() not in _NO_SURNAMES and not TYPE_AFTER.match(after) and not is_place \
                and not gazetteer.country_of_demonym(following) and not (sure and len(following) < 3):
            return not sure or name_key(text[start:end]) in ("jordan", "chad", "georgia", "israel", "paris", "sofia",
                                                             "victoria")
    if first and words[first - 1][0][0].isupper() and text[words[first - 1].end():start] == " ":
        preceding = words[first - 1][0]
        known = preceding.lower() in NO_NAMES or gazetteer.country_of_demonym(preceding) or DIRECTION.search(before)
        begins = first < 2 or text[words[first - 2].end():words[first - 1].start()].strip() in (".", "”", '."', ".”")
        return not known and not begins and not sure
    return False


def _at(text: str, words: list[re.Match[str]], first: int, gazetteer: Gazetteer) -> tuple[int, tuple[Place,
                                                                                                     ...]] | None:
    """Return the last word of the longest name that begins at a word, and its readings; None = there is none."""
    for last in range(min(len(words) - 1, first + _LONGEST - 1), first - 1, -1):
        if not _is_name(words, first, last) or any(not _joined(text, words[n].end(), words[n + 1].start())
                                                   for n in range(first, last)):
            continue
        phrase = text[words[first].start():words[last].end()]
        if first == last and (len(phrase) < 2 or phrase.lower() in FUNCTION_WORDS or (phrase.lower() in NO_NAMES
                                                  and not TYPE_AFTER.match(text[words[last].end():][:24]))):
            continue
        if phrase.isupper() and len(phrase) < 5 and not any(place.source < 2 for place in gazetteer.lookup(phrase)):
            continue
        readings = gazetteer.lookup(phrase)
        if readings and phrase in ("US", "U.S.", "us") and phrase == "us":
            continue
        if readings:
            return last, readings
    return None


def _accepted(text: str, start: int, end: int, readings: tuple[Place, ...]) -> bool:
    if any((place.source < 2 and (place.level is not PlaceLevel.SETTLEMENT or place.capital)) or place.source == 0
           for place in readings):
        return True
    best = max((place.population for place in readings), default=0)
    return _framed(text, start, end) or best >= _KNOWN_TOWN or (best >= 20_000 and any(place.source == 1
                                                                                       for place in readings))


def mention_at(text: str, start: int, end: int, readings: tuple[Place, ...], gazetteer: Gazetteer) -> Mention:
    """Return a name with the kind, direction and owner that stand around it."""
    before, after = text[max(0, start - 48):start], text[end:end + 24]
    kind, begin, stop = "", start, end
    if found := TYPE_AFTER.match(after):
        kind, stop = found["type"].lower(), end + found.end()
    elif pair := re.match(r"(?:,\s+[A-Z][\w-]+)*,?\s+and\s+[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?", text[end:end + 80]):
        shared = TYPE_AFTER.match(text[end + pair.end():end + pair.end() + 24])
        kind = shared["type"].lower() if shared and shared["plural"] else ""
    if not kind and (found := TYPE_BEFORE.search(before)):
        kind = (found["type"] or SHORT[found["short"].lower()]).lower()
        begin = start - len(before) + found.start()
    if not kind and (found := KIND_BEFORE.search(before)):
        kind = found["type"].lower()
    if (named := NAMED_FEATURE.search(before)) and not kind.startswith(("region", "province", "district", "oblast")):
        word = before[named.start():].split()[0].lower()
        start = begin = start - len(before) + named.start()
        kind, readings = {"mt.": "mountain", "mount": "mountain"}.get(word, "sea"), ()
    direction = DIRECTION.search(text[max(0, begin - 48):begin])
    if direction:
        begin = begin - min(48, begin) + direction.start() if begin >= 48 else direction.start()
    return Mention(start, end, text[start:end], readings, kind, begin, stop, _owner(text, start, gazetteer),
                   direction["dir"].lower() if direction else "")


def mentions(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Return the names of places in a text, in order."""
    words = _words(text)
    found: list[Mention] = []
    at = 0
    while at < len(words):
        hit = _at(text, words, at, gazetteer)
        if hit is not None:
            last, readings = hit
            start, end = words[at].start(), words[last].end()
            country = gazetteer.country_of_demonym(text[start:end])
            if not country and not _is_person(text, words, at, last, readings, gazetteer) \
                    and _accepted(text, start, end, readings):
                found.append(mention_at(text, start, end, readings, gazetteer))
            at = last + 1
            continue
        if unknown := _unknown(text, words, at, gazetteer):
            found.append(unknown)
        at += 1
    return found


def _unknown(text: str, words: list[re.Match[str]], at: int, gazetteer: Gazetteer) -> Mention | None:
    """Return a name that no gazetteer knows but that the text calls a village, a province, a river."""
    word = words[at]
    if not word[0][0].isupper() or word[0].lower() in NO_NAMES or len(word[0]) < 3 \
            or gazetteer.country_of_demonym(word[0]):
        return None
    last = at
    while last + 1 < len(words) and last < at + 2 and words[last + 1][0][0].isupper() and text[
            words[last].end():words[last + 1].start()] == " " and not TYPE_AFTER.match(text[words[last].end():][:24]):
        last += 1
    if at and words[at - 1][0][0].isupper() and text[words[at - 1].end():word.start()] == " " \
            and words[at - 1][0].lower() not in NO_NAMES and not gazetteer.country_of_demonym(words[at - 1][0]):
        return None
    made = mention_at(text, word.start(), words[last].end(), (), gazetteer)
    if not made.type or made.type in ("state", "nation", "community", "plant", "pass", "base", "territory", "republic",
                                      "road"):
        return None
    typed = _TYPE_WORD.match(text[made.end:made.stop].strip()) if made.stop > made.end else None
    before = text[max(0, made.start - 40):made.start]
    return made if typed or made.begin < made.start or made.start < word.start() or KIND_BEFORE.search(before) else None
