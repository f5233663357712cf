"""A table of a user's TOML file, read key by key: what does not fit is refused, what nobody reads is refused too."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from safeground.foundation.errors import RequestError

Values = Mapping[str, Any]
_NO_TABLE: Values = {}


def read_toml(path: Path) -> Table:
    """Return the outermost table of a TOML file.

    Raises
    ------
    RequestError : the file is not there, or is not TOML (``SG-OPS-030``).
    """
    try:
        return Table(path.name, "", tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RequestError("SG-OPS-030", path.name, f"cannot be read: {error.strerror}.", "Name a file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError("SG-OPS-030", path.name, f"is not TOML: {error}.", "Correct the file there.") from error


class Table:
    """One table: its file, its place in it, and the keys that were read.

    Attributes
    ----------
    file : name of the file.  where : such as ``[calendar.A]``, "" for the outermost table.
    """

    def __init__(self, file: str, where: str, values: Values) -> None:
        self.file, self.where, self._values = file, where, values
        self._read: set[str] = set()

    def fault(self, key: str, message: str, remedy: str, code: str = "SG-OPS-032") -> RequestError:
        """Return the error for a key of this table."""
        return RequestError(code, ", ".join(part for part in (self.file, self.where, key) if part), message, remedy)

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self._values

    def keys(self) -> list[str]:
        """Return the keys in the order of the file; all of them count as read."""
        self._read |= set(self._values)
        return list(self._values)

    def get(self, key: str) -> Any:
        """Return a value as it is; None where it is not given."""
        self._read.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that is not empty; without a default it must be given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, f"is {value!r}, not a text." if self.has(key) else "is not given.",
                             f'Give a text, such as {key} = "A1".')
        return value.strip()

    def number(self, key: str, default: float | None = None, *, least: float = 0.0, most: float = math.inf) -> float:
        """Return a finite number within its range; without a default it must be given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not least <= value <= most:
            top = f" to {most:g}" if most < math.inf else " or more"
            raise self.fault(key, f"is {value!r}, not a number of {least:g}{top}." if self.has(key)
                             else "is not given.", f"Give a number of {least:g}{top}.")
        return float(value)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number of at least ``least``; without a default it must be given."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.fault(key, f"is {value!r}, not a whole number of {least} or more." if self.has(key)
                             else "is not given.", f"Give a whole number of {least} or more.")
        return value

    def names(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts, in their order, none twice; without a default it must hold one at least."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        is_list = isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
        if not is_list or len(set(value)) < len(value) or (default is None and not value):
            raise self.fault(key, f"is {value!r}, not a list of different texts." if self.has(key) else "is not given.",
                             f'Give a list, such as {key} = ["manual", "qc"].')
        return tuple(v.strip() for v in value)

    def day(self, key: str) -> date | None:
        """Return a day, None where it is not given."""
        value = self.get(key)
        return None if value is None else self._as_day(key, value)

    def days(self, key: str) -> tuple[date, ...]:
        """Return a list of days, () where it is not given."""
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.fault(key, f"is {value!r}, not a list of days.", f"Give {key} = [2026-01-01].")
        return tuple(self._as_day(key, v) for v in value)

    def _as_day(self, key: str, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as error:
            raise self.fault(key, f"is {value!r}, not a day.", "Give the day as 2026-01-31.") from error

    def table(self, key: str) -> Table:
        """Return the table under a key; an empty one where it is not given."""
        value = self.get(key)
        where = f"{self.where[1:-1]}.{key}" if self.where else key
        if value is not None and not isinstance(value, dict):
            raise self.fault(key, f"is {value!r}, not a table.", f"Write it as [{where}] with its keys below.")
        return Table(self.file, f"[{where}]", value if value is not None else _NO_TABLE)

    def tables(self, key: str) -> list[Table]:
        """Return the list of tables under a key, each with its number from 1."""
        value = self.get(key)
        if value is not None and not (isinstance(value, list) and all(isinstance(v, dict) for v in value)):
            raise self.fault(key, "is not a list of tables.", f"Write each as [[{key}]] with its keys below.")
        return [Table(self.file, f"[[{key}]] {k}", v) for k, v in enumerate(value or (), 1)]

    def close(self, known: Iterable[str] = ()) -> None:
        """Refuse the first key that nobody has read (``SG-OPS-031``): a slip of the pen is never passed over."""
        names = sorted(self._read | set(known))
        for key in self._values:
            if key not in names:
                near = get_close_matches(key, names, 1)
                raise self.fault(key, "is not a key that is read here.", f"Did you mean {near[0]}?" if near else
                                 f"Take it out; there are {', '.join(names)}.", "SG-OPS-031")
