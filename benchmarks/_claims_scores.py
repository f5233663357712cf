"""Scorers of the claims room: each counts right, wrong and missed, and every figure follows from the counts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from safeground.claims.places import distance_km

_TOKEN = re.compile(r"\w+")
#: A point counts as right within so many km (100 miles), the measure of the literature.
CLOSE_KM = 161.0
Pair = tuple[int, int]


@dataclass
class Counts:
    """True positives, false positives and false negatives, which may be fractions."""

    tp: float = 0.0
    fp: float = 0.0
    fn: float = 0.0

    def add(self, tp: float, fp: float, fn: float) -> None:
        """Add what one document gives."""
        self.tp, self.fp, self.fn = self.tp + tp, self.fp + fp, self.fn + fn

    def scores(self) -> dict[str, float]:
        """Return precision, recall and F1, 1 where there was nothing to find and nothing was found."""
        if not (self.tp or self.fp or self.fn):
            return {"f1": 1.0, "precision": 1.0, "recall": 1.0}
        precision = self.tp / (self.tp + self.fp) if self.tp + self.fp else 0.0
        recall = self.tp / (self.tp + self.fn) if self.tp + self.fn else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"f1": f1, "precision": precision, "recall": recall}


def overlaps(a: Pair, b: Pair) -> bool:
    """Return whether two stretches share a character."""
    return a[0] < b[1] and b[0] < a[1]


def any_overlap(a: Iterable[Pair], b: Sequence[Pair]) -> bool:
    """Return whether any stretch of one list shares a character with any of the other."""
    return any(overlaps(one, other) for one in a for other in b)


def tokens_in(text: str, pieces: Iterable[Pair]) -> set[int]:
    """Return where the words begin that stand in any of the pieces."""
    return {found.start() for begin, end in pieces for found in _TOKEN.finditer(text, begin, end)}


def jaccard(a: set[int], b: set[int]) -> float:
    """Return shared over all, 1 for two empty sets."""
    return len(a & b) / len(a | b) if a | b else 1.0


def pair_up(gold: Sequence[Any], found: Sequence[Any], fits: Callable[[Any, Any], bool]) -> list[tuple[Any, Any]]:
    """Pair each gold item, in order, with the first found item that fits and was not taken."""
    taken: set[int] = set()
    pairs = []
    for item in gold:
        for number, other in enumerate(found):
            if number not in taken and fits(item, other):
                taken.add(number)
                pairs.append((item, other))
                break
    return pairs


@dataclass
class TimeScore:
    """Time expressions as TempEval-3 scores them: relaxed = any overlap; value, type = relaxed and equal."""

    relaxed: Counts = field(default_factory=Counts)
    strict: Counts = field(default_factory=Counts)
    value: Counts = field(default_factory=Counts)
    type: Counts = field(default_factory=Counts)
    slices: dict[str, list[int]] = field(default_factory=dict)

    def add(self, text: str, gold: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> None:
        """Add a document; items have start, end, type and value."""
        pairs = pair_up(gold, found, lambda g, f: overlaps((g["start"], g["end"]), (f["start"], f["end"])))
        right = {
            "relaxed": len(pairs),
            "strict": sum((g["start"], g["end"]) == (f["start"], f["end"]) for g, f in pairs),
            "value": sum(g["value"] == f["value"] for g, f in pairs),
            "type": sum(g["type"] == f["type"] for g, f in pairs)}
        for name, hits in right.items():
            getattr(self, name).add(hits, len(found) - hits, len(gold) - hits)
        values = {id(g): f["value"] for g, f in pairs}
        for item in gold:
            if name := slice_of(text[item["start"]:item["end"]]):
                hit = self.slices.setdefault(name, [0, 0])
                hit[0] += values.get(id(item)) == item["value"]
                hit[1] += 1


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"


def slice_of(words: str) -> str:
    """Return ``weekday`` for a bare weekday, ``month`` for a bare month, "" for anything else."""
    if re.fullmatch(rf"(?:(?:last|next|this|late|early)\s+)?(?:{_DAYS})(?:['’]s)?(?:\s+(?:morning|afternoon|evening"
                    rf"|night))?", words):
        return "weekday"
    return "month" if re.fullmatch(rf"(?:(?:last|next|this|late|early|mid)[\s-]+)?(?:{_MONTHS})", words) else ""


def shingles(text: str, width: int = 4) -> Counter[tuple[str, ...]]:
    """Return the runs of four words of a text with how often each stands in it."""
    words = _TOKEN.findall(text)
    return Counter(run for at in range(max(1, len(words) - width + 1)) if (run := tuple(words[at:at + width])))


def article_counts(gold: str, found: str) -> tuple[float, float, float]:
    """Return shared, surplus and missing runs of four words as parts of all, so that long texts weigh no more."""
    true, made = shingles(gold), shingles(found)
    tp = sum((true & made).values())
    fp, fn = sum(made.values()) - tp, sum(true.values()) - tp
    whole = tp + fp + fn
    return (tp / whole, fp / whole, fn / whole) if whole else (0.0, 0.0, 0.0)


@dataclass
class ArticleScore:
    """Article texts, each page weighing the same."""

    counts: Counts = field(default_factory=Counts)

    def add(self, gold: str, found: str) -> None:
        """Add a page."""
        self.counts.add(*article_counts(gold, found))


@dataclass
class PlaceScore:
    """Places whose names are given: country right and near enough, and the level right."""

    right: int = 0
    total: int = 0
    level_right: int = 0
    level_total: int = 0
    found: Counts = field(default_factory=Counts)

    def add(self, gold: Sequence[dict[str, Any]], located: Sequence[Any], recognised: Sequence[Pair]) -> None:
        """Add a document.

        Parameters
        ----------
        gold : start, end, lat, lon, country, level; lat and lon may be None.  located : the place of each.
        recognised : stretches that the program took for places by itself.
        """
        for item, place in zip(gold, located, strict=True):
            self.total += 1
            self.right += place_is_right(item, place)
            if item.get("level"):
                self.level_total += 1
                self.level_right += str(place.level) == item["level"]
        hits = len(pair_up(gold, recognised, lambda g, f: overlaps((g["start"], g["end"]), f)))
        self.found.add(hits, len(recognised) - hits, len(gold) - hits)


def place_is_right(gold: dict[str, Any], place: Any) -> bool:
    """Return whether a place is right.

    A country name: the country.  An area below it: the country and the level, for an area has no point.  A settlement
    or feature: within 161 km, and in the country where gold names one; where gold gives no point, the country.
    """
    same = not gold.get("country") or place.country == gold["country"]
    level = gold.get("level") or ""
    if level in ("country", "admin_1", "admin_2") or str(place.level) == "country":
        return same and bool(place.country) and (str(place.level) == level if level else str(place.level) == "country")
    if gold.get("lat") is None or gold.get("lon") is None:
        return same and bool(place.country)
    if place.latitude is None or place.longitude is None:
        return False
    return same and distance_km((gold["lat"], gold["lon"]), (place.latitude, place.longitude)) <= CLOSE_KM


@dataclass
class AttributionScore:
    """Attributions paired by cue; FULL = the source overlaps and the content's words agree by half."""

    cue: Counts = field(default_factory=Counts)
    full: Counts = field(default_factory=Counts)
    source_right: int = 0
    content_right: int = 0
    hits: int = 0

    def add(self, text: str, gold: Sequence[dict[str, list[Pair]]], found: Sequence[dict[str, list[Pair]]]) -> None:
        """Add a document; each attribution has source, cue and content as lists of stretches."""
        def anchors(item: dict[str, list[Pair]]) -> list[Pair]:
            return item["cue"] or item["source"]

        pairs = pair_up(gold, found, lambda g, f: any_overlap(anchors(g), anchors(f)))
        full = 0
        for item, other in pairs:
            source = any_overlap(item["source"], other["source"]) or not (item["source"] or other["source"])
            content = jaccard(tokens_in(text, item["content"]), tokens_in(text, other["content"])) >= 0.5
            self.source_right += source
            self.content_right += content
            full += source and content
        self.hits += len(pairs)
        self.cue.add(len(pairs), len(found) - len(pairs), len(gold) - len(pairs))
        self.full.add(full, len(found) - full, len(gold) - full)

    def scores(self) -> dict[str, Any]:
        """Return the figures: full and cue with F1, and how often source and content were right of the hits."""
        hits = self.hits or 1
        return {"full": self.full.scores(), "cue": self.cue.scores(), "source_right": self.source_right / hits,
                "content_right": self.content_right / hits}


