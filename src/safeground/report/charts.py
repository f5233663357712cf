"""Pictures of a report's figures: released land over time, from opening to remaining, and finds by category."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from safeground.report.document import Chart, Day, Traced
from safeground.report.language import Catalogue

INK, GRID, SOFT = "#16202b", "#d9dee3", "#4c5a68"
#: Colours of the map's classes, each with a hatch, so that no reader depends on colour.
_LOOKS = {"opening": ("#7d8894", ""), "cancelled": ("#b7dcc3", ".."), "reduced": ("#6fbf8b", "//"),
          "cleared": ("#00803c", ""), "remaining": ("#e00000", "xx")}
_OTHER = ("#f4a718", "\\\\")
#: DejaVu Sans comes with matplotlib and has Latin, Cyrillic and Arabic letters: the same picture on every machine.
_STYLE: dict[str, Any] = {"font.family": ["DejaVu Sans"], "hatch.linewidth": 0.6, "axes.edgecolor": SOFT,
                          "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK}


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    return pyplot


def _value(figure: Traced) -> float:
    return float(figure.value())


def _axis_numbers(axis: Any, words: Catalogue, *, along: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    side = axis.yaxis if along == "y" else axis.xaxis
    side.set_major_locator(MaxNLocator(nbins=6, integer=True))
    side.set_major_formatter(FuncFormatter(lambda value, _: words.number(round(value))))
    axis.grid(axis=along, color=GRID, linewidth=0.7)
    axis.set_axisbelow(True)
    for name in ("top", "right"):
        axis.spines[name].set_visible(False)


def _burn_up(axis: Any, chart: Chart, words: Catalogue) -> None:
    days = [label.day for label, _ in chart.points if isinstance(label, Day) and label.day]
    values = [_value(figure) for _, figure in chart.points]
    axis.step(days, values, where="post", color="#00803c", linewidth=2.2, marker="o", markersize=4,
              label=words.word("chart.released"))
    axis.fill_between(days, values, step="post", color="#00803c", alpha=0.12, linewidth=0)
    for label, figure in chart.second:
        if days and figure.amount:
            axis.bar(days[-1:], [_value(figure)], bottom=values[-1:], width=_width(days), color="white",
                     edgecolor="#c27c00", hatch="//", linewidth=1, label=words.say(label))
    if len(days) == 1:
        axis.set_xlim(days[0] - timedelta(days=15), days[0] + timedelta(days=15))
    step = max(1, -(-len(days) // 10))
    shown = days[::-1][::step][::-1]
    axis.set_xticks(shown, [f"{day.year}-{day.month:02d}" for day in shown], fontsize=8.5)
    heights = [0.0, *values, *(values[-1] + _value(figure) for _, figure in chart.second if values)]
    room = (max(heights) - min(heights) or 1.0) * 0.06
    axis.set_ylim(min(heights) - (room if min(heights) < 0 else 0), max(heights) + 3 * room)
    axis.legend(loc="upper left", fontsize=9, frameon=False)
    _axis_numbers(axis, words, along="y")


def _width(days: list[Any]) -> float:
    return float(max(2.0, (days[-1] - days[0]).days / 40)) if len(days) > 1 else 2.0


def _waterfall(axis: Any, chart: Chart, words: Catalogue) -> None:
    level = highest = 0.0
    top = max((abs(_value(figure)) for _, figure in chart.points), default=1.0) or 1.0
    for place, (label, figure) in enumerate(chart.points):
        value = _value(figure)
        name = getattr(label, "key", "").removeprefix("chart.")
        colour, hatch = _LOOKS.get(name, _OTHER)
        total = place in (0, len(chart.points) - 1)
        base = 0.0 if total else level
        axis.bar(place, value, bottom=base, width=0.62, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.8)
        level = value if total else level + value
        end = max(base, base + value)
        highest = max(highest, end)
        axis.text(place, end + top * 0.015, words.number(figure.amount, figure.unit), ha="center", va="bottom",
                  fontsize=8)
        if place < len(chart.points) - 1:
            axis.plot([place + 0.31, place + 0.69], [level, level], color=SOFT, linewidth=0.8)
    axis.set_xticks(range(len(chart.points)), [_wrapped(words.say(label)) for label, _ in chart.points], fontsize=9)
    low = min(0.0, axis.get_ylim()[0])
    axis.set_ylim(low, (highest or 1.0) * 1.12)
    _axis_numbers(axis, words, along="y")
    if words.direction == "rtl":
        axis.invert_xaxis()


def _wrapped(text: str, width: int = 16) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width)) or text


def _finds(axis: Any, chart: Chart, words: Catalogue) -> None:
    names = [_wrapped(words.say(label), 28) for label, _ in chart.points]
    values = [_value(figure) for _, figure in chart.points]
    axis.barh(range(len(values)), values, height=0.62, color="#1f4e79", edgecolor=INK, linewidth=0.8)
    for place, (_, figure) in enumerate(chart.points):
        turned = words.direction == "rtl"
        axis.annotate(words.number(figure.amount, figure.unit), (values[place], place), (-4 if turned else 4, 0),
                      fontsize=9, textcoords="offset points", va="center", ha="right" if turned else "left")
    axis.set_yticks(range(len(values)), names, fontsize=9)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    _axis_numbers(axis, words, along="x")
    if words.direction == "rtl":
        axis.invert_xaxis()
        axis.yaxis.tick_right()
        axis.spines["left"].set_visible(False)
        axis.spines["right"].set_visible(True)


def chart_png(chart: Chart, words: Catalogue) -> bytes:
    """Return a picture as PNG, with words and numbers of the language; the same bytes for the same figures."""
    pyplot = _pyplot()
    height = 1.1 + 0.42 * len(chart.points) if chart.kind == "finds" else 3.4
    with pyplot.rc_context(_STYLE):
        figure, axis = pyplot.subplots(figsize=(8.4, height), layout="constrained")
        {"burn_up": _burn_up, "waterfall": _waterfall, "finds": _finds}[chart.kind](axis, chart, words)
        axis.set_title(words.say(chart.title), fontsize=11, fontweight="bold",
                       loc="right" if words.direction == "rtl" else "left")
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=150, metadata={"Software": "safeground"})
        pyplot.close(figure)
    return out.getvalue()
