"""A world carried through the stages and audited: papers, intake, land book, hazard, and the truth about them."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from safeground.operations.context import Caller
from safeground.operations.hazard import HazardRequest, hazard_json, run_hazard
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.ledger import verify
from safeground.operations.new import create
from safeground.simulation.auditor import Check, Handed, audit
from safeground.simulation.field import FieldWork, work, write_papers
from safeground.simulation.worlds import World, make_world


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a simulated run came to.

    Attributes
    ----------
    checks : the auditor's.  truth : the hidden figures.  scores : how the stated figures fare against them.
    digest : SHA-256 over the papers' bytes; one seed, one digest.
    """

    world: str
    seed: int
    project: str
    page: str
    checks: tuple[Check, ...]
    truth: dict[str, Any]
    scores: dict[str, Any]
    digest: str


def simulate(name: str, seed: int, out: Path, caller: Caller) -> Campaign:
    """Run a named world from papers to hazard and audit it.

    Parameters
    ----------
    out : folder for papers, project and maps; what an earlier run of the same world left there is replaced.
    """
    world = make_world(name, seed)
    done = work(world)
    papers = out / "papers"
    shutil.rmtree(papers, ignore_errors=True)
    nouns, slips = write_papers(world, done, papers)
    digest = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(papers.iterdir()))).hexdigest()
    project = out / f"{name}-{seed}.gpkg"
    for stale in (project, project.with_name(project.name + "-wal"), project.with_name(project.name + "-shm")):
        stale.unlink(missing_ok=True)
    shutil.rmtree(project.with_suffix(".hazard"), ignore_errors=True)
    create(str(project), caller, name=f"Simulated world {name}", standard="imas", override="", crs="EPSG:32626",
           region=(-30.5, 50.8, -29.5, 51.3))
    rows_in: dict[str, int] = {}
    accepted: dict[str, int] = {}
    aside: set[tuple[str, int]] = set()
    for file, noun in nouns.items():
        taken = take_files(str(project), [papers / file], caller, IntakeRequest(as_noun=noun))
        rows_in[file], accepted[file] = taken.rows_in, taken.accepted
        aside |= {(f.source.file, f.source.row) for f in taken.findings if f.severity.value in ("error", "refusal")}
    book = verify(str(project), caller)
    hazard = run_hazard(str(project), HazardRequest(lanes=papers / "lanes.csv", seed=seed % 1000 + 1), caller)
    figures = hazard_json(hazard)
    checks = audit(world, done, slips, Handed(figures, book.sheet.opening_cm2, rows_in, accepted, frozenset(aside)))
    return Campaign(name, seed, str(project), hazard.page, checks, _truth(world, done), _scores(world, done, figures),
                    digest)


def _truth(world: World, done: FieldWork) -> dict[str, Any]:
    covered = np.zeros(len(world.x), bool)
    for outline in world.recorded:
        covered |= shapely.contains_xy(outline, world.x, world.y)
    return {"items": len(world.x), "found": sum(len(s.found) for s in done.diary), "struck": len(done.accidents),
            "left": int(done.there.sum()), "left_inside_recorded_areas": int((done.there & covered).sum()),
            "left_outside_every_area": int((done.there & ~covered).sum()), "areas": len(world.recorded),
            "patterns": list(world.patterns)}


def _scores(world: World, done: FieldWork, figures: dict[str, Any]) -> dict[str, Any]:
    pairs = []
    for area in figures["areas"]:
        outline = world.recorded[int(area["name"].rsplit(" ", 1)[1]) - 1]
        pairs.append((int((done.there & shapely.contains_xy(outline, world.x, world.y)).sum()), area))
    brier = float(np.mean([(area["p_any"] - (left > 0)) ** 2 for left, area in pairs]))
    covered = float(np.mean([area["interval"][0] <= left <= area["interval"][1] for left, area in pairs]))
    return {"expected_left": sum(a["expected_items"] for _, a in pairs),
            "model_expected_left": sum(a["model_expected_items"] for _, a in pairs),
            "true_left": sum(left for left, _ in pairs), "interval_90_covers": covered, "brier_p_any": brier}


def campaign_json(run: Campaign) -> dict[str, Any]:
    """Return a campaign as the JSON of ``safeground simulate``."""
    return {"world": run.world, "seed": run.seed, "project": run.project, "page": run.page, "digest": run.digest,
            "auditor": {"checks": [asdict(c) for c in run.checks],
                        "failures": [asdict(c) for c in run.checks if not c.holds]},
            "truth": run.truth, "scores": run.scores}
