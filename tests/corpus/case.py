"""What one file of the corpus is: where it lies, what is wrong with it, and what an honest intake does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: No row may be taken in.
REFUSED = "refused"
#: The planted rows may not be taken in, the others may.
HELD = "held"
#: Every row is good and must be taken in.
ACCEPTED = "accepted"

FORMATS = ("csv", "xlsx", "geojson", "gpkg", "shp", "kml", "gpx")


@dataclass(frozen=True)
class Case:
    """One file of the corpus.

    `rows` counts the data rows written.  `bad_rows` are 1-based; () = the file as a whole.  `options` are what the
    user says of the file.  `whole_file_too`: the fault breaks the file's grammar, so that a reader may refuse the file
    without naming the row.  `wrong_accept` says what taking the planted rows in would mean.
    """

    name: str
    path: Path
    format: str
    as_noun: str
    defect: str
    expected: str
    bad_rows: tuple[int, ...]
    wrong_accept: str
    rows: int
    options: tuple[tuple[str, str], ...] = ()
    whole_file_too: bool = False

    @property
    def is_bad(self) -> bool:
        return self.expected != ACCEPTED


@dataclass
class Corpus:
    """Collects cases; each file gets its own folder, so that side files of two cases never meet."""

    folder: Path
    url: str
    cases: list[Case] = field(default_factory=list)

    def add(
        self, fmt: str, name: str, noun: str, defect: str, expected: str, write: Callable[[Path], object], *,
        rows: int = 0, bad: tuple[int, ...] = (), meaning: str = "", suffix: str = "",
        options: tuple[tuple[str, str], ...] = (), whole_file_too: bool = False,
    ) -> None:
        name = f"{fmt}-{name}"
        place = self.folder / name
        if place.exists():
            raise ValueError(f"two cases are called {name}")
        place.mkdir(parents=True)
        path = place / f"{name}{suffix or '.' + fmt}"
        write(path)
        self.cases.append(Case(name, path, fmt, noun, defect, expected, bad, meaning, rows, options, whole_file_too))
