"""A clearance campaign from daily returns to certificates, day by day, with an auditor at the end of each."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from safeground.foundation.canonical import canonical_json
from safeground.foundation.seeds import stream
from safeground.operations.context import Caller
from safeground.operations.ledger import show
from safeground.records.journal import JournalEvent
from safeground.simulation.campaign_auditor import CampaignAuditor
from safeground.simulation.campaign_books import HAZARDOUS, RELEASED
from safeground.simulation.campaign_desk import RESIDUAL_MAX, Desk, open_desk, take_day
from safeground.simulation.campaign_field import last_day
from safeground.simulation.campaign_judge import Caught, judge_planted, verdict_checks
from safeground.simulation.campaign_papers import write_lanes
from safeground.simulation.campaign_quality import Quality
from safeground.simulation.campaign_release import Releases
from safeground.simulation.campaign_reports import report_checks
from safeground.simulation.campaign_survey import Surveys
from safeground.simulation.campaign_truth import scores_of, truth_checks
from safeground.simulation.campaign_world import START, CampaignWorld, make_campaign_world


@dataclass(frozen=True, slots=True)
class CampaignResult:
    """What a campaign came to.

    Attributes
    ----------
    checks : the auditor's, each with how often it was looked at and its first failures.
    planted : what came of every planted error.  attempts : steps that a rule had to refuse.
    truth, scores : hidden figures, and how the stated ones fare.  book : areas and land at the end.
    papers_sha256, results_sha256 : over all papers' names and bytes, and over the canonical JSON of all results.
    """

    name: str
    seed: int
    project: str
    checks: tuple[dict[str, Any], ...]
    planted: tuple[Caught, ...]
    attempts: tuple[dict[str, Any], ...]
    truth: dict[str, Any]
    scores: dict[str, Any]
    book: dict[str, Any]
    certificates: tuple[dict[str, Any], ...]
    papers_sha256: str
    results_sha256: str

    @property
    def sound(self) -> bool:
        """Whether every check held."""
        return all(check["holds"] for check in self.checks)


@dataclass(slots=True, eq=False)
class _Programme:
    desk: Desk
    surveys: Surveys
    quality: Quality
    releases: Releases
    auditor: CampaignAuditor = field(default_factory=CampaignAuditor)

    def work(self, day: date) -> None:
        """Do one work day at the desk, then in the field."""
        desk = self.desk
        take_day(desk, day)
        desk.refresh()
        self.surveys.day(day)
        desk.refresh()
        self.quality.day(day)
        desk.refresh()
        self._fill_gaps()
        self.releases.day(day)
        desk.refresh()
        desk.field.work_day(day)

    def _fill_gaps(self) -> None:
        """Send a team to ground that is still open in areas which the field believes finished."""
        desk = self.desk
        for k, area in enumerate(desk.world.areas):
            name = desk.area_ids[k]
            if (area.fate not in ("cancel", "split") and k in desk.field.ready and desk.field.idle(k)
                    and desk.books.held(name, *HAZARDOUS) > desk.books.pending_of(name)
                    and not self.quality.waiting(k)):
                ground = desk.left_over(k)
                if not ground.is_empty:
                    desk.say("gap", area=area.local_id, ground_m2=round(ground.area, 4))
                    desk.field.rework(k, desk.strip(k, ground, 0.3))

    def audit(self, day: date) -> None:
        """Let the auditor look at everything that was journalled today."""
        desk = self.desk
        sheet = show(desk.project, desk.caller("auditor")).sheet
        said = {"areas": {row.hazardous_area_id: {str(s.value): cm2 for s, cm2 in row.by_status_cm2
                                                  if s.value != "outside"} for row in sheet.rows},
                "pending_cm2": sheet.pending_cm2, "opening_cm2": sheet.opening_cm2}
        self.auditor.day(day.isoformat(), _events(desk, self.auditor.books.seq), said, desk.came)


def _events(desk: Desk, seq: int) -> Iterator[JournalEvent]:
    with desk.project.read() as reader:
        while events := reader.changes_since(seq, 2000):
            yield from events
            seq = events[-1].seq


def run_campaign(name: str, seed: int, out: Path, caller: Caller) -> CampaignResult:
    """Run a named campaign and have it audited; what an earlier run of the same name left in `out` is replaced.

    Parameters
    ----------
    out : folder for papers, project, certificates and reports.

    Raises
    ------
    RequestError : no campaign of this name (SG-SIM-003).
    """
    world = make_campaign_world(name, seed)
    _clear(out, f"{name}-{seed}")
    desk = open_desk(world, out)
    try:
        programme = _start(desk, world, out)
        for d in range(world.plan.days):
            day = START + timedelta(days=d)
            caller.progress(f"day {d + 1} of {world.plan.days}", d / world.plan.days)
            desk.clock.start(day)
            if day.weekday() < 5:
                programme.work(day)
            programme.audit(day)
        caller.progress("reports and the last audit", 1.0)
        return _result(programme, world, out)
    finally:
        desk.project.close()


def _start(desk: Desk, world: CampaignWorld, out: Path) -> _Programme:
    secret = out / "quality-secret.txt"
    secret.write_text(stream(world.seed, "quality secret").bytes(32).hex(), encoding="ascii")
    quality = Quality(desk, secret)
    lanes = write_lanes(world, out / "papers", stream(world.seed, "lanes"))
    releases = Releases(desk, quality, lanes, rng=stream(world.seed, "strays"))
    releases.register()
    surveys = Surveys(desk)
    surveys.plan(stream(world.seed, "surveys"))
    return _Programme(desk, surveys, quality, releases)


def _clear(out: Path, stem: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in ("papers", "keys", "reports", f"{stem}.hazard", f"{stem}.release", f"{stem}.inspection",
                 f"{stem}.seeds", f"{stem}.progress"):
        shutil.rmtree(out / name, ignore_errors=True)
    for suffix in (".gpkg", ".gpkg-wal", ".gpkg-shm"):
        (out / f"{stem}{suffix}").unlink(missing_ok=True)


def _result(programme: _Programme, world: CampaignWorld, out: Path) -> CampaignResult:
    desk, auditor, releases = programme.desk, programme.auditor, programme.releases
    under_way = {p.submission for p in desk.field.under_way()}
    planted = [p for p in desk.field.planted if p.subject not in under_way and f"{p.subject}c" not in under_way]
    caught = judge_planted(auditor.books, desk.rows, planted)
    checks = [*auditor.results(),
              *verdict_checks(auditor.books, programme.quality.verdicts, desk.attempts, releases.strays, caught),
              *truth_checks(releases.done, RESIDUAL_MAX), *report_checks(desk, auditor.books, START, last_day(world))]
    papers = sorted((out / "papers").iterdir())
    papers_sha256 = hashlib.sha256(b"".join(p.name.encode() + b"\0" + p.read_bytes() for p in papers)).hexdigest()
    truth, book = _truth(programme), _book(programme)
    certificates = tuple(r.as_plain() for r in releases.done)
    results = hashlib.sha256(canonical_json([desk.said, checks, [c.as_plain() for c in caught], truth, book,
                                             list(certificates)])).hexdigest()
    return CampaignResult(
        world.plan.name, world.seed, str(desk.project.location), tuple(checks), tuple(caught),
        tuple({"kind": a.kind, "subject": a.subject, "day": a.day.isoformat(), "refused": a.refused, "code": a.code}
              for a in desk.attempts),
        truth, scores_of(releases.done), book, certificates, papers_sha256, results)


def _truth(programme: _Programme) -> dict[str, Any]:
    desk = programme.desk
    found = sum(len(p.finds) for p in desk.field.diary if not p.corrects)
    inspected = sum(n for _, n, _ in programme.quality.verdicts)
    unsearched = [p for p in desk.field.diary if not p.corrects and p.fault == "" and p.final
                  and p.searched.area < 0.9 * p.reported.area]
    return {"items": len(desk.world.x), "found_by_teams": found, "found_by_inspection": inspected,
            "found_before_release": len(programme.releases.early),
            "found_after_release": len(programme.releases.strays), "left": int(desk.field.there.sum()),
            "returns": len(desk.field.diary), "over_reported_returns": len(unsearched),
            "over_reported_m2": round(sum(p.reported.area - p.searched.area for p in unsearched), 1)}


def _book(programme: _Programme) -> dict[str, Any]:
    books, quality, releases = programme.auditor.books, programme.quality, programme.releases
    total = {status: sum(accounts.get(status, 0) for accounts in books.balance.values())
             for status in (*HAZARDOUS, *RELEASED, "overlap")}
    lots = quality.verdicts
    return {"areas": len(books.opened), "opened_cm2": sum(books.opened.values()), **{f"{s}_cm2": a for s, a in
                                                                                   total.items()},
            "pending_cm2": sum(books.pending_of(a) for a in books.opened), "events": books.seq,
            "parts": len(books.records["land_part"]), "lots": len(lots),
            "lots_rejected": sum(not accepted for _, _, accepted in lots), "lots_open": len(quality.lots),
            "lots_revoked": quality.revoked,
            "cases_open": len(quality.cases), "days_blocked_by_cases": quality.blocked_days,
            "released": len(releases.done), "above_residual": dict(sorted(
                (programme.desk.world.areas[k].local_id, round(p, 6)) for k, p in releases.over.items())),
            "more_passes": sum(releases.passes.values())}


def campaign_result_json(run: CampaignResult) -> dict[str, Any]:
    """Return a campaign as the JSON of ``safeground simulate --campaign``."""
    return {"campaign": run.name, "seed": run.seed, "project": run.project, "sound": run.sound,
            "auditor": {"checks": list(run.checks), "failures": [c for c in run.checks if not c["holds"]]},
            "planted": [c.as_plain() for c in run.planted], "attempts": list(run.attempts), "truth": run.truth,
            "scores": run.scores, "book": run.book, "certificates": list(run.certificates),
            "papers_sha256": run.papers_sha256, "results_sha256": run.results_sha256}
