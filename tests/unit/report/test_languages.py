"""Catalogues are complete in six languages, and numbers and dates are written as each language writes them."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from importlib.resources import files

import pytest

import safeground.report
from safeground.foundation.errors import InvariantBroken, RequestError
from safeground.records.quality import LotState
from safeground.records.release import PointType
from safeground.records.vocabulary import (
    AccidentClass,
    ActivityType,
    AreaType,
    ContaminationCategory,
    Disposition,
    InspectionKind,
    LandStatus,
    Severity,
    WorkflowStatus,
)
from safeground.report.document import COUNTS, Day, Span, Text, Word
from safeground.report.kinds import KINDS
from safeground.report.language import LANGUAGES, Catalogue, catalogue
from safeground.report.methods import METHODS, method_cell

ENUMS = {"contamination": ContaminationCategory, "area_type": AreaType, "status": LandStatus,
         "workflow": WorkflowStatus, "activity": ActivityType, "disposition": Disposition, "accident": AccidentClass,
         "severity": Severity, "inspection": InspectionKind, "lot": LotState, "point": PointType}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def keys_that_differ(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Keys that one of two catalogues lacks, or whose placeholders differ."""
    return sorted({*one} ^ {*other}) + sorted(
        key for key in {*one} & {*other}
        if sorted(PLACEHOLDER.findall(one[key])) != sorted(PLACEHOLDER.findall(other[key])))


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_catalogue_has_the_same_keys_and_placeholders_as_english(code):
    assert keys_that_differ(catalogue("en").words, catalogue(code).words) == []
    assert all(text.strip() or key == "number.group" for key, text in catalogue(code).words.items())


def test_a_missing_key_or_placeholder_is_found():
    words = catalogue("fr").words
    assert keys_that_differ(catalogue("en").words, {k: v for k, v in words.items() if k != "title.work"}) == [
        "title.work"]
    assert keys_that_differ(catalogue("en").words, words | {"text.remaining": "{m}"}) == ["text.remaining"]


def test_every_word_of_the_vocabulary_unit_and_kind_is_in_the_catalogue():
    words = catalogue("en").words
    for section, enum in ENUMS.items():
        assert [m.value for m in enum if f"{section}.{m.value}" not in words] == []
    assert [u for u in COUNTS if f"unit.{u}" not in words] == []
    assert [k for k in KINDS if f"kind.{k}" not in words] == []


def test_every_key_that_the_code_names_is_in_the_catalogue_and_the_other_way_round():
    words = catalogue("en").words
    sections = "|".join({key.split(".")[0] for key in words})
    source = "\n".join(path.read_text(encoding="utf-8") for path in files("safeground.report").iterdir()
                       if path.name.endswith(".py"))
    named = set(re.findall(rf'"((?:{sections})\.[a-z0-9_]+)"', source)) - {"text.color"}
    assert sorted(named - set(words)) == []
    made = {re.sub(r"\{[^}]*\}", "*", key) for key in re.findall(rf'f"((?:{sections})\.[^"]*)"', source)}
    patterns = [re.compile(re.escape(key).replace(r"\*", r"[a-z0-9_]+")) for key in made]
    unused = {key for key in words if key not in named and not any(p.fullmatch(key) for p in patterns)
              and not key.startswith(("month.", "language.", "number.", "date.", "unit."))}
    assert sorted(unused) == []


def test_a_word_that_is_not_there_stops_the_report():
    with pytest.raises(InvariantBroken):
        catalogue("en").say(Word("title.unheard_of"))
    with pytest.raises(RequestError, match="not a language"):
        catalogue("de")


@pytest.mark.parametrize(("code", "number", "day"), [
    ("en", "1,234,567.90", "1 March 2026"), ("fr", "1\u202f234\u202f567,90", "1 mars 2026"),
    ("es", "1.234.567,90", "1 de marzo de 2026"), ("ru", "1\xa0234\xa0567,90", "1 марта 2026 г."),
    ("uk", "1\xa0234\xa0567,90", "1 березня 2026 р."), ("ar", "1,234,567.90", "1 آذار/مارس 2026")])
def test_numbers_and_dates_follow_the_language(code, number, day):
    words = catalogue(code)
    assert words.number(12_345_679_000, "m²") == number
    assert words.day(date(2026, 3, 1)) == day


@pytest.mark.parametrize(("amount", "unit", "shown"), [
    (49, "m²", "0.00"), (50, "m²", "0.01"), (-49, "m²", "0.00"), (-50, "m²", "−0.01"), (-12_345_678, "m²", "−1,234.57"),
    (45, "hours", "0.8"), (90, "hours", "1.5"), (1234, "items", "1,234"), (0, "m²", "0.00")])
def test_amounts_are_rounded_half_away_from_zero(amount, unit, shown):
    assert catalogue("en").number(amount, unit) == shown


def test_terms_are_those_of_the_treaties():
    assert catalogue("fr").word("area_type.sha") == "zone soupçonnée dangereuse"
    assert catalogue("es").word("area_type.cha") == "zona peligrosa confirmada"
    assert catalogue("ru").word("area_type.cha") == "район подтвержденной опасности"
    assert catalogue("ar").word("area_type.cha") == "منطقة خطرة مؤكدة"
    assert catalogue("uk").word("area_type.cha") == "підтверджена небезпечна ділянка"
    assert catalogue("ar").direction == "rtl"


def test_a_records_own_text_is_printed_as_given():
    words = catalogue("ar")
    assert words.say(Text("Field {n} «Північ»")) == "Field {n} «Північ»"
    assert words.say(Word("text.area_note", (("note", Text("{x} 50 %")),))).endswith("{x} 50 %")
    assert words.say(Day(None)) == words.word("word.not_stated")
    assert "2025" in catalogue("en").say(Span(date(2025, 1, 1), date(2025, 12, 31)))


def test_catalogues_are_plain_tables_of_text():
    for path in files(safeground.report).joinpath("languages").iterdir():
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assert isinstance(Catalogue(path.name, {"language.dir": "ltr"}), Catalogue)
        assert all(isinstance(value, str) for section in table.values() for value in section.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_method_word_is_said_in_the_language_of_the_report(code):
    words = catalogue(code)
    held = {key.removeprefix("method.") for key in words.words if key.startswith("method.")}
    assert held == set(METHODS)
    english = catalogue("en")
    left = [m for m in METHODS if words.say(method_cell(m)).casefold() in (m, english.word(f"method.{m}"))]
    assert left == (list(METHODS) if code == "en" else [])


@pytest.mark.parametrize("text", ["Manual", " MANUAL ", "manual"])
def test_a_method_is_known_however_it_is_written(text):
    assert catalogue("uk").say(method_cell(text)) == "ручний"
    assert catalogue("en").say(method_cell("Land-use")) == "land use"


def test_a_method_in_a_senders_own_words_stays_as_it_is():
    assert method_cell("flail, two passes") == Text("flail, two passes")
    assert method_cell(" ") == Word("word.not_stated")
