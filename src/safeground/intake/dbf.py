"""The table beside a Shapefile: dBASE III, read strictly."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from datetime import date

from safeground.foundation.finding import Finding
from safeground.intake.table import row_error

#: Language driver byte -> encoding, those that are in use with Shapefiles.
_LANGUAGES = {0x03: "windows-1252", 0x57: "windows-1252", 0xC8: "windows-1250", 0xC9: "windows-1251",
              0x65: "cp866", 0x64: "cp852", 0x02: "cp850", 0x01: "cp437"}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


class TableFault(ValueError):
    """The table contradicts itself; `args[0]` says how."""


@dataclass(frozen=True, slots=True)
class DbfTable:
    """Fields (name, type letter, offset, length, decimals) and the rows' bytes; `encoding` by its language byte."""

    fields: tuple[tuple[str, str, int, int, int], ...]
    rows: bytes
    row_length: int
    count: int
    encoding: str

    def values(
        self, file: str, encoding: str | None
    ) -> tuple[dict[str, list[object]], dict[int, list[Finding]]]:
        """Return the columns and, by row index, what cannot be read of them."""
        columns: dict[str, list[object]] = {}
        faults: dict[int, list[Finding]] = {}
        for name, kind, offset, length, decimals in self.fields:
            column: list[object] = []
            for index in range(self.count):
                start = index * self.row_length + offset
                raw = self.rows[start : start + length]
                try:
                    column.append(_value(raw, kind, decimals, encoding))
                except ValueError as error:
                    column.append(raw.decode("latin-1").strip())
                    code = "SG-INTAKE-022" if isinstance(error, UnicodeDecodeError) else "SG-INTAKE-024"
                    said = ("has letters that are not " + (encoding or "plain ASCII, and no encoding is stated")
                            if code == "SG-INTAKE-022" else str(error))
                    faults.setdefault(index, []).append(row_error(
                        file, "", index + 1, name, code, f"{said}.", "Send a .cpg file, or state it with --encoding."
                        if code == "SG-INTAKE-022" else "Correct the value."))
            columns[name] = column
        for index in range(self.count):
            if self.rows[index * self.row_length : index * self.row_length + 1] != b" ":
                faults.setdefault(index, []).append(row_error(
                    file, "", index + 1, "", "SG-INTAKE-023", "is marked as deleted.",
                    "Pack the table, or restore the row."))
        return columns, faults


def _value(raw: bytes, kind: str, decimals: int, encoding: str | None) -> object:
    text = raw.rstrip(b"\x00 ").decode(encoding or "ascii").strip()
    if kind == "C":
        return text
    if not text or set(text) == {"*"}:
        return None
    if kind in "NF":
        if not _NUMBER.fullmatch(text):
            if text.lower() in ("nan", "inf", "-inf", "infinity", "-infinity"):
                return float(text)
            raise ValueError(f"holds {text[:40]!r} in a column of numbers")
        value = float(text)
        return int(text) if decimals == 0 and math.isfinite(value) and value.is_integer() and "." not in text and (
            "e" not in text.lower()) else value
    if kind == "D":
        if not re.fullmatch(r"\d{8}", text):
            raise ValueError(f"holds {text[:40]!r} in a column of dates")
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if kind == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    return text


def read_dbf(content: bytes) -> DbfTable:
    """Return a table.

    Raises
    ------
    TableFault : its head, its fields and its length do not agree.
    """
    if len(content) < 33 or content[0] & 7 != 3:
        raise TableFault("the .dbf does not begin as a dBASE table does")
    count, head, length = struct.unpack_from("<IHH", content, 4)
    if head < 33 or head > len(content) or (head - 33) % 32 > 1 or content[(head - 33) // 32 * 32 + 32] != 0x0D:
        raise TableFault("the head of the .dbf does not end where it says")
    fields, offset = [], 1
    for at in range(32, (head - 33) // 32 * 32 + 32, 32):
        name = content[at : at + 11].split(b"\x00")[0].decode("latin-1").strip()
        kind, size, decimals = chr(content[at + 11]), content[at + 16], content[at + 17]
        if not name or kind not in "CNFDL" or not size:
            raise TableFault(f"the .dbf has a field {name!r} of kind {kind!r}")
        fields.append((name, kind, offset, size, decimals))
        offset += size
    if offset != length:
        raise TableFault(f"the fields of the .dbf fill {offset} bytes of rows of {length}")
    names = [field[0].casefold() for field in fields]
    if len(set(names)) != len(names):
        raise TableFault("the .dbf names a column twice")
    left = len(content) - head - count * length
    if left not in (0, 1) or (left == 1 and content[-1] != 0x1A):
        raise TableFault(f"the .dbf says {count:,} rows of {length} bytes and has {len(content) - head:,} bytes")
    return DbfTable(tuple(fields), content[head : head + count * length], length, count,
                    _LANGUAGES.get(content[29], ""))
