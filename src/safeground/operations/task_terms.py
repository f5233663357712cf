"""What an order says beyond the plan, from a TOML file: objective, depth, medical plan and references, by area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safeground.operations.toml_table import Table, read_toml
from safeground.records.tasking import MedicalPlan, Objective
from safeground.records.vocabulary import ReleaseMethod

TEXTS = ("land_use", "casevac_plan", "communications", "eod_disposal", "marking", "survey_points")
MEDICAL_TEXTS = ("ambulance", "hospital", "route_note")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one order.

    Attributes
    ----------
    references : by name: casevac_plan, communications, eod_disposal, marking, survey_points; those given.
    """

    objective: Objective = field(default_factory=Objective)
    medical: MedicalPlan = field(default_factory=MedicalPlan)
    references: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TermsFile:
    """A terms file: what holds for every order, and what an area has of its own, by the name in the file."""

    file: str
    default: Values
    areas: Mapping[str, Values]

    def of(self, *names: str) -> Terms:
        """Return the terms of the area known by any of these names; a value of its own replaces the common one."""
        own: Values = next((self.areas[name] for name in names if name in self.areas), {})
        values = {**self.default, **own}
        medical = {**self.default.get("medical", {}), **own.get("medical", {})}
        return Terms(
            objective=Objective(release_method=values.get("release_method"), depth_cm=values.get("depth_cm"),
                                land_use=values.get("land_use", "")),
            medical=MedicalPlan(**medical),
            references={name: values[name] for name in TEXTS[1:] if name in values})


def read_terms(path: Path) -> TermsFile:
    """Return a terms file: ``[default]`` and ``[area."NAME"]``, each with ``medical`` and ``medical.medics`` below it.

    Raises
    ------
    RequestError : it cannot be read, a key is unknown (``SG-OPS-031``) or a value does not fit (``SG-OPS-032``).
    """
    top = read_toml(path)
    default, areas = _values(top.table("default")), top.table("area")
    by_area = {name: _values(areas.table(name)) for name in areas.keys()}  # noqa: SIM118
    top.close()
    return TermsFile(path.name, default, by_area)


def _values(t: Table) -> dict[str, Any]:
    """Return what a table gives, checked; keys that are not given are left out."""
    found: dict[str, Any] = {key: t.text(key) for key in TEXTS if t.has(key)}
    if t.has("release_method"):
        said = t.text("release_method")
        known = [method.value for method in ReleaseMethod]
        if said not in known:
            raise t.fault("release_method", f"{said!r} is no release method.", f"Give one of {', '.join(known)}.")
        found["release_method"] = ReleaseMethod(said)
    if t.has("depth_cm"):
        found["depth_cm"] = t.number("depth_cm", least=0.1)
    if t.has("medical"):
        found["medical"] = _medical(t.table("medical"))
    t.close()
    return found


def _medical(t: Table) -> dict[str, Any]:
    found: dict[str, Any] = {key: t.text(key) for key in MEDICAL_TEXTS if t.has(key)}
    if t.has("casevac_minutes"):
        found["casevac_minutes"] = t.number("casevac_minutes", least=0.1)
    held = t.get("blood_groups_held")
    if held is not None:
        if not isinstance(held, bool):
            raise t.fault("blood_groups_held", f"is {held!r}, not true or false.", "Give true or false.")
        found["blood_groups_held"] = held
    if t.has("medics"):
        medics = t.table("medics")
        found["medics"] = tuple((team, medics.text(team)) for team in medics.keys())  # noqa: SIM118
    t.close()
    return found
