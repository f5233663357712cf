"""Words of time: months, weekdays, units, number words, and what they count."""

from __future__ import annotations

import re

from safeground.claims.wording import words

MONTHS = {name: number for number, names in enumerate((
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sept sep", "october oct", "november nov", "december dec"), 1) for name in names.split()}
WEEKDAYS = {name: number for number, names in enumerate((
    "monday mon", "tuesday tues tue", "wednesday wed weds", "thursday thurs thur thu", "friday fri", "saturday sat",
    "sunday sun"), 1) for name in names.split()}
#: Unit -> TIMEX3 letter; units below a day stand behind ``PT``.
UNITS = {"second": "S", "minute": "M", "hour": "H", "day": "D", "week": "W", "fortnight": "W", "month": "M",
         "quarter": "Q", "year": "Y", "decade": "DE", "century": "CE", "weekend": "WE"}
CLOCK_UNITS = frozenset({"second", "minute", "hour"})
DAY_PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI", "dawn": "MO", "noon": "MI"}
SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI"}
ORDINALS = {name: number for number, names in enumerate((
    "first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th",
    "ninth 9th", "tenth 10th", "eleventh 11th", "twelfth 12th", "thirteenth 13th", "fourteenth 14th", "fifteenth 15th",
    "sixteenth 16th", "seventeenth 17th", "eighteenth 18th", "nineteenth 19th", "twentieth 20th",
    "twenty-first 21st"), 1) for name in names.split()}

_ONES = words("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
         "seventeen eighteen nineteen")
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
_VALUES = {**{word: number for number, word in enumerate(_ONES)},
           **{word: 10 * number for number, word in enumerate(_TENS, 2)}, "a": 1, "an": 1, "dozen": 12}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

_ONE = "|".join(sorted(_ONES[1:], key=len, reverse=True))
_TEN = "|".join(_TENS)
#: A number in digits or words, as a pattern without groups.
NUMBER = (rf"(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:(?:{_TEN})(?:[- ](?:{_ONE}))?|{_ONE})"
          rf"(?:[- ](?:hundred|thousand))?|a (?:hundred|thousand|dozen))(?:[- ]and[- ]a[- ]half|½)?")
#: Words for an unknown number of units.
VAGUE = (r"(?:several(?: more)?|a few(?: more)?|few|many|some|a couple(?: of)?|couple of|dozens of|tens of|hundreds of"
         r"|thousands of|a number of|numerous|countless|multiple)")


def number_of(text: str) -> float | None:
    """Return the number that digits or words mean, None = vague or no number.

    ``two and a half`` is 2.5, ``a`` is 1, ``several`` is None.
    """
    low = text.lower().strip()
    half = 0.0
    if ended := re.search(r"[- ]and[- ]a[- ]half$|½$", low):
        low, half = low[:ended.start()].strip(), 0.5
    if re.fullmatch(r"\d[\d,]*(?:\.\d+)?", low):
        return float(low.replace(",", "")) + half
    if re.fullmatch(r"half(?: an?)?", low):
        return 0.5
    total = part = 0.0
    seen = False
    for word in re.split(r"[\s-]+", low):
        if word in _VALUES:
            part += _VALUES[word]
        elif word in _SCALES:
            total, part = total + max(part, 1) * _SCALES[word], 0.0
        elif word != "and":
            return None
        seen = True
    return total + part + half if seen else None


def plain(number: float) -> str:
    """Return a number as TIMEX3 writes it: ``3``, ``2.5``."""
    return f"{number:g}" if number != int(number) else str(int(number))


def duration_value(number: float | None, unit: str) -> str:
    """Return the TIMEX3 value of so many units; an unknown number is ``X``."""
    if unit == "fortnight" and number is not None:
        number *= 2
    if unit == "quarter":
        return "PXM" if number is None else f"P{plain(3 * number)}M"
    if unit in ("decade", "century") and number is not None and number != int(number):
        return f"P{plain(number * (10 if unit == 'decade' else 100))}Y"
    if unit == "year" and number == 0.5:
        return "P6M"
    if unit == "hour" and number is not None and number != int(number) and number < 1:
        return f"PT{plain(60 * number)}M"
    count = "X" if number is None else plain(number)
    return f"{'PT' if unit in CLOCK_UNITS else 'P'}{count}{UNITS[unit]}"


def unit_of(word: str) -> str:
    """Return the singular of a unit's name; ``hr``, ``min`` and ``yr`` are written out."""
    low = word.lower().rstrip(".")
    low = {"centuries": "century", "hrs": "hour", "hr": "hour", "mins": "minute", "min": "minute", "yr": "year",
           "yrs": "year", "secs": "second", "sec": "second"}.get(low, low)
    return low[:-1] if low.endswith("s") and low[:-1] in UNITS else low
