"""The evidence stage's JSON: sites with their searches, finds and graded areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safeground.evidence.assemble import AssembledSite
from safeground.foundation.finding import Finding


def evidence_json(project: str, sites: Sequence[AssembledSite], findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what records say as observations: presence and absence, with search effort."""
    out = []
    for site in sites:
        evidence = site.evidence
        ground = evidence.area_m2
        covered = sum((s.coverage > 0).astype(float) for s in evidence.searches) if evidence.searches else 0 * ground
        finds = evidence.finds
        out.append({
            "name": site.name, "cells": int((ground > 0).sum()), "cell_m": site.grid.cell_m,
            "area_m2": float(ground.sum()),
            "searched_share": float(ground[covered > 0].sum() / ground.sum()) if ground.any() else 0.0,
            "finds": finds.total,
            "searches": [{"name": s.name, "kind": s.kind, "detector": s.detector,
                          "covered_m2": float((s.coverage * ground).sum()),
                          "finds": float(finds.weight[finds.search == k].sum())}
                         for k, s in enumerate(evidence.searches)],
            "detectors": [{"name": d.name, "found": list(d.found), "missed": list(d.missed), "highest": d.highest,
                           "hard": [list(pair) if pair else None for pair in d.hard]} for d in evidence.detectors],
            "hard_items": asdict(evidence.prior.hard) if evidence.prior.hard is not None else None,
            "areas": [{"id": a.id, "name": a.name or a.local_id, "type": a.area_type.value, "presence": g.probability,
                       "known_present": g.known, "steps": [asdict(step) for step in g.steps]}
                      for a, g in zip(site.areas, site.grades, strict=True)]})
    return {"project": Path(project).name, "sites": out, "findings": [f.as_plain() for f in findings]}
