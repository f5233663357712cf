"""Origins of many reports: joined by who spoke and when; two voices that say the same stay two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from benchmarks._claims_reports import COUNTRIES, REPORTS

from safeground.claims.cluster import cluster_origins
from safeground.claims.extract import Tools, extract_claims, sentences_of
from safeground.claims.origins import generic_voices, with_origins
from safeground.claims.timing import with_times
from safeground.records.claims import ClaimDocument, Origin


def country(name: str) -> str:
    return COUNTRIES.get(name.removesuffix("’s"), "")


TOOLS = Tools(lambda text, span: (), lambda text, span, sentence: None, country)


def joined_and_labels() -> tuple[dict[str, str], dict[str, str]]:
    """Return claim -> joined origin, and claim -> the label that its sentence carries."""
    origins, general, own, labels = [], set(), {}, {}
    for number, (outlet, published, rows) in enumerate(REPORTS):
        text = " ".join(sentence for sentence, _ in rows)
        document = ClaimDocument(id=f"doc{number}", sha256="", media_type="text", text=text, extractor="",
                                 outlet=outlet, published=published)
        claims = with_times(document, extract_claims(document, TOOLS), sentences_of(document))
        claims, found = with_origins(document, claims, country)
        origins += found
        general |= generic_voices(found, document, country)
        for sentence, label in rows:
            begin = text.index(sentence)
            for claim in claims:
                if label and begin <= claim.span.start < begin + len(sentence) and claim.type.value != "evaluation":
                    own[claim.id], labels[claim.id] = claim.origin, label
    joined = cluster_origins(origins, frozenset(general), country)
    return {claim: joined[origin] for claim, origin in own.items()}, labels


def b_cubed(found: dict[str, str], gold: dict[str, str]) -> float:
    def mean(one: dict[str, str], other: dict[str, str]) -> float:
        total = 0.0
        for claim in gold:
            group = [c for c in gold if one[c] == one[claim]]
            total += sum(other[c] == other[claim] for c in group) / len(group)
        return total / len(gold)

    precision, recall = mean(found, gold), mean(gold, found)
    return 2 * precision * recall / (precision + recall)


def test_thirty_reports_of_six_events_are_clustered_by_origin():
    found, gold = joined_and_labels()
    assert len(REPORTS) >= 30
    assert len({label.split()[0] for label in gold.values()}) == 6
    assert b_cubed(found, gold) >= 0.92


def test_no_two_independent_origins_are_merged():
    found, gold = joined_and_labels()
    labels: dict[str, set[str]] = {}
    for claim, origin in found.items():
        labels.setdefault(origin, set()).add(gold[claim])
    assert {key: names for key, names in labels.items() if len(names) > 1} == {}


def origin(key: str, agent: str, day: date, bloc: str = "") -> Origin:
    return Origin(id=key, agent=agent, day=day, bloc=bloc)


def test_equal_words_do_not_make_one_origin():
    day, no_state = date(2025, 5, 1), _none()
    found = cluster_origins([origin("a", "Arno Hask", day, "state:B1"), origin("b", "Berit Lohm", day, "state:B1")],
                            frozenset(), no_state)
    assert found == {"a": "a", "b": "b"}


def test_a_general_voice_joins_the_one_speaker_of_its_days_and_no_one_of_two():
    day = date(2025, 5, 1)
    one = [origin("a", "Arno Hask", day, "state:B1"), origin("m", "state media", day, "state:B1")]
    assert cluster_origins(one, frozenset({"m"}), _none())["m"] == "a"
    two = [*one, origin("b", "Berit Lohm", day, "state:B1")]
    assert cluster_origins(two, frozenset({"m"}), _none())["m"] == "m"


def test_the_same_person_half_a_year_later_is_another_origin():
    found = cluster_origins([origin("a", "Lene Ott", date(2025, 9, 14)), origin("b", "Lene Ott", date(2026, 3, 2))],
                            frozenset(), _none())
    assert found["b"] == "b"


def _none() -> Callable[[str], str]:
    return lambda name: ""
