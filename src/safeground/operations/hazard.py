"""Evidence and hazard of a project: sites from its records, their posteriors, maps beside it, one journal event."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from safeground.evidence.assemble import AssembledSite, Papers, assemble
from safeground.evidence.effort import read_effort, read_lanes
from safeground.foundation.canonical import canonical_json
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.ground.shapes import outline_sha256
from safeground.hazard.account import AccountLine, account
from safeground.hazard.fit import Settings, posterior
from safeground.hazard.held_out import HeldOut, held_out_score
from safeground.hazard.maps import cell_maps
from safeground.hazard.posterior import HazardPosterior, RegionAnswer
from safeground.operations.context import Caller, standard_text
from safeground.operations.intake import project_standard
from safeground.operations.land import retired_areas
from safeground.operations.progress_settle import orders_of, required_depth_cm
from safeground.operations.project import opened
from safeground.operations.rasters import write_cog, write_samples
from safeground.progress.judge import is_final
from safeground.progress.returns import finds_that_hold, sort_out
from safeground.records.hazard_rules import HazardRules
from safeground.records.nouns import ProgressReturn
from safeground.records.standard import NationalStandard, standard_from_toml
from safeground.report.hazard_page import hazard_html
from safeground.report.hazard_plots import SitePicture, site_png
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRequest:
    """What is asked of the hazard stage.

    Attributes
    ----------
    resolution_m : side of the cells, m; by site when None.
    lanes, effort : CSV files of lane tests and of single searches' effort.
    seed : of the draws.  dry_run : compute and tell, write nothing.
    samples : joint samples kept for later questions.
    pictures : maps are drawn for so many sites, those with the most expected items left; None = all, 0 = no page.
    areas : only the sites of these areas, None = all; the figures of the others stay as they were last computed.
    """

    resolution_m: float | None = None
    lanes: Path | None = None
    effort: Path | None = None
    seed: int = 1
    dry_run: bool = False
    samples: int = 400
    pictures: int | None = None
    areas: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AreaHazard:
    """What is left in one area, and what reduced it.

    Attributes
    ----------
    level, interval, p_any_interval : level of the rule pack's release part, and at it the intervals of the number left
        and of P(any left).
    searched_p_any : P(any left) in the searched ground alone.  outline_sha256 : of the outline that it holds for.
    """

    id: str
    name: str
    answer: RegionAnswer
    presence: float
    account: tuple[AccountLine, ...]
    level: float
    interval: tuple[int, int]
    p_any_interval: tuple[float, float]
    searched_p_any: float
    outline_sha256: str


@dataclass(frozen=True, slots=True)
class SiteHazard:
    """One site's result: cells, seconds, files written, its areas, and how well its finds are foretold."""

    name: str
    cells: int
    cell_m: float
    path: str
    seconds: float
    effective_samples: float
    finds: float
    searches: tuple[str, ...]
    answer: RegionAnswer
    areas: tuple[AreaHazard, ...]
    files: tuple[str, ...]
    score: HeldOut


@dataclass(frozen=True, slots=True)
class HazardResult:
    """All sites of a project, the findings, and the page that shows them ("" = nothing written)."""

    project: str
    sites: tuple[SiteHazard, ...]
    findings: tuple[Finding, ...]
    seconds: float
    page: str
    seed: int


def hazard_rules(standard: NationalStandard) -> tuple[HazardRules, list[Finding]]:
    """Return the pack's hazard figures; those of the shipped pack, with a finding, where an older pack has none."""
    if standard.hazard is not None:
        return standard.hazard, []
    shipped = standard_from_toml(standard_text("imas")).hazard
    if shipped is None:
        raise RequestError("SG-OPS-020", "standard", "has no [hazard] figures.", "Add them to the rule pack.")
    return shipped, [Finding(Severity.WARNING, "SG-OPS-020", standard.name, "the project's rule pack has no [hazard] "
                             "figures; those of the shipped pack are used.", "Start a project with your own figures.")]


