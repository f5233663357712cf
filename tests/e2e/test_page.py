"""The page in a real browser: a newcomer opens the demo's project, on a desk and on a phone."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from safeground.web.app import UI
from support.browser import COMMAND, ENVIRONMENT, chromium, serving
from support.needs import needs_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [needs_chromium, pytest.mark.skipif(not (UI / "index.html").is_file(), reason="the page is not built")]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run([*COMMAND, "demo", "--out", str(folder), "--json"], check=True, env=ENVIRONMENT, capture_output=True)
    with serving(folder / "kursk-2025.gpkg") as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def wait(page: Page, what: Callable[[], Any], seconds: float = 30) -> None:
    """Poll: the page's own security policy forbids the evaluation that the library's waiting uses."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "the page did not get there"
        page.wait_for_timeout(100)


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[[dict[str, int]], Page]]:
    pages: list[Page] = []
    faults: list[str] = []

    def go(size: dict[str, int]) -> Page:
        page = browser.new_page(viewport=size)  # type: ignore[arg-type]
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        own = (address, "blob:", "data:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
        page.goto(address)
        wait(page, lambda: page.evaluate("() => window.safegroundReady === true"))
        pages.append(page)
        return page

    yield go
    for page in pages:
        page.close()
    assert faults == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_map_draws_every_hazard_and_the_book_balances(
    opened: Callable[[dict[str, int]], Page], size: dict[str, int], tmp_path: Path
) -> None:
    page = opened(size)
    drawn = page.evaluate("() => new Set(window.safegroundMap.queryRenderedFeatures({layers: ['hazardous_area']})"
                          ".map(f => f.properties.id)).size")
    assert drawn >= 100
    assert "balances" in page.inner_text("#balanced")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.screenshot(path=str(tmp_path / "page.png"))
    assert (tmp_path / "page.png").stat().st_size > 20_000


def test_every_view_opens_and_says_where_its_figures_come_from(opened: Callable[[dict[str, int]], Page]) -> None:
    page = opened(DESK)
    for tab, words in (("sources", "suspected-areas.geojson"), ("findings", "SG-INTAKE-232"),
                       ("held", "Self-intersection"), ("figures", "Records"), ("land", "Opened in all")):
        page.click(f"#tab-{tab}")
        wait(page, lambda words=words: words in page.inner_text("#panel-body"))


def test_findings_of_one_code_are_shown_alone_and_all_again(opened: Callable[[dict[str, int]], Page]) -> None:
    page = opened(DESK)
    page.click("#tab-findings")
    wait(page, lambda: page.locator("#finding-list li.finding").count() > 5)
    page.click("#panel-body td button, #panel-body th button >> text=SG-INTAKE-232")
    wait(page, lambda: "Findings of code SG-INTAKE-232" in page.inner_text("#panel-body"))
    tags = page.locator("#finding-list .tag").all_inner_texts()
    assert tags
    assert all("SG-INTAKE-232" in tag for tag in tags)
    page.click("text=Show all")
    wait(page, lambda: page.locator("#finding-list li.finding").count() > len(tags))


def test_the_keyboard_goes_from_view_to_view_and_back_from_a_record(opened: Callable[[dict[str, int]], Page]) -> None:
    page = opened(DESK)
    page.focus("#tab-land")
    page.keyboard.press("ArrowRight")
    wait(page, lambda: "suspected-areas.geojson" in page.inner_text("#panel-body"))
    page.keyboard.press("Home")
    wait(page, lambda: page.locator("#balanced").count() == 1)
    for row in (0, -1):  # a hazardous area and a cleared one: both open from the land book
        page.locator("#panel-body tbody th button.link").nth(row).click()
        wait(page, lambda: page.locator("#record").count() == 1)
        assert "Account in the land book" in page.inner_text("#record")
        page.click("#back")
        wait(page, lambda: page.locator("#balanced").count() == 1)


def test_a_click_on_a_hazard_opens_its_record_with_account_and_history(
    opened: Callable[[dict[str, int]], Page],
) -> None:
    page = opened(DESK)
    at = page.evaluate("""() => {
        const map = window.safegroundMap;
        for (const feature of map.queryRenderedFeatures({layers: ['hazardous_area']})) {
            const outlines = feature.geometry.coordinates;
            const ring = feature.geometry.type === 'Polygon' ? outlines[0] : outlines[0][0];
            const sum = ring.reduce((a, p) => [a[0] + p[0], a[1] + p[1]], [0, 0]);
            map.jumpTo({center: [sum[0] / ring.length, sum[1] / ring.length], zoom: 15});
            return true;
        }
    }""")
    assert at
    page.evaluate("() => { window.safegroundReady = false; }")
    wait(page, lambda: page.evaluate("() => window.safegroundReady === true"))
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait(page, lambda: "hazardous area" in page.inner_text("#panel-body").lower())
    if page.locator("#record").count() == 0:
        page.click("#panel-body li button")
        wait(page, lambda: page.locator("#record").count() == 1)
    told = page.inner_text("#record")
    assert "Account in the land book" in told
    assert "History" in told


def test_the_page_never_promises_anything(opened: Callable[[dict[str, int]], Page]) -> None:
    page = opened(DESK)
    words = page.inner_text("body").lower()
    assert "decision support" in words
    assert not re.search(r"mine-free|danger zone|risk score|\bsafe\b", words)
