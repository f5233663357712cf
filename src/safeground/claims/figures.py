"""Figures in a text: numbers with their unit, in digits and words, exact, bounded or vague.

``thousands`` is at least 2,000 and open above, ``dozens`` at least 24, ``some`` people at least one; ``nearly 400``
is below 400; areas come in m².  A vague word is a bound, never a guess.  Numbers that name a day, a year, an age or a
rank are not figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safeground.claims.time_words import number_of
from safeground.claims.wording import words
from safeground.records.claims import ClaimFigure, Span

#: Vague word -> at least so many; a plural is at least two of it.
VAGUE = {"tens": 20.0, "dozens": 24.0, "scores": 40.0, "hundreds": 200.0, "thousands": 2_000.0, "millions": 2_000_000.0,
         "tens of thousands": 20_000.0, "hundreds of thousands": 200_000.0, "several": 2.0, "several hundred": 200.0,
         "several thousand": 2_000.0, "several dozen": 24.0, "a few": 2.0, "a few dozen": 24.0, "a few hundred": 200.0,
         "a few thousand": 2_000.0, "some": 1.0, "many": 2.0, "numerous": 2.0, "a number of": 2.0, "countless": 2.0,
         "a handful of": 2.0, "a couple of": 2.0, "scores of": 40.0, "dozens of": 24.0, "multiple": 2.0,
         "tens of millions": 20_000_000.0, "hundreds of millions": 200_000_000.0}
#: Square metres of one unit of area.  A dunam is the metric one, of 1,000 m².
AREAS_M2 = {"ha": 10_000.0, "hectare": 10_000.0, "km2": 1e6, "km²": 1e6, "sq km": 1e6, "square kilometre": 1e6,
            "square kilometer": 1e6, "m2": 1.0, "m²": 1.0, "sq m": 1.0, "square metre": 1.0, "square meter": 1.0,
            "acre": 4046.8564224, "dunam": 1000.0, "dunum": 1000.0, "donum": 1000.0, "square mile": 2_589_988.110336,
            "sq mile": 2_589_988.110336, "sq miles": 2_589_988.110336}
#: Metres of one unit of length.
LENGTHS_M = {"km": 1000.0, "kilometre": 1000.0, "kilometer": 1000.0, "metre": 1.0, "meter": 1.0, "mile": 1609.344,
             "cm": 0.01,
             "centimetre": 0.01, "centimeter": 0.01, "foot": 0.3048, "feet": 0.3048}
_PEOPLE = words("person people man men woman women child children civilian soldier troop troops fighter deminer "
                "sapper engineer "
           "resident villager refugee casualty casualties victim officer official worker worshipper member militant "
           "farmer "
           "boy girl student teacher doctor prisoner rebel survivor serviceman servicemen specialist builder volunteer "
           "policeman policemen rescuer driver patient migrant family families household dead injured wounded")
_DEVICES = words("mine landmine device explosive munition submunition bomblet bomb shell rocket grenade projectile "
                 "ordnance booby-trap "
            "ied trap round fuze missile cartridge mortar item bullet")
_DAYS = {"day": 1.0, "week": 7.0, "fortnight": 14.0}
_OTHER = words("village house home building school hospital road bridge vehicle tank truck field area team dog "
               "machine report site "
          "town minefield square unit regiment battalion brigade tonne ton kg kilogram kilogramme month year hour "
          "minute "
          "coffin percent % accident incident explosion attack country state hazard task region district province "
          "operation "
          "community dollar euro ship drone aircraft lane medal parcel crop animal cow cattle sheep job")
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "m": 1e6, "bn": 1e9, "k": 1e3}

_ONES = ("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
         "eighteen"
         "|nineteen")
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_NUM = (rf"(?:\d{{1,3}}(?:[,\u00a0\u202f]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:a|{_ONES}|{_TENS})(?:[- ](?:{_ONES}))?"
        rf"(?:[- ](?:hundred|thousand)(?:\s+and)?(?:\s+(?:{_TENS}|{_ONES})(?:[- ](?:{_ONES}))?)?)?)")
_SCALE = r"(?:\s+(?:hundred|thousand|million|billion)\b|(?<=\d)(?:bn|k)\b)"
_VAGUE = "|".join(sorted(map(re.escape, VAGUE), key=len, reverse=True))
_RELATION = (r"(?:more than|fewer than|less than|no more than|no fewer than|no less than|not more than|at least|at "
             r"most|up to|as many as"
             r"|as much as|as few as|over|under|above|below|nearly|almost|just over|just under|about|around"
             r"|approximately|roughly"
             r"|some|an estimated|close to|well over|exactly|only|just)")
_UNITS = "|".join(sorted((*(re.escape(unit) for unit in (*AREAS_M2, *LENGTHS_M)), *map(re.escape, (*_PEOPLE, *_DEVICES,
                                                                                                   *_DAYS,
                                                                                              *_OTHER))), key=len,
                         reverse=True))
_ADJECTIVES = (r"(?:(?!(?:and|or|of|in|to|for|with|from|by|on|at|the|that|who|were|was|have|had|is|are|per"
               r"|more\s+than)\b)[A-Za-z][\w'’-]*[ \u00a0-]+){0,3}?")
_FIGURE = re.compile(
    rf"(?<![\w.,$€£-])(?:(?P<rel>{_RELATION})\s+)?(?:an?\s+(?:total|estimated|additional)\s+(?:of\s+)?)?"
    rf"(?P<num>(?:{_VAGUE})(?!\s+of\s+the\s+time)|{_NUM}(?P<scale>{_SCALE})?)"
    rf"(?:\s*(?P<to>-|–|to|or)\s*(?P<num2>{_NUM}(?P<scale2>{_SCALE})?))?(?P<gap>[^\S\n]?[ \u00a0\n-](?:of\s+(?!whom"
    rf"|them|which|these|those|the\b))?)(?P<adj>{_ADJECTIVES})"
    rf"(?P<unit>{_UNITS})(?P<plural>s|es)?(?![\w²])(?! (?:device|ordnance|item|munition|remnant|hazard)s?\b)",
    re.IGNORECASE)
_BETWEEN = re.compile(rf"\bbetween\s+(?P<num>{_NUM}(?P<scale>{_SCALE})?)\s+and\s+(?P<num2>{_NUM}(?P<scale2>{_SCALE})?"
                      rf")\s+"
                      rf"(?P<adj>{_ADJECTIVES})(?P<unit>{_UNITS})(?P<plural>s|es)?(?![\w²])", re.IGNORECASE)
_SOME_ALONE = re.compile(r"\b(?P<num>some|many|several|dozens|hundreds|thousands|scores)\b(?=\s+(?:had been|have been"
                         r"|has been|were|was"
                         r"|are|had|have|of (?:whom|them|which)|died|killed|wounded|injured|appeared))", re.IGNORECASE)
_OF_THEM = re.compile(rf"\b(?:(?P<rel>{_RELATION})\s+)?(?P<num>{_NUM}(?P<scale>{_SCALE})?)\s+of\s+(?:them|whom)\b"
                      r"(?=[^.,;]{0,24}\b(?:killed|died|dead|wounded|injured|maimed)\b)", re.IGNORECASE)
_PERSONS_ALONE = re.compile(rf"\b(?:(?:killed|killing|injured|injuring|wounded|wounding|maimed|maiming|kills"
                            rf"|injures)\s+)(?:(?P<rel>{_RELATION})"
                            rf"\s+)?(?P<num>{_NUM}|{_VAGUE})\b(?!\s*[-–%]|\s+(?:of the|hectares|km|days|months"
                            rf"|years)\b)"
                            r"(?=\s*(?:[.,;)]|and\b|others\b|in\b|on\b|near\b|when\b|since\b|of\b|$))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Amount:
    low: float | None
    high: float | None
    vague: bool


def unit_of(word: str) -> tuple[str, float]:
    """Return the unit that a word is counted in and its factor: ``m2``, ``m``, ``days``, ``people``, ``devices`` or "
    "the word."""
    low = word.lower()
    for table, unit in ((AREAS_M2, "m2"), (LENGTHS_M, "m"), (_DAYS, "days")):
        for name in (low, low.rstrip("s")):
            if name in table:
                return unit, table[name]
    singular = low.removesuffix("s") if low not in ("dead", "troops") else low
    if low in _PEOPLE or singular in _PEOPLE:
        return "people", 1.0
    if low in _DEVICES or singular in _DEVICES:
        return "devices", 1.0
    return {"percent": "percent", "%": "percent"}.get(singular, singular), 1.0


