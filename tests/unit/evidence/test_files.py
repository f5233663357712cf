"""Cells and effort files: what is faulty is refused with file, row, field and remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from safeground.evidence.cells_file import Columns, read_cells
from safeground.evidence.effort import read_effort, read_lanes
from safeground.foundation.errors import RequestError
from safeground.operations.context import standard_text
from safeground.records.standard import standard_from_toml

RULES = standard_from_toml(standard_text("imas")).hazard
COLUMNS = Columns("mines", "lon", "lat", "town")
HEAD = "lon,lat,mines,town,height,soil,again\n"
GOOD = HEAD + ("-75.0,6.0,1,A,100,clay,-75.0\n-75.0,6.01,0,A,,clay,-75.0\n"
               "-75.01,6.0,-1,B,120,sand,-75.01\n-75.02,6.0,,B,130,sand,-75.02\n")


def test_a_good_file_is_read_with_its_columns_of_text_and_repeated_coordinates_named(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text(GOOD, encoding="utf-8")
    read = read_cells(file, COLUMNS)
    assert read.cells.outcome.tolist() == [1, 0, -1, -1]
    assert read.cells.names == ("height",)
    assert np.isnan(read.cells.covariates[1, 0])
    assert read.cells.block_names == ("A", "B")
    assert np.hypot(*(read.cells.xy_km[0] - read.cells.xy_km[1])) == pytest.approx(1.106, abs=0.002)
    assert {(f.code, f.subject) for f in read.findings} == {("SG-EVIDENCE-004", "soil"), ("SG-EVIDENCE-005", "again")}


BAD = [
    (GOOD, Columns("label", "lon", "lat", "town"), "SG-EVIDENCE-002", "label"),
    (GOOD, Columns("mines", "lon", "lat", "county"), "SG-EVIDENCE-002", "county"),
    (GOOD.replace("6.0,1,A", "6.0,2,A"), COLUMNS, "SG-EVIDENCE-003", "row 1, mines"),
    (GOOD.replace("6.0,1,A", "6.0,yes,A"), COLUMNS, "SG-EVIDENCE-003", "row 1, mines"),
    (GOOD.replace("-75.0,6.01", "-75.0,north"), COLUMNS, "SG-EVIDENCE-003", "row 2, lat"),
    (GOOD.replace("-1,B,120", "-1,,120"), COLUMNS, "SG-EVIDENCE-003", "row 3, town"),
    (GOOD.replace("-75.0,6.01", "-75.0,6.0"), COLUMNS, "SG-EVIDENCE-006", "rows 1 and 2"),
    (HEAD, COLUMNS, "SG-EVIDENCE-001", "cells.csv"),
    (GOOD + "1,2,3\n", COLUMNS, "SG-EVIDENCE-001", "row 5"),
]


@pytest.mark.parametrize(("text", "columns", "code", "where"), BAD)
def test_a_faulty_file_is_refused_where_it_is_faulty(text: str, columns: Columns, code: str, where: str, tmp_path: Path
                                                    ) -> None:
    file = tmp_path / "cells.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        read_cells(file, columns)
    assert caught.value.code == code
    assert where in caught.value.subject
    assert caught.value.remedy


LANES = "method,organisation,class,targets,found\n"
EFFORT = "activity,coverage,p_detect\n"
FAULTS = [
    (LANES + "manual,T1,apm,20,21\n", "row 1, found"), (LANES + "manual,T1,torpedo,20,19\n", "row 1, class"),
    (LANES.strip() + ",hardness\nmanual,T1,apm,20,19,very\n", "row 1, hardness"),
    (LANES + "wishing,T1,apm,20,19\n", "row 1, method"), (LANES + "manual,T1,apm,-3,2\n", "row 1, targets"),
    (EFFORT + "C-1,-0.1,\n", "row 1, coverage"), (EFFORT + "C-1,0.9,1.2\n", "row 1, p_detect"),
    (EFFORT + "C-1,0.9,\nC-1,0.8,\n", "row 2, activity"), (EFFORT + "C-9,0.9,\n", "row 1, activity"),
    ("activity,share\nC-1,1\n", "coverage"), (EFFORT + "C-1,most,\n", "row 1, coverage"),
]


@pytest.mark.parametrize(("text", "where"), FAULTS)
def test_faulty_effort_is_refused_where_it_is_faulty(text: str, where: str, tmp_path: Path) -> None:
    file = tmp_path / "effort.csv"
    file.write_text(text, encoding="utf-8")
    assert RULES is not None
    with pytest.raises(RequestError) as caught:
        if text.startswith("method"):
            read_lanes(file, RULES)
        else:
            read_effort(file, frozenset({"C-1"}))
    assert where in caught.value.subject
    assert caught.value.code in ("SG-EVIDENCE-002", "SG-EVIDENCE-003")
    assert caught.value.remedy
