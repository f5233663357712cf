"""Regional prediction on cells with known outcomes, beside simpler models, in one run.

    python -m benchmarks.regional --data CELLS.csv --label mines_outcome --x LONGITUD_X --y LATITUD_Y \
        --block Municipio --json

``--map`` hides each block's outcomes in turn, but for a share, from the map that ``predict`` writes, scores the hidden
cells, and says how often their share of positives lies in its 90 % interval, and in that stated for all cells of the
block, declared or not; some minutes a share more.  ``--ceiling 10`` ranks each block with a tenth and with nine tenths
known.
``--buffers``, ``--reveals`` and ``--models`` leave settings out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks._regional_ceiling import ceiling

from safeground.evidence.cells_file import Columns, read_cells
from safeground.hazard.evaluation import BUFFERS_KM, MODELS, REVEALS
from safeground.hazard.scores import score
from safeground.operations.context import Caller
from safeground.operations.national import national_map
from safeground.operations.regional import evaluate_cells, evaluation_json


def map_coverage(path: Path, columns: Columns, share: float, seed: int) -> dict[str, Any]:
    """Return how the map foretells blocks whose outcomes are hidden but for a share: scores and blocks' intervals.

    ``inside`` is of the interval of the hidden cells' share, ``inside_all`` of the one stated for all cells of the
    block: which cells are declared is not chance, so that one need not hold the declared ones' share.
    """
    cells = read_cells(path, columns).cells
    shown = np.random.default_rng([seed, 41]).random(len(cells.outcome)) < share
    rows, y, p = [], [], []
    for b in cells.scorable_blocks():
        own = cells.block == b
        hidden = own & cells.labelled & ~shown
        said = national_map(replace(cells, outcome=np.where(own & ~shown, -1, cells.outcome)), seed)
        y.append(cells.outcome[hidden])
        p.append(said.answers.probability[hidden])
        whole, seen = said.shares[b], float(y[-1].mean())
        expected, low, high = said.share_of(int(b), hidden)
        rows.append({"block": whole.block, "seen": seen, "share": expected, "low": low, "high": high,
                     "inside": low <= seen <= high, "share_all": whole.share, "low_all": whole.low,
                     "high_all": whole.high, "inside_all": whole.low <= seen <= whole.high,
                     "roc": score(y[-1], p[-1]).roc})
    pooled = score(np.concatenate(y), np.concatenate(p))
    return {"reveal": share, "coverage": sum(row["inside"] for row in rows) / len(rows),
            "width": float(np.mean([row["high"] - row["low"] for row in rows])),
            "coverage_all": sum(row["inside_all"] for row in rows) / len(rows),
            "width_all": float(np.mean([row["high_all"] - row["low_all"] for row in rows])),
            "roc": float(np.nanmean([row["roc"] for row in rows])), "ece": pooled.ece, "slope": pooled.slope,
            "brier_skill": pooled.brier_skill, "blocks": rows}


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name in ("label", "x", "y", "block"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--buffers", type=float, nargs="*", default=BUFFERS_KM, help="dead zones, km")
    parser.add_argument("--reveals", type=float, nargs="*", default=REVEALS, help="shares revealed, 0 to 1")
    parser.add_argument("--models", nargs="*", default=MODELS, choices=MODELS)
    parser.add_argument("--map", type=float, nargs="*", help="shares revealed, 0 to 1; without any: 0")
    parser.add_argument("--ceiling", type=int, metavar="PARTS", help="rank blocks with one part known, and all but one")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    def tell(text: str, share: float | None) -> None:
        sys.stderr.write(f"{text} {share or 0:.0%}\n")

    start = time.perf_counter()
    columns = Columns(args.label, args.x, args.y, args.block)
    caller = Caller(actor="benchmark", progress=tell)
    values = evaluation_json(evaluate_cells(args.data, columns, caller, seed=args.seed, buffers=tuple(args.buffers),
                                            reveals=tuple(args.reveals), models=tuple(args.models)))
    values |= {"schema": "safeground/benchmark-regional/1", "seed": args.seed, "seconds": time.perf_counter() - start}
    if args.map is not None:
        values["map"] = [map_coverage(args.data, columns, share, args.seed) for share in args.map or [0.0]]
    if args.ceiling:
        both = ceiling(read_cells(args.data, columns).cells, args.ceiling, args.seed)
        values["ceiling"] = [asdict(one) for one in both]
    if args.json:
        print(json.dumps(values))
    else:
        show(values)
    return 0


def show(values: dict[str, Any]) -> None:
    """Print the table."""
    for row in [*values["rows"], *values["baselines"]]:
        where = f"{row['buffer_km']:g} km" if "buffer_km" in row else f"{row['reveal']:.0%}"
        print(f"{row['model']:22s} {where:>6s}  ROC {row['roc']:.3f} (median {row['roc_median']:.3f})  "
              f"PR {row['pr']:.3f}  "
              f"ECE {row['ece']:.3f}  slope {row['slope']:.2f}  Brier skill {row['brier_skill']:.3f}  "
              f"rheight {row['reverse_height']:.1f}  area for 80 % {row['area_80']:.1%}")
    for row in values["rows"]:
        where = f"{row['buffer_km']:g} km" if "buffer_km" in row else f"{row['reveal']:.0%}"
        print(f"{where:>6s}  ECE {row['ece']:.3f}; perfectly calibrated {row['ece_perfect']:.3f} "
              f"(95 %: {row['ece_perfect_95']:.3f}), level known {row['ece_level_known']:.3f}; "
              f"block intervals hold {row['block_interval_coverage']:.0%}, width {row['block_interval_width']:.2f}; "
              f"over blocks (90 %) ECE {row['ece_interval_90'][0]:.3f} to {row['ece_interval_90'][1]:.3f}, slope "
              f"{row['slope_interval_90'][0]:.2f} to {row['slope_interval_90'][1]:.2f}; ROC on the same cells "
              f"{row.get('roc_same_cells', float('nan')):.3f}")
    for row in values.get("map", []):
        print(f"map, {row['reveal']:.0%} revealed: ROC {row['roc']:.3f}  ECE {row['ece']:.3f}  "
              f"slope {row['slope']:.2f}  Brier skill {row['brier_skill']:.3f}; shares of "
              f"{row['coverage']:.0%} of blocks lie in their 90 % interval, width {row['width']:.2f}; "
              f"{row['coverage_all']:.0%} in that of all cells, width {row['width_all']:.2f}")
    for row in values.get("ceiling", []):
        print(f"learner alone, {row['revealed']:.0%} of each block known: ROC {row['roc']:.3f}  "
              f"blocks {' '.join(f'{roc:.2f}' for roc in row['blocks'])}  pairs {row['pairs']}")
    print("leak budget", {k: round(v, 3) for k, v in values["leak_budget_roc"].items()}, f"{values['seconds']:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
