"""What returns that hold move in the land book: entries, the ground of each, and what is said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import winners_of
from safeground.ledger.post import pending_release, void_pending
from safeground.operations.booking import held_parcels
from safeground.operations.land import booking_order, parcels_from
from safeground.operations.progress_settle import Held, Settled, effective, required_depth_cm
from safeground.progress.count import AreaCount, AreaGround, Claim, Increment, count_ground
from safeground.progress.judge import fast_returns, judge, told, two_places
from safeground.progress.returns import has_ground
from safeground.progress.standing import Stand, counting, rejected, stands_of
from safeground.records.fieldwork import LandPart
from safeground.records.land import Account, LandEntry
from safeground.records.nouns import ProgressReturn
from safeground.records.quality_rules import ProgressRules
from safeground.records.standard import NationalStandard
from safeground.records.vocabulary import LandStatus, ReleaseMethod
from safeground.store.project import Reader

OPEN = (LandStatus.CONFIRMED, LandStatus.SUSPECTED)
_OTHER = (LandStatus.OVERLAP, LandStatus.UNEXPLAINED)


@dataclass(slots=True)
class Counted:
    """Entries and parts to write, what was counted by area, overlaps (claim, counted by, m²) and findings."""

    entries: list[LandEntry] = field(default_factory=list)
    parts: list[LandPart] = field(default_factory=list)
    by_area: dict[str, AreaCount] = field(default_factory=dict)
    overlaps: list[tuple[str, str, float]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    voided_cm2: int = 0


def progress_rules(standard: NationalStandard) -> ProgressRules:
    """Return the pack's rules for daily returns.

    Raises
    ------
    RequestError : the pack is older than they are (``SG-OPS-060``).
    """
    if standard.progress is None:
        raise RequestError("SG-OPS-060", standard.name, "has no [progress] figures.",
                           "Start a project with a rule pack that has them.")
    return standard.progress


def grounds_of(reader: Reader, held: Held, entries: Sequence[LandEntry], parts: Sequence[LandPart],
               area_ids: Sequence[str], return_ids: Sequence[str]) -> dict[str, AreaGround]:
    """Return the areas as the count sees them: outline, what the book holds, what counts and what was rejected."""
    book, stands = LandBook.from_entries(entries), stands_of(entries)
    wanted = set(area_ids)
    asked = parcels_from([held.areas[name] for name in area_ids], booking_order(entries))
    everyone = held_parcels(reader, entries, asked) if asked else []
    mine = [parcel for parcel in everyone if parcel.id in wanted]
    winners = winners_of(mine, everyone)
    around = {parcel.id: tuple(w.geometry for w in winners.get(at, ())) for at, parcel in enumerate(mine)}
    by_area: dict[str, list[LandPart]] = {}
    for part in parts:
        if part.hazardous_area_id in wanted:
            by_area.setdefault(part.hazardous_area_id, []).append(part)
    found = {}
    for name in area_ids:
        own, balance = by_area.get(name, []), book.held(name)
        found[name] = AreaGround(
            area_id=name, outline=held.areas[name].geometry, elsewhere=around.get(name, ()),
            book_cm2=sum(amount for status, amount in balance.items() if status not in _OTHER),
            open_cm2=sum(max(book.available(Account(name, status)), 0) for status in OPEN),
            taken=tuple((part.record_ids[0] if part.record_ids else part.id, part.geometry, part.area_cm2)
                        for part in counting(own, stands)),
            refused=tuple((part.geometry, day) for part, day in rejected(own, stands, return_ids)))
    return found


class Counting:
    """Counts the returns that hold now and did not before, and takes back what those counted that hold no longer."""

    def __init__(self, reader: Reader, held: Held, settled: Settled, standard: NationalStandard, today: date) -> None:
        self.reader, self.held, self.settled, self.standard, self.today = reader, held, settled, standard, today
        self.rules = progress_rules(standard)
        self.out = Counted()
        self.returns = {**held.returns, **settled.new}
        self.after = {item.id: item for item in effective(settled.after)}
        self.book = LandBook.from_entries(held.entries)
        self._parts_of = Counter(name for part in held.parts for name in part.record_ids)

    def count(self) -> Counted:
        """Return what the new state of the returns moves."""
        freed = self._take_back()
        before = {item.id for item in effective(self.settled.before)}
        fresh = [item for item in self.after.values() if item.id not in before or item.hazardous_area_id in freed]
        claims: dict[str, list[Claim]] = {}
        for item in fresh:
            area = self.held.areas.get(item.hazardous_area_id)
            if area is None:
                continue
            verdict = judge(item, area, self.rules, required_depth_cm(item, self.held.orders, self.standard),
                            self._place(item))
            if item.id not in before:
                self._note(verdict.findings)
            if verdict.final and item.geometry is not None:
                claims.setdefault(area.id, []).append(Claim(record_id=item.id, geometry=item.geometry,
                                                            work_date=item.work_date))
        entries = [*self.held.entries, *self.out.entries]
        touched = sorted({item.hazardous_area_id for item in fresh if item.hazardous_area_id in self.held.areas
                          and has_ground(item)} | freed)
        grounds = grounds_of(self.reader, self.held, entries, self.held.parts, touched, list(self.returns))
        for name in touched:
            result = count_ground(grounds[name], claims.get(name, []))
            self.out.by_area[name] = self._book(grounds[name], result, before)
        self._tell_doubts(set(self.settled.new))
        return self.out

    def _note(self, findings: Sequence[Finding]) -> None:
        """Keep findings; that no depth is required anywhere is said once."""
        said = {f.code for f in self.out.findings}
        self.out.findings += [f for f in findings if f.code != "SG-PROGRESS-031" or f.code not in said]

    def _take_back(self) -> set[str]:
        """Void the entries of returns that hold no longer; return the areas whose ground is free again."""
        heirs = self.settled.after.replaced if self.settled.after is not None else {}
        freed: set[str] = set()
        for part in self.held.parts:
            gone = next((name for name in part.record_ids if name in heirs), "")
            stand = self.held.stands.get(part.entry_id)
            if not gone or stand is None or stand.stand is not Stand.PENDING:
                continue
            cause = self._cause(gone)
            entry = void_pending(self.book, part.entry_id, on=self.today, reason=(
                f"return {self.returns[gone].submission_id} was corrected by {cause.submission_id}"))
            entry = replace(entry, evidence_ids=(*entry.evidence_ids, cause.id))
            self.book.add(entry)
            self.out.entries.append(entry)
            self.out.voided_cm2 += part.area_cm2
            freed.add(part.hazardous_area_id)
        return freed

    def _cause(self, gone: str) -> ProgressReturn:
        """Return the return because of which another holds no longer: its correction, or a rival."""
        item = self.returns[gone]
        named = sorted((r for r in self.returns.values() if r.corrects == item.submission_id), key=lambda r: r.id)
        rivals = sorted((r for r in self.returns.values() if item.corrects and r.corrects == item.corrects
                         and r.id != gone), key=lambda r: r.id)
        return (named or rivals or sorted((r for r in self.settled.new.values()), key=lambda r: r.id) or [item])[0]

    def _place(self, item: ProgressReturn) -> SourceRef:
        table = self.settled.origin.get(item.id)
        return SourceRef() if table is None else SourceRef(table.read.file, table.source.layer, item.source_row)

    def _tell(self, item: ProgressReturn, severity: Severity, code: str, message: str, remedy: str) -> None:
        place = self._place(item)
        self.out.findings.append(told(item, severity, code, message, remedy, "geometry", file=place.file,
                                      layer=place.layer))

    def _book(self, ground: AreaGround, result: AreaCount, before: set[str]) -> AreaCount:
        area = self.held.areas[ground.area_id]
        name, least = area.name or area.local_id or area.id, self.rules.overlap_report_m2
        if result.gap_cm2:
            self.out.findings.append(Finding(
                Severity.ERROR, "SG-PROGRESS-030", name, f"the land book and the ground counted so far differ by "
                f"{cm2_to_m2(abs(result.gap_cm2)):,.4f} m²; nothing is counted here.",
                "Run 'safeground ledger PROJECT verify'; land was moved of which no ground is known."))
        for shared in result.shared:
            if shared.record_id in before:
                continue
            self.out.overlaps.append((shared.record_id, shared.counted_by, shared.area_m2))
            if shared.area_m2 >= least:
                self._tell(self.returns[shared.record_id], Severity.WARNING, "SG-PROGRESS-028",
                           f"{shared.area_m2:,.2f} m² are counted already by {self._named(shared.counted_by)}; they "
                           "are "
                           "counted once.", "Compare both outlines; nothing needs to be done if both teams were there.")
        for losses, code, words, remedy in (
                (result.elsewhere_m2, "SG-PROGRESS-013", "are counted in another area that has the stronger claim",
                 "Send that part as a return for the other area."),
                (result.refused_m2, "SG-PROGRESS-029", "were rejected by inspection after this work day and do not "
                                                       "count",
                 "Work the ground again; a return of a later day counts.")):
            for record_id, area_m2 in losses.items():
                if area_m2 >= least and record_id not in before:
                    self._tell(self.returns[record_id], Severity.WARNING, code, f"{area_m2:,.2f} m² {words}.", remedy)
        free = ground.open_cm2
        for increment in result.increments:
            if increment.area_cm2 > free:
                self._tell(self.returns[increment.record_id], Severity.ERROR, "SG-PROGRESS-030",
                           f"adds {cm2_to_m2(increment.area_cm2):,.4f} m², {name} has {cm2_to_m2(free):,.4f} m² free; "
                           "nothing is counted.", "Decide the entries that wait, then send a correction.")
                continue
            free -= increment.area_cm2
            self._add(increment, ground.area_id)
        return result

    def _named(self, record_id: str) -> str:
        item = self.returns.get(record_id)
        return f"{item.submission_id} of {item.team_id}, {item.work_date}" if item is not None else record_id

    def _add(self, increment: Increment, area_id: str) -> None:
        """Write the pending entry of an increment and the ground that it stands for."""
        item = self.returns[increment.record_id]
        count = self._parts_of.get(item.id, 0)
        self._parts_of[item.id] = count + 1
        entry = pending_release(
            self.book, area_id, LandStatus.CLEARED, increment.area_cm2, entry_id=stable_id("progress", item.id, count),
            on=item.work_date, evidence_ids=(item.id,),
            reason=f"{item.method or 'clearance'} by {item.team_id} on {item.work_date}, return {item.submission_id}")
        self.book.add(entry)
        self.out.entries.append(entry)
        self.out.parts.append(LandPart(
            id=stable_id("land_part", entry.id), entry_id=entry.id, hazardous_area_id=area_id,
            geometry=increment.geometry, area_cm2=increment.area_cm2, release_method=ReleaseMethod.CLEARED,
            record_ids=(item.id,), team_id=item.team_id, asset=item.asset, method=item.method,
            work_date=item.work_date, depth_cm=item.depth_cm, date_of_information=item.work_date))

    def _tell_doubts(self, new: set[str]) -> None:
        holding = list(self.after.values())
        for item, rate, usual in fast_returns(holding, new, self.rules.rate_outlier_factor):
            self._tell(item, Severity.WARNING, "SG-PROGRESS-026", f"reports {rate:,.1f} m² for a person-hour; half "
                                                                  "of the "
                       f"returns by {item.method or 'this method'} report {usual:,.1f} or less. It is counted.",
                       "Look at the ground with the team; correct the return if the outline is too large.")
        most = self.standard.task.hours_per_day_max if self.standard.task is not None else 24.0
        for item, others, hours in two_places(holding, new, most):
            shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
            self._tell(item, Severity.WARNING, "SG-PROGRESS-027", f"{item.team_id} reports {hours:g} hours on "
                       f"{item.work_date} here and in {shown}, at places apart; a day has {most:g}.",
                       "Ask the team which return is right.")
