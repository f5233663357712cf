"""Names of places and what they may stand for.

Three sources, the first that knows a name closest to the user winning ties: the programme's own list (CSV; villages,
which is where mines are), an optional copy of GeoNames built once into a file, and a small list within the program
(countries, capitals, first-level units of countries with mine action and of large ones,
some hundred towns).  No polygons are shipped.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Protocol

from safeground.claims.codes_text import CODES_TEXT
from safeground.claims.place_words import TYPES
from safeground.foundation.errors import SourceError
from safeground.records.claims import PlaceLevel

#: A gazetteer file larger than this is refused, bytes; so is one with more rows.
CSV_BYTES_MAX, CSV_ROWS_MAX = 64 << 20, 500_000
_COLUMNS = ("name", "alternates", "level", "lat", "lon", "country", "admin")
_LEVELS = {"country": PlaceLevel.COUNTRY, "admin_1": PlaceLevel.ADMIN_1, "admin_2": PlaceLevel.ADMIN_2,
           "settlement": PlaceLevel.SETTLEMENT, "feature": PlaceLevel.FEATURE}
_SAME = str.maketrans({"’": "", "'": "", "ʹ": "", "ʼ": "", "`": "", "‘": "", "-": " ", "–": " ", "ı": "i", "ł": "l",
                       "ø": "o",
                       "đ": "d", "ß": "ss", "æ": "ae"})


def name_key(name: str) -> str:
    """Return the form under which names are compared: no case, accents, apostrophes or hyphens, single spaces."""
    low = unicodedata.normalize("NFKD", name.casefold().translate(_SAME))
    return " ".join("".join(letter for letter in low if not unicodedata.combining(letter)).replace(".", "").split())


@dataclass(frozen=True, slots=True)
class Place:
    """One reading of a name.

    Attributes
    ----------
    id : ``core:…``, ``geonames:…`` or ``own:…``.  country : ISO 3166-1 alpha-2.
    latitude, longitude : WGS 84 degrees of a settlement or feature; None for areas.
    admin : name or code of the first-level unit around it.  kind : ``oblast``, ``province`` … of an area.
    population : people, 0 = unknown.  source : 0 own list, 1 within the program, 2 GeoNames.
    """

    id: str
    name: str
    level: PlaceLevel
    country: str
    latitude: float | None = None
    longitude: float | None = None
    admin: str = ""
    kind: str = ""
    population: int = 0
    source: int = 1
    capital: bool = False


class Lookup(Protocol):
    """A list of places that can be asked for a name."""

    def lookup(self, key: str) -> list[Place]:
        """Return the places of a name in :func:`name_key` form."""
        ...


@dataclass(slots=True)
class NameList:
    """Places in memory by the keys of their names."""

    by_key: dict[str, list[Place]] = field(default_factory=dict)

    def put(self, place: Place, names: Iterable[str]) -> None:
        """Add a place under all of its names."""
        for key in {name_key(name) for name in names if name.strip()}:
            self.by_key.setdefault(key, []).append(place)

    def lookup(self, key: str) -> list[Place]:
        """Return the places of a name in :func:`name_key` form."""
        return self.by_key.get(key, [])


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("safeground.claims").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


@dataclass(frozen=True, slots=True)
class Core:
    """The list within the program.

    Attributes
    ----------
    demonyms : key of a demonym -> ISO code.  names : ISO code -> English name.
    """

    places: NameList
    demonyms: dict[str, str]
    names: dict[str, str]


#: How the id of a town in the program's own list ends.
CITY = ":city"


@lru_cache(maxsize=1)
def core() -> Core:
    """Return countries, demonyms, capitals and first-level units as the program knows them."""
    places, demonyms, names = NameList(), {}, {}
    for row in _rows("countries.csv"):
        code = row["code"]
        names[code] = row["name"]
        country = Place(f"core:{code}", row["name"], PlaceLevel.COUNTRY, code)
        places.put(country, [row["name"], *row["alternates"].split("|")])
        demonyms.update({name_key(word): code for word in row["demonyms"].split("|") if word})
        if row["capital"]:
            capital = Place(f"core:{code}:capital", row["capital"], PlaceLevel.SETTLEMENT, code, float(row["latitude"]),
                            float(row["longitude"]), population=1_000_000, capital=True)
            places.put(capital, [row["capital"]])
    for row in _rows("regions.csv"):
        second, _, kind = row["kind"].rpartition(":")
        for word in row["names"].split("|"):
            name = word.rstrip("*")
            level = PlaceLevel.ADMIN_2 if second else PlaceLevel.ADMIN_1
            places.put(Place(f"core:{row['country']}:{name_key(name)}", name, level, row["country"], kind=kind), [name])
            if name != word:  # a town of the same name is its seat; without a large gazetteer its point is not known
                places.put(Place(f"core:{row['country']}:{name_key(name)}:seat", name, PlaceLevel.SETTLEMENT,
                                 row["country"],
                                 population=20_000), [name])
    for row in _rows("cities.csv"):
        for word in row["names"].split("|"):
            city, names_of = _city(row["country"], word)
            places.put(city, names_of)
    return Core(places, demonyms, names)


def _city(country: str, words: str) -> tuple[Place, list[str]]:
    """Return a town of the list and its names: ``Name=Other name LAT LON SIZE``, size as the digits of its people."""
    written, latitude, longitude, size = words.rsplit(" ", 3)
    names = written.split("=")
    return Place(f"core:{country}:{name_key(names[0])}{CITY}", names[0], PlaceLevel.SETTLEMENT, country,
                 _degrees(latitude), _degrees(longitude), population=10 ** (int(size) - 1) * 2), names


def _degrees(words: str) -> float:
    return -float(words[:-1]) if words[-1] in "SW" else float(words)


def read_gazetteer(content: bytes, file: str) -> list[tuple[Place, tuple[str, ...]]]:
    """Read a programme's own list of places.

    Parameters
    ----------
    content : CSV in UTF-8 with the columns ``name, alternates, level, lat, lon, country, admin``; alternates are
        separated by ``|``; level is ``settlement``, ``feature``, ``admin_1``, ``admin_2`` or ``country``.
    file : its name, for messages.

    Raises
    ------
    SourceError : too large, not UTF-8, a missing column, or a value that is not what its column holds.
    """
    if len(content) > CSV_BYTES_MAX:
        raise _fault(file, f"{len(content):,} bytes, at most {CSV_BYTES_MAX:,}.", "Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(file, f"byte {error.start} is not UTF-8.", "Save it as CSV in UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text))
    if missing := [name for name in ("name", "level", "country") if name not in (reader.fieldnames or ())]:
        raise _fault(file, f"no column {', '.join(missing)}; the columns are {', '.join(_COLUMNS)}.",
                     "Name the columns so.")
    found = []
    for number, row in enumerate(reader, 2):
        if number > CSV_ROWS_MAX:
            raise _fault(file, f"more than {CSV_ROWS_MAX:,} rows.", "Split it.")
        found.append(_own_place(file, number, {key: (value or "").strip() for key, value in row.items() if key}))
    return found


def _own_place(file: str, number: int, row: dict[str, str]) -> tuple[Place, tuple[str, ...]]:
    level = _LEVELS.get(row["level"].lower())
    where = f"{file} row {number}"
    if not row["name"] or level is None:
        raise _fault(where, f"name {row['name']!r}, level {row['level']!r}: expected a name and one "
                            f"of {', '.join(_LEVELS)}.",
                     "Correct the row.")
    if len(row["country"]) != 2 or not row["country"].isalpha():
        raise _fault(where, f"country {row['country']!r}, expected two letters such as UA.", "Correct the row.")
    point: tuple[float | None, float | None] = (None, None)
    if row.get("lat") or row.get("lon"):
        try:
            point = (float(row.get("lat", "")), float(row.get("lon", "")))
        except ValueError as error:
            raise _fault(where, f"lat {row.get('lat')!r}, lon {row.get('lon')!r}: expected decimal degrees.",
                         "Correct the row.") from error
        if not (abs(point[0] or 0) <= 90 and abs(point[1] or 0) <= 180):
            raise _fault(where, f"lat {point[0]}, lon {point[1]} lie on no globe.", "Correct the row.")
    if level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FEATURE):
        point = (None, None)  # an area has no point, whatever a list says
    place = Place(f"own:{number}:{name_key(row['name'])}", row["name"], level, row["country"].upper(), *point,
                  admin=row.get("admin", ""), source=0)
    return place, (row["name"], *row.get("alternates", "").split("|"))


def _fault(subject: str, message: str, remedy: str) -> SourceError:
    return SourceError("SG-CLAIMS-110", subject, f"{message} {CODES_TEXT['SG-CLAIMS-110']}", remedy)


@dataclass(slots=True)
class Gazetteer:
    """All lists together.

    Attributes
    ----------
    own : the programme's list.  large : GeoNames, None = not built on this machine.
    boundaries : key of a name -> WKT that the programme loaded.
    """

    own: NameList = field(default_factory=NameList)
    large: Lookup | None = None
    boundaries: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, tuple[Place, ...]] = field(default_factory=dict)

    def add(self, rows: Iterable[tuple[Place, tuple[str, ...]]]) -> None:
        """Add a programme's own places, as :func:`read_gazetteer` gives them."""
        self._seen.clear()
        for place, names in rows:
            self.own.put(place, names)

    def lookup(self, name: str) -> tuple[Place, ...]:
        """Return all readings of a name, the programme's own first."""
        key = name_key(name)
        found = self._seen.get(key)
        if found is None:
            places = [*self.own.lookup(key), *core().places.lookup(key)]
            if self.large is not None:
                large = self.large.lookup(key)
                known = {place.country for place in large}
                places = [p for p in places if not (p.id.endswith(CITY) and p.country in known)] + large
            found = self._seen[key] = tuple(places)
        return found

    def country_of_demonym(self, word: str) -> str:
        """Return the ISO code of a demonym such as ``Ukrainian``, "" = it is none."""
        return core().demonyms.get(name_key(word), "")

    def boundary(self, name: str) -> str:
        """Return the WKT of a loaded boundary, "" = none of this name; a type word at an end makes no difference."""
        exact = self.boundaries.get(name_key(name))
        if exact is not None:
            return exact
        bare = _bare(name_key(name))
        return next((wkt for key, wkt in self.boundaries.items() if _bare(key) == bare), "")


def _bare(key: str) -> str:
    """Return a name's key without ``region``, ``oblast``, ``province`` … before or behind it."""
    words = key.split()
    types = {name_key(word) for word in TYPES}
    while len(words) > 1 and words[-1] in types:
        words.pop()
    while len(words) > 1 and (words[0] in types or words[0] == "of"):
        words.pop(0)
    return " ".join(words)
