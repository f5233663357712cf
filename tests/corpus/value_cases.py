"""Every fault of one value in a row, in every format: dates, counts, words, areas, identifiers, letters."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from corpus.case import HELD, REFUSED, Corpus
from corpus.geometry_cases import write_rows
from corpus.rows import Row, accidents, areas, cleared, random_source
from corpus.shapes import ALL

MAKERS: dict[str, Callable[[str], list[Row]]] = {"hazardous_area": areas, "cleared_area": cleared,
                                                 "incident": accidents}


@dataclass(frozen=True)
class ValueFault:
    """One column of one row gets another value."""

    noun: str
    name: str
    defect: str
    column: str
    value: str
    meaning: str


WRONG_DAY = "a fact is booked in the wrong year"
GUESSED = "what lies in the ground was guessed"
CLAIMED = "a figure that nobody stated is kept as stated"
COUNT = "people harmed are miscounted"

VALUE_FAULTS: tuple[ValueFault, ...] = (
    ValueFault("hazardous_area", "area-negative", "a stated area below zero", "area_m2", "-7400", CLAIMED),
    ValueFault("hazardous_area", "area-nan", "a stated area that is NaN", "area_m2", "NaN", CLAIMED),
    ValueFault("hazardous_area", "area-infinite", "a stated area without end", "area_m2", "1e999", CLAIMED),
    ValueFault("hazardous_area", "area-word", "a stated area that is a word", "area_m2", "large", CLAIMED),
    ValueFault("hazardous_area", "area-unit", "a unit word that the programme has not declared", "area_m2", "4.6 rai",
               CLAIMED),
    ValueFault("hazardous_area", "date-impossible", "30 February", "date", "2024-02-30", WRONG_DAY),
    ValueFault("hazardous_area", "date-month-13", "a thirteenth month", "date", "2024-13-01", WRONG_DAY),
    ValueFault("hazardous_area", "date-future", "a date after today", "date", "2062-04-01", WRONG_DAY),
    ValueFault("hazardous_area", "date-persian", "a Persian year without a declared calendar", "date", "1398-05-12",
               WRONG_DAY),
    ValueFault("hazardous_area", "date-buddhist", "a Buddhist year without a declared calendar", "date", "2562-05-12",
               WRONG_DAY),
    ValueFault("hazardous_area", "date-words", "a date in words", "date", "last spring", WRONG_DAY),
    ValueFault("hazardous_area", "date-number", "a serial number of some spreadsheet as date", "date", "45429",
               WRONG_DAY),
    ValueFault("hazardous_area", "contamination-word", "an unknown word for the contamination", "contamination",
               "butterflies", GUESSED),
    ValueFault("hazardous_area", "contamination-typo", "a misspelt word for the contamination", "contamination",
               "AMP", GUESSED),
    ValueFault("hazardous_area", "status-word", "an unknown word for the status", "status", "perhaps", GUESSED),
    ValueFault("hazardous_area", "status-digit", "a code number for the status", "status", "7", GUESSED),
    ValueFault("hazardous_area", "replacement", "a letter that was lost in conversion (U+FFFD)", "name",
               "Че\ufffdнобог", "names of places are lost"),
    ValueFault("hazardous_area", "c1-control", "control letters of a wrong encoding (C1)", "name",
               "Ð\u0093Ð¾Ñ\u0080Ð°", "names of places are lost"),
    ValueFault("hazardous_area", "twice-read", "Cyrillic letters that were read as Windows-1252", "name",
               "Ð¡ÐµÐ»Ð¾ Ð’Ð¾Ñ€Ð¾Ð½ÐµÑ†", "names of places are lost"),
    ValueFault("hazardous_area", "twice-read-latin", "German letters that were read as Windows-1252", "name",
               "GroÃŸer HÃ¼gel", "names of places are lost"),
    ValueFault("cleared_area", "end-before-start", "an end before the start", "end_date", "2021-06-15", WRONG_DAY),
    ValueFault("cleared_area", "end-future", "an end after today", "end_date", "2027-01-15", WRONG_DAY),
    ValueFault("cleared_area", "start-impossible", "31 April", "start_date", "2023-04-31", WRONG_DAY),
    ValueFault("cleared_area", "start-persian", "a Persian year without a declared calendar", "start_date",
               "1401-11-02", WRONG_DAY),
    ValueFault("cleared_area", "area-negative", "a stated area below zero", "area_m2", "-1", CLAIMED),
    ValueFault("incident", "killed-negative", "a negative number of people killed", "killed", "-1", COUNT),
    ValueFault("incident", "injured-negative", "a negative number of people injured", "injured", "-2", COUNT),
    ValueFault("incident", "killed-half", "half a person", "killed", "1.5", COUNT),
    ValueFault("incident", "killed-word", "a number in words", "killed", "two", COUNT),
    ValueFault("incident", "injured-nan", "a number of people that is NaN", "injured", "NaN", COUNT),
    ValueFault("incident", "injured-range", "a range where a number belongs", "injured", "2-3", COUNT),
    ValueFault("incident", "date-future", "an accident in the future", "date", "2026-11-29", WRONG_DAY),
    ValueFault("incident", "date-impossible", "31 November", "date", "2022-11-31", WRONG_DAY),
    ValueFault("incident", "date-hijri", "a Hijri year without a declared calendar", "date", "1444-04-12", WRONG_DAY),
    ValueFault("incident", "device-word", "an unknown word for the device", "device", "firework?", GUESSED),
)


def _add_value_fault(corpus: Corpus, fmt: str, fault: ValueFault) -> None:
    seed = f"{fault.noun} {fault.name} {fmt}"
    rows = MAKERS[fault.noun](seed)
    index = random_source(seed).randrange(1, len(rows))
    rows[index].values[fault.column] = fault.value
    as_points = fault.noun == "incident"
    corpus.add(fmt, f"value-{fault.noun}-{fault.name}", fault.noun, fault.defect, HELD,
               lambda path: write_rows(fmt, path, rows, as_points=as_points), rows=len(rows), bad=(index + 1,),
               meaning=fault.meaning, whole_file_too=fault.name in ("replacement", "c1-control"))


def _add_doubles(corpus: Corpus, fmt: str) -> None:
    for noun, make in MAKERS.items():
        rows = make(f"double id {noun} {fmt}")
        rows[3].values["id"] = rows[1].values["id"]
        as_points = noun == "incident"
        corpus.add(fmt, f"double-id-{noun}", noun, "the identifier of another row", HELD,
                   lambda path, rows=rows, as_points=as_points: write_rows(fmt, path, rows, as_points=as_points),
                   rows=4, bad=(4,), meaning="one record replaces another")
        again = make(f"double row {noun} {fmt}")
        again.append(deepcopy(again[1]))
        corpus.add(fmt, f"double-row-{noun}", noun, "a row given twice", HELD,
                   lambda path, rows=again, as_points=as_points: write_rows(fmt, path, rows, as_points=as_points),
                   rows=5, bad=(5,), meaning="one fact is counted twice")


def _add_date_order(corpus: Corpus, fmt: str) -> None:
    for noun, columns in (("hazardous_area", ("date",)), ("incident", ("date",)),
                          ("cleared_area", ("start_date", "end_date"))):
        rows = MAKERS[noun](f"date order {noun} {fmt}")
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                row.values[column] = f"0{number}/0{number + 3 + place}/2019"
        as_points = noun == "incident"
        corpus.add(fmt, f"date-order-{noun}", noun, "every date reads as day first or month first", REFUSED,
                   lambda path, rows=rows, as_points=as_points: write_rows(fmt, path, rows, as_points=as_points),
                   rows=4, meaning=WRONG_DAY)


def add_value_cases(corpus: Corpus) -> None:
    for fmt in ALL:
        for fault in VALUE_FAULTS:
            _add_value_fault(corpus, fmt, fault)
        _add_doubles(corpus, fmt)
        _add_date_order(corpus, fmt)
