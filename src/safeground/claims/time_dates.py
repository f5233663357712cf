"""Rules for calendar words: dates, months, weekdays, years, decades, quarters, seasons, feasts."""

from __future__ import annotations

import re
from datetime import date, timedelta

from safeground.claims.time_context import Context, Rule, Timex
from safeground.claims.time_values import (
    YEAR_MAX,
    YEAR_MIN,
    add_days,
    add_months,
    day_near,
    days_of,
    easter,
    month_near,
    week_value,
    weekday_near,
)
from safeground.claims.time_words import DAY_PARTS, MONTHS, ORDINALS, SEASONS, WEEKDAYS

MONTH = (r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
         r"|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
         r"|Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)(?![a-z])")
WEEKDAY = (r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
           r"|MONDAY|TUESDAY|WEDNESDAY|THURSDAY|FRIDAY|SATURDAY|SUNDAY|Mon\.|Tues?\.|Wed\.|Thurs?\.|Fri\.|Sat\.|Sun\.)"
           r"(?![a-z])")
PART = r"(?:morning|afternoon|evening|night)"
YEAR = r"(?:1[5-9]\d\d|20\d\d)(?![\d,]\d|\d|%)"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\d:]|,\d{3}|\.\d)"
_EDGE = (r"(?:(?i:early|late|mid|(?:the )?(?:end|beginning|start|middle|close|dawn|first half|second half) of"
         r"|(?:early|late|later|earlier) in)(?:[- ](?:the )?)?)")


def edge(words: str | None) -> str:
    """Return the TIMEX3 modifier of words such as ``early``, ``mid-`` and ``the end of``, "" = none."""
    low = (words or "").lower()
    if re.search(r"early|beginning|start|dawn|first half", low):
        return "START"
    if re.search(r"\bmid|middle", low):
        return "MID"
    return "END" if re.search(r"late\b|end|close|second half", low) else ""


def month_number(word: str) -> int:
    """Return the number of a month's name or abbreviation."""
    return MONTHS[word.lower().rstrip(".")]


def part_suffix(word: str | None) -> str:
    """Return ``TMO`` and the like for a part of the day, "" for none."""
    return f"T{DAY_PARTS[word.lower()]}" if word else ""


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_day(m: re.Match[str], ctx: Context) -> Timex | None:
    month, day = month_number(m["month"]), int(re.sub(r"\D", "", m["day"]))
    suffix, kind = part_suffix(m["part"]), "TIME" if m["part"] else "DATE"
    year = int(m["year"]) if m["year"] else 0
    if not year and (named := re.match(rf"\s*(?:[-–]|(?:and|to|until|through|or)\b)\s*(?:{MONTH}\s+)?{_DAY},?"
                                       rf"(?:\s+{MONTH})?\s+({YEAR})",
                                       ctx.after(m.end()))):
        year = int(named[1])
    if not year:
        if ctx.anchor is None:
            return Timex(kind, f"XXXX-{month:02d}-{day:02d}{suffix}", m.start(), m.end(), edge(m["edge"]))
        found = day_near(ctx.anchor, month, day, ctx.ahead(m.start(), m.end()))
        found = _after_spoken(ctx, m, month, day) or found
        return Timex(kind, found.isoformat() + suffix, m.start(), m.end(), edge(m["edge"])) if found else None
    found = _valid(year, month, day)
    return Timex(kind, found.isoformat() + suffix, m.start(), m.end(), edge(m["edge"])) if found else None


def _after_spoken(ctx: Context, m: re.Match[str], month: int, day: int) -> date | None:
    """Return the first such day on or after the date with a year that the sentence named before, None = it named "
    "none."""
    year = ctx.year_in_sentence(m.start())
    if not year or not ctx.anchor or year >= ctx.anchor.year:
        return None
    last = next((days_of(item.value) for item in reversed(ctx.found) if days_of(item.value)), None)
    return next((item for item in (_valid(year, month, day), _valid(year + 1, month, day))
                 if item and last and item >= last[0]), None)


