"""Judge what an intake made of a case: what it may never do, whatever the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.case import ACCEPTED, REFUSED, Case
from safeground.foundation.errors import SafegroundError
from safeground.foundation.finding import Finding, Severity

if TYPE_CHECKING:
    from safeground.operations.context import Caller
    from safeground.store.project import Project

HARD = (Severity.ERROR, Severity.REFUSAL)


@dataclass(frozen=True)
class Outcome:
    """What came of one file.  `error` is a refusal by exception, `crash` any other exception, in words."""

    rows_in: int = 0
    accepted: int = 0
    quarantined: int = 0
    refused: int = 0
    findings: tuple[Finding, ...] = ()
    error: SafegroundError | None = None
    crash: str = ""

    @property
    def hard(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity in HARD]

    @property
    def refused_whole(self) -> bool:
        """Whether the file as a whole was refused and no row taken in."""
        told = self.error is not None or any(f.severity is Severity.REFUSAL for f in self.findings)
        return told and self.accepted == 0


def take(project: Project, case: Case, caller: Caller, *, dry_run: bool = True) -> Outcome:
    """Take one case into a project and return what came of it; nothing is raised."""
    from safeground.intake.readers import ReadOptions
    from safeground.operations.intake import IntakeRequest, take_files

    request = IntakeRequest(as_noun=case.as_noun, options=ReadOptions(**dict(case.options)), dry_run=dry_run)
    try:
        result = take_files(project, [case.path], caller, request)
    except SafegroundError as error:
        if type(error).__name__ == "InvariantBroken":
            return Outcome(crash=f"{type(error).__name__}: {error}")
        return Outcome(error=error)
    except (Exception, RecursionError) as error:  # whatever it is, it is a fault of the intake, and is named
        return Outcome(crash=f"{type(error).__name__}: {error}")
    return Outcome(rows_in=result.rows_in, accepted=result.accepted, quarantined=result.quarantined,
                   refused=result.refused, findings=result.findings)


def faults(case: Case, outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome, in words; nothing = the intake did what it must."""
    if outcome.crash:
        return [f"crash: {outcome.crash[:200]}"]
    if outcome.error is not None:
        return _faults_of_error(case, outcome.error)
    found = [] if outcome.rows_in == outcome.accepted + outcome.quarantined + outcome.refused else [
        f"{outcome.rows_in} rows in, but {outcome.accepted} + {outcome.quarantined} + {outcome.refused} out"]
    found += _unexplained(case, outcome.hard)
    if case.expected == ACCEPTED:
        return found + _faults_of_good(case, outcome)
    if case.expected == REFUSED:
        found += [f"{outcome.accepted} rows accepted: {case.wrong_accept}"] if outcome.accepted else []
        return found + ([] if outcome.hard else ["no finding says why"])
    return found + _faults_of_held(case, outcome)


def _faults_of_error(case: Case, error: SafegroundError) -> list[str]:
    if case.expected == ACCEPTED:
        return [f"a good file was refused: {error}"[:200]]
    if not all((error.code, error.subject, error.message, error.remedy)):
        return [f"refused without code, subject, message and remedy: {error!r}"[:200]]
    return [] if case.expected == REFUSED or case.whole_file_too else [f"no row is named: {error}"[:200]]


def _unexplained(case: Case, findings: Iterable[Finding]) -> list[str]:
    """Return the errors that lack file, code, message or remedy."""
    return [f"{finding.code or 'a finding'} lacks {part}" for finding in findings for part, there in (
        ("its code", finding.code), ("its message", finding.message), ("its remedy", finding.remedy),
        ("the file's name", finding.source.file == case.path.name)) if not there]


def _faults_of_good(case: Case, outcome: Outcome) -> list[str]:
    if (outcome.accepted, outcome.rows_in) == (case.rows, case.rows):
        return []
    why = "; ".join(f"{f.code} {f.message}" for f in outcome.hard[:2])
    return [f"{outcome.accepted} of {case.rows} good rows accepted ({outcome.rows_in} in): {why}"[:300]]


def _faults_of_held(case: Case, outcome: Outcome) -> list[str]:
    named = {finding.source.row for finding in outcome.hard}
    if outcome.refused_whole and case.whole_file_too:
        return []
    if outcome.rows_in != case.rows:
        return [f"{outcome.rows_in} rows in, {case.rows} written: rows were lost"]
    missing = [row for row in case.bad_rows if row not in named]
    if not missing and outcome.quarantined + outcome.refused >= len(case.bad_rows):
        return []
    if outcome.accepted == case.rows or outcome.accepted > case.rows - len(case.bad_rows):
        return [f"wrong accept of row {missing or list(case.bad_rows)}: {case.wrong_accept}"]
    why = "; ".join(f"{f.code} {f.message}" for f in outcome.hard[:1])
    return [f"row {missing} is not named by an error: {why}"[:300]]


def is_wrong_accept(case: Case, outcome: Outcome) -> bool:
    """Whether a planted row was taken in, whatever else was said."""
    if not case.is_bad:
        return False
    if case.expected == REFUSED:
        return outcome.accepted > 0
    return outcome.accepted > max(case.rows - len(case.bad_rows), 0)
