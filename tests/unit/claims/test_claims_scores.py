"""The scorers, against answers worked out by hand, and sets with a bad line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from benchmarks._claims_scores import (
    ArticleScore,
    AttributionScore,
    ClaimScore,
    Counts,
    PlaceScore,
    TimeScore,
    article_counts,
    place_is_right,
    slice_of,
    span_agreement,
)
from benchmarks.claims import BadLine, _gold_fields, main, score_folder

TEXT = "He came on Friday and left two years ago in August."


def timex(start: int, end: int, kind: str, value: str) -> dict:
    return {"start": start, "end": end, "type": kind, "value": value}


def test_times_are_scored_relaxed_strict_and_by_value() -> None:
    gold = [timex(11, 17, "DATE", "2013-03-15"), timex(27, 40, "DATE", "2011"), timex(44, 50, "DATE", "2012-08")]
    found = [timex(11, 17, "DATE", "2013-03-15"), timex(27, 36, "DURATION", "P2Y"), timex(0, 2, "DATE", "X")]
    score = TimeScore()
    score.add(TEXT, gold, found)
    assert score.relaxed.scores() == {"f1": pytest.approx(2 / 3), "precision": pytest.approx(2 / 3),
                                      "recall": pytest.approx(2 / 3)}
    assert score.strict.scores()["f1"] == pytest.approx(1 / 3)
    assert score.value.scores()["f1"] == pytest.approx(1 / 3)
    assert score.type.scores()["f1"] == pytest.approx(1 / 3)
    assert score.slices == {"weekday": [1, 1], "month": [0, 1]}


def test_one_found_expression_answers_one_of_two() -> None:
    score = TimeScore()
    score.add(TEXT, [timex(11, 13, "DATE", "a"), timex(14, 17, "DATE", "a")], [timex(11, 17, "DATE", "a")])
    assert (score.relaxed.tp, score.relaxed.fp, score.relaxed.fn) == (1, 0, 1)


def test_an_article_is_scored_by_runs_of_four_words() -> None:
    # gold: 4 runs of 7 words; found: 3 runs of 6 words, 2 of them shared.
    assert article_counts("a b c d e f g", "x b c d e f") == (pytest.approx(2 / 5), pytest.approx(1 / 5),
                                                              pytest.approx(2 / 5))
    score = ArticleScore()
    score.add("a b c d e f g", "x b c d e f")
    score.add("a b c d", "a b c d")
    # sums: tp 1.4, fp 0.2, fn 0.4
    assert score.counts.scores() == {"precision": pytest.approx(1.4 / 1.6), "recall": pytest.approx(1.4 / 1.8),
                                     "f1": pytest.approx(2 * 0.875 * (1.4 / 1.8) / (0.875 + 1.4 / 1.8))}


def test_a_short_text_is_one_run_and_an_empty_one_is_none() -> None:
    assert article_counts("a b", "a b") == (1, 0, 0)
    assert article_counts("a b", "") == (0, 0, 1)
    assert article_counts("", "") == (0, 0, 0)


def place(level: str, country: str, lat: float | None = None, lon: float | None = None) -> SimpleNamespace:
    return SimpleNamespace(level=level, country=country, latitude=lat, longitude=lon)


@pytest.mark.parametrize(("gold", "made", "right"), [
    ({"country": "RU", "level": "country"}, place("country", "RU"), True),
    ({"country": "RU", "level": "country"}, place("country", "UA"), False),
    ({"country": "RU", "level": "admin_1", "lat": 51.7, "lon": 36.2}, place("admin_1", "RU"), True),
    ({"country": "RU", "level": "admin_1"}, place("settlement", "RU", 51.7, 36.2), False),
    ({"country": "RU", "level": "settlement", "lat": 51.7, "lon": 36.2}, place("settlement", "RU", 52.7, 36.2), True),
    # 111 km
    ({"country": "RU", "level": "settlement", "lat": 51.7, "lon": 36.2}, place("settlement", "RU", 53.7, 36.2), False),
    # 222 km
    ({"country": "RU", "level": "settlement", "lat": 51.7, "lon": 36.2}, place("settlement", "RU"), False),
    ({"country": "RU", "level": "settlement", "lat": 51.7, "lon": 36.2}, place("settlement", "UA", 51.7, 36.2), False),
    ({"country": "RU", "lat": None, "lon": None}, place("country", "RU"), True),
    ({"country": "", "lat": 51.7, "lon": 36.2}, place("settlement", "UA", 51.7, 36.2), True),
])
def test_a_place_is_right_or_not(gold: dict, made: SimpleNamespace, right: bool) -> None:
    assert place_is_right(gold, made) is right


def test_places_are_counted_with_their_levels() -> None:
    score = PlaceScore()
    gold = [{"start": 0, "end": 5, "country": "RU", "level": "country"}, {"start": 9, "end": 14, "country": "RU",
                                                                          "level": "admin_1"}]
    score.add(gold, [place("country", "RU"), place("settlement", "RU", 1.0, 2.0)], [(0, 5), (20, 25)])
    assert (score.right, score.total, score.level_right, score.level_total) == (1, 2, 1, 2)
    assert score.found.scores()["f1"] == pytest.approx(0.5)


def test_attributions_are_full_when_source_and_half_the_content_agree() -> None:
    text = "The mayor said that the road was shut and the bridge too."
    #       0         10        20        30        40
    gold = [{"source": [(0, 9)], "cue": [(10, 14)], "content": [(15, 56)]}]  # 9 words of content
    half = [{"source": [(4, 9)], "cue": [(10, 14)], "content": [(15, 37)]}]  # 5 of 9 words
    less = [{"source": [(4, 9)], "cue": [(10, 14)], "content": [(15, 28)]}]  # 3 of 9 words
    wrong = [{"source": [(20, 28)], "cue": [(10, 14)], "content": [(15, 56)]}]
    for found, full, source, content in ((half, 1.0, 1.0, 1.0), (less, 0.0, 1.0, 0.0), (wrong, 0.0, 0.0, 1.0), (gold,
                                                                                                                1.0,
                                                                                                                1.0,
                                                                                                                1.0)):
        score = AttributionScore()
        score.add(text, gold, found)
        figures = score.scores()
        assert (figures["full"]["f1"], figures["cue"]["f1"], figures["source_right"], figures["content_right"]) == (
            full, 1.0, source, content)


def test_claims_are_paired_by_four_fifths_of_their_span() -> None:
    assert span_agreement((0, 100), (0, 80)) == pytest.approx(0.8)
    assert span_agreement((0, 10), (10, 20)) == 0
    score = ClaimScore()
    gold = [{"start": 0, "end": 100, "chain": ["A", "B"], "certainty": "reported"}, {"start": 200, "end": 300}]
    score.add(gold, [{"start": 0, "end": 82, "chain": ["A"], "certainty": "reported"}])
    assert score.found.scores()["recall"] == pytest.approx(0.5)
    assert score.fields == {"chain": [0, 1], "certainty": [1, 1]}


def test_nothing_to_find_and_nothing_found_is_right() -> None:
    assert Counts().scores()["f1"] == 1.0
    assert Counts(0, 1, 0).scores()["f1"] == 0.0


def test_slices_are_bare_words() -> None:
    assert [slice_of(words) for words in ("Friday", "last Friday", "Friday night", "Friday's", "August",
                                          "early August", "August 2013",
                                          "two days")] == ["weekday"] * 4 + ["month"] * 2 + ["", ""]


@pytest.mark.parametrize(("line", "says"), [
    ("{", "line 2: no JSON"), ('{"text": 1, "timex": []}', "line 2: 'text'"),
    ('{"text": "abc", "timex": [{"start": 0, "end": 9, "type": "DATE", "value": "x"}]}', "line 2: .* does not lie"),
    ('{"text": "abc", "timex": [{"start": 0, "end": 2}]}', "line 2: an item without"),
    ('{"text": "abc", "published": "soon", "timex": []}', "line 2: published"),
])
def test_a_bad_line_is_told_by_file_and_line(tmp_path: Path, line: str, says: str,
                                             capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "time.jsonl").write_text('{"text": "abc", "timex": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadLine, match=f"time.jsonl {says}"):
        score_folder(tmp_path)
    assert main(["--data", str(tmp_path), "--json"]) == 2
    assert "time.jsonl line 2" in capsys.readouterr().err


def test_a_missing_file_is_a_missing_key(tmp_path: Path) -> None:
    assert score_folder(tmp_path) == {}
    (tmp_path / "time.jsonl").write_text('{"text": "He left on 5 March 2013.", "published": "2013-03-20", "timex": '
                                         '[{"start": 11, "end": 23, "type": "DATE", "value": "2013-03-05"}]}\n',
                                         encoding="utf-8")
    figures = score_folder(tmp_path)
    assert set(figures) == {"time"}
    assert {"value", "strict", "relaxed", "docs_per_s", "documents"} <= set(figures["time"])
    assert figures["time"]["value"]["f1"] == 1.0


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "none")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_marked_claim_may_be_written_as_objects_or_lists() -> None:
    objects = {"start": 0, "end": 9, "time": {"earliest_start": "2025-08-01", "latest_end": "2025-12-12"},
               "figures": [{"low": 120, "high": 120, "unit": "days"}], "place": {"level": "admin_1"},
               "chain": [{"agent": "A"}, "B"]}
    made = _gold_fields(objects)
    assert made["time"] == ["2025-08-01", None, None, "2025-12-12"]
    assert made["figures"] == [[120, 120, "days"]]
    assert (made["place_level"], made["chain"]) == ("admin_1", ["A", "B"])
