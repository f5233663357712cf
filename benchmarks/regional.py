"""Regional prediction on cells with known outcomes, beside simpler models, in one run.

    python -m benchmarks.regional --data CELLS.csv --label mines_outcome --x LONGITUD_X --y LATITUD_Y \
        --block Municipio --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from safeground.evidence.cells_file import Columns
from safeground.operations.context import Caller
from safeground.operations.regional import evaluate_cells, evaluation_json


def main() -> int:
    """Run the benchmark and print its table or its JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    for name in ("label", "x", "y", "block"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()

    def tell(text: str, share: float | None) -> None:
        sys.stderr.write(f"{text} {share or 0:.0%}\n")

    start = time.perf_counter()
    columns = Columns(args.label, args.x, args.y, args.block)
    caller = Caller(actor="benchmark", progress=tell)
    values = evaluation_json(evaluate_cells(args.data, columns, caller, seed=args.seed))
    values |= {"schema": "safeground/benchmark-regional/1", "seed": args.seed, "seconds": time.perf_counter() - start}
    if args.json:
        print(json.dumps(values))
        return 0
    for row in [*values["rows"], *values["baselines"]]:
        where = f"{row['buffer_km']:g} km" if "buffer_km" in row else f"{row['reveal']:.0%}"
        print(f"{row['model']:22s} {where:>6s}  ROC {row['roc']:.3f} (median {row['roc_median']:.3f})  "
              f"PR {row['pr']:.3f}  "
              f"ECE {row['ece']:.3f}  slope {row['slope']:.2f}  Brier skill {row['brier_skill']:.3f}  "
              f"rheight {row['reverse_height']:.1f}  area for 80 % {row['area_80']:.1%}")
    print("leak budget", {k: round(v, 3) for k, v in values["leak_budget_roc"].items()}, f"{values['seconds']:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
