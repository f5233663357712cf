"""Evaluation and prediction on a user's own cells, by the commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from safeground.cli.main import main
from support.needs import ROOT

COLOMBIA = ROOT.parent / "shared" / "data" / "colombia" / "cells_1km.csv"


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """A synthetic region of three blocks."""
    rng = np.random.default_rng(3)
    file = tmp_path / "cells.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["x", "y", "mines", "town", "height", "total"])
        for k in range(450):
            x, y = k % 30, k // 30
            height = np.sin(x / 4) + np.cos(y / 3) + 0.3 * rng.standard_normal()
            mines = int(rng.random() < 1 / (1 + np.exp(1 - 2 * height))) if rng.random() < 0.9 else -1
            writer.writerow([200_000 + 1000 * x, 300_000 + 1000 * y, mines, "ABC"[x // 10], round(height, 4), x // 10])
    return file


COLUMNS = ("--label", "mines", "--x", "x", "--y", "y", "--block", "town")


def test_evaluate_prints_json_with_rows_baselines_and_a_plot(cells: Path, tmp_path: Path,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "curve.png"
    assert main(["evaluate", str(cells), *COLUMNS, "--no-baselines", "--plot", str(plot), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [r["buffer_km"] for r in said["rows"] if "buffer_km" in r] == [0, 2, 5]
    assert [r["reveal"] for r in said["rows"] if "reveal" in r] == [0, 0.02, 0.05, 0.1, 0.2]
    assert {"roc", "pr", "ece", "slope"} <= set(said["rows"][0])
    assert said["dropped_columns"] == ["total"]
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_a_label_column_that_is_missing_is_refused(cells: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(cells), "--label", "outcome", *COLUMNS[2:], "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert said["error"]["code"] == "SG-EVIDENCE-002"
    assert "outcome" in said["error"]["subject"]


def test_a_covariate_known_after_the_window_is_refused(cells: Path, tmp_path: Path,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    dates = tmp_path / "dates.csv"
    dates.write_text("covariate,known_since\nheight,2020-05-01\n", encoding="utf-8")
    words = ("evaluate", str(cells), *COLUMNS, "--dates", str(dates), "--json")
    assert main([*words, "--window-end", "2019-12-31"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["error"]["code"], said["error"]["subject"]) == ("SG-HAZARD-010", "height")
    assert main([*words]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SG-CLI-001"
    dates.write_text("covariate,known_since\nheight,May\n", encoding="utf-8")
    assert main([*words, "--window-end", "2019-12-31"]) == 2
    assert "row 1, known_since" in json.loads(capsys.readouterr().out)["error"]["subject"]


def test_predict_writes_every_cell(cells: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "map.csv"
    assert main(["predict", str(cells), *COLUMNS, "-o", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert len(rows) == said["cells"] == 450
    assert all(0 <= float(r["low"]) <= float(r["probability_present"]) <= float(r["high"]) <= 1 for r in rows)


@pytest.mark.skipif(not COLOMBIA.is_file(), reason="the Colombian cells lie beside the repository, not in it")
def test_real_cells_are_read_with_their_defects_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "map.csv"
    assert main(["predict", str(COLOMBIA), "--label", "mines_outcome", "--x", "LONGITUD_X", "--y", "LATITUD_Y",
                 "--block", "Municipio", "-o", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["cells"] == 4330
    assert [f["subject"] for f in said["findings"]] == ["geometry"]