def papers_of(reader: Reader, request: HazardRequest, rules: HazardRules) -> Papers:
    """Return the records of a project that bear on hazard, with the effort files of the request."""
    nouns = {noun: tuple(reader.records(noun)) for noun in (
        "hazardous_area", "evidence", "activity", "progress_return", "inspection", "ordnance", "accident",
        "survey_report")}
    sorted_out = sort_out(nouns["progress_return"])  # what a correction replaced is no second pass
    retired = retired_areas(reader.entries())
    names = frozenset(r.local_id for noun in ("activity", "progress_return", "inspection") for r in nouns[noun]
                      if r.local_id)
    shallow = _shallow(reader, sorted_out.effective)
    above = {r.id for r in shallow}
    return Papers(
        areas=tuple(a for a in nouns["hazardous_area"] if a.id not in retired), evidence=nouns["evidence"],
        activities=nouns["activity"],
        returns=tuple(r for r in sorted_out.effective if r.id not in above), shallow=shallow,
        inspections=nouns["inspection"],
        ordnance=finds_that_hold(nouns["ordnance"], sorted_out.replaced),
        accidents=nouns["accident"], surveys=nouns["survey_report"],
        lanes=read_lanes(request.lanes, rules) if request.lanes else (),
        effort=read_effort(request.effort, names) if request.effort else {})


def _shallow(reader: Reader, returns: Sequence[ProgressReturn]) -> tuple[ProgressReturn, ...]:
    """Return final passes worked to less than their task order or the rule pack requires (IMAS 09.10: a depth is set).

    What lies deeper has not been searched for; a pass before the final one is judged by its method's lanes alone.
    """
    standard = project_standard(reader)
    rules, orders = standard.progress, orders_of(reader)
    if rules is None:  # a pack that is older than the rules for returns
        return ()
    return tuple(r for r in returns if r.depth_cm is not None and is_final(r, rules)
                 and (asked := required_depth_cm(r, orders, standard)) is not None and r.depth_cm < asked)


def gather_evidence(project: Project | str, request: HazardRequest, caller: Caller
                    ) -> tuple[list[AssembledSite], list[Finding]]:
    """Return a project's sites: the evidence stage, which writes nothing."""
    with opened(project, caller) as held, held.read() as reader:
        standard = project_standard(reader)
        rules, findings = hazard_rules(standard)
        papers = papers_of(reader, request, rules)
    caller.progress("evidence to sites", None)
    sites, more = assemble(papers, rules, standard.programme, request.resolution_m, request.areas)
    return sites, [*findings, *more]


def run_hazard(project: Project | str, request: HazardRequest, caller: Caller) -> HazardResult:
    """Compute the posterior of every site, write its maps beside the project, and register them in the journal.

    Files lie in ``NAME.hazard``: for each site one GeoTIFF of six bands, joint samples (npz) and a picture, and one
    page for all.  Nothing is registered before all bytes are on disk.

    Raises
    ------
    RequestError : no area with an outline (SG-OPS-021), or faulty effort files.
    """
    start = time.perf_counter()
    with opened(project, caller) as held:
        sites, findings = gather_evidence(held, request, caller)
        with held.read() as reader:
            release = project_standard(reader).release
        level = release.interval_level if release is not None else 0.9
        if not sites:
            raise RequestError("SG-OPS-021", held.name, "holds no hazardous area with an outline"
                               f"{' that was asked for' if request.areas is not None else ''}.",
                               "Take in suspected or confirmed areas first.")
        folder = _folder(held)
        results, drawings = [], []
        hashes: dict[str, str] = {}
        for k, site in enumerate(sites):
            caller.progress(f"hazard: {site.name}", k / len(sites))
            one, drawing, written = _site(site, request, folder, site.number, level)
            results.append(one)
            drawings.append(drawing)
            hashes |= written
        numbers = [site.number for site in sites]
        pictures, results, written = _pictures(results, drawings, numbers, request, folder, caller)
        hashes |= written
        page = ""
        seconds = time.perf_counter() - start
        result = HazardResult(held.name, tuple(results), tuple(findings), seconds, page, request.seed)
        if not request.dry_run:
            if request.pictures != 0:
                page_path = folder / ("hazard.html" if request.areas is None else "hazard-update.html")
                page_path.write_bytes(hazard_html(hazard_json(result), pictures))
                hashes[page_path.name] = hashlib.sha256(page_path.read_bytes()).hexdigest()
                result = replace(result, page=str(page_path))
            _register(held, caller, request, result, hashes)
    return result


