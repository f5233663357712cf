"""What a situation report says, page by page, before it has a form: the HTML and the PDF print the same sections."""

from __future__ import annotations

from dataclasses import dataclass

from safeground.foundation.units import cm2_to_m2
from safeground.records.vocabulary import LandStatus
from safeground.report.figures import REPORTED, Figure, contested_overlaps, situation_figures
from safeground.report.situation import RecordLine, SituationInput
from safeground.report.words import (
    anchor,
    contamination_words,
    counted,
    number,
    plain_noun,
    shown_area,
    square_metres,
    unbroken_m2,
)

#: Longest list that is printed; the count of the rest is printed under it, and exports hold them all.
LIST_MAX = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether it holds numbers (set flush right)."""

    heading: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes
    ----------
    links : for each row the anchor of the list behind it, "" = none; empty = no row has one.
    total : the last row is a total.
    left_out : rows that are not printed.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()
    total: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: what it stands for, its parts as (class, m²), and the whole in words."""

    label: str
    parts: tuple[tuple[str, float], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section: anchor, title, paragraphs, points, bars, tables; `folded` lists open on demand."""

    anchor: str
    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    bars: tuple[tuple[str, tuple[Bar, ...]], ...] = ()
    tables: tuple[Table, ...] = ()
    has_map: bool = False


def _capped(caption: str, columns: tuple[Column, ...], rows: list[tuple[str, ...]]) -> Table:
    return Table(caption, columns, tuple(rows[:LIST_MAX]), left_out=max(0, len(rows) - LIST_MAX))


def _figures(figures: tuple[Figure, ...]) -> Section:
    rows = tuple((f.name, number(f.value), f.unit, counted(len(f.records), "record")) for f in figures)
    return Section("figures", "Figures", (
        "Each figure leads to the records it came from. Areas are geodesic on the WGS 84 ellipsoid and are booked to "
        "the square centimetre.",), tables=(Table(
            "Figures of the project", (Column("Figure"), Column("Value", True), Column("Unit"),
                                       Column("Comes from", True)),
            rows, tuple(anchor(f) if f.records else "" for f in figures)),))


def _bars(given: SituationInput) -> Section:
    totals = dict(given.sheet.totals_cm2)
    by_status = tuple(Bar(s.value, ((s.value, cm2_to_m2(totals.get(s, 0))),), unbroken_m2(totals.get(s, 0)))
                      for s in REPORTED)
    held: dict[str, dict[LandStatus, int]] = {}
    for row in given.sheet.rows:
        sums = held.setdefault(contamination_words(row.contamination), {})
        for status, cm2 in row.by_status_cm2:
            sums[status] = sums.get(status, 0) + cm2
    shown = REPORTED[:-1]
    ranked = sorted(held.items(), key=lambda item: (-sum(item[1].get(s, 0) for s in shown), item[0]))
    by_kind = tuple(Bar(
        name, tuple((s.value, cm2_to_m2(sums.get(s, 0))) for s in shown if sums.get(s, 0)),
        ", ".join(f"{s.value}\N{NO-BREAK SPACE}{unbroken_m2(sums[s])}" for s in shown if sums.get(s, 0)) or "0.00 m²")
        for name, sums in ranked)
    return Section("land", "Land by status and contamination", bars=(
        ("Area by status, m²", by_status), ("Area by contamination and status, m² (ground counted once)", by_kind)))


def _balance(given: SituationInput) -> Section:
    sheet = given.sheet
    columns = (Column("Area"), Column("Contamination"), *(Column(f"{s.value}, m²", True) for s in REPORTED))
    rows: list[tuple[str, ...]] = []
    for row in sorted(sheet.rows, key=lambda r: (-r.opening_cm2, r.hazardous_area_id)):
        held = dict(row.by_status_cm2)
        rows.append((row.name or row.hazardous_area_id, contamination_words(row.contamination),
                     *(shown_area(held.get(s, 0)) for s in REPORTED)))
    table = _capped("Balance sheet by area, largest first", columns, rows)
    totals = dict(sheet.totals_cm2)
    total = ("All areas", "", *(shown_area(totals.get(s, 0)) for s in REPORTED))
    verdict = ("Every line and the whole conserve area to the square centimetre." if sheet.balanced else
               "The book DOES NOT BALANCE: do not use these figures; run 'safeground ledger PROJECT verify'.")
    period = (f" Period: {sheet.period_start} to {sheet.period_end}." if sheet.period_start and sheet.period_end
              else "")
    return Section("balance", "Balance sheet", (
        f"{verdict}{period} “overlap” is ground that another area counts already, so that it is counted once.",),
        tables=(Table(table.caption, columns, (*table.rows, total), total=True, left_out=table.left_out),))


def _overlaps(given: SituationInput) -> Section:
    names = {row.hazardous_area_id: row.name or row.hazardous_area_id for row in given.sheet.rows}
    columns = (Column("Counted in"), Column("as"), Column("Also recorded in"), Column("as"),
               Column("Shared, m²", True))
    ranked = sorted(given.overlaps, key=lambda o: -o.area_cm2)
    rows: list[tuple[str, ...]] = [
        (names.get(o.counted_in, o.counted_in), o.counted_status.value, names.get(o.other, o.other),
         o.other_status.value, square_metres(o.area_cm2)) for o in ranked]
    contested = len(contested_overlaps(given.overlaps))
    return Section("overlaps", "Overlaps", (
        f"{counted(len(rows), 'overlap')} between areas. In {contested:,} of them ground that is counted as hazardous "
        f"is also recorded as released: {square_metres(given.contested_cm2)} m². It stays hazardous until survey or "
        "clearance evidence decides.",),
        tables=(_capped("Ground that two areas share", columns, rows),) if rows else ())


def _unknown(given: SituationInput) -> Section:
    open_rows = [row for row in given.aside if not row.refused]
    refused = [row for row in given.aside if row.refused]
    measured = [row.area_m2 for row in given.aside if row.area_m2 is not None]
    not_stated = [row for row in given.sheet.rows if contamination_words(row.contamination) == "not stated"]
    points = [
        "No residual probability is given: no hazard model was run on this project, so nothing here says how likely "
        "it is that released ground still holds an item.",
        f"{counted(len(open_rows), 'row is', 'rows are')} quarantined and {len(refused):,} refused. Their outlines as "
        f"received measure {sum(measured):,.2f} m² where they could be measured "
        f"({counted(len(given.aside) - len(measured), 'row')} could not). None of it is in the figures of land.",
        "Files that were refused whole are not in the project and not in these figures.",
        f"{counted(given.withheld_positions, 'record')} must not have a position shown; they are counted, not drawn. "
        f"{counted(given.without_position, 'record')} came without any position.",
        f"{counted(len(not_stated), 'area does', 'areas do')} not state the contamination.",
        f"{square_metres(given.sheet.pending_cm2)} m² are reported as worked on and wait for inspection; they are "
        "counted as before the work.",
        "Ground outside every outline was not assessed here: it is unknown."]
    elsewhere = sum(s.elsewhere for s in given.sources)
    if any(s.elsewhere for s in given.sources):
        points.append(f"{counted(elsewhere, 'row has', 'rows have')} no record that names it as its source. That is so "
                      "where the record was taken in again, or changed, from another file; if there is no such file, "
                      "compare with the intake's own account and run 'safeground ledger PROJECT verify'.")
    columns = (Column("Row"), Column("As"), Column("State"), Column("Codes"), Column("Area as received, m²", True))
    rows: list[tuple[str, ...]] = [
        (row.place, plain_noun(row.noun), "refused" if row.refused else "quarantined", ", ".join(row.codes),
         "not measurable" if row.area_m2 is None else number(float(row.area_m2))) for row in given.aside]
    return Section("unknown", "What is not known", points=tuple(points),
                   tables=(_capped("Rows that were not taken in", columns, rows),) if rows else ())


def _sources(given: SituationInput) -> Section:
    columns = (Column("File"), Column("As"), Column("Rows in", True), Column("Accepted", True),
               Column("Quarantined", True), Column("Refused", True), Column("Without own record", True),
               Column("SHA-256, first 12"))
    rows: list[tuple[str, ...]] = [
        (s.file + (f" · {s.layer}" if s.layer else ""), plain_noun(s.noun), number(s.rows_in), number(s.accepted),
         number(s.quarantined), number(s.refused), number(s.elsewhere), s.sha256[:12]) for s in given.sources]
    table = _capped("Rows in = accepted + quarantined + refused + without own record", columns, rows)
    total = ("All files", "", *(number(sum(getattr(s, name) for s in given.sources)) for name in (
        "rows_in", "accepted", "quarantined", "refused", "elsewhere")), "")
    return Section("sources", "Sources", tables=(
        Table(table.caption, columns, (*table.rows, total), total=True, left_out=table.left_out),))


def _findings(given: SituationInput) -> Section:
    columns = (Column("Code"), Column("Severity"), Column("Count", True), Column("First example"),
               Column("What to do"))
    rows: list[tuple[str, ...]] = [
        (g.code, g.severity.value, number(g.count), f"{g.example.source}: {g.example.message}"
         if g.example.source.file else f"{g.example.subject}: {g.example.message}", g.example.remedy)
        for g in given.findings]
    total = sum(g.count for g in given.findings)
    return Section("findings", "Findings", (
        f"{counted(total, 'finding')} of {counted(len(rows), 'kind')} in the data as received.",),
        tables=(_capped("Findings by code", columns, rows),) if rows else ())


def _published(given: SituationInput) -> Section:
    columns = (Column("Publisher"), Column("As of"), Column("Status"), Column("Published, m²", True),
               Column("Document"))
    rows: list[tuple[str, ...]] = [
        (a.publisher, a.as_of.isoformat(), a.status.value, square_metres(a.area_cm2), a.document)
        for a in given.assertions]
    if not rows:
        return Section("published", "Published totals", ("No published total was pinned to the book.",))
    gaps = tuple(f"{f.subject}: {f.message} {f.remedy}" for f in given.assertion_gaps)
    said = f"{counted(len(gaps), 'gap')} to the book; a gap is shown, never absorbed."
    return Section("published", "Published totals", (said,), gaps,
                   tables=(_capped("Published totals pinned to the book", columns, rows),))


def record_table(figure: Figure, lines: dict[str, RecordLine]) -> Table:
    """Return the list of records behind a figure, with what each adds to it; at most ``LIST_MAX`` rows."""
    columns = [Column("Record"), Column("As"), Column("From"), Column("Id")]
    if figure.shares:
        columns.append(Column(f"Adds, {figure.unit}", True))
    rows = []
    for index, name in enumerate(figure.records[:LIST_MAX]):
        line = lines.get(name, RecordLine(id=name, noun="", label=name))
        row = [line.label or name, plain_noun(line.noun), line.place, name]
        rows.append((*row, number(figure.shares[index])) if figure.shares else tuple(row))
    return Table(f"Records behind “{figure.name}”: {number(figure.value)} {figure.unit}", tuple(columns), tuple(rows),
                 left_out=max(0, len(figure.records) - LIST_MAX))


def record_lists(given: SituationInput, figures: tuple[Figure, ...]) -> tuple[tuple[str, Figure, Table], ...]:
    """Return (anchor, figure, table) of each list of records; a count shares the list of what it counts."""
    lines = {line.id: line for line in given.records}
    listed: dict[str, tuple[str, Figure, Table]] = {}
    for figure in figures:
        if figure.records:
            listed.setdefault(anchor(figure), (anchor(figure), figure, record_table(figure, lines)))
    return tuple(listed.values())


def situation_sections(given: SituationInput) -> tuple[Section, ...]:
    """Return the sections of the report in order; the lists of records come last, apart."""
    figures = situation_figures(given)
    return (_figures(figures), Section("map", "Map", has_map=True), _bars(given), _balance(given), _overlaps(given),
            _unknown(given), _sources(given), _findings(given), _published(given))


def header_lines(given: SituationInput) -> tuple[tuple[str, str], ...]:
    """Return what the report was made from: (name, value)."""
    region = ("not stated" if given.region is None else
              "west {:g}°, south {:g}°, east {:g}°, north {:g}°".format(*given.region))
    return (("Generated", f"{given.generated_at:%Y-%m-%d %H:%M:%S %Z}"),
            ("Standard", f"{given.standard}, {given.edition}"), ("Region", region),
            ("Journal", f"event {given.journal_seq:,}, hash {given.journal_hash}"))
