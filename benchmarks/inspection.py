"""Inspection: lots simulated against the exact operating characteristic; the risk-aware sample against the plan's.

    python -m benchmarks.inspection --json                        # 100,000 lots, three worlds, eight seeds each
    python -m benchmarks.inspection --lots 10000 --seeds 2 --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from benchmarks._inspection_lots import as_json, simulate
from benchmarks._inspection_risk import LotRow, lots_of, summary

WORLDS = ("rows", "strike", "village")


def risk(worlds: tuple[str, ...], seeds: int) -> dict[str, Any]:
    """Compare both samples on worlds with hidden truth."""
    out: dict[str, Any] = {}
    every: list[LotRow] = []
    for name in worlds:
        rows = [row for seed in range(1, seeds + 1) for row in lots_of(name, seed)]
        every += rows
        out[name] = summary(rows)
        sys.stderr.write(f"{name}: {len(rows)} lots\n")
    out["all"] = summary(every)
    return out


def main() -> int:
    """Run both parts and print JSON or a few lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--worlds", default=",".join(WORLDS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    start = time.perf_counter()
    out: dict[str, Any] = {"schema": "safeground/benchmark-inspection/1", "seed": args.seed}
    if args.lots:
        out["lots"] = as_json(simulate(args.lots, args.seed))
    if args.seeds:
        out["risk_aware"] = risk(tuple(args.worlds.split(",")), args.seeds)
    out["seconds"] = time.perf_counter() - start
    if args.json:
        print(json.dumps(out))
        return 0
    if "lots" in out:
        print(f"{out['lots']['lots']:,} lots: largest difference {out['lots']['largest_difference']:.4f}, "
              f"{out['lots']['largest_z']:.1f} standard errors")
    for name, row in out.get("risk_aware", {}).items():
        print(f"{name}: left by model {row['model']['left_plan']:.1f} plan, {row['model']['left_risk']:.1f} "
              f"risk-aware; in truth {row['truth']['left_plan']:.1f}, {row['truth']['left_risk']:.1f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
