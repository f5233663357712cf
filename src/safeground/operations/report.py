"""Reports and exports: everything is read from the project at one moment, and a file is written whole or not at all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safeground.foundation.errors import ProjectLockedError, RequestError, SurroundingsError
from safeground.operations.changes import REFUSED
from safeground.operations.context import Caller
from safeground.operations.ledger import show
from safeground.operations.project import opened
from safeground.operations.situation import gather
from safeground.operations.treaty import ReportChoice, figures_plain, make_document, write_report
from safeground.report.exports import EXPORTED, ExportFeature, feature_of, feature_of_row, to_csv, to_geojson
from safeground.report.figures import Figure, situation_figures
from safeground.report.html import situation_html
from safeground.report.kinds import FORMS, KINDS
from safeground.report.maps import map_png
from safeground.report.pdf import situation_pdf
from safeground.report.positions import is_withheld, shown_outline
from safeground.report.situation import SituationInput
from safeground.store.export import write_geopackage
from safeground.store.project import Project, Reader

#: Report kinds, and the suffixes that each can be written as.
REPORTS: dict[str, tuple[str, ...]] = {"situation": (".html", ".pdf", ".png"), **dict.fromkeys(KINDS, FORMS)}
EXPORTS = (".gpkg", ".geojson", ".csv")
#: How often a project that others write to is read again.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResult:
    """A report: its file, its kind, and its figures with the records behind them.

    `plain` : the figures as JSON shows them; a public edition's hold no records, and marks in place of small counts.
    """

    file: str
    kind: str
    figures: tuple[Figure, ...]
    plain: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """An export: its file, and how many records each layer holds."""

    file: str
    layers: tuple[tuple[str, int], ...]


def _check_target(output: Path, suffixes: tuple[str, ...], what: str) -> None:
    """Refuse a name that cannot be written, before any work is done."""
    if output.suffix.lower() not in suffixes:
        raise RequestError("SG-OPS-005", output.name, f"{output.suffix or 'no suffix'} is not a form of the {what}.",
                           f"Name the file with {', '.join(suffixes)}.")
    if output.is_dir():
        raise RequestError("SG-OPS-006", output.name, "is a folder.", "Name a file.")
    if not output.parent.is_dir():
        raise RequestError("SG-OPS-006", output.name, f"cannot be written: there is no folder {output.parent.name}.",
                           "Make the folder first, or name another one.")


def _write_whole(output: Path, write: Callable[[Path], object]) -> None:
    """Write to a name beside the target, then rename: a reader sees the old file or the new one, never a half."""
    beside = output.with_name(f".{output.stem}.part{output.suffix}")
    try:
        write(beside)
        os.replace(beside, output)
    except OSError as error:
        raise SurroundingsError("SG-OPS-006", output.name, f"cannot be written: {error.strerror or error}.",
                                "Free some space, or choose another folder.") from error
    finally:
        beside.unlink(missing_ok=True)


def _read_once(project: Project, caller: Caller) -> SituationInput:
    """Return book and records of one state of the project; read again if somebody wrote in between."""
    for _ in range(_ATTEMPTS):
        caller.progress("reading the land book", 0.1)
        book = show(project, caller)
        caller.progress("reading the records", 0.4)
        with project.read() as reader:
            if reader.head() == (book.journal_seq, book.journal_hash):
                return gather(reader, project.name, book, caller.clock())
    raise ProjectLockedError("SG-REPORT-004", project.name, f"changed {_ATTEMPTS} times while it was read.",
                             "Make the report again when the intake is done.")


def read_figures(location: Project | str, caller: Caller) -> tuple[Figure, ...]:
    """Return the situation report's figures, each with the records behind it, without writing a report.

    Raises
    ------
    ProjectLockedError : others kept writing while it was read (``SG-REPORT-004``).
    """
    with opened(location, caller) as project:
        return situation_figures(_read_once(project, caller))


def _plain(figures: tuple[Figure, ...]) -> tuple[dict[str, Any], ...]:
    return tuple({"name": f.name, "value": f.value, "unit": f.unit, "records": list(f.records)} for f in figures)


def _make_other(location: Project | str, choice: ReportChoice, output: Path, caller: Caller) -> ReportResult:
    """Write a report of a period or of an area."""
    document, given = make_document(location, choice, caller)
    caller.progress(f"writing {output.name}", 0.7)
    _write_whole(output, lambda path: write_report(document, given, choice.language, path))
    caller.progress("done", 1.0)
    figures = () if document.public else tuple(figure.as_figure() for figure in document.figures)
    return ReportResult(file=str(output), kind=choice.kind, figures=figures, plain=tuple(figures_plain(document)))


def make_report(location: Project | str, kind: str, output: Path, caller: Caller, choice: ReportChoice | None = None
                ) -> ReportResult:
    """Write a report in which every figure can be traced to its records; an earlier report of that name is replaced.

    Parameters
    ----------
    kind : ``situation``, or one of ``report.kinds.KINDS``.
    output : of a situation report ``.html`` or ``.pdf``, ``.png`` for the map alone; of the others one of ``FORMS``.
    choice : language, period, area, public edition; of its kind if given.

    Raises
    ------
    RequestError : no such kind or form (``SG-OPS-005``); a folder is in the way or missing (``SG-OPS-006``); the
        situation report is asked for in a form that only others have (``SG-REPORT-011``).
    ProjectLockedError : others kept writing while it was read (``SG-REPORT-004``).
    SurroundingsError : the disk refuses; an earlier file is left as it was.
    """
    if kind not in REPORTS:
        raise RequestError("SG-OPS-005", kind or "(empty)", "is not a kind of report.",
                           f"Use one of: {', '.join(REPORTS)}.")
    _check_target(output, REPORTS[kind], f"{kind} report")
    choice = ReportChoice(kind=kind) if choice is None else replace(choice, kind=kind)
    if kind != "situation":
        return _make_other(location, choice, output, caller)
    if choice != ReportChoice(kind=kind):
        raise RequestError("SG-REPORT-011", "situation", "takes no language, period, area or public edition.",
                           f"Leave the options out, or make one of: {', '.join(KINDS)}.")
    with opened(location, caller) as project:
        given = _read_once(project, caller)
    caller.progress(f"writing {output.name}", 0.7)
    form = output.suffix.lower()
    if form == ".html":
        _write_whole(output, lambda path: path.write_text(situation_html(given), encoding="utf-8"))
    elif form == ".pdf":
        _write_whole(output, lambda path: situation_pdf(given, path))
    else:
        _write_whole(output, lambda path: map_png(given, path, titled=True))
    caller.progress("done", 1.0)
    figures = situation_figures(given)
    return ReportResult(file=str(output), kind=kind, figures=figures, plain=_plain(figures))


def _features(reader: Reader) -> list[ExportFeature]:
    """Return every record that may be exported, and the provisional outline of every row kept aside."""
    found = [feature_of(record) for noun in EXPORTED for record in reader.records(noun)]
    found += [feature_of_row(row) for row in reader.quarantine() if not row.resolved or row.resolved == REFUSED]
    return [feature for feature in found if feature is not None]


def _withheld(reader: Reader) -> frozenset[str]:
    """Return the ids of records and rows whose position must not leave the project."""
    records = (record.id for noun in EXPORTED for record in reader.records(noun) if is_withheld(record))
    return frozenset((*records, *(row.id for row in reader.quarantine() if shown_outline(row) is None)))


def _chosen(features: list[ExportFeature], layer: str) -> list[ExportFeature]:
    chosen = [f for f in features if not layer or layer == f.layer or (layer == f.noun and layer in EXPORTED)]
    if layer and not chosen:
        there = sorted({f.layer for f in features})
        raise RequestError("SG-OPS-005", layer, "is not a layer of this project that can be exported.",
                           f"Layers: {', '.join(there) or 'none, the project is empty'}.")
    return chosen


def export_layers(location: Project | str, output: Path, caller: Caller, layer: str = "") -> ExportResult:
    """Write layers for other systems; positions that must not be recorded are never written.

    Parameters
    ----------
    output : ``.gpkg`` (all layers), ``.geojson`` or ``.csv`` (one file of all layers, or of one).
    layer : name of a layer such as ``activity_area`` or of a noun such as ``activity``; "" = all.

    Raises
    ------
    RequestError : no such form or layer (``SG-OPS-005``); a folder is in the way or missing (``SG-OPS-006``); a
        GeoPackage of that name exists.
    """
    _check_target(output, EXPORTS, "export")
    form = output.suffix.lower()
    if form == ".gpkg" and layer:
        raise RequestError("SG-OPS-005", layer, "a GeoPackage is exported with all its layers.",
                           "Leave --layer out, or export .geojson or .csv.")
    if form == ".gpkg" and output.exists():
        raise RequestError("SG-OPS-006", output.name, "exists already, and a GeoPackage may hold a project.",
                           "Name another file, or delete it yourself.")
    with opened(location, caller) as project:
        caller.progress("reading the records", 0.1)
        if form == ".gpkg":
            with project.read() as reader:
                withheld = _withheld(reader)
            written: list[tuple[str, int]] = []
            _write_whole(output, lambda path: written.extend(write_geopackage(project, path, withheld=withheld)))
            return ExportResult(file=str(output), layers=tuple(written))
        with project.read() as reader:
            chosen = _chosen(_features(reader), layer)
    caller.progress(f"writing {output.name}", 0.7)
    if form == ".geojson":
        _write_whole(output, lambda path: path.write_text(to_geojson(chosen), encoding="utf-8"))
    else:  # the mark at the start tells spreadsheets that it is UTF-8
        _write_whole(output, lambda path: path.write_text(to_csv(chosen), encoding="utf-8-sig", newline=""))
    return ExportResult(file=str(output), layers=tuple(sorted(Counter(f.layer for f in chosen).items())))