@dataclass
class ClaimScore:
    """Marked claims: found where the stretch agrees by 0.8, then each field of those found."""

    found: Counts = field(default_factory=Counts)
    fields: dict[str, list[int]] = field(default_factory=dict)

    def add(self, gold: Sequence[dict[str, Any]], made: Sequence[dict[str, Any]]) -> None:
        """Add a document; each claim has start, end and the fields that gold gives (chain, figures, time, …)."""
        def fits(g: dict[str, Any], f: dict[str, Any]) -> bool:
            return span_agreement((g["start"], g["end"]), (f["start"], f["end"])) >= 0.8

        pairs = pair_up(gold, made, lambda g, f: fits(g, f) and g.get("type") == f.get("type"))
        known, used = {id(g) for g, _ in pairs}, {id(f) for _, f in pairs}
        pairs += pair_up([g for g in gold if id(g) not in known], [f for f in made if id(f) not in used], fits)
        self.found.add(len(pairs), len(made) - len(pairs), len(gold) - len(pairs))
        for item, other in pairs:
            for name in ("type", "chain", "figures", "time", "place_level", "certainty"):
                if name in item:
                    hit = self.fields.setdefault(name, [0, 0])
                    hit[0] += item[name] == other.get(name)
                    hit[1] += 1


def span_agreement(a: Pair, b: Pair) -> float:
    """Return shared characters over all of two stretches."""
    shared = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return shared / (a[1] - a[0] + b[1] - b[0] - shared)
