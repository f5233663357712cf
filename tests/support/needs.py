"""What a test needs from the machine: each mark skips with the name of the Debian package that would let it run.

With ``SAFEGROUND_REQUIRE_ALL=1`` a missing package makes its tests fail instead; shared data is optional everywhere, so
that its absence only ever skips.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from benchmarks._postgis import postgres_bin

ROOT = Path(__file__).resolve().parents[2]
#: Real data that lies beside the repository on some machines and is never part of it.
SHARED = Path(os.environ.get("SAFEGROUND_SHARED_DATA", "") or ROOT.parent / "shared" / "data")
REQUIRE_ALL = os.environ.get("SAFEGROUND_REQUIRE_ALL", "") == "1"
#: The one line that enables every skipped test.
ENABLE_ALL = "sudo apt-get install chromium postgresql postgresql-15-postgis-3 gdal-bin python3-gdal qgis"
#: Capability -> Debian packages, as the reasons name them.
PACKAGES = {
    "chromium": "chromium",
    "postgis": "postgresql postgresql-15-postgis-3",
    "gdal tools": "gdal-bin python3-gdal",
    "qgis": "qgis",
}


def chromium() -> str | None:
    """Path of a Chromium that a browser test can drive."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


def _has_postgis() -> bool:
    return postgres_bin() is not None and importlib.util.find_spec("psycopg") is not None


def _has_gdal_tools() -> bool:
    return all(shutil.which(tool) for tool in ("ogrinfo", "ogr2ogr")) and bool(
        glob.glob("/usr/lib/python3/dist-packages/osgeo/__init__.py"))


def reason_of(capability: str) -> str:
    """Why a test is skipped; the summary counts by this text."""
    return f"needs {capability} (Debian: {PACKAGES[capability]})"


def need(capability: str, *, found: bool, require: bool = REQUIRE_ALL) -> pytest.MarkDecorator:
    """Mark of a test that needs a capability: skips where it is missing, fails where everything is required."""
    if require and not found:
        return pytest.mark.missing_capability(reason_of(capability))
    return pytest.mark.skipif(not found, reason=reason_of(capability))


needs_chromium = need("chromium", found=chromium() is not None)
needs_postgis = need("postgis", found=_has_postgis())
needs_gdal_tools = need("gdal tools", found=_has_gdal_tools())
needs_qgis = need("qgis", found=shutil.which("qgis_process") is not None)
needs_shared_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs shared data (a folder beside the repository, or SAFEGROUND_SHARED_DATA)")
