"""Who asks, when, and how the way is reported: what every operation is handed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from safeground import __version__
from safeground.foundation.clock import Clock, system_clock
from safeground.foundation.errors import RequestError
from safeground.records.journal import OperationInfo

#: Called with what is being done and how far it is, 0 to 1; None = unknown.
Progress = Callable[[str, float | None], None]


def no_progress(message: str, share: float | None) -> None:
    """Report nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who runs an operation and why.

    Attributes
    ----------
    actor : person or account, as the journal will name it.
    reason : why, in words; "" = none given.
    clock : answers the aware UTC time.
    progress : told how far the work is.
    """

    actor: str
    reason: str = ""
    clock: Clock = system_clock
    progress: Progress = no_progress

    def info(
        self, stage: str, *, seed: int | None = None, input_hashes: tuple[str, ...] = (),
        parameters: tuple[tuple[str, str], ...] = (),
    ) -> OperationInfo:
        """Return the head of the journal for one run of `stage`."""
        return OperationInfo(stage=stage, actor=self.actor, reason=self.reason, version=__version__, seed=seed,
                             input_hashes=input_hashes, parameters=parameters)


def standard_text(name: str) -> str:
    """Return the TOML of a rule pack: a shipped one by name (``imas``), else a file by path.

    Raises
    ------
    RequestError : neither is there (``SG-OPS-001``), or the file is not UTF-8 text.
    """
    shipped = files("safeground").joinpath("standards", f"{name.lower()}.toml")
    if name.isidentifier() and shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    path = Path(name)
    if not path.is_file():
        raise RequestError("SG-OPS-001", name, "no rule pack of that name is shipped and no such file exists.",
                           "Use 'imas' or the path of a TOML file.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RequestError("SG-OPS-001", path.name, f"is not UTF-8 text: {error.reason} at byte {error.start}.",
                           "Save the file as UTF-8.") from error
