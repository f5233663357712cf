"""Rules for spans and points told from now: durations, ``two weeks ago``, ``last month``, ``the next day``, clock "
"times."""

from __future__ import annotations

import re
from datetime import date

from safeground.claims.time_context import Context, Rule, Timex
from safeground.claims.time_dates import MONTH, WEEKDAY, edge, month_number, part_suffix
from safeground.claims.time_values import add_days, add_months, day_near, days_of, shifted, weekday_near
from safeground.claims.time_words import (
    CLOCK_UNITS,
    DAY_PARTS,
    NUMBER,
    UNITS,
    VAGUE,
    WEEKDAYS,
    duration_value,
    number_of,
    unit_of,
)

UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|fortnights?|months?|years?|decades?|centur(?:y|ies))"
_LONG = r"(?:seconds|minutes|hours|days|weeks|months|years|decades|centuries)"
_ADJECTIVE = (r"(?:(?:full|whole|single|straight|consecutive|successive|working|business|calendar|entire|more|long"
              r"|additional)\s+)?")
_MOD = (r"(?:about|around|approximately|roughly|nearly|almost|some|just over|just under|well over|little more than"
        r"|a little over|(?:no\s+)?(?:more|less|fewer) than|over(?!\s+the\b)|under|at least|at most|up to"
        r"|as (?:long|much|many) as"
        r"|as little as|close to|barely|only|an estimated|not more than|slightly more than|slightly less than)")

_MODS = ((r"no more|not more|at most|up to|as long|as much|as many|within", "EQUAL_OR_LESS"),
         (r"no less|no fewer|at least|as little", "EQUAL_OR_MORE"),
         (r"nearly|almost|under|less|fewer|close to|barely", "LESS_THAN"),
         (r"over|more", "MORE_THAN"), (r"about|around|approx|rough|some|estimated", "APPROX"))


def modifier(words: str | None) -> str:
    """Return the TIMEX3 modifier of words such as ``nearly`` and ``more than``, "" = none."""
    low = (words or "").lower()
    return next((mod for pattern, mod in _MODS if re.search(pattern, low)), "") if low else ""


def _amount(m: re.Match[str]) -> float | None:
    """Return the number of units of a match; a range and a vague word give None."""
    words = m["num"].lower()
    if m.groupdict().get("to"):
        return None
    return number_of(words)


def _range_value(m: re.Match[str], unit: str) -> str:
    low, high = number_of(m["num"]), number_of(m["to"])
    if low is None or high is None or not low < high:
        return duration_value(None, unit)
    return f"{duration_value(low, unit)}/{duration_value(high, unit)}"


def _moved(ctx: Context, unit: str, number: float, *, from_reference: bool, m: re.Match[str],
           mod: str) -> Timex | None:
    base = ctx.reference_day() if from_reference else ctx.anchor
    if base is None:
        return Timex("DATE", "PAST_REF" if number < 0 else "FUTURE_REF", m.start(), m.end(), mod)
    if unit in CLOCK_UNITS:
        return Timex("TIME", f"{base.isoformat()}TXX:XX", m.start(), m.end(), mod)
    value = shifted(base, unit, number)
    reference = ctx.reference()
    if from_reference and unit == "year" and re.fullmatch(r"\d{4}-(?:Q\d|H\d|\d{2})", reference):
        value = f"{base.year + round(number):04d}{reference[4:]}"
    return Timex("DATE", value, m.start(), m.end(), mod)


