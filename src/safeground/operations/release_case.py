"""One area's release case, gathered from a project: records, book, residual, and what surrounds them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from safeground import __version__
from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.shapes import outline_sha256
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import overlaps_of
from safeground.ledger.standing import entry_standings
from safeground.operations.booking import held_parcels
from safeground.operations.intake import project_standard
from safeground.records.base import Record
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea, Person
from safeground.records.payload import from_plain
from safeground.records.quality_rules import ReleaseRules
from safeground.records.release import DossierState, ReleaseDossier
from safeground.records.standard import NationalStandard
from safeground.records.vocabulary import LandStatus
from safeground.release.case import PartStanding, ReleaseCase, Residual, SharedGround
from safeground.release.dossier import Frame
from safeground.store.project import Reader

#: Records that tell where ordnance may be, or what was searched: newer ones make a hazard result old.
BEARING = ("evidence", "activity", "progress_return", "inspection", "ordnance", "accident")
_DEGREES_PER_M = 1 / 60_000  # generous at every latitude up to 58°; wider only means more records looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A case with its frame, its dossiers (oldest first) and all persons of the project."""

    case: ReleaseCase
    frame: Frame
    dossiers: tuple[ReleaseDossier, ...]
    persons: tuple[Person, ...]
    standard: NationalStandard

    @property
    def open_dossier(self) -> ReleaseDossier | None:
        """Return the dossier that waits for a signature, None = there is none."""
        waiting = [d for d in self.dossiers if d.state in (DossierState.DRAFT, DossierState.VERIFIED)]
        return waiting[-1] if waiting else None

    @property
    def signed_dossier(self) -> ReleaseDossier | None:
        """Return the dossier by which the area was released, None = it was not."""
        return next((d for d in self.dossiers if d.state is DossierState.SIGNED), None)


def named(records: list[Any], text: str, noun: str) -> Any:
    """Return the one record of an id, a sender's id or a name.

    Raises
    ------
    RequestError : none, or several (``SG-OPS-012``).
    """
    for field in ("id", "local_id", "name"):
        found = [r for r in records if text and getattr(r, field, "") == text]
        if len(found) == 1:
            return found[0]
        if found:
            raise RequestError("SG-OPS-012", text, f"{len(found)} records of {noun} have this {field}.", "Give the id.")
    raise RequestError("SG-OPS-012", text, f"is no {noun} of the project.", "Give its id, or the sender's id.")


def area_named(reader: Reader, text: str) -> HazardousArea:
    """Return the hazardous area of an id, a sender's id or a name; it has an outline.

    Raises
    ------
    RequestError : none or several, or one without an outline (``SG-OPS-012``).
    """
    area: HazardousArea = named(list(reader.records("hazardous_area")), text, "hazardous_area")
    if area.geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise RequestError("SG-OPS-012", area.local_id or area.id, "has no outline.", "Draw its perimeter by survey.")
    return area


def release_rules(standard: NationalStandard) -> ReleaseRules:
    """Return the pack's rules of release.

    Raises
    ------
    RefusedError : the pack has none (``SG-RECORD-002``).
    """
    if standard.release is None:
        raise RefusedError("SG-RECORD-002", standard.name, "the rule pack has no [release] section.",
                           "Add [release] and [release.documents] to the rule pack.",
                           criterion="release needs the nation's rules", clause="IMAS 07.11")
    return standard.release


def gather(reader: Reader, area_name: str, day: date, project: str) -> Gathered:
    """Return an area's case as the project stands.

    Parameters
    ----------
    reader : the project; inside the write transaction where the answer decides.
    """
    standard = project_standard(reader)
    rules, area = release_rules(standard), area_named(reader, area_name)
    entries = reader.entries()
    book = LandBook.from_entries(entries)
    bounds = tuple(shapely.bounds(area.geometry).tolist())
    reach = (standard.hazard.edge_m if standard.hazard else 0.0) * 2 * _DEGREES_PER_M
    near = (bounds[0] - reach, bounds[1] - reach, bounds[2] + reach, bounds[3] + reach)

    def own(noun: str, bbox: Any = None) -> list[Any]:
        return [r for r in reader.records(noun, bbox=bbox) if r.hazardous_area_id == area.id]

    parts = tuple(sorted(_parts(own("land_part", bounds), entries), key=lambda p: p.part.id))
    lots = tuple(sorted(own("inspection_lot", bounds), key=lambda r: r.id))
    of_lots = {lot.id for lot in lots}
    draws = tuple(sorted((d for d in reader.records("sampling_draw") if d.lot_id in of_lots), key=lambda d: d.id))
    inspections = tuple(sorted((i for i in reader.records("inspection") if i.lot_id in of_lots
                                or i.hazardous_area_id == area.id), key=lambda i: i.id))
    visits = {i.id for i in inspections}
    cases = tuple(sorted((c for c in reader.records("nonconformity") if c.hazardous_area_id == area.id
                          or of_lots & set(c.lot_ids) or (c.inspection_id and c.inspection_id in visits)),
                         key=lambda c: c.id))
    recorded = {r.id: reader.history(r.id)[0].seq for r in (*draws, *inspections)}
    depth, depth_source = _depth(reader, area, standard)
    head = reader.head()
    case = ReleaseCase(
        area=area, opening_cm2=book.opening(area.id), held_cm2=tuple(sorted(book.held(area.id).items())),
        pending_cm2=sum(p.amount_cm2 for e in book.pending() for p in e.postings
                        if p.amount_cm2 > 0 and p.account.hazardous_area_id == area.id),
        parts=parts, lots=lots, draws=draws, inspections=inspections, cases=cases,
        documents=_sorted(own("document")), markers=_sorted(own("survey_marker")), handovers=_sorted(own("handover")),
        surveys=_sorted(own("survey_report")), items=_sorted(_inside(reader, "ordnance", area, near)),
        accidents=_sorted(_inside(reader, "accident", area, near)), shared=_shared(reader, entries, book, area),
        recorded=recorded, required_depth_cm=depth, depth_source=depth_source,
        residual=_residual(reader, area, reach), outline_sha256=outline_sha256(area.geometry), rules=rules, day=day)
    pack = str(reader.setting("standard_toml")) + "\n" + str(reader.setting("standard_override_toml", "") or "")
    frame = Frame(project=project, pack_name=standard.name, pack_edition=standard.edition,
                  overrides=standard.overrides, pack_sha256=sha256_hex(pack.encode()),
                  entries=reader.entries_of(area.id), journal_seq=head[0], journal_hash=head[1], version=__version__,
                  edge_m=standard.hazard.edge_m if standard.hazard else 0.0)
    return Gathered(case=case, frame=frame, dossiers=tuple(own("release_dossier")),
                    persons=tuple(reader.records("person")), standard=standard)


