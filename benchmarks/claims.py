"""How well texts become times, attributions, articles, places and claims, on sets that lie in a folder of the user's.

Run ``python -m benchmarks.claims --data DIR --json``.  Each set is a file of JSON lines; a file that is not there is
a key that is not there.  ``time.jsonl``: text, published, timex [start, end, type, value].  ``attribution.jsonl``:
text, attributions [source, cue, content as lists of [start, end], reporting].  ``article.jsonl``: html, text. 
``places.jsonl``: text, toponyms [start, end, lat, lon, country, level].  ``claims.jsonl``: text, published, outlet,
claims [start, end, chain, figures, time, place_level, certainty].  Public sets whose licence forbids copying are read
where the user keeps them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from benchmarks._claims_articles import article_set  # noqa: E402
from benchmarks._claims_layouts import styled_set  # noqa: E402
from benchmarks._claims_scores import (  # noqa: E402
    ArticleScore,
    AttributionScore,
    ClaimScore,
    PlaceScore,
    TimeScore,
)

#: The sets of our own, written by hand for this repository.
OWN = ROOT / "tests" / "claims_sets"


class BadLine(Exception):
    """A line of a set is not what its file holds; says which file and line."""


def lines(path: Path, needs: dict[str, type | tuple[type, ...]], split: str = "") -> Iterator[tuple[str, dict[str,
                                                                                                              Any]]]:
    """Yield (where, record) of a file of JSON lines, each record with the fields of their types."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name} line {number}"
        try:
            record = json.loads(line)
        except ValueError as error:
            raise BadLine(f"{where}: no JSON, {error}.") from error
        for name, kind in needs.items():
            if not isinstance(record, dict) or not isinstance(record.get(name), kind):
                raise BadLine(f"{where}: {name!r} is missing or of another type.")
        if not split or record.get("split") == split:
            yield where, record


