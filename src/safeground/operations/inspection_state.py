"""What the inspection stage reads of a project: rules, lots with their parts, draws, visits and cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely

from safeground.foundation.errors import RefusedError, RequestError
from safeground.inspection.lots import live_parts
from safeground.inspection.verdict import same_words
from safeground.ledger.book import LandBook
from safeground.operations.context import Caller
from safeground.operations.rules import project_standard
from safeground.records.fieldwork import LandPart
from safeground.records.nouns import HazardousArea, Inspection, Nonconformity, OrdnanceItem, Person, Team
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.records.quality_rules import InspectionRules
from safeground.records.vocabulary import ReleaseMethod
from safeground.store.project import Project, Reader
from safeground.store.writer import Writer


def inspection_rules(reader: Reader) -> InspectionRules:
    """Return the project's sampling plan.

    Raises
    ------
    RefusedError : the rule pack has no ``[inspection]`` (``SG-OPS-120``).
    """
    standard = project_standard(reader)
    if standard.inspection is None:
        raise RefusedError("SG-OPS-120", standard.name, "the project's rule pack has no [inspection].",
                           "Start the project with a rule pack that has one.", criterion="a sampling plan is set",
                           clause="IMAS 07.40")
    return standard.inspection


@dataclass(frozen=True, slots=True)
class InspectionState:
    """All that the stage knows of a project, as one reader sees it."""

    rules: InspectionRules
    parts: dict[str, LandPart]
    lots: tuple[InspectionLot, ...]
    draws: tuple[SamplingDraw, ...]
    visits: tuple[Inspection, ...]
    cases: tuple[Nonconformity, ...]

    @classmethod
    def read(cls, reader: Reader) -> InspectionState:
        """Return the state of a project."""
        visits = tuple(v for v in reader.records("inspection") if v.lot_id)
        lots = tuple(sorted(reader.records("inspection_lot"), key=lambda lot: (lot.local_id, lot.id)))
        return cls(inspection_rules(reader), {p.id: p for p in reader.records("land_part")}, lots,
                   tuple(reader.records("sampling_draw")), visits, tuple(reader.records("nonconformity")))

    def lot(self, name: str) -> InspectionLot:
        """Return a lot by id or number.

        Raises
        ------
        RequestError : there is none (``SG-OPS-121``).
        """
        found = [lot for lot in self.lots if name in (lot.id, lot.local_id)]
        if len(found) != 1:
            raise RequestError("SG-OPS-121", name or "lot", "is no inspection lot of the project.",
                               "List the lots with 'safeground inspection PROJECT show'.")
        return found[0]

    def parts_of(self, lot: InspectionLot) -> list[LandPart]:
        """Return the land parts of a lot, in its order."""
        return [self.parts[part] for part in lot.part_ids]

    def draw_of(self, lot: InspectionLot, *, risk_aware: bool = False) -> SamplingDraw | None:
        """Return a lot's sample by the plan, or the risk-aware one beside it; None = not drawn."""
        found = [d for d in self.draws if d.lot_id == lot.id and d.risk_aware is risk_aware]
        return found[-1] if found else None

    def visits_to(self, lot: InspectionLot) -> list[Inspection]:
        """Return the visits to a lot, in the order of their days."""
        return sorted((v for v in self.visits if v.lot_id == lot.id), key=lambda v: (v.visit_date, v.id))


@contextmanager
def at_work(project: Project, caller: Caller, step: str, dry_run: bool) -> Iterator[tuple[Reader, Writer | None]]:
    """Yield a reader, and a writer of one transaction unless nothing shall be written.

    What a step decides is read in the transaction that writes it: nobody can decide the same lot in between.
    """
    if dry_run:
        with project.read() as reader:
            yield reader, None
        return
    with project.write(caller.info("inspection", parameters=(("step", step),))) as writer:
        yield writer, writer


