"""The tree of exceptions: a bad *operation* is an exception with a remedy, bad *code* stops.

::

    SafegroundError              code, subject, remedy in every one
    ├── RequestError             faulty request or data            exit 2   HTTP 422
    │   ├── SourceError          a file cannot be read as asked    exit 2   HTTP 422
    │   └── CrsMismatchError     two coordinate systems met        exit 2   HTTP 422
    ├── RefusedError             a rule says no; nothing changed   exit 3   HTTP 409
    ├── SurroundingsError        disk, network, missing program    exit 4   HTTP 503
    │   └── ProjectLockedError   somebody else is writing          exit 4   HTTP 503
    └── InvariantBroken          a fault in our own code           exit 70  HTTP 500

A fault in *data* is not an exception but a :class:`~safeground.foundation.finding.Finding`.
Exit codes live in ``cli/output.py`` and status codes in ``web/errors.py``, nowhere else.
"""

from __future__ import annotations


class SafegroundError(Exception):
    """Base of all errors that Safeground raises on purpose.

    Parameters
    ----------
    code : stable code such as ``SG-LAND-003``, listed in ``docs/reference/errors.md``.
    subject : what it is about: a file, a record id, an option.
    message : what is wrong, with the actual and the expected value.
    remedy : what the user can do about it.
    """

    def __init__(self, code: str, subject: str, message: str, remedy: str) -> None:
        super().__init__(f"{code} {subject}: {message}" + (f" {remedy}" if remedy else ""))
        self.code = code
        self.subject = subject
        self.message = message
        self.remedy = remedy


class RequestError(SafegroundError):
    """The request or its data is faulty; nothing changed."""


class SourceError(RequestError):
    """A source file cannot be read as asked; nothing changed."""


class CrsMismatchError(RequestError):
    """Two things in different coordinate systems met; neither was changed."""


class RefusedError(SafegroundError):
    """A rule refuses the operation; nothing changed.

    Parameters
    ----------
    criterion : the rule that refuses, in words.
    clause : where the rule stands, e.g. ``IMAS 08.30``, or ``programme setting``.
    """

    def __init__(
        self, code: str, subject: str, message: str, remedy: str, *, criterion: str, clause: str
    ) -> None:
        super().__init__(code, subject, message, remedy)
        self.criterion = criterion
        self.clause = clause


class SurroundingsError(SafegroundError):
    """Disk, network or a missing program is in the way; rolled back."""


class ProjectLockedError(SurroundingsError):
    """Another process is writing to the project; nothing changed."""


class InvariantBroken(SafegroundError):
    """Something that can never happen has happened: stop, roll back, report."""
