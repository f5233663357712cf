"""Bad files: what Safeground's intake makes of them, and what geopandas and pandas make of the same bytes.

Run ``python -m benchmarks.bad_input --json``.  The corpus is made anew from one seed; see
``docs/decisions/0030-corpus-of-bad-input.md``.  A peer is no intake: it reads what it can and was never asked to judge.
The columns say what a programme gets that builds its intake on the peer alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from corpus.case import FORMATS, Case  # noqa: E402
from corpus.cases import build_corpus  # noqa: E402
from corpus.judge import Outcome, faults, is_wrong_accept, take  # noqa: E402
from corpus.rows import REGION  # noqa: E402

#: A peer can be expected to say no to the first two; only an intake knows that a date or a position is wrong.
KINDS = ("files", "outlines", "values")


def kind_of(case: Case) -> str:
    """Return whether the file's grammar, an outline's geometry, or a value is wrong; "" for a good case."""
    if not case.is_bad:
        return ""
    word = case.name.split("-")[1]
    return {"file": "files", "row": "files", "kmz": "files", "disguise": "files", "shape": "outlines",
            "cleared": "outlines"}.get(word, "values")


def ours(cases: list[Case], folder: Path) -> dict[str, tuple[Outcome, float]]:
    """Take each case into one project, without writing, and return the outcome and the seconds by case."""
    from safeground.foundation.clock import fixed_clock
    from safeground.operations.context import Caller
    from safeground.operations.new import create
    from safeground.store.project import open_project

    caller = Caller(actor="benchmark", clock=fixed_clock(datetime(2026, 11, 1, tzinfo=UTC)))
    location = str(folder / "atlantic.gpkg")
    create(location, caller, name="Atlantic", region=REGION)
    outcomes = {}
    with open_project(location, clock=caller.clock) as project:
        for case in cases:
            started = time.perf_counter()
            outcome = take(project, case, caller)
            outcomes[case.name] = (outcome, time.perf_counter() - started)
    return outcomes


def peers(cases: list[Case]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Read each case with geopandas or pandas and return what came of it, and the versions."""
    answers = {}
    with subprocess.Popen([sys.executable, "-m", "benchmarks._bad_input_peers"], cwd=ROOT, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("the peers' process has no pipes")
        versions = json.loads(process.stdout.readline())
        for case in cases:
            job = {"path": str(case.path), "format": case.format} | {
                key: value for key, value in case.options if key == "encoding"}
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            answers[case.name] = json.loads(process.stdout.readline())
        process.stdin.close()
    return answers, versions


def our_row(cases: list[Case], outcomes: dict[str, tuple[Outcome, float]]) -> dict[str, int]:
    """Count, for bad cases: refused or held as expected, wrong accepts, crashes; for good ones: accepted whole."""
    bad = [case for case in cases if case.is_bad]
    good = [case for case in cases if not case.is_bad]
    return {"as_expected": sum(not faults(case, outcomes[case.name][0]) for case in bad),
            "wrong_accepts": sum(is_wrong_accept(case, outcomes[case.name][0]) for case in bad),
            "crashes": sum(bool(outcomes[case.name][0].crash) for case in cases),
            "good_accepted": sum(not faults(case, outcomes[case.name][0]) for case in good)}


def peer_row(cases: list[Case], answers: dict[str, dict[str, Any]]) -> dict[str, int]:
    """Count, for bad cases: exception, rows returned without one, rows returned without geometry, over the limit."""
    said = [answers[case.name] for case in cases if case.is_bad]
    status = Counter(answer["status"] for answer in said)
    return {"refused": status["refused"], "accepted_silently": sum(a.get("rows", 0) > 0 for a in said),
            "no_rows_silently": sum(a["status"] == "read" and a["rows"] == 0 for a in said),
            "silent_null_geometry": sum(a.get("null", 0) > 0 for a in said),
            "timeouts": status["timeout"], "crashes": status["crash"],
            "good_accepted": sum(answers[case.name].get("rows") == case.rows for case in cases if not case.is_bad)}


def measure() -> dict[str, Any]:
    """Build the corpus, read it with both, and return the table by format and in total."""
    with tempfile.TemporaryDirectory() as place:
        cases = build_corpus(Path(place) / "corpus")
        outcomes = ours(cases, Path(place))
        answers, versions = peers(cases)
    table = {}
    for name in (*FORMATS, *KINDS, "all"):
        chosen = [case for case in cases if name in (case.format, "all") or kind_of(case) == name]
        table[name] = {"bad": sum(case.is_bad for case in chosen), "good": sum(not case.is_bad for case in chosen),
                       "safeground": our_row(chosen, outcomes), "peers": peer_row(chosen, answers)}
    slowest = max(outcomes.items(), key=lambda item: item[1][1])
    return {"benchmark": "bad_input", "versions": versions, "formats": table,
            "slowest_case": {"name": slowest[0], "seconds": round(slowest[1][1], 2)},
            "seconds": round(sum(seconds for _, seconds in outcomes.values()), 1)}


def show(result: dict[str, Any]) -> None:
    """Print the table for people."""
    print(f"{'format':9} {'bad':>5} | Safeground {'as expected':>11} {'wrong':>6} {'crash':>6} {'good':>8} | peers "
          f"{'exception':>9} {'silent':>7} {'null':>5} {'time':>5} {'crash':>6} {'good':>8}")
    for name, row in result["formats"].items():
        us, they, good = row["safeground"], row["peers"], row["good"]
        print(f"{name:9} {row['bad']:5} |            {us['as_expected']:11} {us['wrong_accepts']:6} {us['crashes']:6} "
              f"{us['good_accepted']:4}/{good:<3} |       {they['refused']:9} {they['accepted_silently']:7} "
              f"{they['silent_null_geometry']:5} {they['timeouts']:5} {they['crashes']:6} "
              f"{they['good_accepted']:4}/{good:<3}")
    print(f"slowest: {result['slowest_case']}; all of ours: {result['seconds']} s; {result['versions']}")


def main() -> None:
    """Run the benchmark; ``--json`` prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result = measure()
    if arguments.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