def _folder(project: Project) -> Path:
    where = project.path
    return (where.with_suffix(".hazard") if where is not None else Path(f"{project.name}.hazard"))


def _pictures(results: list[SiteHazard], drawings: list[SitePicture], numbers: list[int], request: HazardRequest,
              folder: Path, caller: Caller) -> tuple[list[bytes], list[SiteHazard], dict[str, str]]:
    """Draw the maps of the sites with the most expected items left; b"" for each of the others."""
    most = len(results) if request.pictures is None else max(0, request.pictures)
    order = sorted(range(len(results)), key=lambda k: -results[k].answer.expected_items)
    pictures, sites, written = [b""] * len(results), list(results), dict[str, str]()
    for count, k in enumerate(order[:most]):
        caller.progress(f"maps: {results[k].name}", count / most)
        pictures[k] = site_png(drawings[k])
        if not request.dry_run:
            path = folder / f"site-{numbers[k] + 1:03d}.png"
            path.write_bytes(pictures[k])
            written[path.name] = hashlib.sha256(pictures[k]).hexdigest()
            sites[k] = replace(sites[k], files=(*sites[k].files, str(path)))
    return pictures, sites, written


def _site(site: AssembledSite, request: HazardRequest, folder: Path, k: int, level: float
          ) -> tuple[SiteHazard, SitePicture, dict[str, str]]:
    start = time.perf_counter()
    seed = request.seed * 1000 + k
    result = posterior(site.evidence, seed, Settings(samples=request.samples))
    maps = cell_maps(result)
    inside = np.clip(np.sum(site.shares, axis=0), 0.0, 1.0)
    areas = tuple(AreaHazard(a.id, a.name or a.local_id, result.ask(share), grade.probability, account(result, share),
                             level, result.count_interval(share, level), result.p_any_interval(share, level),
                             result.searched_p_any(share), outline_sha256(a.geometry))
                  for a, share, grade in zip(site.areas, site.shares, site.grades, strict=True) if share.any())
    seconds = time.perf_counter() - start
    written: dict[str, str] = {}
    files: list[str] = []
    if not request.dry_run:
        folder.mkdir(exist_ok=True)
        stem = f"site-{k + 1:03d}"
        for path in (write_cog(folder / f"{stem}.tif", site.grid, maps),
                     write_samples(folder / f"{stem}.npz", result, seed)):
            written[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
            files.append(str(path))
    evidence = site.evidence
    return SiteHazard(
        site.name, int((evidence.area_m2 > 0).sum()), site.grid.cell_m, "large" if result.fits else "exact", seconds,
        result.samples.effective, evidence.finds.total, tuple(s.name for s in evidence.searches), result.ask(inside),
        areas, tuple(files), held_out_score(result)), _picture(site, result, maps), written


def _picture(site: AssembledSite, result: HazardPosterior, maps: Any) -> SitePicture:
    per_ha = 1e4 / np.where(site.evidence.area_m2 > 0, site.evidence.area_m2, np.nan)
    finds = site.evidence.finds
    grid = site.grid
    xy = np.column_stack([grid.west + (finds.col + 0.5) * grid.cell_m, grid.north - (finds.row + 0.5) * grid.cell_m])
    rings = [shapely.get_coordinates(r) for o in site.outlines for p in shapely.get_parts(o)
             for r in (p.exterior, *p.interiors)]
    return SitePicture(site.name, grid.west, grid.north, grid.cell_m, maps.expected_items * per_ha, maps.p_any,
                       maps.density_high - maps.density_low, maps.knowledge, rings, xy[finds.weight > 0.3])


def answer_json(answer: RegionAnswer) -> dict[str, Any]:
    """Return a region's answer as JSON; the interval is the 90 % one of the number of items."""
    return {**asdict(answer), "interval": list(answer.interval), "model_interval": list(answer.model_interval)}


def score_json(result: HazardResult) -> dict[str, Any]:
    """Return the held-out score of all sites together, nats for each block, or why there is none.

    ``log_score`` is the mean over all searched blocks of the log predictive probability of a block's finds, the block's
    own data left out; ``log_score_flat`` is that of one density for each site; ``log_score_note`` says why both are
    null.
    """
    scored = [s.score for s in result.sites if s.score.log_score is not None]
    blocks = sum(s.blocks for s in scored)
    if not blocks:
        notes = sorted({s.score.note for s in result.sites})
        return {"log_score": None, "log_score_flat": None, "log_score_blocks": 0, "log_score_weak_blocks": 0,
                "log_score_note": " ".join(notes)}
    return {"log_score": sum((s.log_score or 0.0) * s.blocks for s in scored) / blocks,
            "log_score_flat": sum((s.flat or 0.0) * s.blocks for s in scored) / blocks, "log_score_blocks": blocks,
            "log_score_weak_blocks": sum(s.weak for s in scored), "log_score_note": ""}


def hazard_json(result: HazardResult) -> dict[str, Any]:
    """Return the hazard stage's JSON."""
    return {
        "project": result.project, "cells": sum(s.cells for s in result.sites), "seconds": result.seconds,
        "seed": result.seed, "expected_items": sum(s.answer.expected_items for s in result.sites),
        **score_json(result), "page": result.page,
        "sites": [{"name": s.name, "cells": s.cells, "cell_m": s.cell_m, "path": s.path, "seconds": s.seconds,
                   "effective_samples": s.effective_samples, "finds": s.finds, "searches": list(s.searches),
                   **answer_json(s.answer), "held_out": asdict(s.score), "files": list(s.files)} for s in result.sites],
        "areas": [{"id": a.id, "name": a.name, "presence": a.presence, **answer_json(a.answer),
                   "p_any_interval": list(a.p_any_interval), "interval_level": a.level,
                   "account": [asdict(line) for line in a.account]} for s in result.sites for a in s.areas],
        "findings": [f.as_plain() for f in result.findings]}


def _kept(area: AreaHazard, site: SiteHazard, request: HazardRequest) -> dict[str, Any]:
    """Return what a release decision later asks of one area's result; all that is needed to repeat it is named."""
    answer = area.answer
    inputs = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (request.lanes, request.effort) if path]
    return {"expected_items": answer.expected_items, "p_any": answer.p_any, "interval": list(area.interval),
            "p_any_interval": list(area.p_any_interval), "searched_p_any": area.searched_p_any,
            "level": area.level, "presence": area.presence,
            "searched_items": answer.searched_items, "borrowed_items": answer.borrowed_items, "area_m2": answer.area_m2,
            "searched_m2": answer.searched_m2, "unknown_m2": answer.unknown_m2,
            "account": [asdict(line) for line in area.account], "outline_sha256": area.outline_sha256,
            "seed": request.seed, "cell_m": site.cell_m, "effective_samples": site.effective_samples,
            "input_hashes": inputs}