def _value(text: str, scale: str | None) -> float | None:
    core = text[:len(text) - len(scale)] if scale else text
    number = number_of(re.sub(r"[\u00a0\u202f]", ",", core))
    if number is None:
        return None
    return number * _SCALES[scale.strip().lower()] if scale else number


def _amount(m: re.Match[str], groups: dict[str, str | None]) -> _Amount | None:
    words = re.sub(r"\s+", " ", m["num"].lower())
    if words in VAGUE:
        return _Amount(VAGUE[words], None, True)
    low = _value(m["num"], groups.get("scale"))
    if low is None:
        return None
    if groups.get("num2"):
        high = _value(m["num2"], groups.get("scale2"))
        if high is None or high < low:
            return None
        if groups.get("scale2") and not groups.get("scale") and low < 1000:  # ``two to three thousand``
            low *= _SCALES[str(groups["scale2"]).strip().lower()]
        scaled = re.search(r"hundred|thousand", m["num2"], re.IGNORECASE)
        if scaled and low < 100 and not re.search(r"hundred|thousand|\d", m["num"], re.IGNORECASE):  # the same in words
            low *= _SCALES[scaled[0].lower()]
        return _Amount(low, high, False) if low <= high else None
    return _Amount(low, low, False)


def _related(words: str, amount: _Amount) -> tuple[float | None, float | None, str, bool]:
    """Return bounds, relation and vagueness that a word such as ``nearly`` leaves."""
    low = words.lower()
    if amount.vague:
        return amount.low, None, ">=", True
    if amount.low != amount.high:
        return amount.low, amount.high, "=", False
    if re.search(r"no more|not more|at most|up to|as many|as much", low):
        return None, amount.high, "<=", False
    if re.search(r"no fewer|no less|at least|as few", low):
        return amount.low, None, ">=", False
    if re.search(r"more than|over|above", low):
        return amount.low, None, ">", False
    if re.search(r"fewer|less|under|below|nearly|almost|close to", low):
        return None, amount.high, "<", False
    if re.search(r"about|around|approx|rough|some|estimated", low):
        return amount.low, amount.high, "about", False
    return amount.low, amount.high, "=", False