def waiting_parts(state: InspectionState, book: LandBook, area: str) -> list[LandPart]:
    """Return the pending cleared parts that are in no lot that counts.

    Parameters
    ----------
    area : id of the hazardous area, "" = all.
    """
    pending, taken = {entry.id for entry in book.pending()}, live_parts(state.lots)
    return [p for p in state.parts.values() if p.entry_id in pending and p.id not in taken
            and p.release_method is ReleaseMethod.CLEARED and area in ("", p.hazardous_area_id)]


def area_named(reader: Reader, name: str) -> HazardousArea:
    """Return a hazardous area by id, the sender's id or name.

    Raises
    ------
    RequestError : none, or several (``SG-OPS-012``).
    """
    found = [a for a in reader.records("hazardous_area") if name and name in (a.id, a.local_id, a.name)]
    if len(found) != 1:
        raise RequestError("SG-OPS-012", name or "area", f"names {len(found)} hazardous areas of the project.",
                           "Give the id of one area.")
    held: HazardousArea = found[0]
    return held


def finds_in(reader: Reader, lot: InspectionLot) -> list[OrdnanceItem]:
    """Return the ordnance found in a lot's ground, positions alone."""
    bounds = tuple(lot.geometry.bounds)
    near = [i for i in reader.records("ordnance", bbox=bounds) if i.geometry is not None]
    return [i for i in near if shapely.intersects(lot.geometry, i.geometry)]


@dataclass(frozen=True, slots=True)
class Inspector:
    """Who inspects: every name the person goes by, organisation and teams."""

    names: tuple[str, ...]
    organisation: str
    teams: tuple[str, ...]


def inspector_named(reader: Reader, name: str, organisation: str, on: date) -> Inspector:
    """Return who inspects; a registered person's own organisation holds, whatever else is stated.

    Raises
    ------
    RequestError : no name, or no organisation (``SG-OPS-123``).
    RefusedError : a registered person without the role on the day (``SG-OPS-133``).
    """
    people: list[Person] = [p for p in reader.records("person") if name in (p.id, p.local_id)
                            or same_words(name, p.name)]
    if not people:
        if not name.strip() or not organisation.strip():
            raise RequestError("SG-OPS-123", name or "inspector", "is no registered person, and no name or "
                               "organisation is stated.", "Name the inspector and the inspecting organisation.")
        return Inspector((name,), organisation, ())
    person = people[0]
    if (person.roles and "inspector" not in person.roles) or (
            person.active_until is not None and person.active_until < on):
        raise RefusedError("SG-OPS-133", person.name, f"holds the roles {', '.join(person.roles) or 'none'} until "
                           f"{person.active_until or 'further notice'}; the visit is on {on}.",
                           "Register the role, or send another inspector.",
                           criterion="an inspector holds the role on the day", clause="IMAS 07.40")
    return Inspector((person.id, person.local_id, person.name), person.organisation or organisation, person.team_ids)


def inspected_by_teams(reader: Reader, lot: InspectionLot, stated: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the organisations that did a lot's work, and every name of its teams.

    Raises
    ------
    RequestError : no team is registered with an organisation and none is stated (``SG-OPS-130``).
    """
    teams: list[Team] = [t for t in reader.records("team") if {t.id, t.local_id, t.name} & set(lot.team_ids)]
    names = {n for t in teams for n in (t.id, t.local_id, t.name) if n} | set(lot.team_ids)
    organisations = {t.organisation for t in teams if t.organisation} | ({stated} if stated.strip() else set())
    if not organisations:
        raise RequestError("SG-OPS-130", lot.local_id or lot.id, "its teams are not registered with an organisation.",
                           "Register the teams, or state the inspected organisation.")
    return tuple(sorted(organisations)), tuple(sorted(names))


def folder_of(project: Project, kind: str) -> Path:
    """Return the folder beside a project for files of a kind: ``NAME.inspection``, ``NAME.seeds``."""
    where = project.path
    return where.with_suffix(f".{kind}") if where is not None else Path(f"{project.name}.{kind}")


def names_of(lots: Iterable[InspectionLot], ids: Iterable[str]) -> str:
    """Return lots by number, in words."""
    wanted = set(ids)
    return ", ".join(lot.local_id or lot.id for lot in lots if lot.id in wanted) or "none"
