"""Regional prediction on cells with known outcomes, beside simpler models, in one run.

    python -m benchmarks.regional --data CELLS.csv --label mines_outcome --x LONGITUD_X --y LATITUD_Y \
        --block Municipio --json

``--map`` hides each block's outcomes in turn from the map that ``predict`` writes, and says how often the block's share
of positives lies in its 90 % interval; about a minute more.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from safeground.evidence.cells_file import Columns, read_cells
from safeground.operations.context import Caller
from safeground.operations.national import national_map
from safeground.operations.regional import evaluate_cells, evaluation_json


def map_coverage(path: Path, columns: Columns, seed: int) -> dict[str, Any]:
    """Return how often a block's share of positives lies in the map's interval while its outcomes are hidden."""
    cells = read_cells(path, columns).cells
    rows = []
    for b in cells.scorable_blocks():
        own = cells.block == b
        outcome = cells.outcome.copy()
        outcome[own] = -1
        said = national_map(replace(cells, outcome=outcome), seed).shares[b]
        seen = float(cells.outcome[own & cells.labelled].mean())
        rows.append({"block": said.block, "seen": seen, "share": said.share, "low": said.low, "high": said.high,
                     "inside": said.low <= seen <= said.high})
    return {"coverage": sum(row["inside"] for row in rows) / len(rows), "blocks": rows}


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name in ("label", "x", "y", "block"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--map", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    def tell(text: str, share: float | None) -> None:
        sys.stderr.write(f"{text} {share or 0:.0%}\n")

    start = time.perf_counter()
    columns = Columns(args.label, args.x, args.y, args.block)
    caller = Caller(actor="benchmark", progress=tell)
    values = evaluation_json(evaluate_cells(args.data, columns, caller, seed=args.seed))
    values |= {"schema": "safeground/benchmark-regional/1", "seed": args.seed, "seconds": time.perf_counter() - start}
    if args.map:
        values["map"] = map_coverage(args.data, columns, args.seed)
    if args.json:
        print(json.dumps(values))
        return 0
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
              f"block intervals hold {row['block_interval_coverage']:.0%}, width {row['block_interval_width']:.2f}")
    if args.map:
        print(f"map: {values['map']['coverage']:.0%} of hidden blocks lie in their 90 % interval")
    print("leak budget", {k: round(v, 3) for k, v in values["leak_budget_roc"].items()}, f"{values['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
