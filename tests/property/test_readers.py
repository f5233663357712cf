"""Whatever bytes come, a reader answers with findings: it never raises, and never invents a row."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from corpus.geometry_cases import write_rows
from corpus.rows import areas
from safeground.intake.readers import read_source


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "geojson", "shp", "kml"])
def test_mutated_files_are_answered_with_findings(fmt: str, tmp_path: Path) -> None:
    path = tmp_path / f"areas.{fmt}"
    write_rows(fmt, path, areas(f"mutated {fmt}"), as_points=False)
    targets = sorted(tmp_path.glob("areas.*"))
    good = {target: target.read_bytes() for target in targets}
    chance = random.Random(f"20261125 {fmt}")
    for _ in range(150):
        target = chance.choice(targets)
        content = bytearray(good[target])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(content))
            way = chance.randrange(4)
            if way == 0:
                content[at] = chance.randrange(256)
            elif way == 1:
                del content[at : at + chance.randrange(1, 40)]
            elif way == 2:
                content[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
            else:
                content[at:at] = content[: chance.randrange(1, 60)]
            content = content or bytearray(b"x")
        target.write_bytes(bytes(content))
        result = read_source(path)
        assert result.tables or result.findings
        assert all(finding.code and finding.remedy for finding in result.findings)
        target.write_bytes(good[target])
