"""A project's settings for reports: treaties and their dates, what the authority says, donors, the public edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from safeground.foundation.errors import RefusedError, RequestError
from safeground.records.vocabulary import Disposition

#: What a donor rule may name, the most specific first.
RULE_KINDS = ("task", "team", "organisation")
#: Form letters of the Article 7 reports whose text the authority may give.
FORMS = ("A", "B", "C", "D", "E", "F", "G", "H", "I", "J")
_DATES = ("apmbc_entry_into_force", "apmbc_clearance_deadline", "ccm_entry_into_force", "ccm_clearance_deadline",
          "ccm_extension_meeting")


@dataclass(frozen=True, slots=True)
class DonorRule:
    """Who paid for the work of a task, a team or an organisation.

    Attributes
    ----------
    by : ``task`` (id or local id of a task order), ``team`` (id, local id or name) or ``organisation`` (name).
    shares : (donor, share); the shares sum to exactly 1.
    """

    by: str
    key: str
    shares: tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """What reports need and no record says.

    Attributes
    ----------
    *_entry_into_force : day on which the treaty entered into force for the state; None = not set.
    *_clearance_deadline : the deadline as extended; None = ten years after entry into force.
    ccm_extension_meeting : meeting at which an extension is to be decided.
    destroyed : dispositions that count as destroyed.
    apmbc_forms, ccm_forms : (form letter, text), printed as given.
    grid_m, k : public edition: side of the grid, m; smallest count that is shown.
    """

    apmbc_entry_into_force: date | None = None
    apmbc_clearance_deadline: date | None = None
    ccm_entry_into_force: date | None = None
    ccm_clearance_deadline: date | None = None
    ccm_extension_meeting: date | None = None
    destroyed: tuple[Disposition, ...] = (Disposition.DESTROYED_IN_SITU,)
    apmbc_forms: tuple[tuple[str, str], ...] = ()
    ccm_forms: tuple[tuple[str, str], ...] = ()
    grid_m: int = 1000
    k: int = 5
    donors: tuple[DonorRule, ...] = ()


def _fault(subject: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-REPORT-005", subject, message, remedy)


def _share(value: Any, rule: str) -> Fraction:
    try:
        if isinstance(value, bool):
            raise ValueError("a truth value")
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise _fault(rule, f"{value!r} is not a share.", "Write 0.25 or \"1/3\".") from error
    if not 0 < share <= 1:
        raise _fault(rule, f"the share {value} is not above 0 and at most 1.", "Leave donors of 0 out.")
    return share


def read_donors(rules: Any) -> tuple[DonorRule, ...]:
    """Return the donor rules of the setting ``donors``.

    Raises
    ------
    RequestError : a rule is faulty or two rules name one key (``SG-REPORT-005``).
    RefusedError : a rule's shares do not sum to exactly 1 (``SG-REPORT-006``).
    """
    if not isinstance(rules, list):
        raise _fault("donors", "is not a list of rules.", "Write [[donors]] for each rule.")
    found: dict[tuple[str, str], DonorRule] = {}
    for rule in rules:
        if not isinstance(rule, Mapping) or set(rule) != {"by", "key", "shares"} or not isinstance(
                rule["shares"], Mapping) or not rule["shares"]:
            raise _fault("donors", f"{rule!r} is not a rule.", "Give each rule by, key and shares.")
        by, key = str(rule["by"]), str(rule["key"]).strip()
        if by not in RULE_KINDS or not key:
            raise _fault(f"donors, {by} {key}", "does not say whose work it is about.",
                         f"Set by to one of {', '.join(RULE_KINDS)}, and a key.")
        if (by, key) in found:
            raise _fault(f"donors, {by} {key}", "has two rules.", "Keep one rule for each key.")
        shares = tuple((str(donor).strip(), _share(value, f"donors, {by} {key}"))
                       for donor, value in rule["shares"].items())
        if any(not donor for donor, _ in shares):
            raise _fault(f"donors, {by} {key}", "a donor has no name.", "Name each donor.")
        total = sum((share for _, share in shares), Fraction(0))
        if total != 1:
            raise RefusedError("SG-REPORT-006", f"{by} {key}", f"the donors' shares sum to {float(total):g}, not 1.",
                               "Correct the shares; write thirds as \"1/3\".",
                               criterion="each square centimetre, item and beneficiary is attributed once",
                               clause="programme setting: donors")
        found[by, key] = DonorRule(by, key, shares)
    return tuple(found.values())


def _day(value: Any, name: str) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError as error:
        raise _fault(name, f"{value!r} is not a date.", "Write it as 2026-12-31.") from error


def _forms(given: Any, name: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, Mapping) or any(letter not in FORMS or not isinstance(t, str) for letter, t in
                                             given.items()):
        raise _fault(name, "does not give text by form letter.", f"Use the letters {', '.join(FORMS)}.")
    return tuple(sorted((letter, text.strip()) for letter, text in given.items()))


def _whole(value: Any, low: int, high: int, name: str) -> int:
    if type(value) is not int or not low <= value <= high:
        raise _fault(name, f"{value!r} is not a whole number from {low} to {high}.", "Correct it.")
    return value


def read_settings(report: Any, donors: Any) -> ReportSettings:
    """Return the settings from the project's settings ``report`` and ``donors`` (None = not set).

    Raises
    ------
    RequestError : unknown or faulty (``SG-REPORT-005``).
    RefusedError : donor shares that do not sum to 1 (``SG-REPORT-006``).
    """
    found: dict[str, Any] = {}
    if not isinstance(report or {}, Mapping):
        raise _fault("report", "is not a table of settings.", "See docs/how-to/treaty-reports.md.")
    for name, value in (report or {}).items():
        if name in _DATES:
            found[name] = _day(value, name)
        elif name in ("apmbc_forms", "ccm_forms"):
            found[name] = _forms(value, name)
        elif name == "grid_m":
            found[name] = _whole(value, 500, 50_000, name)
        elif name == "k":
            found[name] = _whole(value, 5, 1000, name)
        elif name == "destroyed":
            known = {d.value: d for d in Disposition if d not in (Disposition.UNKNOWN, Disposition.LEFT_MARKED)}
            if not isinstance(value, list) or not value or any(item not in known for item in value):
                raise _fault(name, f"{value!r} does not say what counts as destroyed.", f"Use {', '.join(known)}.")
            found[name] = tuple(known[item] for item in value)
        else:
            raise _fault(name, "is not a setting of reports.", "See docs/how-to/treaty-reports.md.")
    return ReportSettings(**found, donors=read_donors(donors or []))
