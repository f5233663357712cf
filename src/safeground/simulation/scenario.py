"""A scenario carried through every stage, from a world's papers to task orders and report; the main job in one call."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass, field, fields, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.foundation.units import m2_to_cm2
from safeground.intake.readers import ReadOptions
from safeground.operations.claims_check import RateCheck, StoryFigures, check_totals
from safeground.operations.context import Caller
from safeground.operations.intake import IntakeRequest, IntakeResult, take_files
from safeground.operations.ledger import LedgerResult, pin, verify
from safeground.operations.new import create
from safeground.operations.report import make_report
from safeground.records.vocabulary import LandStatus
from safeground.report.figures import Figure
from safeground.simulation.deployment import Deployment
from safeground.simulation.district_files import Planted, write_district

_KEYS = {
    "scenario": {"name", "title", "seed", "standard", "override", "crs"},
    "region": {"west", "south", "east", "north"}, "world": {"kind"}, "claims": {"total", "low", "high", "source"},
    "intake": {"files", "as", "mapping", "encoding", "crs", "layer"},
    "hazard": {"resolution_m", "samples", "pictures"},
    "plan": {"start", "days", "moves", "bases", "days_on", "days_off", "waves", "chain"},
    "crew": {"prefix", "method", "count", "size"}, "forecast": {"deadline", "draws"}, "task": {"lane_width_m"},
    "assertion": {"publisher", "as_of", "status", "area_m2", "document"}, "report": {"formats"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a run: its word, how long it took, and what came of it in words."""

    name: str
    seconds: float
    summary: str


@dataclass(slots=True, kw_only=True)
class ScenarioResult:
    """What a run made: files by their path, and what each stage said.

    `figures_of` holds the JSON of the stages hazard, plan, forecast and task, as far as the scenario has
    them; `planted` pairs each defect of a synthetic world's papers with whether the intake caught it.
    """

    name: str
    title: str
    project: str = ""
    report: str = ""
    files: list[str] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    intakes: list[IntakeResult] = field(default_factory=list)
    ledger: LedgerResult | None = None
    figures: tuple[Figure, ...] = ()
    planted: list[tuple[Planted, bool]] = field(default_factory=list)
    claim_checks: tuple[RateCheck, ...] = ()
    figures_of: dict[str, dict[str, Any]] = field(default_factory=dict)


def bundled(name: str) -> Path:
    """Return the path of a scenario that is shipped.

    Raises
    ------
    RequestError : none of this name (``SG-SIM-001``).
    """
    folder = files("safeground").joinpath("scenarios")
    path = Path(str(folder.joinpath(f"{name}.toml")))
    if not path.is_file():
        known = sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))
        raise RequestError("SG-SIM-001", name, "no scenario of this name is shipped.", f"Use one of: "
                           f"{', '.join(known)}.")
    return path


