"""What a person looks at in the browser: the project, its sources, findings, rows kept aside, and single records."""

from __future__ import annotations

from collections import Counter
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Severity, count_by_code
from safeground.operations.changes import REFUSED, source_noun
from safeground.operations.intake import project_standard
from safeground.records.nouns import NOUNS
from safeground.records.payload import to_plain
from safeground.store.layers import LayerInfo
from safeground.store.project import Project, Reader

#: Nouns that are about people; no face shows them to a reader without an account.
PERSONAL = ("victim", "person")


def _bounds(layers: tuple[LayerInfo, ...], region: list[float] | None) -> tuple[float, ...] | None:
    boxes = [layer.bounds for layer in layers if layer.bounds is not None and layer.name != "quarantine_area"]
    if not boxes:
        return tuple(region) if region else None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def project_view(project: Project, reader: Reader) -> dict[str, Any]:
    """Return what a project is and holds, by layer."""
    standard, region, layers = project_standard(reader), reader.setting("region"), reader.layers()
    seq, digest = reader.head()
    aside = sum(not row.resolved for row in reader.quarantine())
    return {
        "name": project.name, "location": project.location, "backend": project.backend,
        "crs": reader.setting("crs", ""), "standard": standard.name, "edition": standard.edition, "region": region,
        "journal": {"seq": seq, "hash": digest}, "revision": seq,
        "layers": [{"name": layer.name, "title": layer.title, "geometry_type": layer.geometry_type,
                    "count": layer.count, "bounds": layer.bounds} for layer in layers],
        "counts": {"sources": reader.count("source"), "findings": len(reader.findings()), "quarantined": aside},
        "bounds": _bounds(layers, region)}


def sources_view(reader: Reader) -> dict[str, Any]:
    """Return the files taken in, each with its rows: accepted, quarantined, refused."""
    accepted = reader.records_by_source()
    aside: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for row in reader.quarantine():
        (refused if row.resolved == REFUSED else aside)[row.source_id] += 1
    return {"sources": [
        {"id": s.id, "file": s.file_name, "noun": source_noun(s), "layer": s.layer, "format": s.format, "crs": s.crs,
         "encoding": s.encoding, "rows_in": s.row_count, "accepted": accepted.get(s.id, 0), "quarantined": aside[s.id],
         "refused": refused[s.id], "sha256": s.sha256} for s in reader.sources()]}


def findings_view(reader: Reader, offset: int, limit: int, code: str = "") -> dict[str, Any]:
    """Return a page of the findings, of one `code` alone if it is given, and how often each code occurs in all."""
    found = reader.findings()
    chosen = [finding for finding in found if code in ("", finding.code)]
    return {"total": len(chosen), "by_code": count_by_code(found),
            "findings": [finding.as_plain() for finding in chosen[offset : offset + limit]]}


def quarantine_view(reader: Reader, offset: int, limit: int) -> dict[str, Any]:
    """Return a page of the rows kept aside, with the sender's own values; none of those about people."""
    rows = [row for row in reader.quarantine() if row.noun not in PERSONAL]
    why: dict[tuple[str, str, int], list[str]] = {}
    for finding in reader.findings():
        if finding.severity in (Severity.ERROR, Severity.REFUSAL):
            place = (finding.source.file, finding.source.layer, finding.source.row)
            why.setdefault(place, []).append(finding.message)
    return {"total": len(rows), "rows": [
        {"id": row.id, "noun": row.noun, "file": row.source_file, "layer": row.source_layer, "row": row.source_row,
         "codes": list(row.finding_codes),
         "why": why.get((row.source_file, row.source_layer, row.source_row), []),
         "original": {name: text[:2000] for name, text in row.original},
         "area_m2": row.area_m2, "resolved": row.resolved} for row in rows[offset : offset + limit]]}


def record_view(reader: Reader, noun: str, record_id: str) -> dict[str, Any]:
    """Return a record, its account in the land book, and who wrote it when and why.

    Raises
    ------
    RequestError : no such record (``SG-OPS-012``); the same answer for records about people.
    """
    record = reader.get(noun, record_id) if noun in NOUNS and noun not in PERSONAL else None
    if record is None:
        raise RequestError("SG-OPS-012", f"{noun} {record_id}", "is not in the project.", "Choose a record of the map.")
    account: dict[str, int] = {}
    for entry in reader.entries_of(record_id):
        for posting in entry.postings:
            if posting.account.hazardous_area_id == record_id and entry.state.value == "posted":
                status = posting.account.status.value
                account[status] = account.get(status, 0) + posting.amount_cm2
    history = []
    for event in reader.history(record_id):
        head = reader.event(event.operation_seq)
        history.append({"seq": event.seq, "at": event.at.isoformat(), "kind": event.kind,
                        "actor": head.payload.get("actor", ""), "reason": head.payload.get("reason", "")})
    return {"noun": noun, "record": to_plain(record), "account": account, "history": history}
