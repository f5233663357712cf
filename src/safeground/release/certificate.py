"""The release certificate: a tagged PDF of the signed dossier, with the dossier itself attached."""

from __future__ import annotations

import io
import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import segno
import typst

from safeground.foundation.errors import SurroundingsError
from safeground.release.certificate_map import map_svg
from safeground.release.residual import account_rows
from safeground.release.verify_dossier import fingerprint

NOTICE = ("This certificate states what was done on this land, what was found, what three people signed, and what "
          "may be left by estimate. It does not say that nothing is left.")
_CHECK = ("The dossier is attached to this file and lies beside it as a file of its own. Check it offline with "
          "“python verify_dossier.py FILE.dossier.json”, compare the key fingerprints with the authority's own list, "
          "and the content digest with the one in the square code.")
#: Tried in this order: archival and accessible with typst's own font, so that the same dossier gives the same bytes on
#: every machine; then with the machine's fonts, for scripts it lacks; then without the claims, which forbid gaps.
_ATTEMPTS: tuple[tuple[bool, tuple[str, ...]], ...] = (
    (True, ("a-3a", "ua-1")), (False, ("a-3a", "ua-1")), (False, ()))
_WORDS = {"apm": "anti-personnel mine", "avm": "anti-vehicle mine", "cmr": "cluster munition remnant",
          "uxo": "unexploded ordnance", "axo": "abandoned ordnance", "bt": "booby trap",
          "ied": "improvised explosive device", "od": "other device", "saa": "small arms ammunition"}


def _plain(value: Any) -> Any:
    """Return a value for JSON with a space for each letter that no document may hold."""
    if isinstance(value, str):
        return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" else c for c in value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _m2(area_cm2: int) -> str:
    return f"{area_cm2 / 10_000:,.4f}"


def _table(caption: str, heads: Sequence[str], widths: Sequence[str], rows: Sequence[Sequence[object]],
           numbers: Sequence[int] = ()) -> dict[str, Any]:
    return {"caption": caption, "heads": list(heads), "widths": list(widths), "numbers": list(numbers),
            "rows": [[str(cell) if cell not in (None, "") else "–" for cell in row] for row in rows]}


def _part(title: str, *tables: dict[str, Any], pairs: Sequence[tuple[str, str]] = (), said: Sequence[str] = (),
          points: Sequence[str] = (), drawn: bool = False) -> dict[str, Any]:
    return {"title": title, "pairs": list(pairs), "said": list(said), "points": list(points),
            "tables": [t for t in tables if t["rows"]], "map": drawn}


def _days(days: Sequence[str | None]) -> str:
    known = sorted(day for day in days if day)
    return "" if not known else known[0] if known[0] == known[-1] else f"{known[0]} to {known[-1]}"


def _places(content: dict[str, Any]) -> dict[str, Any]:
    rows, said = [], []
    for ring in content["turning_points"]:
        points = ring["points"]
        for point, after in zip(points, points[1:] + points[:1], strict=True):
            rows.append((point["name"], f"{point['latitude']:.8f}", f"{point['longitude']:.8f}",
                         f"{point['bearing_deg']:.3f}", f"{point['distance_m']:,.2f}", after["name"]))
        said.append(f"Closure error of the table from {points[0]['name']}: {ring['closure_m']:.3f} m "
                    f"(largest accepted: {content['rules']['closure_error_m_max']:g} m).")
    listed = sorted(content["markers"], key=lambda m: (m["point_type"], m["sequence"], m["id"]))
    marks = [(m["point_type"].replace("_", " "), f"{m['latitude']:.8f}", f"{m['longitude']:.8f}",
               "yes" if m["buried_metal"] else "no", m["emplaced_date"]) for m in listed]
    return _part("Turning points", _table(
        "Turning points, WGS 84; bearings from true north along the geodesic",
        ("point", "latitude °", "longitude °", "bearing °", "distance m", "to"),
        ("1fr", "auto", "auto", "auto", "auto", "1fr"), rows, (1, 2, 3, 4)),
        _table("Markers on the ground", ("marker", "latitude °", "longitude °", "buried metal", "emplaced"),
               ("1.2fr", "auto", "auto", "1fr", "1fr"), marks, (1, 2)), said=said)


