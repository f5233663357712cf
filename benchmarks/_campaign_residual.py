"""What makes the residual that released areas of a campaign state: by ground, class, hardness and belief.

Every released area is computed again from the records of its day of release, once with the shipped beliefs and once for
each belief that a programme would replace by its own record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from safeground.evidence.assemble import AssembledSite, Papers, assemble
from safeground.evidence.effort import LaneTest
from safeground.foundation.seeds import stream
from safeground.hazard.fit import Settings, posterior
from safeground.hazard.nuisance import left_share
from safeground.hazard.posterior import HazardPosterior
from safeground.operations.context import Caller
from safeground.operations.hazard import HazardRequest, hazard_rules, papers_of
from safeground.operations.intake import project_standard
from safeground.records.hazard_rules import HazardRules
from safeground.records.standard import ProgrammeRules
from safeground.simulation.campaign_release import CELL_M
from safeground.simulation.campaign_run import CampaignResult
from safeground.simulation.campaign_world import CampaignWorld, make_campaign_world
from safeground.store.project import open_project

#: How surely a simulated team finds a hard item, as a share of an ordinary one (``campaign_field``).
EASE = 0.6
LAID = 30
WORDS = ("apm", "apm", "avm", "cmr", "uxo")
PARTS = ("ground that no team searched", "ordinary items of common classes", "ordinary items of the deep class",
         "hard items")


def why(run: CampaignResult, folder: Path) -> dict[str, Any]:
    """Return the statements of a campaign's released areas, in parts and under other beliefs, beside the truth."""
    world = make_campaign_world(run.name, run.seed)
    request = HazardRequest(lanes=folder / "papers" / "lanes.csv", resolution_m=CELL_M)
    caller = Caller(actor="benchmark")
    project = open_project(run.project, clock=caller.clock)
    try:
        with project.read() as reader:
            standard = project_standard(reader)
            rules, _ = hazard_rules(standard)
            papers = papers_of(reader, request, rules)
    finally:
        project.close()
    names = {a.local_id for a in world.areas}
    papers = replace(papers, areas=tuple(a for a in papers.areas if a.local_id in names))
    out: dict[str, Any] = {"released": len(run.certificates), "stated": _stated(run), "beliefs": {}}
    for belief, (own, lanes) in _beliefs(rules, papers, world).items():
        out["beliefs"][belief] = _all(run, replace(papers, lanes=lanes), own, standard.programme,
                                      blind=belief == "no item is hard", split=belief == "as shipped")
    return out


def _stated(run: CampaignResult) -> dict[str, float]:
    return {"items": sum(c["expected_items"] for c in run.certificates), "areas": sum(c["p_any"] for c in
            run.certificates), "true_items": sum(c["true_left"] for c in run.certificates),
            "true_areas": sum(c["true_left"] > 0 for c in run.certificates)}


def _beliefs(rules: HazardRules, papers: Papers, world: CampaignWorld
             ) -> dict[str, tuple[HazardRules, tuple[LaneTest, ...]]]:
    """Return rule packs and lanes: as shipped, and with the programme's own records in place of a belief."""
    classes = own_classes(rules, papers)
    hardness = own_hardness(rules, papers, world)
    lanes = tuple(papers.lanes)
    more = (*lanes, *_hard_lanes(world))
    return {"as shipped": (rules, lanes), "own record of classes": (classes, lanes),
            "own record of hardness": (hardness, more),
            "both": (replace(hardness, class_weight=classes.class_weight), more), "no item is hard": (rules, lanes)}


def own_classes(rules: HazardRules, papers: Papers) -> HazardRules:
    """Return rules whose class weights follow the finds, each over its detection in lanes; their sum stays."""
    laid, found = Counter[str](), Counter[str]()
    for lane in papers.lanes:
        if lane.method == "manual":
            laid[lane.item_class] += lane.targets
            found[lane.item_class] += lane.found
    seen = Counter(item.category.value for item in papers.ordnance)
    shipped = dict(rules.class_weight)
    there = {c: shipped[c] + seen[c] * laid[c] / max(found[c], 1) for c in rules.classes}
    scale = sum(shipped.values()) / sum(there.values())
    return replace(rules, class_weight=tuple((c, there[c] * scale) for c in rules.classes))


