"""Every figure names its records, and equals the land book."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safeground.foundation.errors import InvariantBroken
from safeground.records.vocabulary import LandStatus
from safeground.report.codes import CODES
from safeground.report.figures import situation_figures


def by_name(situation):
    return {figure.name: figure for figure in situation_figures(situation)}


def test_shares_of_the_records_sum_to_each_figure(situation):
    for figure in situation_figures(situation):
        if figure.shares:
            assert len(figure.shares) == len(figure.records)
            assert sum(figure.shares) == pytest.approx(figure.value, abs=1e-6)
        elif figure.unit != "m²":
            assert figure.value in (0, len(figure.records))


def test_areas_equal_the_totals_of_the_land_book(situation):
    figures = by_name(situation)
    for status, cm2 in situation.sheet.totals_cm2:
        if status in (LandStatus.SUSPECTED, LandStatus.CONFIRMED, LandStatus.CLEARED, LandStatus.OVERLAP):
            assert figures[status.value].value == cm2 / 10_000
    assert figures["suspected areas"].value == 4
    assert figures["suspected areas"].records == figures["suspected"].records


def test_rows_in_are_accepted_quarantined_or_refused(situation):
    figures = by_name(situation)
    assert figures["rows in"].value == 11 == sum(
        figures[f"rows {state}"].value for state in ("accepted", "quarantined", "refused"))
    assert figures["rows quarantined"].records == ("q-1", "q-2")
    assert figures["rows refused"].records == ("q-3",)


def test_rows_of_a_record_taken_in_again_elsewhere_are_told_apart(situation):
    sources = (replace(situation.sources[0], accepted=4), situation.sources[1])
    figures = by_name(replace(situation, sources=sources))
    assert figures["rows without own record"].value == 2
    assert figures["rows without own record"].records == ("src-1",)


def test_people_are_counted_from_accidents(situation):
    figures = by_name(situation)
    assert (figures["accidents"].value, figures["killed"].value, figures["injured"].value) == (2, 1, 3)
    assert figures["killed"].records == ("acc-1",)
    assert figures["ordnance"].value == 13


def test_contested_ground_names_the_record_that_claims_its_release(situation):
    figure = by_name(situation)["contested"]
    assert figure.value == situation.contested_cm2 / 10_000 > 0
    assert figure.records == ("clr-1",)


def test_a_figure_that_misses_the_book_by_one_square_centimetre_stops_the_report(situation):
    totals = tuple((s, cm2 + (s is LandStatus.SUSPECTED)) for s, cm2 in situation.sheet.totals_cm2)
    with pytest.raises(InvariantBroken, match="SG-REPORT-001"):
        situation_figures(replace(situation, sheet=replace(situation.sheet, totals_cm2=totals)))
    with pytest.raises(InvariantBroken, match="contested"):
        situation_figures(replace(situation, contested_cm2=situation.contested_cm2 - 1))


def test_each_code_has_one_sentence():
    assert all(code.startswith("SG-REPORT-") and text.endswith(".") for code, text in CODES.items())