def _ground(content: dict[str, Any]) -> dict[str, Any]:
    held = dict(tuple(pair) for pair in content["area"]["held_cm2"])
    rows = [(word, how, _m2(held.get(word, 0))) for word, how in (
        ("cancelled", "non-technical survey"), ("reduced", "technical survey"), ("cleared", "clearance"))]
    rows.append(("released in all", "", _m2(sum(held.get(w, 0) for w in ("cancelled", "reduced", "cleared")))))
    work: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for part in content["parts"]:
        work.setdefault((part["release_method"], part["method"], part["asset"], part["team_id"]), []).append(part)
    table = [(key[0], key[1], key[2], key[3], _days([p["work_date"] for p in parts]),
              _depths(parts), _m2(sum(p["area_cm2"] for p in parts))) for key, parts in sorted(work.items())]
    return _part("Areas, methods and depth", _table(
        "Area by release method", ("method", "by", "area m²"), ("auto", "1fr", "auto"), rows, (2,)),
        _table("Work", ("released as", "method", "asset", "team", "dates", "depth cm", "area m²"),
               ("auto", "1fr", "1fr", "1fr", "1.2fr", "auto", "auto"), table, (6,)))


def _depths(parts: Sequence[dict[str, Any]]) -> str:
    depths = sorted({p["depth_cm"] for p in parts if p["depth_cm"] is not None})
    return "" if not depths else f"{depths[0]:g}" if len(depths) == 1 else f"{depths[0]:g} to {depths[-1]:g}"


def _not_cleared(content: dict[str, Any]) -> dict[str, Any]:
    rows = [(f"part {p['id'][:8]}", _m2(p["area_cm2"]), f"{p['release_method']} by survey; no clearance")
            for p in content["parts"] if p["release_method"] != "cleared"]
    rows += [("counted elsewhere", _m2(s["area_cm2"]), f"ground of area {s['area_id']}, released there")
             for s in content["shared"]]
    rows += [(status, _m2(amount), "not released; it stays in the land book as it is")
             for status, amount in content["area"]["held_cm2"] if status in ("suspected", "confirmed") and amount]
    said = [] if rows else ["All ground of the area was cleared."]
    return _part("Ground not cleared, and why", _table("Ground not cleared", ("ground", "area m²", "why"),
                                                       ("auto", "auto", "1fr"), rows, (1,)), said=said)


def _finds(content: dict[str, Any]) -> dict[str, Any]:
    sums: Counter[tuple[str, str, str]] = Counter()
    for item in content["items"]:
        sums[(_WORDS.get(item["category"], item["category"]), item["model"],
              item["disposition"].replace("_", " "))] += item["quantity"]
    rows = [(*key, f"{count:,}") for key, count in sorted(sums.items())]
    accidents = [(a["accident_date"], a["accident_class"].replace("_", "-"), _WORDS.get(a["category"], a["category"]),
                  a["killed_count"], a["injured_count"]) for a in content["accidents"]]
    said = ([] if rows else ["No item of explosive ordnance is recorded as found in the area."]) + (
        [] if accidents else ["No accident is recorded in the area."])
    return _part("Items found, and accidents", _table(
        "Items found", ("type", "model", "disposal", "quantity"), ("1fr", "1fr", "1fr", "auto"), rows, (3,)),
        _table("Accidents", ("date", "class", "category", "killed", "injured"),
               ("auto", "1fr", "1fr", "auto", "auto"), accidents, (3, 4)), said=said)