def own_hardness(rules: HazardRules, papers: Papers, world: CampaignWorld) -> HazardRules:
    """Return rules to whose counts of hard items those of the items found are added."""
    at = np.array([[p.x, p.y] for p in _flat(papers)])
    nearest = np.argmin((at[:, :1] - world.x) ** 2 + (at[:, 1:] - world.y) ** 2, axis=1)
    hard = int(world.hard[nearest].sum())
    before, ordinary = dict(rules.hard_items)["any"], dict(rules.ordinary_items)["any"]
    return replace(rules, hard_items=(("any", before + hard),),
                   ordinary_items=(("any", ordinary + len(nearest) - hard),))


def _flat(papers: Papers) -> list[Any]:
    from safeground.simulation.campaign_papers import metres

    return [metres(item.geometry) for item in papers.ordnance if item.geometry is not None]


def _hard_lanes(world: CampaignWorld) -> list[LaneTest]:
    rng = stream(world.seed, "lanes with hard targets")
    return [LaneTest(team.method, team.local_id, word, LAID, int(rng.binomial(LAID, EASE * team.skill[k])), hard=True)
            for team in world.teams for k, word in enumerate(WORDS)]


def _of_day(papers: Papers, day: date) -> Papers:
    """Return the records of work and finds up to a day."""
    return replace(
        papers, returns=tuple(r for r in papers.returns if r.work_date is None or r.work_date <= day),
        inspections=tuple(i for i in papers.inspections if i.visit_date is None or i.visit_date <= day),
        ordnance=tuple(o for o in papers.ordnance if o.found_date is None or o.found_date <= day))


def _all(run: CampaignResult, papers: Papers, rules: HazardRules, programme: ProgrammeRules, *, blind: bool,
         split: bool) -> dict[str, Any]:
    items, areas, worst = 0.0, 0.0, 0.0
    parts = np.zeros(len(PARTS))
    ids = {a.local_id: a.id for a in papers.areas}
    for paper in run.certificates:
        name = ids[paper["area"]]
        known = _of_day(papers, date.fromisoformat(paper["released"]))
        (site,), _ = assemble(known, rules, programme, CELL_M, frozenset({name}))
        if blind:
            site = replace(site, evidence=replace(site.evidence, prior=replace(site.evidence.prior, hard=None)))
        region = next(s for a, s in zip(site.areas, site.shares, strict=True) if a.id == name)
        answer = posterior(site.evidence, (run.seed % 1000 + 1) * 1000 + site.number, Settings(samples=200))
        said = answer.ask(region)
        items, areas = items + said.expected_items, areas + said.p_any
        worst = max(worst, abs(said.p_any - paper["p_any"]))
        if split:
            parts += _parts(site, answer, region, rules)
    out: dict[str, Any] = {"items": items, "areas": areas, "farthest_from_stated": worst}
    return out | ({"parts": dict(zip(PARTS, parts.tolist(), strict=True))} if split else {})


def _parts(site: AssembledSite, answer: HazardPosterior, region: np.ndarray, rules: HazardRules) -> np.ndarray:
    """Return the expected items of a region by PARTS."""
    swept = np.zeros(region.shape)
    for search in site.evidence.searches:
        if search.kind != "land_use":
            swept = np.maximum(swept, search.coverage > 0)
    bare = region * (1 - swept)
    none = answer.ask(bare).expected_items if (bare * site.evidence.area_m2).any() else 0.0
    deep = rules.classes.index("uxo")
    common, low, hard = 0.0, 0.0, 0.0
    for part, held in _held(answer, region * swept):
        for m in range(len(rules.classes)):
            only = replace(answer.draws, shares=answer.draws.shares * (np.arange(len(rules.classes)) == m))
            every = float(left_share(site.evidence, only, part, answer.data.patterns.coverage) @ held)
            tough = float(left_share(site.evidence, only, part, answer.data.patterns.coverage, hard_only=True) @ held)
            hard += tough
            low, common = (low + every - tough, common) if m == deep else (low, common + every - tough)
    return np.array([none, common, low, hard])


def _held(answer: HazardPosterior, region: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Return, for each draw of detection, the items that lay under each pattern of searches in a region."""
    site, data, samples = answer.site, answer.data, answer.samples
    part = data.part_of_cell.reshape(site.area_m2.shape)
    known = (part >= 0) & (region > 0) & (site.area_m2 > 0)
    ground = (site.area_m2 * site.support * region)[known]
    there = data.patterns.sums(np.flatnonzero(known), ground, part[known], len(data.part_node))
    rate = answer.rate[:, data.part_node] * answer.holds[:, data.part_polygon]
    by_draw = np.zeros((answer.draws.count, len(data.part_node)))
    np.add.at(by_draw, samples.draw, samples.weight[:, None] * rate)
    return [(int(j), there @ by_draw[j]) for j in np.unique(samples.draw)]