def _sorted(records: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(records, key=lambda r: r.id))


def _parts(parts: list[Any], entries: tuple[LandEntry, ...]) -> list[PartStanding]:
    standings = entry_standings(entries)
    found = []
    for part in parts:
        state, by = standings.get(part.entry_id, ("void", ""))
        found.append(PartStanding(part=part, state=state, posted_by=by if state == "posted" else ""))
    return found


def _inside(reader: Reader, noun: str, area: HazardousArea, near: Any) -> list[Any]:
    """Return the finds or accidents in an area: by its id, or by their place."""
    placed = [r for r in reader.records(noun, bbox=near) if r.geometry is not None
              and shapely.intersects(area.geometry, r.geometry)]
    ids = {r.id for r in placed}
    stated = [r for r in reader.records(noun) if r.id not in ids and getattr(r, "hazardous_area_id", "") == area.id]
    return [*placed, *stated]


def _depth(reader: Reader, area: HazardousArea, standard: NationalStandard) -> tuple[float | None, tuple[str, ...]]:
    """Return the largest depth that the pack or a task order sets for an area, and the orders that set one."""
    orders = [o for o in reader.records("task_order") if o.hazardous_area_id == area.id
              and o.clearance_depth_cm is not None]
    depths = [o.clearance_depth_cm for o in orders]
    if standard.clearance_depth_cm is not None:
        depths.append(standard.clearance_depth_cm)
    return max(depths, default=None), tuple(sorted(o.id for o in orders))


def _shared(reader: Reader, entries: tuple[LandEntry, ...], book: LandBook, area: HazardousArea
            ) -> tuple[SharedGround, ...]:
    parcels = held_parcels(reader, entries)
    own = [p for p in parcels if p.id == area.id]
    if not own or not book.held(area.id).get(LandStatus.OVERLAP):
        return ()
    near = [p for p in parcels if p.id == area.id or shapely.intersects(p.geometry, own[0].geometry)]
    sums: dict[str, int] = {}
    for overlap in overlaps_of(near):
        if overlap.other == area.id:
            sums[overlap.counted_in] = sums.get(overlap.counted_in, 0) + overlap.area_cm2
    return tuple(SharedGround(area_id=key, area_cm2=amount, hazardous_cm2=sum(
        book.held(key).get(status, 0) for status in (LandStatus.SUSPECTED, LandStatus.CONFIRMED)))
        for key, amount in sorted(sums.items()))


def _residual(reader: Reader, area: HazardousArea, reach: float) -> Residual | None:
    """Return what the last hazard run says of an area, with the records that came in after it."""
    kept = dict((reader.setting("hazard/latest") or {}).get("answers", {})).get(area.id)
    if kept is None:
        return None
    event = reader.history("hazard/latest")[-1]
    ground = shapely.buffer(area.geometry, reach) if reach else area.geometry
    newer = tuple(sorted(r.id for r in reader.changed_since(event.seq, BEARING) if _bears(r, area.id, ground)))
    plain = json.loads(json.dumps(kept)) | {"newer": list(newer), "journal_seq": event.seq,
                                            "computed_at": event.at.isoformat()}
    return from_plain(Residual, plain)


def _bears(record: Record, area_id: str, ground: Any) -> bool:
    """Return whether a record may change what is believed about an area: it names it, or lies on or near it."""
    place = getattr(record, "geometry", None)
    return getattr(record, "hazardous_area_id", "") == area_id or (
        place is not None and bool(shapely.intersects(ground, place)))
