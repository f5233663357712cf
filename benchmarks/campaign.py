"""Clearance campaigns from daily returns to certificates, audited every day.

    python -m benchmarks.campaign --json                                      # the small campaign, two seeds
    python -m benchmarks.campaign --campaign campaign-60 --seeds 1,2 --json   # sixty areas, 120 days
    python -m benchmarks.campaign --campaign campaign-60 --seeds 1 --why --json   # and what makes the stated residual
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks._campaign_residual import why

from safeground.operations.context import Caller
from safeground.simulation.campaign_run import campaign_result_json, run_campaign


def one(name: str, seed: int, *, explain: bool) -> dict[str, Any]:
    """Run a campaign and return its figures without the lists; `explain` adds what makes the stated residual."""
    start, busy = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        run = run_campaign(name, seed, Path(folder), Caller(actor="benchmark"))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - busy
        reasons = {"why": why(run, Path(folder))} if explain else {}
    said = campaign_result_json(run)
    checks = said["auditor"]["checks"]
    return {"seed": seed, "sound": said["sound"], "checks": len(checks), "looked": sum(c["looked"] for c in checks),
            "failures": said["auditor"]["failures"],
            "planted": len(said["planted"]), "caught": sum(c["caught"] for c in said["planted"]),
            "forbidden_steps": len(said["attempts"]), "refused": sum(a["refused"] for a in said["attempts"]),
            "truth": said["truth"], "book": said["book"], "scores": said["scores"],
            "papers_sha256": said["papers_sha256"], "results_sha256": said["results_sha256"],
            "seconds": seconds, "cpu_seconds": cpu_seconds, **reasons}


def main() -> int:
    """Run the seeds and print JSON or a few lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaign", default="campaign-8")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--why", action="store_true", help="also say what makes the stated residual")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    runs = []
    for seed in args.seeds.split(","):
        runs.append(one(args.campaign, int(seed), explain=args.why))
        sys.stderr.write(f"seed {seed}: {'sound' if runs[-1]['sound'] else 'NOT SOUND'}\n")
    if args.json:
        print(json.dumps({"schema": "safeground/benchmark-campaign/1", "campaign": args.campaign, "runs": runs}))
    else:
        for run in runs:
            print(f"seed {run['seed']}: {run['book']['released']} certificates, {run['caught']} of {run['planted']} "
                  f"planted errors caught, {len(run['failures'])} checks failed, {run['cpu_seconds']:.0f} s")
    return 0 if all(run["sound"] for run in runs) else 1


if __name__ == "__main__":
    raise SystemExit(main())
