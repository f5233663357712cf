"""Releases in a campaign: residual, papers, markers, handover, three signatures; and what is found afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import shapely
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from safeground.foundation.seeds import stable_id
from safeground.ground.shapes import settled
from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.release import (
    Signer,
    check_release,
    prepare,
    register_key,
    sign_release,
    verify_release,
)
from safeground.operations.release_reopen import reopen
from safeground.records.base import Record
from safeground.records.nouns import Person
from safeground.records.release import FiledDocument, Handover, PointType, SurveyMarker
from safeground.simulation.campaign_books import HAZARDOUS, RELEASED
from safeground.simulation.campaign_desk import Desk
from safeground.simulation.campaign_papers import MODELS, metres, place
from safeground.simulation.campaign_quality import OpenCase, Quality
from safeground.simulation.campaign_truth import Released
from safeground.simulation.worlds import CATEGORY

#: Passes over an area that are ordered at most because its stated residual is too high.
MORE_PASSES = 2
#: Side of the cells in which the residual is computed, m: coarse enough for sixty releases in minutes.
CELL_M = 3.0
#: Days after a release before somebody finds what was left.
STRAY_DAYS = 8
#: Criteria that the desk itself meets at the end, when all others are met.
_LAST = frozenset(("documents", "markers", "handover"))
_PASSPHRASE = "simulated keys protect nothing at all"
_PAPERS = (("completion_report", "operations manager"), ("internal_qc_record", "site supervisor"),
           ("inspection_report", "inspector"), ("handover_briefing", "community liaison officer"))


@dataclass(slots=True, eq=False)
class Releases:
    """The authority's desk.

    Attributes
    ----------
    signers : role -> who signs, with the key made from the world's seed.
    done : releases so far.  again : day on which an area that was not ready is looked at again.
    over : areas of which the stated residual stays too high, with the last figure.
    strays : (area, find, what came of it) of items found in released ground.
    early : names of items that people found in accepted ground of areas not yet released.
    """

    desk: Desk
    quality: Quality
    lanes: Path
    signers: dict[str, Signer] = field(default_factory=dict)
    done: list[Released] = field(default_factory=list)
    passes: dict[int, int] = field(default_factory=dict)
    again: dict[int, date] = field(default_factory=dict)
    over: dict[int, float] = field(default_factory=dict)
    strays: list[dict[str, object]] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    tried: dict[str, int] = field(default_factory=dict)
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def register(self) -> None:
        """Enter the people, and the public keys of those who sign."""
        desk = self.desk
        folder = desk.folder / "keys"
        folder.mkdir(exist_ok=True)
        with desk.project.write(desk.caller().info("people")) as writer:
            writer.put([Person(id=stable_id("person", p.person_id), local_id=p.person_id, name=p.name,
                               organisation=p.organisation, roles=p.roles) for p in desk.world.people])
        for role in ("author", "verifier", "signatory"):
            person = desk.world.person(role)
            path = folder / f"{role}.pem"
            path.write_bytes(Ed25519PrivateKey.from_private_bytes(person.secret).private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_PASSPHRASE.encode())))
            self.signers[role] = Signer(person=person.person_id, key_file=path, passphrase=_PASSPHRASE)
            register_key(desk.project, self.signers[role], desk.caller(person.name))

    def day(self, day: date) -> None:
        """Release what is ready; report what somebody found in released ground."""
        released = {r.area for r in self.done}
        for k, area in enumerate(self.desk.world.areas):
            if area.local_id not in released and k not in self.over and self._complete(k) and (
                    self.again.get(k, day) <= day):
                self._try(k, day)
                self.desk.refresh()
        self._stray(day)
        self._find_early(day)

    def _complete(self, k: int) -> bool:
        """Whether all ground of an area is accepted, by the map of what is done."""
        books, area = self.desk.books, self.desk.area_ids[k]
        return (books.held(area, *HAZARDOUS) == 0 and books.pending_of(area) == 0 and books.held(area, *RELEASED) > 0
                and self.desk.field.idle(k) and not self.quality.waiting(k))

    def _once(self, kind: str) -> bool:
        if self.tried.get(kind, 0) >= self.desk.world.plan.planted:
            return False
        self.tried[kind] = self.tried.get(kind, 0) + 1
        return True

    def _refuse(self, kind: str, k: int, call: Callable[[], object]) -> None:
        if self._once(kind):
            self.desk.refuse(kind, self.desk.world.areas[k].local_id, call)

    def _try(self, k: int, day: date) -> None:
        desk, area = self.desk, self.desk.area_ids[k]
        author, verifier, signatory = (self.signers[r] for r in ("author", "verifier", "signatory"))
        said = check_release(desk.project, area, desk.caller())
        if {c.id for c in said.criteria if not c.met} - {*_LAST, "residual"}:
            self._later(k, day, {c.id: c.reason for c in said.criteria if not c.met})
            return
        run_hazard(desk.project, HazardRequest(
            areas=frozenset({area}), lanes=self.lanes, samples=200, resolution_m=CELL_M, pictures=0,
            seed=desk.world.seed % 1000 + 1), desk.caller())
        said = check_release(desk.project, area, desk.caller())
        unmet = {c.id: c.reason for c in said.criteria if not c.met}
        desk.say("release check", area=desk.world.areas[k].local_id, unmet=unmet,
                 p_any=said.residual.p_any if said.residual is not None else None)
        if "residual" in unmet:
            self._refuse("release above the national residual", k, lambda: prepare(
                desk.project, area, author, desk.caller()))
            self._more(k, said.residual.p_any if said.residual is not None else 1.0)
            return
        if set(unmet) - _LAST:
            self._later(k, day, unmet)
            return
        self._refuse("release without its papers", k, lambda: prepare(desk.project, area, author, desk.caller()))
        self._file(k, day)
        prepare(desk.project, area, author, desk.caller())
        self._refuse("one person signs twice", k, lambda: verify_release(desk.project, area, author, desk.caller()))
        self._refuse("signature without verification", k, lambda: sign_release(
            desk.project, area, signatory, desk.caller()))
        verify_release(desk.project, area, verifier, desk.caller())
        done = sign_release(desk.project, area, signatory, desk.caller())
        left = json.loads(done.dossier.content)["residual"]
        desk.say("release", area=desk.world.areas[k].local_id, dossier=done.dossier.content_sha256,
                 certificate=done.decision.certificate_sha256 if done.decision is not None else "")
        self._note(k, day, left, done.decision.certificate_sha256 if done.decision is not None else "")

    def _later(self, k: int, day: date, unmet: dict[str, str]) -> None:
        """Look at an area again in three days: others have to act first."""
        self.again[k] = day + timedelta(days=3)
        self.desk.say("release waits", area=self.desk.world.areas[k].local_id, unmet=sorted(unmet))

    def _note(self, k: int, day: date, left: dict[str, object], certificate: str) -> None:
        desk = self.desk
        world_area = desk.world.areas[k]
        liars = {t.local_id for t in desk.world.teams if t.truly < 1}
        ground = metres(shapely.from_wkb(desk.books.records["hazardous_area"][desk.area_ids[k]]["geometry"]))
        truth = desk.field.left_in(ground)
        interval = left["interval"]
        low, high = interval if isinstance(interval, list | tuple) else (0, 0)
        self.done.append(Released(
            area=world_area.local_id, released=day, area_m2=round(ground.area, 3),
            p_any=float(str(left["p_any"])), expected_items=float(str(left["expected_items"])),
            interval=(int(low), int(high)), true_left=len(truth),
            over_reported=any(p.area == k and p.team in liars for p in desk.field.diary),
            certificate_sha256=certificate))

    def _more(self, k: int, p_any: float) -> None:
        """Order one more pass, which searches and moves nothing; or give up until the campaign ends."""
        self.passes[k] = self.passes.get(k, 0) + 1
        if self.passes[k] > MORE_PASSES:
            self.over[k] = p_any
            return
        self.desk.field.search_again(k, self.desk.world.areas[k].outline)

    def _file(self, k: int, day: date) -> None:
        """File the papers, emplace the markers, and hand the land over, as the national rules ask."""
        desk, area = self.desk, self.desk.area_ids[k]
        local = desk.world.areas[k].local_id
        made: list[Record] = [FiledDocument(
            id=stable_id("document", area, kind), hazardous_area_id=area, kind=kind, reference=f"{local}/{kind}",
            dated=day, signed_as=role, signatory=f"The {role} of {local}") for kind, role in _PAPERS]
        outline = shapely.from_wkb(desk.books.records["hazardous_area"][area]["geometry"])
        made += self._markers(area, outline, day)
        made.append(Handover(id=stable_id("handover", area), hazardous_area_id=area, handover_date=day,
                             recipient="Village committee", recipient_role="community representative",
                             intended_use="grazing", men=3, women=4))
        with desk.project.write(desk.caller().info("papers")) as writer:
            writer.put(made)

    def _markers(self, area: str, outline: shapely.Geometry, day: date) -> list[SurveyMarker]:
        out: list[SurveyMarker] = []

        def add(kind: PointType, where: shapely.Point, sequence: int) -> None:
            out.append(SurveyMarker(
                id=stable_id("marker", area, kind.value, len(out)), hazardous_area_id=area, point_type=kind,
                geometry=where, sequence=sequence, buried_metal=True, emplaced_date=day, position_accuracy_m=0.05))

        number = 0
        for part in shapely.get_parts(outline):
            for ring in (part.exterior, *part.interiors):
                corners = shapely.get_coordinates(ring)
                flat = shapely.get_coordinates(metres(ring))
                for at in range(len(corners) - 1):
                    number += 1
                    kind = PointType.TURNING_POINT if at else PointType.START_POINT
                    add(kind, shapely.Point(corners[at]), number)
                    length = float(np.hypot(*(flat[at + 1] - flat[at])))
                    for step in range(1, int(length // 45.0) + 1):
                        share = step / (int(length // 45.0) + 1)
                        add(PointType.INTERMEDIATE_POINT,
                            shapely.Point(corners[at] + share * (corners[at + 1] - corners[at])), number)
        add(PointType.LANDMARK, shapely.Point(shapely.get_coordinates(outline)[0] + 1e-4), 0)
        return out

    def _stray(self, day: date) -> None:
        """Let people find items that releases left, once each on some days, and re-open the ground."""
        desk = self.desk
        if len(self.strays) >= desk.world.plan.planted or self.rng.random() > 0.5:
            return
        names = {str(s["area"]) for s in self.strays}
        for released in self.done:
            if (day - released.released).days < STRAY_DAYS or released.area in names:
                continue
            k = next(i for i, a in enumerate(desk.world.areas) if a.local_id == released.area)
            left = desk.field.left_in(desk.world.areas[k].outline)
            if len(left):
                self._found_by_people(k, int(left[0]), day)
                return

    def _find_early(self, day: date) -> None:
        """Let people find an item in accepted ground of an area that is not released yet, on some days."""
        desk = self.desk
        if len(self.early) >= desk.world.plan.planted or self.rng.random() > 0.25:
            return
        released = {r.area for r in self.done}
        for k, area in enumerate(desk.world.areas):
            if area.local_id in released or not len(left := desk.field.left_in(area.outline)):
                continue
            accepted = [shape for part, state in desk.books.parts(desk.area_ids[k]) if state == "posted"
                        and part["work_date"] < day.isoformat()
                        and (shape := desk.books.shape("land_part", part["id"])) is not None]
            inside = left[np.any([shapely.contains_xy(settled(metres(shape)), desk.world.x[left], desk.world.y[left])
                                  for shape in accepted] or [np.zeros(len(left), dtype=bool)], axis=0)]
            if len(inside):
                name = f"EARLY-{len(self.early) + 1:02d}"
                self.early.append(name)
                self._take_find(name, int(inside[0]), day)
                desk.say("found before release", area=area.local_id, find=name)
                return

    def _take_find(self, name: str, item: int, day: date) -> None:
        """Take in an item that somebody found, and with it out of the ground."""
        desk = self.desk
        desk.field.take_away(item)
        latitude, longitude = place(desk.world.x[item], desk.world.y[item])
        kind = int(desk.world.item_class[item])
        path = desk.folder / "papers" / f"found-{day:%Y%m%d}-{name}.csv"
        path.write_text("id,category,model,quantity,depth_cm,date_found,latitude,longitude\n"
                        f"{name},{CATEGORY[kind]},{MODELS[kind]},1,{desk.world.depth_cm[item]:.0f},{day.isoformat()},"
                        f"{latitude},{longitude}\n", encoding="utf-8", newline="\n")
        taken = take_files(desk.project, [path], desk.caller(), IntakeRequest(as_noun="find"))
        desk.findings += taken.findings

    def _found_by_people(self, k: int, item: int, day: date) -> None:
        desk, area = self.desk, self.desk.area_ids[k]
        name = f"STRAY-{len(self.strays) + 1:02d}"
        self._take_find(name, item, day)
        made = reopen(desk.project, area, name, desk.caller("National authority"), buffer_m=10.0)
        desk.findings += made.findings
        desk.say("reopen", area=desk.world.areas[k].local_id, new=made.area.local_id, area_cm2=made.area.area_cm2)
        self.quality.follow(OpenCase(made.case.id, k, "National authority", day))
        self.strays.append({"area": desk.world.areas[k].local_id, "find": name, "day": day.isoformat(),
                            "new_area": made.area.id, "released_area": area})