def _counted(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``NUM unit`` with what stands around it: ago, later, the past …; a bare one is a duration."""
    unit = unit_of(m["unit"])
    where, lead = (m["where"] or "").lower().strip(), re.sub(r"\s+", " ", (m["lead"] or "").lower()).strip()
    after = ctx.after(m.end(), 16)
    if re.match(r"[- ]olds?\b|\s+of age\b|\s+old\b", after):
        return None
    if unit == "second" and m["num"].lower() in ("a", "an", "one", "some", "many"):
        return None  # mostly the ordinal
    mod = modifier(m["mod2"] or m["mod"])
    number = _amount(m)
    if number is None and where and m.groupdict().get("to"):
        number = number_of(m["to"])
        mod = mod or "APPROX"
    if where.startswith(("ago", "before", "earlier", "previously", "prior")):
        mod = {"MORE_THAN": "BEFORE", "LESS_THAN": "AFTER"}.get(mod, mod) if where == "ago" else mod
        if number is None:
            return Timex("DATE", "PAST_REF", m.start(), m.end(), mod)
        return _moved(ctx, unit, -number, from_reference=where != "ago", m=m, mod=mod)
    if where.startswith(("later", "after", "from now", "hence", "on")):
        if number is None:
            return Timex("DATE", "FUTURE_REF", m.start(), m.end(), mod)
        return _moved(ctx, unit, number, from_reference=not where.startswith(("from", "hence")), m=m, mod=mod)
    if m["to"]:
        return Timex("DURATION", _range_value(m, unit), m.start(), m.end(), mod)
    if lead.startswith(("every", "each")):
        return Timex("SET", duration_value(number, unit), m.start(), m.end(), mod)
    verb = re.match(r"last\s+", m[0], re.IGNORECASE)
    begin = m.start() + (verb.end() if verb and _LAST_IS_VERB.search(ctx.before(m.start(), 12)) else 0)
    return Timex("DURATION", duration_value(number, unit), begin, m.end(), mod)


_LAST_IS_VERB = re.compile(r"\b(?:to|and|will|would|can|could|may|might|should|must|not|they|which)\s+$", re.IGNORECASE)


def _compound(m: re.Match[str], ctx: Context) -> Timex | None:
    first, second = number_of(m["one"]), number_of(m["two"])
    one, two = unit_of(m["unit"]), unit_of(m["unit2"])
    if m["two"].lower() in ("a", "an") and " and " not in m[0].lower():
        return None  # five days a week
    if first is None or second is None or UNITS[one] == UNITS[two] or (two in CLOCK_UNITS) != (one in CLOCK_UNITS):
        return None
    if re.match(r"[- ]old\b", ctx.after(m.end(), 6)):
        return None
    value = duration_value(first, one) + duration_value(second, two).removeprefix("PT" if two in CLOCK_UNITS else "P")
    return Timex("DURATION", value, m.start(), m.end(), modifier(m["mod"]))


def _half_more(m: re.Match[str], ctx: Context) -> Timex | None:
    number = number_of(m["num"])
    if number is None:
        return None
    return Timex("DURATION", duration_value(number + 0.5, unit_of(m["unit"])), m.start(), m.end(), modifier(m["mod"]))


def _between(m: re.Match[str], ctx: Context) -> Timex | None:
    return Timex("DURATION", _range_value(m, unit_of(m["unit"])), m.start("num"), m.end())


def _the_period(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``for the year`` and ``in the quarter``: the one spoken of last if it is of the kind, else the running "
    "one."""
    unit = unit_of(m["unit"])
    if unit == "quarter" and re.fullmatch(r"\d{4}-Q\d", ctx.reference()):
        return Timex("DATE", ctx.reference(), m.start("span"), m.end("span"))
    return Timex("DATE", _named(ctx.anchor, unit, 0), m.start("span"), m.end("span")) if ctx.anchor else None


def _all_of(m: re.Match[str], ctx: Context) -> Timex | None:
    return Timex("DURATION", duration_value(1, unit_of(m["unit"])), m.start(), m.end())


def _adjective(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``120-day``, ``year-long``, ``decades-old``; ages are no times."""
    if re.match(r"[- ]olds?\b", ctx.after(m.end(), 6)):
        return None
    unit = unit_of(m["unit"])
    if m["to"]:
        return Timex("DURATION", _range_value(m, unit), m.start(), m.end(), modifier(m["mod"]))
    return Timex("DURATION", duration_value(number_of(m["num"]), unit), m.start(), m.end(), modifier(m["mod"]))


def _long(m: re.Match[str], ctx: Context) -> Timex | None:
    number = None if m["unit"].lower().endswith("s") else 1.0
    return Timex("DURATION", duration_value(number, unit_of(m["unit"])), m.start(), m.end(), modifier(m["mod"]))


_NO_DURATION = re.compile(r"\b(?:these|those|early|of|his|her|their|our|my|golden|last|the|war|older|better|light)\s+$",
                          re.IGNORECASE)


def _bare_plural(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``years``, ``the coming weeks``, ``recent months``: an unknown number of units."""
    unit, lead = unit_of(m["unit"]), re.sub(r"\s+", " ", (m["lead"] or "").lower()).strip()
    if lead == "these" and unit == "day":
        return Timex("DATE", "PRESENT_REF", m.start(), m.end())
    if lead.endswith("recent"):
        return Timex("DATE", "PAST_REF", m.start(), m.end())
    where = (m["where"] or "").lower().strip()
    if where:
        ago = where.startswith(("ago", "before", "earlier"))
        return Timex("DATE", "PAST_REF" if ago else "FUTURE_REF", m.start(), m.end())
    before = ctx.before(m.start(), 24)
    if lead.endswith("early") and re.match(r"\s+of\b", ctx.after(m.end(), 6)):
        return None  # the early hours of a day
    if not lead:
        if unit in ("second", "minute") and not re.search(r"\b(?:for|in|within|of|after|took|just|mere)\s+$", before):
            return None
        if re.search(rf"(?:\d|\b{NUMBER})\s*$", before, re.IGNORECASE) or (_NO_DURATION.search(before)
                                                                           and not re.search(
                r"\b(?:tens|dozens|hundreds|thousands|number|couple|matter|years|months|days|hours|weeks) of\s+$",
                before)):
            return None
    return Timex("DURATION", duration_value(None, unit), m.start(), m.end(), modifier(m["mod"]))


def _single(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``this week``, ``last year``, ``the following day``, ``the past year``."""
    unit, which = unit_of(m["unit"]), re.sub(r"\s+", " ", m["which"].lower()).strip()
    mod = edge(m["edge"])
    if re.match(r"['’]?s?[- ](?:old)\b", ctx.after(m.end(), 6)):
        return None
    if which in ("the past", "the last", "this past", "the coming", "the next") and unit not in ("day",
                                                                                                 ) and not m["edge"]:
        return Timex("DURATION", duration_value(1, unit), m.start(), m.end())
    step = {"last": -1, "this past": -1, "next": 1, "this coming": 1, "the coming": 1, "this": 0, "the current": 0,
            "current": 0, "the": 0}.get(which)
    if step is not None and not (which == "the" and unit == "day"):
        base = ctx.anchor
        if base is None:
            return Timex("DATE", ("PAST_REF", "PRESENT_REF", "FUTURE_REF")[step + 1], m.start(), m.end(), mod)
        return Timex("DATE", _named(base, unit, step), m.start(), m.end(), mod)
    step = {"the previous": -1, "the preceding": -1, "the prior": -1, "the following": 1, "the next": 1,
            "the ensuing": 1}.get(which, 0)
    base = ctx.reference_day()
    if base is None:
        return Timex("DATE", "XXXX-XX-XX" if unit == "day" else "XXXX", m.start(), m.end(), mod)
    return Timex("DATE", _named(base, unit, step), m.start(), m.end(), mod)


def _named(base: date, unit: str, step: int) -> str:
    """Return the named period so many steps on; decades and centuries are cut to their digits."""
    if unit == "decade":
        return f"{base.year // 10 + step:03d}"
    if unit == "century":
        return f"{base.year // 100 + step:02d}"
    return shifted(base, unit, step)


def _whole(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``the end of the year``, ``the start of the month``, ``later in the week``."""
    if ctx.anchor is None:
        return None
    ahead = {"last": -1, "next": 1}.get((m["which"] or "").lower().strip(), 0)
    return Timex("DATE", _named(ctx.anchor, unit_of(m["unit"]), ahead), m.start(), m.end(), edge(m["edge"]))


def _day_word(m: re.Match[str], ctx: Context) -> Timex | None:
    word = re.sub(r"\s+", " ", m["word"].lower())
    step = {"today": 0, "yesterday": -1, "tomorrow": 1, "tonight": 0, "the day before yesterday": -2,
            "the day after tomorrow": 2}[word]
    suffix = "TNI" if word == "tonight" else part_suffix(m["part"])
    kind = "TIME" if suffix else "DATE"
    value = add_days(ctx.anchor, step).isoformat() if ctx.anchor else "XXXX-XX-XX"
    return Timex(kind, value + suffix, m.start(), m.end(), edge(m["edge"]))


def _this_part(m: re.Match[str], ctx: Context) -> Timex | None:
    which, part = m["which"].lower(), m["part"].lower()
    if ctx.anchor is None:
        return Timex("TIME", f"XXXX-XX-XXT{DAY_PARTS[part]}", m.start(), m.end())
    base: date | None = ctx.anchor
    if which == "last":
        base = add_days(ctx.anchor, -1)
    elif which != "this":
        base = ctx.reference_day()
        base = add_days(base, {"the next": 1, "the following": 1, "the previous": -1}.get(which, 0)) if base else None
    if base is None:
        return None
    return Timex("TIME", f"{base.isoformat()}T{DAY_PARTS[part]}", m.start(), m.end(), edge(m["edge"]))


_REFS = {"now": "PRESENT_REF", "nowadays": "PRESENT_REF", "currently": "PRESENT_REF", "current": "PRESENT_REF",
         "at present": "PRESENT_REF", "presently": "PRESENT_REF", "at the moment": "PRESENT_REF",
         "recently": "PAST_REF", "lately": "PAST_REF", "the past": "PAST_REF",
         "the future": "FUTURE_REF", "the near future": "FUTURE_REF", "the foreseeable future": "FUTURE_REF",
         "the coming future": "FUTURE_REF", "future": "FUTURE_REF", "the present": "PRESENT_REF",
         "the distant past": "PAST_REF", "the recent past": "PAST_REF", "the immediate future": "FUTURE_REF"}


def _ref(m: re.Match[str], ctx: Context) -> Timex | None:
    words = re.sub(r"\s+", " ", m["word"].lower())
    after, before = ctx.after(m.end(), 24), ctx.before(m.start(), 16)
    if words == "the past" and re.match(rf"\s+(?:{NUMBER}|{VAGUE}|tense|[a-z]+\s+(?:{UNIT}))", after, re.IGNORECASE):
        return None
    if words == "future" and not re.search(r"\b(?:in|the|for|near)\s+$", before, re.IGNORECASE):
        return None
    if words == "current" and re.match(r"\s+(?:affairs|of\b)", after):
        return None
    if words == "now" and re.search(r"\b(?:just|right|until|by|for)\s+$", before, re.IGNORECASE):
        return Timex("DATE", "PRESENT_REF", m.start(), m.end())
    return Timex("DATE", _REFS[words], m.start(), m.end())


def _adverb_set(m: re.Match[str], ctx: Context) -> Timex | None:
    value = {"daily": "P1D", "nightly": "XXXX-XX-XXTNI", "weekly": "P1W", "monthly": "P1M", "annual": "P1Y",
             "annually": "P1Y", "yearly": "P1Y", "hourly": "PT1H", "quarterly": "P3M"}[m[0].lower()]
    return None if re.match(r"\s+[A-Z]", ctx.after(m.end(), 3)) or (m[0][0].isupper() and re.search(
        r"[a-z]\s+$", ctx.before(m.start(), 4))) else Timex("SET", value, m.start(), m.end())


def _rate(m: re.Match[str], ctx: Context) -> Timex | None:
    begin = m.start("times") if m.groupdict().get("times") else m.start("span")
    return Timex("SET", duration_value(1, unit_of(m["unit"])), begin, m.end("span"))


def _clock(m: re.Match[str], ctx: Context) -> Timex | None:
    word = (m["word"] or "").lower()
    if word:
        hour, minute = (12, 0) if "noon" in word or "midday" in word else (24, 0)
    else:
        hour, minute = int(m["hour"] or m["h24"] or m["military"][:2]), int(m["min"] or m["m24"] or (m["military"]
                                                                                                     or "0000")[2:])
        half = (m["half"] or "").lower().replace(".", "")
        if (half and not 1 <= hour <= 12) or hour > 24 or minute > 59:
            return None
        if half == "pm" and hour < 12:
            hour += 12
        if half == "am" and hour == 12:
            hour = 0
    day = _clock_day(m["day"], m, ctx)
    return Timex("TIME", f"{day}T{hour:02d}:{minute:02d}", m.start(), m.end())


#: So many letters between two clock times are read as one account of one day.
_NEAR = 160


def _clock_day(words: str | None, m: re.Match[str], ctx: Context) -> str:
    """Return the day of a clock time: the one named beside it, else the last one of the sentence, else the anchor."""
    if ctx.anchor is None:
        return "XXXX-XX-XX"
    low = (words or "").lower().strip()
    if found := re.search(WEEKDAY, words or ""):
        return weekday_near(ctx.anchor, WEEKDAYS[found[0].lower().rstrip(".")], ctx.ahead(m.start(),
                                                                                          m.end())).isoformat()
    if found := re.search(rf"({MONTH})\s+(\d{{1,2}})", words or ""):
        day = day_near(ctx.anchor, month_number(found[1]), int(found[2]), ctx.ahead(m.start(), m.end()))
        return day.isoformat() if day else ctx.anchor.isoformat()
    if low:
        return add_days(ctx.anchor, -1 if "yesterday" in low else 1 if "tomorrow" in low else 0).isoformat()
    last = next((item for item in reversed(ctx.found) if item.start >= ctx.sentence.start), None)
    if last is None and ctx.found and ctx.found[-1].type == "TIME" and m.start() - ctx.found[-1].end < _NEAR:
        last = ctx.found[-1]  # the hours of one day are told in a row
    days = days_of(last.value) if last and last.type in ("DATE", "TIME") else None
    return (days[0] if days and days[0] == days[1] else ctx.anchor).isoformat()


def _since_year(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``a week from Monday`` and ``two weeks from Friday``."""
    number = number_of(m["num"])
    if ctx.anchor is None or number is None:
        return None
    start = weekday_near(add_days(ctx.anchor, 1), WEEKDAYS[m["day"].lower().rstrip(".")], 1)
    unit = unit_of(m["unit"])
    if unit in ("month", "year"):
        moved = add_months(start, round(number) * (12 if unit == "year" else 1))
        return Timex("DATE", f"{moved.year:04d}-{moved.month:02d}", m.start(), m.end())
    return Timex("DATE", add_days(start, round(number * (7 if unit == "week" else 1))).isoformat(), m.start(), m.end())


def _same_day_unit(m: re.Match[str], ctx: Context) -> Timex | None:
    """Read ``a day earlier``, ``the week before``, ``that year`` from the day spoken of last."""
    unit = next(word for word in ("day", "week", "month", "year") if word in m[0].lower())
    low = re.sub(r"\s+", " ", m[0].lower())
    step = -1 if re.search(r"before|earlier", low) else 1 if re.search(r"after|later", low) else 0
    base = ctx.reference_day()
    if base is None:
        return Timex("DATE", "XXXX-XX-XX" if unit == "day" else "XXXX", m.start(), m.end())
    if unit == "year" and re.fullmatch(r"\d{4}-(?:Q\d|H\d|\d{2})", ctx.reference()) and step:
        return Timex("DATE", f"{base.year + step:04d}{ctx.reference()[4:]}", m.start(), m.end())
    return Timex("DATE", _named(base, unit, step), m.start(), m.end())


def _set_unit(m: re.Match[str], ctx: Context) -> Timex | None:
    if m["part"] or m["month"]:
        value = f"XXXX-XX-XXT{DAY_PARTS[m['part'].lower()]}" if m["part"] else f"XXXX-{month_number(m['month']):02d}"
        return Timex("SET", value, m.start(), m.end())
    unit = unit_of(m["unit"])
    if unit == "weekend":
        return Timex("SET", "XXXX-WXX-WE", m.start(), m.end())
    number = number_of(m["num"]) if m["num"] else 2.0 if " other " in m[0].lower() else 1.0
    return Timex("SET", duration_value(number, unit), m.start(), m.end())


_WHERE = (r"(?P<where>\s+(?:ago|earlier(?! than)|later(?! than)|before(?=[\s,.;)]|$)(?!\s+(?:the|a|an|his|her|its"
          r"|their|he|she|it|they"
          r"|[A-Z]))|afterwards?"
          r"|previously|prior(?!\s+to)|from now|hence|on(?=,))\b)?")
_I = re.IGNORECASE
SPAN_RULES = (
    Rule(re.compile(rf"\b(?:(?:(?P<mod>{_MOD})\s+)?(?:the\s+)?(?:past|last|next|first|final|previous|coming"
                    rf"|following|preceding|remaining|opening|intervening)\s+)?(?P<lead>(?:every"
                    rf"|each)\s+)?(?P<mod2>{_MOD}\s+)?"
                    rf"\b(?P<num>{NUMBER}|{VAGUE}|half an?|an?|one)(?:[- ]?(?:to|or|-|–)[- "
                    rf"]?(?P<to>{NUMBER}))?\s+(?:of\s+)?"
                    rf"{_ADJECTIVE}(?P<unit>{UNIT}|hrs|mins|yrs)\b(?:['’](?!s\b))?{_WHERE}", _I), _counted, "u"),
    Rule(re.compile(rf"\bbetween\s+(?P<num>{NUMBER})\s+and\s+(?P<to>{NUMBER})\s+(?P<unit>{UNIT})\b", _I), _between,
         "u"),
    Rule(re.compile(r"\b(?:for|during|in|over|so far in|through)\s+(?P<span>the\s+(?P<unit>year|month|week"
                    r"|quarter))\b(?!-|['’]"
                    r"|\s+(?:of|that|when|to|ended|ending|since|before|after|he|she|they|we|it|in|prior)\b)", _I),
         _the_period, "u"),
    Rule(re.compile(r"\ball\s+(?P<unit>day|week|month|year)\b(?!-)", _I), _all_of, "u"),
    Rule(re.compile(rf"\b(?P<mod>{_MOD}\s+)?\b(?P<one>{NUMBER}|an?|one)\s+(?P<unit>{UNIT}),?\s+(?:and\s+)?"
                    rf"(?P<two>{NUMBER}|an?|one)\s+(?P<unit2>{UNIT})\b(?!\s+ago)", _I), _compound, "u"),
    Rule(re.compile(rf"\b(?P<mod>{_MOD}\s+)?\b(?P<num>an?|one|{NUMBER})\s+(?P<unit>{UNIT})\s+and\s+a\s+half\b", _I),
         _half_more, "u"),
    Rule(re.compile(rf"\b(?P<mod>{_MOD}\s+)?\b(?P<num>{NUMBER}|several|half)(?:[- ]?(?:to|or|-|–)[- "
                    rf"]?(?P<to>{NUMBER}))?[- ]?-"
                    rf"(?P<unit>second|minute|hour|day|week|fortnight|month|year|decade|century)(?:[- ]long)?\b", _I),
         _adjective, "u"),
    Rule(re.compile(rf"(?<![\w-])(?P<mod>{_MOD}\s+)?(?<!\d-)\b(?P<unit>minute|hour|day|week|month|year|decade|century"
                    rf"|minutes|hours"
                    rf"|days|weeks"
                    r"|months|years|decades|centuries)(?:-long|long|(?<=s)-old)\b", _I), _long, "u"),
    Rule(re.compile(rf"\b(?P<mod>{_MOD}\s+)?(?P<lead>(?:(?:the\s+)?(?:recent|past|last|coming|next|following|early"
                    rf"|ensuing"
                    rf"|intervening|preceding|previous|subsequent)|these)\s+)?\b(?P<unit>{_LONG})\b(?:['’])?"
                    r"(?P<where>\s+(?:ago|earlier|later|before(?=[,.])|afterwards?)\b)?", _I), _bare_plural, "u"),
    Rule(re.compile(r"\b(?:(?P<edge>early|late|earlier|later|earlier in|later in|early in|late in|mid|the end of|the "
                    r"start of"
                    r"|the beginning of|the middle of|(?:the )?(?:first|second) half of|end of|start of)[- ])?"
                    r"\b(?P<which>this past|this coming|this|last|next|the (?:past|last|next|coming|previous"
                    r"|preceding|prior"
                    r"|following|ensuing|same|current)|that(?: same)?|that very)\s+(?:(?:fiscal|calendar|financial"
                    r"|school|academic)"
                    r"\s+)?(?P<unit>week|month|year|decade|century|quarter|day)\b(?!-)", _I), _single, "u"),
    Rule(re.compile(r"\b(?P<edge>(?:the )?(?:end|start|beginning|middle|close|first half|second half) of|later in"
                    r"|earlier in"
                    r"|early in|late in)\s+(?:the|(?P<which>this|last|next))\s+(?:fiscal\s+)?(?P<unit>week|month|year"
                    r"|decade"
                    r"|century)\b(?!-)", _I), _whole, "u"),
    Rule(re.compile(r"\b(?:(?P<edge>early|late|later|earlier)\s+)?\b(?P<word>the day (?:before yesterday|after "
                    r"tomorrow)|today"
                    r"|yesterday|tomorrow|tonight)\b(?:['’]s(?=\s+(?:morning|afternoon|evening)))?(?:\s+(?P<part>morn"
                    r"ing"
                    r"|afternoon|evening|night))?", _I), _day_word, "t"),
    Rule(re.compile(r"\b(?:(?P<edge>early|late|later|earlier)\s+)?\b(?P<which>this|last|that|the (?:next|following"
                    r"|previous|same))"
                    r"\s+(?P<part>morning|afternoon|evening|night)\b", _I), _this_part, "p"),
    Rule(re.compile(r"\b(?:(?:a|one) (?P<unit>day|week|month|year) (?:earlier(?! than)|later(?! than)|before(?=[,.;]"
                    r"|$)|after(?=[,.;]"
                    r"|$))|the (?:day|week"
                    r"|month|year) (?:before|after)(?=[,.;]|$)|(?:the )?(?:very )?same (?:day|week|month|year)|that "
                    r"(?:day|week|month"
                    r"|year))\b", _I), _same_day_unit, "u"),
    Rule(re.compile(r"\b(?P<word>nowadays|now|currently|current|at present|presently|at the moment|(?<!as "
                    r")recently(?! as)|lately"
                    r"|the (?:distant |recent )?past|the (?:near |foreseeable |immediate )?future|future|the present)\b"
                    r"(?!-)(?! \w+ (?:tense)\b)", _I), _ref, "r"),
    Rule(re.compile(rf"\b(?:every|each)\s+(?:other\s+|single\s+)?(?:(?P<num>{NUMBER})\s+)?(?:(?P<unit>{UNIT}|quarter"
                    rf"|weekend)"
                    rf"|(?P<part>morning|afternoon|evening|night)|(?P<month>{MONTH}))\b", _I), _set_unit, "u p m"),
    Rule(re.compile(r"\b(?:annual|daily|nightly|weekly|monthly|annually|yearly|hourly|quarterly)\b", _I),
         _adverb_set, "a"),
    Rule(re.compile(rf"(?:(?P<times>\b(?:(?:once|twice|thrice)|(?:{NUMBER}|several|many)\s+times)\s+)"
                    r"|(?:(?:\b(?:times?|per cent|percent|million|billion|cents|dollars|euros)"
                    rf"|[$€£]\s?[\d.,]+|\b(?:{NUMBER}|{VAGUE})"
                    r"(?:\s+(?!(?:and|or|in|on|after|for|but)\b)[a-z]+){1,3})\s+))"
                    r"(?P<span>(?:a|per|an|each)\s+(?P<unit>second|minute|hour|day|week|month|year))\b(?!-|\s+(?:ago"
                    r"|earlier|later|before|after|or))",
                    _I), _rate, "u"),
    Rule(re.compile(r"\b(?P<span>per\s+(?P<unit>second|minute|hour|day|week|month|year))\b", _I), _rate, "u"),
    Rule(re.compile(rf"\b(?P<num>{NUMBER}|a|one)\s+(?P<unit>{UNIT})\s+from\s+(?:next\s+)?(?P<day>{WEEKDAY})", _I),
         _since_year, "w"),
    Rule(re.compile(rf"(?:(?<![\d:.,])\b(?:(?P<hour>\d{{1,2}})(?:[:.](?P<min>\d{{2}}))?\s?(?P<half>[ap]\.?m\b\.?)|"
                    r"(?P<h24>[01]?\d|2[0-4]):(?P<m24>\d{2})(?::\d{2})?(?![:\d%])|(?P<military>[012]\d[0-5]\d)(?=\s*("
                    r"?:GMT|UTC|hours"
                    r"\b|local time|EST|EDT))|(?P<word>noon|midnight|midday)\b))(?:\s+(?:GMT|UTC|local time|EST|EDT"
                    r"|PST|CET|ET|BST|Moscow time)(?:\s+\(\d{4} GMT\))?)?"
                    rf"(?P<day>(?:,?\s+(?:on\s+)?)(?:{WEEKDAY}|(?:yesterday|today|tomorrow)\b"
                    rf"|{MONTH}\s+\d{{1,2}}\b))?"),
         _clock, "c"),
)
