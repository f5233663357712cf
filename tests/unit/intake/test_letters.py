"""Letters that were read in a wrong encoding are named; honest text is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.intake.limits import BAD_LETTERS, twice_read


@pytest.mark.parametrize("text", [
    "Größe", "Chernobog", "Село Воронец", "Bosanska Gradiška", "SÃO JOÃO", "CAFÉ’S", "FORÊT « Noire »", "مدينة",
    "Αθήνα", "ភូមិ", "naïve – “quoted”", "10 m² à 12°", "Đurđevac", "ÇAĞ ‘x’", "voilà\u00a0!", "Île-de-France", "½ £5"])
def test_honest_text_is_left_alone(text: str) -> None:
    assert twice_read(text) == ""


@pytest.mark.parametrize("text", ["Größe", "Село Воронец", "Đurđevac", "مدينة النور", "Αθήνα", "don’t", "12°", "ភូមិ"])
def test_utf_8_read_as_windows_1252_is_named(text: str) -> None:
    spoilt = text.encode("utf-8").decode("cp1252", errors="replace")
    assert twice_read(spoilt) or BAD_LETTERS.search(spoilt)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(st.characters(min_codepoint=0xC0, max_codepoint=0x52F, categories=["L"]), min_size=3, max_size=30))
def test_whatever_text_is_spoilt_so_is_named(text: str) -> None:
    spoilt = text.encode("utf-8").decode("cp1252", errors="replace")
    assert twice_read(spoilt) or BAD_LETTERS.search(spoilt)
