"""What a photograph's file says: time, place with its error, rights, description.  A claim by the file, which can "
"be edited."""

from __future__ import annotations

import io
import math
import re
import warnings
from importlib.metadata import version
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from safeground.claims.letters import strange_letters
from safeground.claims.reading import Reading, refuse
from safeground.records.claims import Block, PhotoFacts, Span

_GPS, _EXIF = 0x8825, 0x8769
_ERROR_M = 31
#: A picture may have so many pixels; it is not decoded in any case.
PIXELS_MAX = 400_000_000


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.removeprefix(b"ASCII\x00\x00\x00").decode("utf-8", "backslashreplace")
    return " ".join(str(value or "").replace("\x00", " ").split())


def _degrees(parts: Any, hemisphere: Any) -> float | None:
    """Return degrees from degrees, minutes and seconds, None = they are none."""
    try:
        whole, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = whole + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or value < 0:
        return None
    return -value if _text(hemisphere).upper() in ("S", "W") else value


def _taken(exif: dict[int, Any]) -> str:
    """Return DateTimeOriginal as ISO 8601, with its offset where the file gives one, "" = none or unreadable."""
    found = re.fullmatch(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})",
                         _text(exif.get(ExifTags.Base.DateTimeOriginal)))
    if not found or found[1] == "0000":
        return ""
    offset = _text(exif.get(ExifTags.Base.OffsetTimeOriginal))
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}" + (offset if re.fullmatch(r"[+-]\d{2}:\d{2}|Z", offset)
                                                             else "")


def _facts(picture: Image.Image) -> tuple[PhotoFacts, list[str]]:
    exif = picture.getexif()
    inner, gps = dict(exif.get_ifd(_EXIF)), dict(exif.get_ifd(_GPS))
    notes = []
    latitude = _degrees(gps.get(2), gps.get(1)) if gps.get(2) else None
    longitude = _degrees(gps.get(4), gps.get(3)) if gps.get(4) else None
    if (latitude is None) != (longitude is None) or (latitude is not None and not (
            abs(latitude) <= 90 and abs(longitude or 0) <= 180 and (latitude, longitude) != (0.0, 0.0))):
        notes.append(f"the position {gps.get(2)} {gps.get(4)} lies on no globe or at its origin; it is left out.")
        latitude = longitude = None
    try:
        error = float(gps[_ERROR_M]) if _ERROR_M in gps else None
    except (TypeError, ValueError, ZeroDivisionError):
        error = None
    taken = _taken(inner)
    if not taken:
        notes.append("the file does not say when it was taken.")
    elif "+" not in taken and "-" not in taken[10:] and not taken.endswith("Z"):
        notes.append("the time taken has no offset; it is local to an unknown zone.")
    if latitude is None:
        notes.append("the file does not say where it was taken.")
    return PhotoFacts(taken=taken, latitude=latitude, longitude=longitude, error_m=error if error is None
                      or error >= 0 else None,
                      description=_text(exif.get(ExifTags.Base.ImageDescription)),
                      copyright=_text(exif.get(ExifTags.Base.Copyright)),
                      artist=_text(exif.get(ExifTags.Base.Artist)),
                      camera=_text(f"{_text(exif.get(ExifTags.Base.Make))} {_text(exif.get(ExifTags.Base.Model))}"),
                      width=picture.width, height=picture.height), notes


def read_photo(content: bytes, file: str, *, caption: str = "", credit: str = "") -> Reading:
    """Read a photograph's own data; the picture itself is neither decoded nor changed.

    Parameters
    ----------
    caption, credit : given with it; who supplied it is not who took it.

    Raises
    ------
    SourceError : it is no picture, cut, or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > PIXELS_MAX:
                    raise refuse("SG-CLAIMS-123", file, f"{picture.width:,} × {picture.height:,} pixels.",
                                 "Give a smaller picture.")
                kind = Image.MIME.get(picture.format or "", "image/unknown")
                facts, notes = _facts(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, TypeError,
            KeyError, EOFError,
            AttributeError, IndexError, ZeroDivisionError, OverflowError) as error:
        raise refuse("SG-CLAIMS-122", file, f"the picture cannot be read: {str(error)[:120]}.",
                     "Give the file as the camera made it.") from error
    text, parts = "", []
    for name, value in (("caption", caption), ("description", facts.description)):
        if value:
            parts.append(Block(span=Span(len(text), len(text) + len(value)), kind=name))
            text += value + "\n\n"
    return Reading(text=text, media_type=kind, extractor=f"Pillow {version('pillow')}", parts=tuple(parts), photo=facts,
                   caption=caption, credit=credit, notes=(*notes, *strange_letters(text)))
