"""The stages' pages in a real browser, on a desk and on a phone: no page is wider than its screen, none is refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.inspection import draw_sample, form_lots, open_case
from safeground.operations.progress import ProgressRequest, take_returns
from safeground.records.vocabulary import Severity
from safeground.web.app import UI
from safeground.web.links import PAGES
from support.browser import chromium, serving
from support.inspections import SIZE, at, cleared_project
from support.needs import needs_chromium
from support.ordered import ordered_project
from support.projects import area, new_project, opening
from support.returns import SIDE, row, strip, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = needs_chromium
WIDTHS = {"desk": (1280, 1600), "phone": (390, 844)}
ROUTES = tuple(address for address, _ in PAGES if address != "/")
LONG = "Gebiet-mit-einem-sehr-langen-Namen-ohne-jede-Trennung-das-niemand-umbrechen-kann"


def busy(path: Path) -> None:
    """Returns with overlaps, drawn lots, a case, a hazard page, and a name that is too long for a phone."""
    with cleared_project(path, [area(1, size=SIZE, name=LONG), area(2, size=SIZE, name="Hill")]) as project:
        field = area(0, size=SIDE)
        with project.write(at().info("intake")) as writer:
            writer.put([field])
            writer.add_entries([opening(field)])
        take_returns(project, [write(path.parent / "day.csv", [
            row("uuid:" + LONG, strip(0.0, 0.5), area_id=field.id), row("two", strip(0.4, 0.8), 3, area_id=field.id)])],
            at(0), ProgressRequest(received=date(2026, 2, 9)))
        for lot in form_lots(project, at(1)).lots:
            draw_sample(project, lot.local_id, at(2))
        open_case(project, at(2), severity=Severity.CRITICAL, description=LONG, lot_ids=("L001",), owner=LONG)
        run_hazard(project, HazardRequest(samples=200), at(2))


def empty(path: Path) -> None:
    """Nothing at all."""
    new_project(path, name=LONG).close()


def ordered(path: Path) -> None:
    """A plan with lanes, and task orders in every state."""
    ordered_project(path)


@pytest.fixture(scope="module", params=[busy, empty, ordered], ids=["busy", "empty", "ordered"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("pages") / "p.gpkg"
    request.param(path)
    with serving(path) as found:
        yield found.rstrip("/")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    wide, high = WIDTHS[request.param]
    made = browser.new_page(viewport={"width": wide, "height": high})
    faults: list[str] = []
    made.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("requestfailed", lambda asked: faults.append(asked.url))
    made.on("request", lambda asked: None if asked.url.startswith((address, "data:")) else faults.append(asked.url))
    yield made
    made.close()
    assert faults == []


def read_through(page: Page) -> None:
    """Scroll to the end, so that pictures further down are loaded, and wait for them."""
    high = page.evaluate("() => document.documentElement.scrollHeight")
    for top in range(0, high, 700):
        page.evaluate("top => window.scrollTo(0, top)", top)
        page.wait_for_timeout(40)
    page.wait_for_load_state("networkidle")


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the screen and does not scroll by itself."""
    found: list[str] = page.evaluate("""() => {
        const width = document.documentElement.clientWidth;
        const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement) {
            if (['auto', 'scroll'].includes(getComputedStyle(p).overflowX)) return true; } return false; };
        return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1
            && !scrolls(e)).map(e => e.tagName + ' ' + (e.textContent || '').slice(0, 60));
    }""")
    return found


@pytest.mark.parametrize("route", ROUTES)
def test_a_page_fits_its_screen_and_loads_all_that_it_shows(page: Page, address: str, route: str) -> None:
    answer = page.goto(address + route)
    assert answer is not None
    assert answer.status == 200
    read_through(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert too_wide(page) == []
    assert page.evaluate("() => [...document.images].filter(i => !i.complete || i.naturalWidth === 0).length") == 0
    assert page.locator("nav.pages a[aria-current='page']").get_attribute("href") == route
    words = page.inner_text("body").lower()
    assert not re.search(r"mine-free|danger zone|risk score|\bsafe\b|undefined|\bnan\b", words)


def test_what_reaches_beyond_the_screen_is_seen(page: Page, address: str) -> None:
    page.goto(address + "/progress")
    page.evaluate("() => { const e = document.createElement('p'); e.textContent = 'wide'; "
                  "e.style.width = '3000px'; document.body.append(e); }")
    assert too_wide(page)
    assert page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_every_areas_release_page_is_reached_and_fits(page: Page, address: str) -> None:
    page.goto(address + "/release")
    links = page.locator("tbody th a")
    for k in range(links.count()):
        page.goto(address + "/release")
        links.nth(k).click()
        page.wait_for_load_state("networkidle")
        assert "/release/" in page.url
        assert "Criteria" in page.inner_text("body")
        assert too_wide(page) == []


def test_the_lanes_of_each_order_are_reached_and_its_papers_are_there(page: Page, address: str) -> None:
    page.goto(address + "/plan")
    read_through(page)
    areas = page.locator("#orders tbody th > a")
    for k in range(areas.count()):
        areas.nth(k).click()
        card = page.locator("figure:has(h3:target)")
        assert card.count() == 1
        assert card.bounding_box()["width"] <= page.viewport_size["width"]
    papers = page.locator("#orders .papers a").evaluate_all("links => links.map(l => l.getAttribute('href'))")
    assert bool(papers) == bool(areas.count())
    for link in papers:
        assert page.request.get(address + link).status == 200
    if areas.count():
        sizes = page.locator("#lanes img").evaluate_all("list => list.map(i => i.naturalWidth)")
        assert sizes
        assert min(sizes) > 0


@pytest.mark.skipif(not (UI / "index.html").is_file(), reason="the page is not built")
def test_the_map_leads_to_every_page(page: Page, address: str) -> None:
    page.goto(address + "/")
    page.locator("#pages a").first.wait_for()
    found = page.locator("#pages a").evaluate_all("links => links.map(l => [l.getAttribute('href'), l.textContent])")
    assert [tuple(link) for link in found] == [link for link in PAGES if link[0] != "/"]
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.locator("#pages a", has_text="Field work").click()
    page.wait_for_load_state("networkidle")
    assert page.url == address + "/progress"


@pytest.mark.skipif(not (UI / "index.html").is_file(), reason="the page is not built")
def test_the_map_draws_lots_and_the_units_to_inspect(page: Page, address: str) -> None:
    page.goto(address + "/")
    for feature in page.request.get(address + "/api/inspection/samples").json()["features"]:
        ready(page)
        page.evaluate("at => { window.safegroundReady = false; window.safegroundMap.jumpTo({center: at, zoom: 17}); }",
                      feature["geometry"]["coordinates"][0][0][0])
        ready(page)
        for layer in ("inspection_lot_area", "sampling_unit_area"):
            assert page.evaluate("layer => window.safegroundMap.queryRenderedFeatures({layers: [layer]}).length", layer)
    page.locator("#pages a").first.wait_for()


def ready(page: Page) -> None:
    """Wait until the map is drawn: the page's own security policy forbids the evaluation of the library's waiting."""
    until = time.monotonic() + 60
    while not page.evaluate("() => window.safegroundReady === true"):
        assert time.monotonic() < until
        page.wait_for_timeout(100)
