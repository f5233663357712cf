"""The marks and the summary about what a machine lacks."""

from __future__ import annotations

import pytest

from support.needs import ENABLE_ALL, need, needs_postgis, reason_of

pytest_plugins = ["pytester"]


def test_a_missing_package_skips_with_the_name_of_the_package() -> None:
    mark = need("qgis", found=False, require=False).mark
    assert mark.name == "skipif"
    assert mark.args == (True,)
    assert "Debian: qgis" in mark.kwargs["reason"]


def test_a_missing_package_fails_where_everything_is_required() -> None:
    assert need("qgis", found=False, require=True).mark.name == "missing_capability"
    assert need("qgis", found=True, require=True).mark.args == (False,)


def test_the_summary_names_each_capability_with_its_count_and_the_line_that_enables_all(
    pytester: pytest.Pytester, request: pytest.FixtureRequest
) -> None:
    conftest = request.config.rootpath / "tests" / "conftest.py"
    pytester.makeini(f"[pytest]\npythonpath = {request.config.rootpath / 'tests'} {request.config.rootpath}\n")
    pytester.makeconftest(conftest.read_text(encoding="utf-8"))
    pytester.makepyfile(f"""
        import pytest
        @pytest.mark.skipif(True, reason={reason_of("chromium")!r})
        @pytest.mark.parametrize("n", range(3))
        def test_browser(n): raise AssertionError
        @pytest.mark.missing_capability({reason_of("qgis")!r})
        def test_project_opens(): pass
    """)
    for workers in ((), ("-n", "1")):
        result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *workers)
        result.stdout.fnmatch_lines(["*3 skipped: needs chromium (Debian: chromium)*", f"*{ENABLE_ALL}*"])
        result.stdout.fnmatch_lines(["*needs qgis*SAFEGROUND_REQUIRE_ALL=1*"])
        result.assert_outcomes(skipped=3, errors=1)


@needs_postgis
def test_each_test_gets_an_empty_database_with_postgis(postgis_url: str) -> None:
    import psycopg

    with psycopg.connect(postgis_url) as connection:
        area = connection.execute("select ST_Area('POLYGON((0 0,0 1,1 1,1 0,0 0))'::geometry)").fetchone()
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    assert area == (1.0,)
    assert tables == (1,)  # spatial_ref_sys alone