def checked_spans(where: str, items: list[Any], length: int, needs: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return items whose start and end lie in the text and that have the fields needed."""
    for item in items:
        if not isinstance(item, dict) or not all(name in item for name in ("start", "end", *needs)):
            raise BadLine(f"{where}: an item without {', '.join(('start', 'end', *needs))}: {str(item)[:80]}.")
        if not (isinstance(item["start"], int) and isinstance(item["end"], int)
                and 0 <= item["start"] < item["end"] <= length):
            raise BadLine(f"{where}: [{item['start']}, {item['end']}) does not lie in a text of {length} characters.")
    return items


def _day(where: str, words: Any) -> date | None:
    if words in (None, ""):
        return None
    try:
        return date.fromisoformat(str(words)[:10])
    except ValueError as error:
        raise BadLine(f"{where}: published {words!r} is no date.") from error


def score_time(path: Path, split: str = "") -> dict[str, Any]:
    """Score the time tagger."""
    from safeground.claims.time_tagger import tag_times

    score, seconds, count = TimeScore(), 0.0, 0
    for where, record in lines(path, {"text": str, "timex": list}, split):
        text = record["text"]
        gold = checked_spans(where, record["timex"], len(text), ("type", "value"))
        anchor = _day(where, record.get("published"))
        started = time.perf_counter()
        found = tag_times(text, anchor)
        seconds += time.perf_counter() - started
        count += 1
        score.add(text, gold, [{"start": item.span.start, "end": item.span.end, "type": item.type, "value": item.value}
                               for item in found])
    return {**{name: getattr(score, name).scores() for name in ("value", "strict", "relaxed", "type")},
            "slices": {name: {"right": hit / of, "expressions": of} for name, (hit,
                                                                               of) in sorted(score.slices.items())},
            "docs_per_s": count / seconds if seconds else 0.0, "documents": count}


def score_article(path: Path, split: str = "") -> dict[str, Any]:
    """Score the article extraction."""
    from safeground.claims.read_html import page_text

    score, seconds, count = ArticleScore(), 0.0, 0
    for where, record in lines(path, {"html": str}, split):
        gold = record.get("text", record.get("articleBody"))
        if not isinstance(gold, str):
            raise BadLine(f"{where}: 'text' is missing or of another type.")
        started = time.perf_counter()
        found = page_text(record["html"])
        seconds += time.perf_counter() - started
        count += 1
        score.add(gold, found)
    return {**score.counts.scores(), "docs_per_s": count / seconds if seconds else 0.0, "documents": count}


def _gazetteer() -> Any:
    """Return the gazetteer with GeoNames where the optional package is there; it is built once into the user's "
    "cache."""
    from safeground.claims.gazetteer import Gazetteer
    from safeground.claims.geonames import build, open_large
    from safeground.foundation.errors import SurroundingsError

    large = open_large()
    if large is None:
        try:
            large = open_large(build())
        except SurroundingsError as error:
            print(error, file=sys.stderr)
    return Gazetteer(large=large)


def score_places(path: Path, split: str = "") -> dict[str, Any]:
    """Score the gazetteer and its rules on given names, and how many names are found without being given."""
    from safeground.claims.places import find_places, locate
    from safeground.records.claims import Span

    gazetteer, score, seconds, count = _gazetteer(), PlaceScore(), 0.0, 0
    for where, record in lines(path, {"text": str, "toponyms": list}, split):
        text = record["text"]
        gold = checked_spans(where, record["toponyms"], len(text), ())
        started = time.perf_counter()
        found = find_places(text, gazetteer)
        located = locate(text, [Span(item["start"], item["end"]) for item in gold], gazetteer)
        seconds += time.perf_counter() - started
        count += 1
        score.add(gold, located, [(place.span.start, place.span.end) for place in found if place.span])
    return {"accuracy": score.right / max(1, score.total), "level_accuracy": score.level_right / max(1,
                                                                                                     score.level_total),
            "recognition": score.found.scores(), "toponyms": score.total,
            "large_gazetteer": gazetteer.large is not None,
            "docs_per_s": count / seconds if seconds else 0.0, "documents": count}


def _pieces(where: str, value: Any, length: int) -> list[tuple[int, int]]:
    pieces = []
    for item in value or []:
        begin, end = (item.get("start"), item.get("end")) if isinstance(item, dict) else (item if isinstance(item, list)
                                                                                          and len(item) == 2
                                                                                          else (None, None))
        if not (isinstance(begin, int) and isinstance(end, int) and 0 <= begin < end <= length):
            raise BadLine(f"{where}: {str(item)[:60]} is no [start, end) of the text.")
        pieces.append((begin, end))
    return pieces


def score_attribution(path: Path, split: str = "") -> dict[str, Any]:
    """Score who says what: reporting verbs alone, and all."""
    try:
        attributions = importlib.import_module("safeground.claims.attribution").attributions
    except ModuleNotFoundError as error:
        raise BadLine(f"{path.name}: attribution is not part of this copy of the program ({error}).") from error
    reporting, every, seconds, count = AttributionScore(), AttributionScore(), 0.0, 0
    names = ("source", "cue", "content")
    for where, record in lines(path, {"text": str, "attributions": list}, split):
        text = record["text"]
        if not all(isinstance(item, dict) for item in record["attributions"]):
            raise BadLine(f"{where}: an attribution is no object.")
        gold = [({name: _pieces(where, item.get(name), len(text)) for name in names}, bool(item.get("reporting", True)))
                for item in record["attributions"]]
        started = time.perf_counter()
        made = attributions(text)
        seconds += time.perf_counter() - started
        count += 1
        found = [({name: [(span.start, span.end) for span in getattr(item, name)] for name in names}, item.reporting)
                 for item in made]
        every.add(text, [item for item, _ in gold], [item for item, _ in found])
        reporting.add(text, [item for item, is_report in gold if is_report], [item for item, is_report in found
                                                                              if is_report])
    return {"reporting": reporting.scores(), "all": every.scores(), "docs_per_s": count / seconds if seconds else 0.0,
            "documents": count}


def _claim_fields(claim: Any) -> dict[str, Any]:
    """Return a claim's fields in the form of the set."""
    bounds = (claim.time.earliest_start, claim.time.latest_start, claim.time.earliest_end, claim.time.latest_end)
    return {"start": claim.span.start, "end": claim.span.end, "type": str(claim.type),
            "certainty": str(claim.certainty),
            "chain": [link.agent for link in claim.chain],
            "figures": [[figure.value_low, figure.value_high, figure.unit] for figure in claim.figures],
            "time": [day.isoformat() if day else None for day in bounds],
            "place_level": str(claim.place.level) if claim.place else None}


_BOUNDS = ("earliest_start", "latest_start", "earliest_end", "latest_end")


def _gold_fields(item: dict[str, Any]) -> dict[str, Any]:
    """Return a marked claim in the form that is compared; times, figures and places may be objects or lists."""
    made = dict(item)
    if isinstance(when := item.get("time", item.get("interval")), dict):
        made["time"] = [when.get(name) for name in _BOUNDS]
    if isinstance(figures := item.get("figures"), list):
        made["figures"] = [[figure.get("value_low", figure.get("low")), figure.get("value_high", figure.get("high")),
                            figure.get("unit")] if isinstance(figure, dict) else figure for figure in figures]
    if isinstance(place := item.get("place"), dict) and "place_level" not in item:
        made["place_level"] = place.get("level")
    if isinstance(chain := item.get("chain"), list):
        made["chain"] = [link.get("agent") if isinstance(link, dict) else link for link in chain]
    return made


def score_claims(path: Path, split: str = "") -> dict[str, Any]:
    """Score marked claims."""
    from safeground.claims.documents import read_document

    try:
        claims_of = importlib.import_module("safeground.claims.compose").claims_of
    except (ModuleNotFoundError, AttributeError) as error:
        raise BadLine(f"{path.name}: claims extraction is not part of this copy of the program ({error}).") from error
    gazetteer = _gazetteer()
    score, count = ClaimScore(), 0
    for where, record in lines(path, {"text": str, "claims": list}, split):
        gold = checked_spans(where, record["claims"], len(record["text"]), ())
        document = read_document(record["text"].encode(), "text.txt", published=_day(where, record.get("published")),
                                 published_by="set", outlet=str(record.get("outlet", "")))
        count += 1
        score.add([_gold_fields(item) for item in gold],
                  [_claim_fields(claim) for claim in claims_of(document, gazetteer).claims])
    return {**score.found.scores(), "fields": {name: {"right": hit / of, "claims": of}
                                               for name, (hit, of) in sorted(score.fields.items())}, "documents": count}


SETS: dict[str, tuple[str, Callable[[Path, str], dict[str, Any]]]] = {
    "time": ("time.jsonl", score_time), "attribution": ("attribution.jsonl", score_attribution),
    "article": ("article.jsonl", score_article), "places": ("places.jsonl", score_places),
    "claims": ("claims.jsonl", score_claims)}


def score_folder(folder: Path, split: str = "") -> dict[str, Any]:
    """Return the figures of each set whose file lies in a folder."""
    figures = {name: score(folder / file, split) for name, (file, score) in SETS.items() if (folder / file).is_file()}
    if folder == OWN and not split and "article" not in figures:
        for name, made_pages in (("article", article_set()), ("article_styles", styled_set())):
            with tempfile.TemporaryDirectory() as made:
                pages = Path(made) / "article.jsonl"
                pages.write_text("".join(json.dumps(page) + "\n" for page in made_pages), encoding="utf-8")
                figures[name] = score_article(pages)
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Score a folder and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=OWN, help="folder of the sets; left out: our own")
    parser.add_argument("--split", default="", help="only lines of this split, e.g. held_out")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    given = parser.parse_args(arguments)
    if not given.data.is_dir():
        print(f"{given.data}: no such folder.", file=sys.stderr)
        return 2
    try:
        figures = score_folder(given.data, given.split)
    except BadLine as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(figures, indent=1, sort_keys=True))
    else:
        for name, values in figures.items():
            flat = {key: value if isinstance(value, int | bool) else round(value["f1"], 3) if isinstance(value,
                                                                                                         dict)
                    and "f1" in value
                    else value if isinstance(value, dict) else round(value, 3) for key, value in values.items()}
            print(name, *(f"{key} {value}" for key, value in flat.items()), sep="  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
