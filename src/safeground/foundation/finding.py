"""Findings: faults in data, as values that point at their place in the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs.  An ``ERROR`` keeps its row out; a ``REFUSAL`` keeps the whole file out."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where a value came from.

    Attributes
    ----------
    file : name of the file as given by the user (never an absolute path of a machine).
    layer : layer or sheet, "" if the format has none.
    row : 1-based number of the data row or feature; 0 = the file as a whole.
    field : column or property, "" = the row as a whole.
    """

    file: str = ""
    layer: str = ""
    row: int = 0
    field: str = ""

    def __str__(self) -> str:
        parts = [self.file or "(no file)"]
        if self.layer:
            parts.append(f"layer {self.layer}")
        if self.row:
            parts.append(f"row {self.row}")
        if self.field:
            parts.append(f"field {self.field}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault in data: what, where, why, what to do.

    Attributes
    ----------
    severity : see :class:`Severity`.
    code : stable code such as ``SG-INTAKE-012``, listed in ``docs/reference/errors.md``.
    subject : the record, file or parcel it is about.
    message : what is wrong, with the value seen and the value expected.
    remedy : what a person can do about it.
    source : where it was seen.
    candidates : proposals offered for a person's choice; never applied by the program itself.
    """

    severity: Severity
    code: str
    subject: str
    message: str
    remedy: str
    source: SourceRef = field(default_factory=SourceRef)
    candidates: tuple[dict[str, Any], ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """Return the finding as every face's JSON shows it."""
        return {"severity": self.severity.value, "code": self.code, "subject": self.subject, "message": self.message,
                "remedy": self.remedy,
                "source": {"file": self.source.file, "layer": self.source.layer, "row": self.source.row,
                           "field": self.source.field},
                "candidates": [dict(candidate) for candidate in self.candidates]}


def count_by_code(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how often each code occurs, sorted by code."""
    return dict(sorted(Counter(f.code for f in findings).items()))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding is an error or a refusal."""
    return any(f.severity in (Severity.ERROR, Severity.REFUSAL) for f in findings)
