"""Rules for what business and wire news say besides: ages, ``year-earlier``, ``the night of`` …"""

from __future__ import annotations

import re
from datetime import date

from safeground.claims.time_context import Context, Rule, Timex
from safeground.claims.time_dates import MONTH, PART, WEEKDAY, YEAR, month_number, part_suffix
from safeground.claims.time_values import add_days, add_months, day_near, days_of, shifted, week_value, weekday_near
from safeground.claims.time_words import NUMBER, ORDINALS, SEASONS, WEEKDAYS, duration_value, number_of, unit_of

_I = re.IGNORECASE
_UNIT = r"(?:days?|weeks?|months?|years?|decades?|centur(?:y|ies))"
_SAME = re.compile(r"(\d{4})(-.+)?")


def _age(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``58 years old`` and ``the 17-year-old``: how long somebody has lived; no event lasted so long."""
    return Timex("DURATION", duration_value(number_of(m["num"]), unit_of(m["unit"])), m.start(), m.end())


def _a_year_off(ctx: Context, years: int) -> str:
    """Return the period spoken of last, so many years off: a quarter stays a quarter, a day becomes its year."""
    found = _SAME.fullmatch(ctx.reference())
    if not found:
        return "PAST_REF"
    rest = found[2] or ""
    return f"{int(found[1]) + years:04d}{rest if re.fullmatch(r'-(?:Q.|H.|..)', rest) else ''}"


def _year_earlier(m: re.Match[str], ctx: Context) -> Timex | None:
    unit = (m["unit"] or m["unit2"]).lower()
    if unit == "year":
        return Timex("DATE", _a_year_off(ctx, -1), m.start(), m.end())
    base = ctx.reference_day()
    return Timex("DATE", shifted(base, unit, -1) if base else "PAST_REF", m.start(), m.end())


def _same_last_year(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the same quarter of 2008``, ``the same month last year``, ``the same period a year ago``."""
    if ctx.anchor is None:
        return None
    found = _SAME.fullmatch(ctx.reference())
    rest = (found[2] or "") if found else ""
    kind = {"quarter": r"-Q.", "month": r"-\d\d", "week": r"-W\d\d", "period": r"-(?:Q.|H.|\d\d)",
            "half": r"-H."}.get(m["unit"].lower(), r"(?!)")
    if m["unit"].lower() == "month" and re.fullmatch(r"-\d\d-\d\d", rest):
        rest = rest[:3]
    whole = rest if re.fullmatch(kind, rest) else ""
    year = int(m["year"]) if m["year"] else ctx.anchor.year - (0 if m["when"].lower().startswith("this") else 1)
    return Timex("DATE", f"{year:04d}{whole}", m.start(), m.end())


def _ended(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the quarter`` of ``the quarter ended Sept. 30``."""
    if ctx.anchor is None and not m["year"]:
        return None
    month, day = month_number(m["month"]), int(m["day"])
    year = int(m["year"]) if m["year"] else 0
    if not year and ctx.anchor:
        found = day_near(ctx.anchor, month, day, -1 if m["how"].lower() == "ended" else 1)
        if found is None:
            return None
        year = found.year
    return Timex("DATE", f"{year:04d}-Q{(month + 2) // 3}", m.start("span"), m.end("span"))


def _year_end(m: re.Match[str], ctx: Context) -> Timex | None:
    year = int(m["year"]) if m["year"] else ctx.anchor.year if ctx.anchor else 0
    return Timex("DATE", f"{year:04d}", m.start(), m.end(), "END") if year else None


def _then(m: re.Match[str], ctx: Context) -> Timex | None:
    return Timex("DATE", "PAST_REF", m.start("span"), m.end("span"))


def _soon(m: re.Match[str], ctx: Context) -> Timex | None:
    past = m[0].lower() != "someday" and re.search(r"\b(?:was|were|had|\w+ed)\s+$", ctx.before(m.start(), 14))
    return None if past else Timex("DATE", "FUTURE_REF", m.start(), m.end())


def _part_of_day(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the night of Jan. 14`` and ``the morning of 11 March 2013``."""
    month, day = month_number(m["month"] or m["month2"]), int(m["one"] or m["two"])
    if m["year"]:
        try:
            found: date | None = date(int(m["year"]), month, day)
        except ValueError:
            return None
    else:
        found = day_near(ctx.anchor, month, day, ctx.ahead(m.start(), m.end())) if ctx.anchor else None
    value = found.isoformat() if found else f"XXXX-{month:02d}-{day:02d}"
    return Timex("TIME", value + part_suffix(m["part"]), m.start(), m.end())


def _part_of_named(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the night of Monday``, ``on the evening of the same day``."""
    if ctx.anchor is None:
        return None
    if m["day"]:
        day: date | None = weekday_near(ctx.anchor, WEEKDAYS[m["day"].lower().rstrip(".")], ctx.ahead(m.start(),
                                                                                                      m.end()))
    else:
        day = ctx.reference_day()
    return Timex("TIME", day.isoformat() + part_suffix(m["part"]), m.start(), m.end()) if day else None


def _season_set(m: re.Match[str], ctx: Context) -> Timex | None:
    return Timex("SET", f"XXXX-{SEASONS[m['season'].lower()]}", m.start(), m.end())


def _ago_this(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``ten years ago this week``: as fine as the words behind."""
    number = number_of(m["num"])
    if ctx.anchor is None or number is None:
        return None
    unit, word = unit_of(m["unit"]), m["word"].lower()
    step = {"yesterday": -1, "tomorrow": 1, "today": 0}.get(word)
    base = ctx.anchor if step is None else add_days(ctx.anchor, step)
    if step is None:
        turn = {"last": -1, "next": 1}.get(word.split()[0], 0)
        base = (add_days(base, 7 * turn) if word.endswith("week") else add_months(base, turn)) if turn else base
    if unit in ("year", "decade"):
        year = base.year - round(number) * (10 if unit == "decade" else 1)
        if year < 1:
            return None
        try:
            base = base.replace(year=year)
        except ValueError:  # 29 February
            base = base.replace(year=year, day=28)
    elif unit in ("day", "week"):
        base = add_days(base, -round(number) * (7 if unit == "week" else 1))
    else:
        return None
    value = base.isoformat() if step is not None else (week_value(base) if word.endswith("week")
                                                       else f"{base.year:04d}-{base.month:02d}")
    return Timex("DATE", value, m.start(), m.end())


def _following_named(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the following October`` and ``the previous March`` from the day spoken of last."""
    base, month = ctx.reference_day(), month_number(m["month"])
    if base is None:
        return None
    if m["which"].lower() in ("following", "next"):
        year = base.year + (month <= base.month)
    else:
        year = base.year - (month >= base.month)
    return Timex("DATE", f"{year:04d}-{month:02d}", m.start(), m.end())


def _o_clock(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``five o'clock``; the part of the day behind it says which half."""
    hour = number_of(m["num"])
    if hour is None or not 1 <= hour <= 12 or hour != int(hour):
        return None
    after = ctx.after(m.end(), 40).lower()
    late = re.match(r"\s+(?:in the |this |that |yesterday |tomorrow |on \w+ |\w+day )?(afternoon|evening)|\s+(?:at |"
                    r"last )?night|\s+tonight", after)
    hours = int(hour) % 12 + (12 if late else 0) if late or "morning" in after[:30] else int(hour)
    days = next((days_of(item.value) for item in reversed(ctx.found) if item.start >= ctx.sentence.start), None)
    day = days[0] if days and days[0] == days[1] else ctx.anchor
    return Timex("TIME", f"{day.isoformat() if day else 'XXXX-XX-XX'}T{hours:02d}:00", m.start(), m.end())


def _ordinal_of(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the first of June``."""
    month, number = month_number(m["month"]), ORDINALS[m["ordinal"].lower()]
    try:
        found = date(int(m["year"]), month, number) if m["year"] else None
    except ValueError:
        return None
    if not m["year"] and ctx.anchor:
        found = day_near(ctx.anchor, month, number, ctx.ahead(m.start(), m.end()))
    value = found.isoformat() if found else f"XXXX-{month:02d}-{number:02d}"
    return Timex("DATE", value, m.start(), m.end())


def _in_time(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``in four weeks' time``."""
    number = number_of(m["num"])
    if ctx.anchor is None or number is None:
        return Timex("DATE", "FUTURE_REF", m.start("span"), m.end("span"))
    unit = unit_of(m["unit"].rstrip("'’"))
    if unit == "week":
        return Timex("DATE", add_days(ctx.anchor, round(7 * number)).isoformat(), m.start("span"), m.end("span"))
    return Timex("DATE", shifted(ctx.anchor, unit, number), m.start("span"), m.end("span"))


def _latest(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the latest quarter``, ``the most recent week``: the last whole one before the anchor."""
    if ctx.anchor is None:
        return Timex("DATE", "PAST_REF", m.start(), m.end())
    return Timex("DATE", shifted(ctx.anchor, m["unit"].lower(), -1), m.start(), m.end())


def _half_light(m: re.Match[str], ctx: Context) -> Timex | None:
    suffix = "TMO" if m["word"].lower() in ("dawn", "daybreak", "sunrise") else "TEV"
    days = next((days_of(item.value) for item in reversed(ctx.found) if item.start >= ctx.sentence.start), None)
    day = days[0] if days and days[0] == days[1] else ctx.anchor
    return Timex("TIME", (day.isoformat() if day else "XXXX-XX-XX") + suffix, m.start("span"), m.end("span"))


def _half_unit(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``a half hour``, ``half-century``, ``a quarter of a century``."""
    unit = m["unit"].lower()
    share = 0.25 if "quarter" in m[0].lower() else 0.5
    value = {"hour": f"PT{60 * share:g}M", "year": f"P{12 * share:g}M", "century": f"P{100 * share:g}Y",
             "decade": f"P{10 * share:g}Y", "day": f"PT{24 * share:g}H"}.get(unit)
    return Timex("DURATION", value, m.start(), m.end()) if value else None


def _month_of(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``March of last year``."""
    if ctx.anchor is None:
        return None
    year = ctx.anchor.year + {"last": -1, "next": 1}.get(m["which"].lower(), 0)
    return Timex("DATE", f"{year:04d}-{month_number(m['month']):02d}", m.start(), m.end())


_FIRST_DAY = re.compile(rf"\b(?P<month>{MONTH})\s+(?P<one>\d{{1,2}})(?:\s?[-–]\s?|\s+(?:to|and|through|until)\s+)$")


def _second_day(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read the second day of ``Feb. 3-5, 2013`` and ``March 4 to 9``; the first is read by another rule."""
    before = _FIRST_DAY.search(ctx.before(m.start()))
    if before is None or int(before["one"]) >= int(m["two"]):
        return None
    month, year = month_number(before["month"]), int(m["year"]) if m["year"] else 0
    if not year and ctx.anchor:
        found = day_near(ctx.anchor, month, int(before["one"]), ctx.ahead(m.start(), m.end()))
        year = found.year if found else 0
    try:
        value = date(year, month, int(m["two"])).isoformat() if year else f"XXXX-{month:02d}-{int(m['two']):02d}"
    except ValueError:
        return None
    return Timex("DATE", value, m.start(), m.end())


def _second_year(m: re.Match[str], ctx: Context) -> Timex | None:
    before = re.search(rf"\b({YEAR})\s?[-–]\s?$", ctx.before(m.start(), 12))
    return Timex("DATE", m[0], m.start(), m.end()) if before and before[1] < m[0] else None


def _slashed(m: re.Match[str], ctx: Context) -> Timex | None:
    try:
        return Timex("DATE", date(int(m[1]), int(m[2]), int(m[3])).isoformat(), m.start(), m.end())
    except ValueError:
        return None


_ORDINAL = "|".join(sorted((word for word in ORDINALS if word.isalpha() or "-" in word), key=len, reverse=True))
_DATE_OF = rf"(?:(?P<month>{MONTH})\s+(?P<one>\d{{1,2}})\b|(?P<two>\d{{1,2}})\s+(?P<month2>{MONTH}))"
MORE_RULES = (
    Rule(re.compile(rf"\b(?P<num>{NUMBER})[- ](?P<unit>years?|months?|weeks?)[- ]olds?\b", _I), _age, "u"),
    Rule(re.compile(r"\b(?:the\s+)?(?P<unit>year|month|week)[- ](?:earlier|ago)\s+(?:period|quarter|month|half|level"
                    r"|figure|result)s?\b|\b(?P<unit2>year|month|week)-(?:earlier|ago)\b", _I), _year_earlier, "u"),
    Rule(re.compile(rf"\b(?:the\s+)?same\s+(?P<unit>day|week|month|quarter|period|half|time)\s+(?:(?:of|in)\s+"
                    rf"(?P<year>{YEAR})|(?P<when>(?:of\s+|in\s+)?last year|a year (?:ago|earlier|before)|this "
                    rf"year))", _I), _same_last_year, "u"),
    Rule(re.compile(rf"\b(?P<span>the\s+(?:fiscal\s+)?quarter)(?=\s+(?:that\s+)?(?P<how>ended|ending|ends)\s+"
                    rf"(?P<month>{MONTH})\s+(?P<day>\d{{1,2}})\b(?:,?\s+(?P<year>{YEAR}))?)"), _ended, "qu"),
    Rule(re.compile(rf"\b(?:the\s+)?year[- ]end\b(?:\s+(?P<year>{YEAR}))?", _I), _year_end, "u"),
    Rule(re.compile(r"\b(?:since|until|till|by|from)\s+(?P<span>then)\b(?!-)", _I), _then, "r"),
    Rule(re.compile(r"(?<!\bas )(?<!\btoo )\b(?:(?:very |quite )?soon|someday)\b(?! as\b)(?!-)(?! after)", _I), _soon,
         "r"),
    Rule(re.compile(rf"\b(?:(?:the\s+)?(?:early|late)\s+)?(?:the\s+)?(?P<part>{PART})\s+of\s+(?:{WEEKDAY},?\s+)?"
                    rf"(?:the\s+)?{_DATE_OF}(?:,?\s+(?P<year>{YEAR}))?"), _part_of_day, "p"),
    Rule(re.compile(rf"\b(?:the\s+)?(?P<part>{PART})\s+of\s+(?:(?:last\s+)?(?P<day>{WEEKDAY})(?!,?\s+(?:\d|{MONTH}))"
                    rf"|(?:the same|that)\s+day)\b"), _part_of_named, "p"),
    Rule(re.compile(r"\b(?:each|every)\s+(?P<season>spring|summer|autumn|fall|winter)\b", _I), _season_set, "s"),
    Rule(re.compile(rf"\b(?P<num>{NUMBER}|an?|one)\s+(?P<unit>{_UNIT})\s+ago\s+(?P<word>today|yesterday|tomorrow"
                    rf"|(?:this|next|last)\s+(?:week|month))\b", _I), _ago_this, "ut"),
    Rule(re.compile(rf"\bthe\s+(?P<which>following|next|previous|preceding)\s+(?P<month>{MONTH})(?!\s*\d)"),
         _following_named, "m"),
    Rule(re.compile(rf"\b(?P<num>{NUMBER})\s+o['’]clock\b", _I), _o_clock, "c"),
    Rule(re.compile(rf"\b(?:the\s+)?(?P<ordinal>{_ORDINAL})\s+(?:day\s+)?of\s+(?P<month>{MONTH})\b(?:,?\s+"
                    rf"(?P<year>{YEAR}))?", _I), _ordinal_of, "m"),
    Rule(re.compile(rf"\bin\s+(?P<span>(?:about\s+|just\s+)?(?P<num>{NUMBER}|an?|several)\s+(?P<unit>{_UNIT})['’]s?"
                    rf"\s+time)\b", _I), _in_time, "u"),
    Rule(re.compile(r"\bthe\s+(?:latest|most recent)\s+(?:fiscal\s+)?(?P<unit>week|month|quarter|year)\b(?!-)", _I),
         _latest, "uq"),
    Rule(re.compile(r"\b(?:at|by|before|until|since|around|after)\s+(?P<span>(?P<word>dawn|daybreak|sunrise|dusk"
                    r"|sunset|nightfall))\b", _I), _half_light, "p"),
    Rule(re.compile(r"\b(?:an? )?(?:half|quarter)(?:[- ]| of an? | an? )(?P<unit>hour|year|day|decade|century)\b"
                    r"(?!-)", _I),
         _half_unit, "u"),
    Rule(re.compile(rf"\b(?P<month>{MONTH})\s+of\s+(?P<which>last|this|next)\s+year\b"), _month_of, "m"),
    Rule(re.compile(rf"\b(?P<two>\d{{1,2}})\b(?!\s*(?:{MONTH}|[ap]\.?m\b|:|%|percent|o['’]clock|[a-z]+s\b))"
                    rf"(?:,\s+(?P<year>{YEAR}))?"), _second_day, "m"),
    Rule(re.compile(rf"(?<=[-–\s])\b{YEAR}\b(?!-)"), _second_year, "y"),
    Rule(re.compile(r"(?<![\d/])(\d{4})/(\d{2})/(\d{2})(?![\d/])"), _slashed, "n"),
)