def _day_range_first(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read the first day of ``12-14 March 2013`` or ``from 12 to 14 March``; the second is read by another rule."""
    month, day = month_number(m["month"]), int(re.sub(r"\D", "", m["day"]))
    year = int(m["year"]) if m["year"] else 0
    if not year:
        found = day_near(ctx.anchor, month, day, ctx.ahead(m.start(), m.end())) if ctx.anchor else None
    else:
        found = _valid(year, month, day)
    value = found.isoformat() if found else f"XXXX-{month:02d}-{day:02d}"
    return Timex("DATE", value, m.start("day"), m.end("day"))


def _month_year(m: re.Match[str], ctx: Context) -> Timex | None:
    return Timex("DATE", f"{int(m['year']):04d}-{month_number(m['month']):02d}", m.start(), m.end(), edge(m["edge"]))


_SHARED_YEAR = re.compile(rf"\s*(?:and|to|until|till|through|or|,|-|–)\s+(?:(?:early|late|mid)[- ])?{MONTH}"
                          rf"(?:,?\s+|\s+of\s+)({YEAR})")


def _bare_month(m: re.Match[str], ctx: Context) -> Timex | None:
    word, which, before = m["month"], (m["which"] or "").lower().strip(), ctx.before(m.start())
    number = month_number(word)
    framed = bool(which or m["edge"] or re.search(
        r"\b(?:in|since|by|until|till|from|of|during|for|through|to|and|between|after|before|last|next|every|around"
        r"|about|as of|as early as|or|each|late|mid|early)[\s-]+$", before, re.IGNORECASE))
    if re.search(r"\b(?:to|and|or|of|for)\s+$", before, re.IGNORECASE) and word in ("March", "May", "MARCH", "MAY"):
        framed = bool(re.search(rf"(?:{MONTH})\s+(?:to|and|or)\s+$", before)) or "end" in before[-12:] or bool(
            which or m["edge"])
    if word.lower().rstrip(".") in ("march", "may", "mar", "sep", "dec", "jan", "jun", "jul", "oct", "nov", "feb",
                                    "apr", "aug", "sept") and not framed:
        return None
    if re.match(r"\s+(?:[A-Z][a-z]+|\d)", ctx.after(m.end())) and not framed:
        return None  # a person named April Jones, a street
    value = f"XXXX-{number:02d}"
    if ctx.anchor is not None:
        value = f"{_year_of_month(ctx.anchor, number, which, m, ctx):04d}-{number:02d}"
    return Timex("DATE", value, m.start(), m.end(), edge(m["edge"]))


def _year_of_month(anchor: date, number: int, which: str, m: re.Match[str], ctx: Context) -> int:
    if shared := _SHARED_YEAR.match(ctx.after(m.end(), 60)):
        return int(shared[1])
    if which in ("last", "this past"):
        return anchor.year - (number >= anchor.month)
    if which in ("next", "this coming"):
        return anchor.year + (number <= anchor.month)
    if which == "this":
        return anchor.year
    spoken = ctx.year_in_sentence(m.start())
    ahead = ctx.ahead(m.start(), m.end())
    if spoken is not None and spoken != anchor.year and (ahead < 0 or spoken > anchor.year):
        return spoken
    return month_near(anchor, number, ahead)


def _weekday(m: re.Match[str], ctx: Context) -> Timex | None:
    number = WEEKDAYS[m["day"].lower().rstrip(".")]
    suffix = part_suffix(m["part"])
    kind = "TIME" if suffix else "DATE"
    mod = edge(m["edge"])
    if ctx.anchor is None:
        return Timex(kind, f"XXXX-WXX-{number}{suffix}", m.start(), m.end(), mod)
    which = re.sub(r"\s+", " ", (m["which"] or "").lower()).strip()
    ahead = ctx.ahead(m.start(), m.end())
    if ahead == 0 and m.start() == ctx.sentence.start and ctx.text[m.end():m.end() + 1] == ":":
        ahead = 1  # a calendar of what is to come
    day = weekday_near(ctx.anchor, number, ahead)
    if which in ("last", "this past", "this last", "the previous", "past"):
        day = weekday_near(add_days(ctx.anchor, -1), number, -1)
    elif which in ("next", "this coming", "the coming", "coming", "the following"):
        day = weekday_near(add_days(ctx.anchor, 1), number, 1)
    elif which == "this":
        day = weekday_near(ctx.anchor, number, 1 if ahead >= 0 else -1)
    if weeks := m["weeks"]:
        day = add_days(day, -7 if "last" in weeks.lower() or "before" in weeks.lower() else 7)
        if "last" in weeks.lower() or "next" in weeks.lower():
            monday = add_days(ctx.anchor, 1 - ctx.anchor.isoweekday() + (-7 if "last" in weeks.lower() else 7))
            day = add_days(monday, number - 1)
    return Timex(kind, day.isoformat() + suffix, m.start(), m.end(), mod)


def _weekday_date(m: re.Match[str], ctx: Context) -> Timex | None:
    inner = _month_day(m, ctx)
    return inner and Timex(inner.type, inner.value, m.start(), m.end(), inner.mod)


_COUNTED = re.compile(
    r"\s*(?:people|soldiers?|troops|men|women|children|civilians|mines|landmines|devices|items|homes|houses|families"
    r"|hectares?|ha\b|km|kilomet|met(?:er|re)s?|m2|m²|square|acres|tons?|tonnes|kg|pounds|dollars|euros|%|percent"
    r"|per cent"
    r"|miles?|feet|workers|engineers|deminers|refugees|residents|villages|points|votes|jobs|units|vehicles|rounds|GMT"
    r"|UTC|hours|local time|members|employees|students|patients|cases|deaths|prisoners|fighters|tanks|shells|others)\b",
    re.IGNORECASE)


def _bare_year(m: re.Match[str], ctx: Context) -> Timex | None:
    if "half" in (m["edge"] or "").lower():
        return None
    before, after = ctx.before(m.start("year"), 24), ctx.after(m.end())
    if re.search(r"[$€£#№]\s?$|\d[.,:/-]$|(?:No|Nos|Article|Resolution|Room|Flight|Route|Highway|page|chapter|Act|ISO"
                 r"|Boeing|Windows|Office|Order|Decree|Law)\.?\s+$", before) or re.match(r"[\d:/]|[.,]\d|-\d{1,2}-"
                                                                                         r"|-\d{5}|\.\d",
                                                                                         after):
        return None
    year = int(m["year"])
    framed = re.search(r"\b(?:in|since|by|of|from|until|till|during|after|before|for|through|to|and|between|year|late"
                       r"|early"
                       r"|mid|fiscal|as of|around|circa|about|or|the|a|its|his|their|this)[\s-]+$|[(–—-]$", before,
                       re.IGNORECASE)
    if _COUNTED.match(after) and not re.search(r"\b(?:in|since|the)\s+$", before, re.IGNORECASE):
        return None
    if (_COUNTED.match(after) and year % 100 == 0) or (not framed and not 1900 <= year <= 2049):
        return None
    if not framed and re.match(r"\s+[a-z]+s\b", after) and not re.match(r"\s+(?:was|is|has|as|elections?|its)\b",
                                                                        after):
        return None
    return Timex("DATE", f"{year:04d}", m.start(), m.end(), edge(m["edge"]))


def _decade(m: re.Match[str], ctx: Context) -> Timex | None:
    if m["short"]:
        tens = int(m["short"])
        century = "20" if tens < 30 and ctx.anchor and ctx.anchor.year >= 2030 else "19"
        value = f"{century}{tens // 10}"
    elif m["words"]:
        value = "19" + str({"twenties": 2, "thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7,
                            "eighties": 8, "nineties": 9}[m["words"].lower()])
    else:
        value = m["decade"][:3]
    return Timex("DATE", value, m.start(), m.end(), edge(m["edge"]))


def _century(m: re.Match[str], ctx: Context) -> Timex | None:
    number = ORDINALS.get(m["ordinal"].lower()) or int(re.sub(r"\D", "", m["ordinal"]) or 0)
    return Timex("DATE", f"{number - 1:02d}", m.start(), m.end(), edge(m["edge"])) if number else None


def _quarter(m: re.Match[str], ctx: Context) -> Timex | None:
    word = (m["ordinal"] or m["digit"]).lower()
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3,
              "4th": 4}.get(word) or int(word)
    letter = "H" if "half" in m[0].lower() else "Q"
    framed = re.search(r"\b(?:in|during|for|of|over)\s+$", ctx.before(m.start()), re.IGNORECASE) and re.match(
        r"the\b", m[0], re.IGNORECASE)
    if letter == "H" and not (m["year"] or m["rel"] or framed or re.match(r"-half\b", m[0][5:])):
        return None
    if m["year"]:
        year: int | None = int(m["year"])
    elif ctx.anchor is None:
        year = None
    elif m["rel"]:
        year = ctx.anchor.year + {"last": -1, "next": 1}.get(m["rel"].split()[0].lower(), 0)
    else:
        length = 3 if letter == "Q" else 6
        now = (ctx.anchor.month - 1) // length + 1
        spoken = ctx.year_in_sentence(m.start())
        ahead = ctx.ahead(m.start(), m.end())
        year = spoken or (ctx.anchor.year - (number > now and ahead <= 0) + (number < now and ahead > 0))
    return Timex("DATE", f"{year if year else 'XXXX'}-{letter}{number}", m.start(), m.end(), edge(m["edge"]))


def _season(m: re.Match[str], ctx: Context) -> Timex | None:
    code = SEASONS[m["season"].lower()]
    which = (m["which"] or "").lower().strip()
    if not (which or m["year"] or m["edge"] or re.search(r"\b(?:in|during|since|by|until|over|through"
                                                         r"|for)\s+(?:the\s+)?$",
                                                        ctx.before(m.start()), re.IGNORECASE)):
        return None
    if m["year"]:
        return Timex("DATE", f"{int(m['year'])}-{code}", m.start(), m.end(), edge(m["edge"]))
    if ctx.anchor is None:
        return Timex("DATE", f"XXXX-{code}", m.start(), m.end(), edge(m["edge"]))
    start = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[code]
    year, now = ctx.anchor.year, ctx.anchor.month
    ahead = 1 if which in ("next", "this coming", "the coming") else -1 if which in ("last", "this past", "the past") \
        else ctx.ahead(m.start(), m.end())
    if which == "this":
        ahead = 0
    if code == "WI":
        year -= now < 6 if ahead <= 0 else 0
        if which == "last" and now == 12:
            year -= 1
    elif ahead < 0:
        year -= now < start or (which == "last" and now < start + 3)
    elif ahead > 0:
        year += now > start + 2 or (which == "next" and now >= start)
    return Timex("DATE", f"{year}-{code}", m.start(), m.end(), edge(m["edge"]))


def _numeric(m: re.Match[str], ctx: Context) -> Timex | None:
    if m["iso"]:
        found = _valid(*(int(part) for part in m["iso"].split("-")))
        if found is None:
            return None
        clock = re.match(r"[T ](\d{2}:\d{2})(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?", ctx.text[m.end():m.end() + 26])
        if clock:
            return Timex("TIME", f"{found.isoformat()}T{clock[1]}", m.start(), m.end() + clock.end())
        return Timex("DATE", found.isoformat(), m.start(), m.end())
    one, two, year = int(m["one"]), int(m["two"]), int(m["year"])
    if year < 100:
        year += 1900 if year > 69 else 2000
    dotted = "." in m[0]
    readings = {day for day in (_valid(year, two, one), None if dotted else _valid(year, one, two)) if day}
    if len(readings) == 1:
        return Timex("DATE", readings.pop().isoformat(), m.start(), m.end())
    if not readings:
        return None
    # 03/04/2013 is two days: the one that the anchor's year makes impossible is dropped, else the year alone is sure.
    past = {day for day in readings if ctx.anchor and day <= ctx.anchor}
    if len(past) == 1:
        return Timex("DATE", past.pop().isoformat(), m.start(), m.end())
    return Timex("DATE", f"{year:04d}-XX-XX", m.start(), m.end())


def _nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    if number > 0:
        return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (number - 1))
    last = add_days(add_months(first, 1), -1)
    return last - timedelta(days=(last.isoweekday() - weekday) % 7)


def feast(name: str, year: int) -> date | None:
    """Return the day of a feast that news speak of by name in a year, None = not in the list."""
    low = re.sub(r"[’']", "", name.lower())
    fixed = {"christmas day": (12, 25), "christmas": (12, 25), "christmas eve": (12, 24), "new years day": (1, 1),
             "new years eve": (12, 31), "halloween": (10, 31), "valentines day": (2, 14), "boxing day": (12, 26),
             "st. patricks day": (3, 17), "veterans day": (11, 11), "may day": (5, 1), "independence day": (7, 4)}
    if low in fixed:
        return date(year, *fixed[low])
    moving = {"thanksgiving": (11, 4, 4), "thanksgiving day": (11, 4, 4), "labor day": (9, 1, 1),
              "memorial day": (5, 1, -1)}
    if low in moving:
        return _nth_weekday(year, *moving[low])
    offset = {"easter": 0, "easter sunday": 0, "good friday": -2, "easter monday": 1, "ash wednesday": -46,
              "palm sunday": -7}.get(low)
    return None if offset is None else easter(year) + timedelta(days=offset)


def _feast(m: re.Match[str], ctx: Context) -> Timex | None:
    if m["year"]:
        day = feast(m["name"], int(m["year"]))
    elif ctx.anchor is None:
        return None
    else:
        which = (m["which"] or "").lower().strip()
        ahead = {"last": -1, "next": 1}.get(which, ctx.ahead(m.start(), m.end()))
        around = (year for year in range(ctx.anchor.year - 1, ctx.anchor.year + 2) if YEAR_MIN <= year <= YEAR_MAX)
        days = [found for year in around if (found := feast(m["name"], year))]
        back = [found for found in days if found <= ctx.anchor]
        forward = [found for found in days if found >= ctx.anchor]
        if not days:
            return None
        near = min(days, key=lambda found: abs((found - ctx.anchor).days) if ctx.anchor else 0)
        if ctx.anchor and abs((near - ctx.anchor).days) <= 7:
            ahead = 0  # the feast of these days, whatever the tense
        day = back[-1] if ahead < 0 and back else forward[0] if ahead > 0 and forward else near
    return Timex("DATE", day.isoformat(), m.start(), m.end()) if day else None


def _weekday_set(m: re.Match[str], ctx: Context) -> Timex | None:
    number = WEEKDAYS[m["day"].lower().rstrip("s") if m["day"].lower() not in WEEKDAYS else m["day"].lower()]
    return Timex("SET", f"XXXX-WXX-{number}{part_suffix(m['part'])}", m.start(), m.end())


def _weekend(m: re.Match[str], ctx: Context) -> Timex | None:
    if ctx.anchor is None:
        return Timex("DATE", "XXXX-WXX-WE", m.start(), m.end())
    which = m["which"].lower()
    ahead = ctx.ahead(m.start(), m.end())
    monday = add_days(ctx.anchor, 1 - ctx.anchor.isoweekday())
    on_weekend = ctx.anchor.isoweekday() >= 6
    if re.search(r"\bfor\s+$", ctx.before(m.start(), 6)):
        ahead = ahead if ahead < 0 else 1
    if which.startswith(("last", "the past", "this past", "the previous", "the last")):
        weeks = -1
    elif which.startswith(("next", "the following")):
        weeks = 1
    elif which.startswith(("this", "the coming")) or on_weekend:
        weeks = -1 if ahead < 0 and not on_weekend and ctx.anchor.isoweekday() <= 3 else 0
    else:
        weeks = 0 if ahead > 0 else -1
    return Timex("DATE", week_value(add_days(monday, 7 * weeks)) + "-WE", m.start(), m.end(), edge(m["edge"]))


_WHICH = r"(?i:(?P<which>last|next|this(?: past| coming| last)?|the (?:coming|previous|following)|past|coming)\s+)?"
DATE_RULES = (
    Rule(re.compile(rf"\b(?:{WEEKDAY},?\s+)?(?:the\s+)?(?P<edge>(?i:early|late|earlier|later)\s+)?(?P<month>{MONTH})\s+"
                    rf"(?P<day>{_DAY})(?:,?\s+(?P<year>{YEAR}))?(?:,?\s+(?P<part>{PART}))?"), _weekday_date, "m"),
    Rule(re.compile(rf"\b(?:{WEEKDAY},?\s+)?(?:the\s+)?(?P<edge>(?i:early|late)\s+)?(?<!\d[.,:])\b(?P<day>{_DAY})\s+("
                    rf"?:of\s+)?"
                    rf"(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?(?:\s+(?P<part>{PART}))?"), _weekday_date, "m"),
    Rule(re.compile(rf"\b(?P<day>{_DAY})(?:\s?[-–]\s?|\s+(?:to|and|until)\s+){_DAY}\s+(?P<month>{MONTH})"
                    rf"(?:,?\s+(?P<year>{YEAR}))?"), _day_range_first, "m"),
    Rule(re.compile(rf"\b(?P<edge>{_EDGE})?(?P<month>{MONTH}),?\s+(?:of\s+)?(?P<year>{YEAR})"), _month_year, "m"),
    Rule(re.compile(rf"\b(?P<edge>{_EDGE})?(?:(?i:(?P<which>last|next|this(?: past| coming)?))\s+)?\b(?P<month>{MONTH})"
                    r"(?!\s*\d)"), _bare_month, "m"),
    Rule(re.compile(rf"\b(?:(?i:(?P<edge>early|late|earlier|later)(?:\s+on)?)\s+)?{_WHICH}\b(?P<day>{WEEKDAY})"
                    rf"(?P<weeks>\s+(?i:of last week|last week|next week|of next week))?(?:\s+(?P<part>{PART}))?"),
         _weekday, "w"),
    Rule(re.compile(rf"\b(?i:every|each)\s+(?P<day>{WEEKDAY})(?:\s+(?P<part>{PART}))?"), _weekday_set, "w"),
    Rule(re.compile(r"\b(?P<day>Mondays|Tuesdays|Wednesdays|Thursdays|Fridays|Saturdays|Sundays)(?:\s+(?P<part>mornin"
                    r"g))?"),
         _weekday_set, "w"),
    Rule(re.compile(r"\b(?:(?i:(?P<edge>late|early|the end of|(?:the )?start of))\s+)?\b(?i:(?P<which>(?:the|this"
                    r"|last|next"
                    r"|the (?:past|coming|previous|following|last)|this (?:past|coming)))\s+weekend)\b(?!s)"),
         _weekend, "u"),
    Rule(re.compile(rf"\b(?P<edge>{_EDGE})?(?:(?i:fiscal(?: year)?|calendar(?: year)?|the year|year|financial "
                    rf"year)\s+)?"
                    rf"(?<![\d.,/$€£])(?:(?<!-)|(?<=mid-)|(?<=early-)|(?<=late-))\b(?P<year>{YEAR})(?!s\b|['’]s\b(?! "
                    rf"))(?![-–]\d{{1,2}}-)"), _bare_year, "y"),
    Rule(re.compile(r"(?P<edge>(?i:(?:the )?(?:early|late|mid|end of|beginning of|start of|middle of)(?:[- ](?:to[- ]"
                    r"(?:late|mid)[- ])?(?:the )?)))?(?:\bthe\s+)?(?:(?P<decade>\b(?:1[5-9]|20)\d0)['’]?s\b"
                    r"|['’](?P<short>\d0)s"
                    r"\b|(?<=the )(?i:(?P<words>twenties|thirties|forties|fifties|sixties|seventies|eighties"
                    r"|nineties)))"),
         _decade, "yd"),
    Rule(re.compile(r"\b(?P<edge>(?i:(?:the )?(?:early|late|mid|end of|beginning of|start of|turn of)(?:[- ](?:the "
                    r")?)))?"
                    r"(?i:\b(?:the\s+)?(?P<ordinal>\d{1,2}(?:st|nd|rd|th)|[a-z]+th|twenty-first|third|second|first)"
                    r"[- ]century)\b"), _century, "u"),
    Rule(re.compile(rf"\b(?P<edge>{_EDGE})?(?i:\b(?:the\s+)?(?:fiscal\s+)?(?:(?P<ordinal>first|second|third|fourth"
                    rf"|1st|2nd|3rd"
                    rf"|4th)[- ](?:fiscal\s+)?(?:quarter|half)\b|\bQ(?P<digit>[1-4])\b)(?!-)(?:\s+(?:of\s+)?(?:fiscal"
                    rf"\s+)?(?:"
                    rf"(?P<year>{YEAR})|(?P<rel>(?:last|this|next|the) (?:fiscal )?year)))?)"), _quarter, "q"),
    Rule(re.compile(rf"\b(?P<edge>{_EDGE})?(?i:\b(?:(?P<which>last|next|this(?: past| coming)?|the (?:past"
                    rf"|coming))\s+|the\s+)?"
                    rf"(?P<season>spring|summer|autumn|fall|winter)\b(?:,?\s+(?:of\s+)?(?P<year>{YEAR}))?)"
                    r"(?! of\b|[- ](?:in|apart|off|back|down|behind|for|olympi))"), _season, "s"),
    Rule(re.compile(r"(?<![\d/.-])(?:(?P<iso>\d{4}-\d{2}-\d{2})|(?P<one>\d{1,2})(?P<sep>[/.-])(?P<two>\d{1,2})(?P=sep)"
                    r"(?P<year>\d{4}|\d{2}))(?![\d/-]|\.\d)"), _numeric, "n"),
    Rule(re.compile(r"\b(?:(?i:(?P<which>last|next|this))\s+)?\b(?P<name>Christmas(?: Day| Eve)?|New Year['’]?s(?: "
                    r"Day| Eve)"
                    r"|Thanksgiving(?: Day)?|Easter(?: Sunday| Monday)?|Good Friday|Ash Wednesday|Palm Sunday|Halloween"
                    r"|Valentine['’]?s Day|Boxing Day|Labor Day|Memorial Day|Veterans Day|May Day|Independence Day"
                    rf"|St\. Patrick['’]?s Day)(?:,?\s+(?P<year>{YEAR}))?\b"), _feast, "h"),
)
