"""Workbooks: what is hidden is named, what lies beyond the header is not lost."""

from __future__ import annotations

import io

from openpyxl import Workbook

from safeground.intake.read_xlsx import read_xlsx


def test_a_hidden_sheet_is_read_and_named() -> None:
    book = Workbook()
    book.active.append(["id", "name"])
    book.active.append([1, "a"])
    more = book.create_sheet("old")
    more.append(["id", "name"])
    more.append([2, "b"])
    more.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    tables, findings = read_xlsx("a.xlsx", buffer.getvalue(), None)
    assert [table.layer for table in tables] == ["Sheet", "old"]
    assert [(f.code, f.source.layer) for f in findings] == [("SG-INTAKE-031", "old")]
    assert read_xlsx("a.xlsx", buffer.getvalue(), "Sheet")[1] == []


def test_a_value_beyond_the_header_is_kept_and_its_row_named() -> None:
    book = Workbook()
    for line in (["id", "name"], [1, "a"], [2, "b", None, "left over"], [None, None], [3, None, 7]):
        book.active.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    (table,), findings = read_xlsx("a.xlsx", buffer.getvalue(), None)
    assert findings == []
    assert table.row_numbers == (1, 2, 4)
    assert table.values["name"] == ["a", "b | left over", "7"]
    assert {index: found[0].code for index, found in table.row_findings.items()} == {
        1: "SG-INTAKE-020", 2: "SG-INTAKE-020"}