def _quality(content: dict[str, Any]) -> dict[str, Any]:
    draws = {d["lot_id"]: d for d in content["draws"] if not d["risk_aware"]}
    rows = []
    for lot in content["lots"]:
        draw = draws.get(lot["id"])
        visits = [i for i in content["inspections"] if i["lot_id"] == lot["id"]]
        last = max(visits, key=lambda i: i["visit_date"], default=None)
        rows.append((lot["id"][:8], lot["state"], _m2(lot["area_cm2"]),
                     f"{draw['sample_count']:,} of {draw['unit_count']:,}" if draw else "",
                     f"{last['units_checked']:,}, {last['units_failed']:,} failed" if last else "",
                     f"{last['visit_date']}, {last['inspecting_organisation'] or last['inspector']}" if last else ""))
    cases = [(c["id"][:8], c["severity"], c["description"], c["closed_date"] or "open", c["verified_by"])
             for c in content["cases"]]
    papers = [(d["kind"].replace("_", " "), d["reference"], d["dated"], f"{d['signatory']}, {d['signed_as']}")
              for d in content["documents"]]
    surveys = [(s["id"][:8], s["survey_type"].upper(), s["survey_date"], s["outcome"], ", ".join(
        c.replace("_", " ") for c in s["criteria"]), f"{s['author']} / {s['approver']}") for s in content["surveys"]]
    return _part("Quality and papers", _table(
        "Inspection lots", ("lot", "state", "area m²", "units drawn", "units checked", "visit"),
        ("auto", "auto", "auto", "1fr", "1fr", "1.3fr"), rows, (2,)),
        _table("Non-conformities", ("case", "severity", "what", "closed", "verified by"),
               ("auto", "auto", "1fr", "auto", "auto"), cases),
        _table("Survey outcomes", ("report", "survey", "date", "outcome", "criteria", "author / approver"),
               ("auto", "auto", "auto", "auto", "1fr", "1fr"), surveys),
        _table("Papers", ("paper", "reference", "dated", "signed by"), ("1fr", "1fr", "auto", "1.2fr"), papers))


def _handover(content: dict[str, Any]) -> dict[str, Any]:
    rows = [(h["handover_date"], h["recipient"] + (f", {h['recipient_role']}" if h["recipient_role"] else ""),
             h["intended_use"], h["women"], h["men"], h["girls"], h["boys"]) for h in content["handovers"]]
    return _part("Handover and intended use", _table(
        "Handover, with the community's representatives by sex", ("date", "to", "intended use", "women", "men", "girls",
                                                                   "boys"),
        ("auto", "1fr", "1fr", "auto", "auto", "auto", "auto"), rows, (3, 4, 5, 6)),
        said=[] if rows else ["No handover is on record."])


def _residual(content: dict[str, Any]) -> dict[str, Any]:
    left = content["residual"]
    return _part("What may be left: how the figure came about", _table(
        "What reduced it", ("step", "expected items after it", "found", "leaves of them"),
        ("1fr", "auto", "auto", "auto"), account_rows(left["account"]), (1, 2, 3)),
        said=["Model assumptions:"], points=[
            *left["assumptions"], *(f"Not covered: {s}" for s in left["not_searched"]),
            f"Computed {left['computed_at'][:10]}, cells of {left['cell_m']:g} m, seed {left['seed']}, journal event "
            f"{left['journal_seq']:,}."])