def _register(project: Project, caller: Caller, request: HazardRequest, result: HazardResult, hashes: dict[str, str]
              ) -> None:
    """Write one setting that names the files with their hashes; its event carries seed and parameters."""
    summary = {"seed": request.seed, "resolution_m": request.resolution_m, "files": dict(sorted(hashes.items())),
               "expected_items": [round(s.answer.expected_items, 6) for s in result.sites],
               "areas": {a.id: round(a.answer.expected_items, 6) for s in result.sites for a in s.areas},
               "answers": {a.id: _kept(a, s, request) for s in result.sites for a in s.areas}}
    digest = hashlib.sha256(canonical_json(summary)).hexdigest()
    info = caller.info("hazard", seed=request.seed, input_hashes=tuple(sorted(hashes.values())),
                       parameters=(("resolution_m", str(request.resolution_m or "")), ("digest", digest)))
    with project.write(info) as writer:
        if request.areas is not None:
            summary = _beside(writer.setting("hazard/latest"), summary)
        writer.set_setting("hazard/latest", {**summary, "id": stable_id("hazard", digest)})


def _beside(held: dict[str, Any] | None, summary: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of some sites beside those that the other sites had before."""
    if not held:
        return summary
    return {**summary, "files": dict(sorted({**held.get("files", {}), **summary["files"]}.items())),
            "areas": {**held.get("areas", {}), **summary["areas"]}}