def read_scenario(path: Path) -> dict[str, Any]:
    """Return a scenario file's tables.

    Raises
    ------
    RequestError : not there, not TOML, or a key that is not known (``SG-SIM-001``, ``-002``).
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError("SG-SIM-001", path.name, f"cannot be opened: {error.strerror}.", "Check the "
                           "name.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError("SG-SIM-002", path.name, f"is not TOML: {error}.", "Correct the line that is "
                           "named.") from error
    for table, keys in data.items():
        rows = table in ("intake", "assertion", "crew", "claims")
        entries = keys if isinstance(keys, list) and rows else [keys]
        for entry in entries:
            known = table in _KEYS and isinstance(entry, dict)
            unknown = sorted(set(entry) - _KEYS[table]) if known else [table]
            if unknown:
                raise RequestError("SG-SIM-002", path.name, f"unknown: {', '.join(map(str, unknown))} in [{table}].",
                                   f"Tables: {', '.join(_KEYS)}.")
    if "name" not in data.get("scenario", {}) or not data.get("intake"):
        raise RequestError("SG-SIM-002", path.name, "has no [scenario] name or no [[intake]].", "Add them.")
    return data


def run_scenario(path: Path, out: Path, caller: Caller) -> ScenarioResult:
    """Carry a scenario through every stage.

    Parameters
    ----------
    path : scenario file; files it names lie relative to it, those of a synthetic world in ``out/papers``.
    out : folder for everything that is made; it must not hold a project of this name.

    Raises
    ------
    RequestError : the scenario is faulty, or the project exists (``SG-SIM-002``, ``SG-STORE-002``).
    """
    data = read_scenario(path)
    head = data["scenario"]
    result = ScenarioResult(name=head["name"], title=head.get("title", head["name"]))
    out.mkdir(parents=True, exist_ok=True)
    project = out / f"{head['name']}.gpkg"
    if project.exists():
        raise RequestError("SG-STORE-002", project.name, "exists already in the output folder.",
                           "Choose another folder with --out, or delete it yourself.")
    result.project = str(project)
    run = _Run(data, path.parent, out, project, caller, result)
    job = Deployment(data, out, str(project), run.told)
    for name, stage in (
            ("claims", run.claims), ("world", run.world), ("new", run.new), ("intake", run.intake),
            ("hazard", job.hazard), ("plan", job.plan), ("forecast", job.forecast), ("task", job.task),
            ("ledger", run.ledger), ("report", run.report)):
        if name in ("claims", "world", "hazard", "plan", "forecast", "task") and name not in data:
            continue
        started = time.perf_counter()
        summary = stage()
        result.stages.append(Stage(name=name, seconds=time.perf_counter() - started, summary=summary))
    result.files += job.files
    result.figures_of = job.said
    return result


@dataclass(slots=True)
class _Run:
    """The stages of one run."""

    data: dict[str, Any]
    base: Path
    out: Path
    project: Path
    caller: Caller
    result: ScenarioResult
    planted: tuple[Planted, ...] = ()
    furthest: float = 0.0

    def told(self, share: float, width: float) -> Caller:
        """Return a caller whose progress is a part of the whole run's."""
        def progress(message: str, part: float | None) -> None:
            self.furthest = max(self.furthest, share + width * (part or 0.0))
            self.caller.progress(message, self.furthest)

        return replace(self.caller, progress=progress, reason=self.caller.reason or f"scenario {self.result.name}")

    def claims(self) -> str:
        """Hold the totals that public reports claim against practice, before anything is simulated."""
        totals = {row["total"]: (float(row["low"]), float(row.get("high", row["low"]))) for row in self.data["claims"]}
        unknown = sorted(set(totals) - {item.name for item in fields(StoryFigures)})
        if unknown or any(not row.get("source") for row in self.data["claims"]):
            raise RequestError("SG-SIM-002", "[[claims]]", f"unknown totals {unknown}, or a total without a source.",
                               f"Totals: {', '.join(item.name for item in fields(StoryFigures))}.")
        self.result.claim_checks, verdict = check_totals(StoryFigures(**totals))
        rates = "; ".join(f"{c.low:,.3g} {c.unit} ({c.verdict.replace('no range', 'no range found')})"
                          for c in self.result.claim_checks)
        return f"{verdict} Implied: {rates}"

    def world(self) -> str:
        """Write the papers of a synthetic world."""
        self.caller.progress("writing the district's papers", 0.02)
        self.base = self.out / "papers"
        _, self.planted = write_district(self.base, int(self.data["scenario"].get("seed", 0)))
        count = len(list(self.base.iterdir()))
        return f"{count} files of a synthetic district, {len(self.planted)} errors planted in them"

    def new(self) -> str:
        """Start the project."""
        head, region = self.data["scenario"], self.data.get("region")
        bounds = tuple(float(region[side]) for side in ("west", "south", "east", "north")) if region else None
        made = create(
            str(self.project), self.told(0.03, 0.02), name=self.result.title, standard=head.get("standard", "imas"),
            override=str(self.base / head["override"]) if head.get("override") else "", crs=head.get("crs", ""),
            region=bounds)  # type: ignore[arg-type]
        return f"rule pack {made.standard} {made.edition}, working coordinates {made.crs or 'none'}"

    def intake(self) -> str:
        """Take in every file."""
        steps = self.data["intake"]
        for number, step in enumerate(steps):
            caller = self.told(0.05 + 0.1 * number / len(steps), 0.1 / len(steps))
            mapping = (self.base / step["mapping"]).read_text(encoding="utf-8") if step.get("mapping") else ""
            request = IntakeRequest(as_noun=step.get("as", ""), mapping_toml=mapping, options=ReadOptions(
                crs=step.get("crs"), encoding=step.get("encoding"), layer=step.get("layer")))
            paths = [self.base / name for name in step["files"]]
            self.result.intakes.append(take_files(str(self.project), paths, caller, request))
        self.result.planted = [(defect, self._caught(defect)) for defect in self.planted]
        rows = sum(i.rows_in for i in self.result.intakes)
        taken, aside, refused = (sum(getattr(i, name) for i in self.result.intakes)
                                 for name in ("accepted", "quarantined", "refused"))
        caught = sum(found for _, found in self.result.planted)
        planted = f"; {caught} of {len(self.planted)} planted errors caught" if self.planted else ""
        return f"{rows:,} rows in = {taken:,} accepted + {aside:,} quarantined + {refused:,} refused{planted}"

    def _caught(self, defect: Planted) -> bool:
        """Return whether the intake said of a planted error what it must."""
        findings = [f for i in self.result.intakes for f in i.findings if f.source.file == defect.file]
        taken = [item for i in self.result.intakes for item in i.files if item.file == defect.file]
        if defect.expected == "file refused":
            return bool(taken) and all(item.accepted == 0 and item.refused == item.rows_in for item in taken)
        heavy = ("error", "refusal") if defect.expected in ("quarantined", "refused") else ("warning", "error")
        return any(f.source.row == defect.row and f.severity.value in heavy for f in findings)

    def ledger(self) -> str:
        """Pin published figures, then recompute the whole book."""
        for item in self.data.get("assertion", ()):
            pin(str(self.project), self.told(0.82, 0.0), publisher=item["publisher"],
                as_of=date.fromisoformat(item["as_of"]), status=LandStatus(item["status"]),
                area_cm2=m2_to_cm2(float(item["area_m2"])), document=item.get("document", ""))
        found = self.result.ledger = verify(str(self.project), self.told(0.82, 0.03))
        ok = "balances" if found.sheet.balanced else "DOES NOT BALANCE"
        chain = "chain holds" if found.chain_ok else "CHAIN BROKEN"
        shared = sum(overlap.area_cm2 for overlap in found.overlaps) / 10_000
        return (f"{len(found.sheet.rows):,} areas, {found.sheet.opening_cm2 / 1e8:,.2f} ha booked, book {ok}, journal "
                f"{chain} over {found.journal_seq:,} events; {len(found.overlaps):,} overlaps, {shared:,.2f} m², of "
                f"which {found.contested_cm2 / 10_000:,.2f} m² are counted as hazardous and also recorded as released")

    def report(self) -> str:
        """Write the report in every form asked for."""
        forms = self.data.get("report", {}).get("formats", ["html"])
        for number, form in enumerate(forms):
            target = self.out / f"{self.result.name}.{form}"
            caller = self.told(0.85 + 0.15 * number / len(forms), 0.0)
            made = make_report(str(self.project), "situation", target, caller)
            self.result.files.append(str(target))
            self.result.figures = made.figures
            self.result.report = self.result.report or str(target)
        self.caller.progress("done", 1.0)
        return f"situation report as {', '.join(forms)}; {len(self.result.figures)} figures, each with its records"
