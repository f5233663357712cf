"""A small district on the open ocean, at 51° N 30° W."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safeground.report.situation import SituationInput
from support.situations import make_situation


@pytest.fixture
def situation() -> SituationInput:
    return make_situation()


@pytest.fixture
def unusual_names(situation: SituationInput) -> SituationInput:
    """The same district with names in other scripts, and with letters that mean something to a typesetter."""
    names = ("Район «Північ»", "منطقة خطرة", "តំបន់មីន", "#set page[$x^2$] \\ <script>alert(1)</script> *a* _b_ @c",
             "=1+1 & \"quoted\" 'single'", "地区", "မြန်မာ", "name\nwith line break")
    rows = tuple(replace(row, name=name) for row, name in zip(situation.sheet.rows, names, strict=True))
    return replace(situation, project=f"{names[3]} {names[0]}", sheet=replace(situation.sheet, rows=rows),
                   records=tuple(replace(r, label=n) for r, n in zip(situation.records, names, strict=True)))