def _figure(m: re.Match[str], unit: str, factor: float) -> ClaimFigure | None:
    groups = m.groupdict()
    amount = _amount(m, groups)
    if amount is None:
        return None
    low, high, relation, vague = _related(groups.get("rel") or "", amount)
    return ClaimFigure(value_low=None if low is None else low * factor, value_high=None if high is None
                       else high * factor,
                       unit=unit, relation=relation, vague=vague, span=Span(m.start(), m.end()))


def _is_no_figure(text: str, m: re.Match[str]) -> bool:
    number, before = m["num"], text[max(0, m.start() - 16):m.start()]
    if number.lower() == "a" or (number.lower() == "one" and m["gap"].strip("- ") == "of"):
        return True
    if m["gap"].startswith("-") and re.match(r"[- ]old", text[m.end():m.end() + 5]):
        return True
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", number) and re.search(r"\b(?:in|since|the|of|by)\s+$", before,
                                                                re.IGNORECASE) \
            and m["unit"].lower() not in ("ha", "hectare", "people", "mine"):
        return True
    if m["plural"] and m["unit"].lower() in ("ha", "km", "cm", "m2", "kg"):
        return True
    return bool(re.search(r"\b(?:No|Resolution|Article|Route|page)\.?\s+$", before))


def find_figures(text: str) -> list[ClaimFigure]:
    """Return the figures of a text in order; spans do not overlap.

    The unit is ``m2``, ``m``, ``days``, ``people``, ``devices``, ``percent`` or the singular of the word counted.
    """
    found: list[ClaimFigure] = []

    def put(m: re.Match[str], unit: str, factor: float) -> None:
        span = Span(m.start("num") if m.re is _PERSONS_ALONE else m.start(), m.end())
        if any(figure.span is not None and figure.span.overlaps(span) for figure in found):
            return
        made = _figure(m, unit, factor)
        if made is not None:
            found.append(ClaimFigure(value_low=made.value_low, value_high=made.value_high, unit=made.unit,
                                     relation=made.relation,
                                     vague=made.vague, span=span))

    for m in _BETWEEN.finditer(text):
        put(m, *unit_of(m["unit"]))
    for m in _FIGURE.finditer(text):
        if not _is_no_figure(text, m):
            put(m, *unit_of(m["unit"]))
    for m in _PERSONS_ALONE.finditer(text):
        put(m, "people", 1.0)
    for m in (*_OF_THEM.finditer(text), *_SOME_ALONE.finditer(text)):
        put(m, "people", 1.0)
    return sorted(found, key=lambda figure: figure.span.start if figure.span else 0)