def _document(dossier: dict[str, Any]) -> dict[str, Any]:
    content = dossier["content"]
    area, last = content["area"], dossier["signatures"][-1]
    held = dict(tuple(pair) for pair in area["held_cm2"])
    name = area["local_id"] or area["id"]
    depth = min((p["depth_cm"] for p in content["parts"] if p["depth_cm"] is not None), default=None)
    head = [("Area", f"{name}{', ' + area['name'] if area['name'] else ''}"), ("Record", area["id"]),
            ("Contamination", _WORDS.get(area["contamination"], area["contamination"])),
            ("Released", f"{_m2(sum(held.get(w, 0) for w in ('cancelled', 'reduced', 'cleared')))} m²"
             + (f", of them {_m2(held.get('cleared', 0))} m² cleared to {depth:g} cm" if depth is not None else "")),
            ("Decided", f"{last['signed_at'][:10]} by {last['name']}, {last['organisation'] or 'authority'}"),
            ("Rules", f"{content['rules']['name']} {content['rules']['edition']}"
             + (f", {len(content['rules']['overrides'])} national values" if content["rules"]["overrides"] else ""))]
    criteria = _table("Criteria", ("criterion", "met because", "clause"), ("auto", "1fr", "0.6fr"),
                      [(c["id"], c["reason"], c["clause"]) for c in content["criteria"]])
    signatures = [{"role": s["role"], "name": s["name"], "organisation": s["organisation"], "at": s["signed_at"],
                   "meaning": s["meaning"], "key": fingerprint(s["public_key"])} for s in dossier["signatures"]]
    return {
        "title": f"Release certificate: {name}", "notice": NOTICE, "head": head,
        "statement": content["residual"]["statement"], "signatures": signatures, "check": _CHECK,
        "digest": " ".join(dossier["content_sha256"][k : k + 8] for k in range(0, 64, 8)),
        "footer": f"{name} · dossier {content['dossier_id']} · Safeground {content['software']['version']}",
        "map_alt": f"Map of area {name}: outline, {sum(len(r['points']) for r in content['turning_points'])} turning "
                   f"points, {len(content['parts'])} parts by release method. The tables hold all positions.",
        "parts": [_part("Map", drawn=True), _ground(content), _not_cleared(content), _places(content), _finds(content),
                  _quality(content), _handover(content), _residual(content),
                  _part("Criteria of release", criteria)]}


def qr_svg(text: str) -> str:
    """Return a text as a square code in SVG (ISO/IEC 18004), a quarter of it may be damaged."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", scale=4, border=4, xmldecl=False)
    return out.getvalue().decode()


def certificate_pdf(dossier: dict[str, Any], data: bytes) -> bytes:
    """Return the certificate of a signed dossier as PDF/A-3a and PDF/UA-1, the dossier file attached.

    Parameters
    ----------
    dossier : fields of the signed dossier.  data : its file's bytes, attached as they are.

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-RELEASE-009``).

    Notes
    -----
    Same dossier, same bytes on one machine: all text is data, and the time is that of the last signature.  Where a
    letter has no font on the machine both claims are left out.
    """
    at = datetime.fromisoformat(dossier["signatures"][-1]["signed_at"])
    reason = ""
    with tempfile.TemporaryDirectory(prefix="safeground-") as name:
        folder = Path(name)
        source = files("safeground.release").joinpath("certificate.typ").read_text("utf-8")
        for file, text in (("certificate.typ", source),
                           ("data.json", json.dumps(_plain(_document(dossier)), ensure_ascii=False)),
                           ("map.svg", map_svg(dossier["content"])),
                           ("code.svg", qr_svg(f"safeground dossier sha256:{dossier['content_sha256']}"))):
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "dossier.json").write_bytes(data)
        typeset: Any = typst.compile  # its stub knows only some of the standards that it takes
        for own_fonts, standards in _ATTEMPTS:
            fonts = typst.Fonts(include_system_fonts=not own_fonts, include_embedded_fonts=True)
            try:
                return bytes(typeset(str(folder / "certificate.typ"), format="pdf", root=name, font_paths=fonts,
                                     timestamp=int(at.timestamp()), pdf_standards=list(standards)))
            except typst.TypstError as error:
                reason = str(error)
    raise SurroundingsError("SG-RELEASE-009", dossier["content"]["dossier_id"], f"cannot be typeset: {reason[:300]}.",
                            "Report this; nothing was released.")
