"""Other people's programs read the project file: GDAL, its GeoPackage validator, and QGIS without a screen."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from safeground.operations.report import export_layers
from safeground.records.vocabulary import AreaType
from safeground.store.project import Project, open_project
from safeground.store.verify import verify_journal
from support.needs import needs_gdal_tools, needs_qgis
from support.projects import accident, area, aside, caller, new_project, opening

WHO = caller()
QGIS_SCRIPT = """
import os, sys
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
app = QgsApplication([], False)
app.initQgis()
layers = [QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr") for name in sys.argv[3].split(",")]
for layer in layers:
    if not layer.isValid():
        sys.exit(f"{layer.name()} is not valid")
    layer.loadDefaultStyle()
settings = QgsMapSettings()
settings.setLayers(list(reversed(layers)))
settings.setBackgroundColor(QColor("white"))
settings.setOutputSize(QSize(800, 600))
settings.setDestinationCrs(layers[0].crs())
settings.setExtent(layers[0].extent())
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
job.renderedImage().save(sys.argv[2])
print(",".join(str(layer.featureCount()) for layer in layers), flush=True)
os._exit(0)  # leaving QGIS the long way crashes in some of its versions
"""
QGIS_EDIT = """
import os, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(f"{sys.argv[1]}|layername=hazardous_area", "areas", "ogr")
layer.startEditing()
feature = next(layer.getFeatures())
layer.changeAttributeValue(feature.id(), layer.fields().indexOf("name"), "renamed in QGIS")
done = layer.commitChanges()
os._exit(0 if done else 1)
"""


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment,
                          timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with new_project(tmp_path / "district.gpkg") as made:
        records = [area(number, area_type=AreaType.CONFIRMED_HAZARDOUS_AREA if number % 2 else
                        AreaType.SUSPECTED_HAZARDOUS_AREA, name=f"Hill {number}") for number in range(12)]
        with made.write(WHO.info("intake")) as writer:
            writer.put([*records, accident(1), accident(5)])
            writer.add_entries(opening(record) for record in records)
            writer.add_quarantine([aside(1)])
        yield made


@needs_gdal_tools
def test_gdal_lists_every_layer_with_its_features(project: Project) -> None:
    path = project.location
    project.close()
    text = run("ogrinfo", "-so", "-al", path)
    assert "Feature Count: 12" in text
    assert "WGS 84" in text
    assert "Layer name: accident" in text


@needs_gdal_tools
def test_the_validator_of_geopackages_has_no_complaint(project: Project) -> None:
    path = project.location
    project.close()
    told = run("/usr/bin/python3", "-m", "osgeo_utils.samples.validate_gpkg", path)
    assert "error" not in told.lower(), told


@needs_gdal_tools
def test_an_exported_geopackage_is_valid_and_holds_the_layers_alone(project: Project, tmp_path: Path) -> None:
    result = export_layers(project, tmp_path / "handed-on.gpkg", WHO)
    assert dict(result.layers) == {"hazardous_area": 12, "accident": 2, "quarantine_area": 1}
    told = run("/usr/bin/python3", "-m", "osgeo_utils.samples.validate_gpkg", str(tmp_path / "handed-on.gpkg"))
    assert "error" not in told.lower(), told
    assert "sg_journal" not in run("ogrinfo", "-so", str(tmp_path / "handed-on.gpkg"))


def _pixels(path: Path) -> np.ndarray:
    from matplotlib.image import imread

    return (imread(path)[:, :, :3] * 255).round().astype(int)


@needs_qgis
def test_qgis_draws_the_areas_in_their_imas_colours(project: Project, tmp_path: Path) -> None:
    path = project.location
    project.close()
    script = tmp_path / "draw.py"
    script.write_text(QGIS_SCRIPT)
    told = run("/usr/bin/python3", str(script), path, str(tmp_path / "map.png"), "hazardous_area,accident",
               QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(tmp_path))
    assert told.strip().splitlines()[-1] == "12,2"
    seen = _pixels(tmp_path / "map.png").reshape(-1, 3)
    for name, colour in (("confirmed", (255, 127, 127)), ("suspected", (249, 211, 139))):
        close = (np.abs(seen - np.array(colour)) <= 6).all(axis=1).sum()
        assert close > 500, f"{name}: {close} pixels"


@needs_qgis
def test_an_edit_made_in_qgis_is_shown_by_the_verification(project: Project, tmp_path: Path) -> None:
    path = project.location
    project.close()
    script = tmp_path / "edit.py"
    script.write_text(QGIS_EDIT)
    run("/usr/bin/python3", str(script), path, QT_QPA_PLATFORM="offscreen", XDG_RUNTIME_DIR=str(tmp_path))
    with open_project(path, clock=WHO.clock) as held:
        found = verify_journal(held).findings
        assert [finding.code for finding in found] == ["SG-STORE-022"]
        assert "hazardous_area" in found[0].subject
