"""Check a release dossier anywhere, offline: one file, Python 3.11 or newer, nothing else installed.

    python verify_dossier.py AREA.dossier.json [--keys FINGERPRINTS.txt]

FINGERPRINTS.txt is the authority's own list, one key fingerprint a line; without it the keys are printed for comparison
by eye.  Exit code 0: everything holds; 1: something does not; 2: the file cannot be read.  What holds says that the
file is as three people signed it and that its own figures agree; it does not say that the records were true.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

MAX_BYTES = 64 * 1024 * 1024
ROLES = ("author", "verifier", "signatory")
CRITERIA = ("coverage", "depth", "inspections", "actions", "surveys", "documents", "markers", "closure", "handover",
            "residual", "position")
RELEASED = ("cancelled", "reduced", "cleared")

# ---------------------------------------------------------------- Ed25519 (RFC 8032), verification alone
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    """Add two points in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % P, k * m % P, j * k % P, i * m % P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


def _compressed(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _point(data: bytes) -> Point | None:
    """Return the point that 32 bytes stand for; None where they stand for none."""
    if len(data) != 32:
        return None
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


_Y = 4 * pow(5, P - 2, P) % P
BASE: Point = _point(_Y.to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519_verified(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature holds: s < L, R = [s]B − [h]A bit for bit, and A of no small order."""
    key = _point(public)
    if key is None or len(signature) != 64 or _compressed(_times(8, key)) == _compressed((0, 1, 1, 0)):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    negative: Point = (P - key[0], key[1], 1, P - key[3])
    return _compressed(_add(_times(s, BASE), _times(h, negative))) == signature[:32]


@lru_cache(maxsize=1024)
def usable_key(text: str) -> bool:
    """Return whether 64 small hexadecimal digits are a public key that can sign: on the curve, of no small order."""
    if len(text) != 64 or any(c not in "0123456789abcdef" for c in text):
        return False
    key = _point(bytes.fromhex(text))
    return key is not None and _compressed(_times(8, key)) != _compressed((0, 1, 1, 0))


def fingerprint(public: str) -> str:
    """Return a key's fingerprint as people compare it: the first 16 bytes of its SHA-256, in groups of four."""
    try:
        digits = hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]
    except ValueError:
        return "no key"
    return " ".join(digits[k : k + 4] for k in range(0, 32, 4))


# ---------------------------------------------------------------- form
def canonical(value: Any) -> bytes:
    """Return the one form in which a value is hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


T, N, W, B = "text", "number", "whole number", "yes or no"
RING = [[N, N]]
SIGNATURE = {"person_id": T, "name": T, "organisation": T, "role": T, "meaning": T, "signed_at": T, "public_key": T,
             "signature": T}
POINT = {"name": T, "longitude": N, "latitude": N, "bearing_deg": N, "distance_m": N, "marker_id": T,
         "offset_m": (N,)}
STEP = {"step": T, "kind": T, "expected_items": N, "found": N, "log_survival": N}
RESIDUAL = {
    "expected_items": N, "p_any": N, "interval": [W], "p_any_interval": [N], "searched_p_any": N,
    "level": N, "presence": N,
    "searched_items": N, "borrowed_items": N, "area_m2": N, "searched_m2": N, "unknown_m2": N, "account": [STEP],
    "outline_sha256": T, "newer": [T], "journal_seq": W, "computed_at": T, "seed": W, "cell_m": N,
    "effective_samples": N, "input_hashes": [T], "statement": [T], "assumptions": [T], "not_searched": [T]}
CONTENT = {
    "schema": T, "dossier_id": T, "decision": T, "project": T, "prepared_at": T, "day": T,
    "software": {"name": T, "version": T}, "journal": {"seq": W, "hash": T},
    "rules": {"name": T, "edition": T, "overrides": [T], "overrides_sha256": T, "pack_sha256": T,
              "residual_p_any_max": (N,), "residual_scope": T, "coverage_min": N, "interval_level": N,
              "marker_spacing_m": N, "closure_error_m_max": N, "handover_needed": B, "four_eyes_clause": T},
    "area": {"id": T, "version": W, "local_id": T, "name": T, "area_type": T, "contamination": T, "admin_unit": T,
             "position_method": T, "position_accuracy_m": (N,), "opening_cm2": W, "held_cm2": [[T, W]],
             "pending_cm2": W, "required_depth_cm": (N,), "outline_sha256": T},
    "outline": [[RING]],
    "turning_points": [{"points": [POINT], "closure_m": N}],
    "markers": [{"id": T, "point_type": T, "sequence": W, "longitude": N, "latitude": N, "buried_metal": B,
                 "emplaced_date": (T,), "position_accuracy_m": (N,)}],
    "parts": [{"id": T, "entry_id": T, "posted_by": T, "release_method": T, "area_cm2": W, "depth_cm": (N,),
               "team_id": T, "asset": T, "method": T, "work_date": (T,), "record_ids": [T], "outline": [[RING]]}],
    "entries": [{"id": T, "kind": T, "state": T, "effective_date": T, "decides": T, "reverses": T,
                 "evidence_ids": [T], "postings": [{"area_id": T, "status": T, "amount_cm2": W}]}],
    "shared": [{"area_id": T, "area_cm2": W, "hazardous_cm2": W}],
    "lots": [{"id": T, "state": T, "area_cm2": W, "part_ids": [T], "entry_ids": [T], "plan_version": T,
              "seed_sha256": T, "team_ids": [T]}],
    "draws": [{"id": T, "lot_id": T, "seed": T, "drawn_at": T, "unit_m": N, "unit_count": W, "sample_count": W,
               "acceptance_number": W, "quality": N, "confidence": N, "detection": N, "plan_version": T,
               "risk_aware": B, "recorded": W}],
    "inspections": [{"id": T, "kind": T, "visit_date": T, "lot_id": T, "draw_id": T, "passed": (B,),
                     "units_checked": W, "units_failed": W, "inspector": T, "inspecting_organisation": T,
                     "recorded": W}],
    "cases": [{"id": T, "severity": T, "description": T, "opened_date": (T,), "due_date": (T,), "closed_date": (T,),
               "owner": T, "verified_by": T, "verified_date": (T,), "lot_ids": [T]}],
    "surveys": [{"id": T, "survey_type": T, "survey_date": T, "outcome": (T,), "area_cm2": W, "criteria": [T],
                 "author": T, "approver": T}],
    "documents": [{"id": T, "kind": T, "reference": T, "dated": T, "signed_as": T, "signatory": T, "sha256": T}],
    "handovers": [{"id": T, "handover_date": T, "recipient": T, "recipient_role": T, "intended_use": T, "men": W,
                   "women": W, "boys": W, "girls": W}],
    "items": [{"id": T, "category": T, "model": T, "quantity": W, "disposition": T, "found_date": (T,)}],
    "accidents": [{"id": T, "accident_date": (T,), "accident_class": T, "category": T, "killed_count": W,
                   "injured_count": W}],
    "residual": RESIDUAL,
    "criteria": [{"id": T, "met": B, "reason": T, "clause": T, "source": [T]}]}
DOSSIER = {"schema": T, "content": CONTENT, "content_sha256": T, "signatures": [SIGNATURE]}
_KINDS: dict[str, tuple[type, ...]] = {T: (str,), N: (int, float), W: (int,), B: (bool,)}


class Fault(Exception):
    """What does not hold, with its place in the dossier."""


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise Fault(what)


def _form(value: Any, form: Any, path: str) -> None:
    """Refuse what has another shape than the dossier's: unknown fields, missing fields, other types."""
    if isinstance(form, str):
        _require(type(value) in _KINDS[form], f"{path} is no {form}")
        _require(not isinstance(value, float) or math.isfinite(value), f"{path} is not finite")
    elif isinstance(form, tuple):
        if value is not None:
            _form(value, form[0], path)
    elif isinstance(form, dict):
        _require(isinstance(value, dict) and set(value) == set(form), f"{path} has other fields than a dossier has")
        for key, inner in form.items():
            _form(value[key], inner, f"{path}.{key}")
    elif len(form) == 1:
        _require(isinstance(value, list), f"{path} is no list")
        for index, item in enumerate(value):
            _form(item, form[0], f"{path}[{index}]")
    else:
        _require(isinstance(value, list) and len(value) == len(form), f"{path} has another length")
        for index, (item, inner) in enumerate(zip(value, form, strict=True)):
            _form(item, inner, f"{path}[{index}]")


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    _require(len(found) == len(pairs), "a field stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise Fault(f"{word} is no number")


def read_dossier(data: bytes) -> dict[str, Any]:
    """Return a dossier's fields from its bytes, in the one form that they may have.

    Raises
    ------
    Fault : not UTF-8 JSON, a field twice, unknown or missing fields, or bytes that are not the canonical ones.
    """
    _require(len(data) <= MAX_BYTES, "the file is larger than any dossier")
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_single, parse_constant=_no_constant)
        again = canonical(value)
    except (UnicodeError, ValueError, RecursionError) as error:
        raise Fault(f"the file is no JSON text in UTF-8: {error}") from error
    _require(again == data, "the bytes are not the canonical form of what they say")
    _form(value, DOSSIER, "dossier")
    return dict(value)


# ---------------------------------------------------------------- signatures
def signed_bytes(content_sha256: str, dossier_id: str, signature: dict[str, Any], before: list[str]) -> bytes:
    """Return the bytes that one person signs: who, as what, when, over which content and which earlier signatures."""
    fields = {name: signature[name] for name in SIGNATURE if name != "signature"}
    return canonical({"schema": "safeground/signature/1", "content_sha256": content_sha256, "dossier_id": dossier_id,
                      "previous": before, **fields})


def _moment(text: str, path: str) -> datetime:
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError as error:
        raise Fault(f"{path} is no UTC time") from error
    _require(found.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == text, f"{path} is no UTC time in full")
    return found


Verifier = Callable[[bytes, bytes, bytes], bool]


def check_signatures(dossier: dict[str, Any], verify: Verifier = ed25519_verified, *, complete: bool = True) -> None:
    """Refuse signatures that do not hold, that stand in another order, or that are not three people's.

    Parameters
    ----------
    complete : whether all three must be there; otherwise the first ones.
    """
    content, signatures = dossier["content"], dossier["signatures"]
    _require(hashlib.sha256(canonical(content)).hexdigest() == dossier["content_sha256"],
             "the content's SHA-256 is not the one stated")
    roles = tuple(s["role"] for s in signatures)
    _require(roles == ROLES if complete else roles == ROLES[: len(roles)], f"the signatures are of {', '.join(roles)}")
    for name in ("person_id", "public_key"):
        _require(len({s[name] for s in signatures}) == len(signatures), f"two signatures have one {name}")
    names = {tuple(s["name"].casefold().split()) for s in signatures}
    _require(len(names) == len(signatures) and () not in names, "two signatures have one name, or one has none")
    before: list[str] = []
    last = _moment(content["prepared_at"], "content.prepared_at")
    for index, signature in enumerate(signatures):
        path = f"signatures[{index}]"
        at = _moment(signature["signed_at"], f"{path}.signed_at")
        _require(at >= last, f"{path} is older than what it signs")
        _require(usable_key(signature["public_key"]), f"{path}.public_key cannot sign")
        _require(len(signature["signature"]) == 128 and signature["signature"].strip("0123456789abcdef") == "",
                 f"{path}.signature is not 64 bytes in hexadecimal")
        message = signed_bytes(dossier["content_sha256"], content["dossier_id"], signature, before)
        _require(verify(bytes.fromhex(signature["public_key"]), message, bytes.fromhex(signature["signature"])),
                 f"signature of the {signature['role']} no longer matches")
        last = at
        before.append(signature["signature"])


# ---------------------------------------------------------------- figures
A_M, F = 6378137.0, 1 / 298.257223563


def _walked(lon: float, lat: float, bearing: float, metres: float) -> tuple[float, float]:
    """Return where a bearing and a distance lead on WGS 84 (Vincenty's direct formula), degrees."""
    b, alpha = A_M * (1 - F), math.radians(bearing)
    tan_u = (1 - F) * math.tan(math.radians(lat))
    cos_u = 1 / math.hypot(1, tan_u)
    sin_u = tan_u * cos_u
    sigma_1, sin_alpha = math.atan2(tan_u, math.cos(alpha)), cos_u * math.sin(alpha)
    cos_2 = 1 - sin_alpha**2
    u2 = cos_2 * (A_M**2 - b**2) / b**2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    c = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    sigma = metres / (b * a)
    for _ in range(20):
        m = math.cos(2 * sigma_1 + sigma)
        more = c * math.sin(sigma) * (m + c / 4 * (math.cos(sigma) * (2 * m * m - 1) - c / 6 * m
                                                   * (4 * math.sin(sigma)**2 - 3) * (4 * m * m - 3)))
        sigma = metres / (b * a) + more
    m = math.cos(2 * sigma_1 + sigma)
    x = sin_u * math.sin(sigma) - cos_u * math.cos(sigma) * math.cos(alpha)
    y = sin_u * math.cos(sigma) + cos_u * math.sin(sigma) * math.cos(alpha)
    lat_2 = math.atan2(y, (1 - F) * math.hypot(sin_alpha, x))
    turn = math.atan2(math.sin(sigma) * math.sin(alpha), cos_u * math.cos(sigma) - sin_u * math.sin(sigma)
                      * math.cos(alpha))
    k = F / 16 * cos_2 * (4 + F * (4 - 3 * cos_2))
    turn -= (1 - k) * F * sin_alpha * (sigma + k * math.sin(sigma) * (m + k * math.cos(sigma) * (2 * m * m - 1)))
    return lon + math.degrees(turn), math.degrees(lat_2)


def _apart(lon_1: float, lat_1: float, lon_2: float, lat_2: float) -> float:
    """Return the distance of two near points on WGS 84, m, by the radii of curvature at their middle latitude."""
    lat = math.radians((lat_1 + lat_2) / 2)
    e2 = F * (2 - F)
    w = 1 - e2 * math.sin(lat)**2
    east = math.radians((lon_2 - lon_1 + 180) % 360 - 180) * A_M / math.sqrt(w) * math.cos(lat)
    return math.hypot(east, math.radians(lat_2 - lat_1) * A_M * (1 - e2) / w**1.5)


def _corners(content: dict[str, Any]) -> set[tuple[float, float]]:
    return {(round(x, 8), round(y, 8)) for part in content["outline"] for ring in part for x, y in ring}


def check_turning_points(content: dict[str, Any]) -> None:
    """Walk the printed table: each leg leads to the next point, the ring closes, its points are the outline's."""
    limit = content["rules"]["closure_error_m_max"]
    listed = set()
    for number, ring in enumerate(content["turning_points"]):
        points, path = ring["points"], f"turning_points[{number}]"
        _require(len(points) >= 3, f"{path} has fewer than three points")
        lon, lat = points[0]["longitude"], points[0]["latitude"]
        for k, point in enumerate(points):
            listed.add((round(point["longitude"], 8), round(point["latitude"], 8)))
            lon, lat = _walked(lon, lat, point["bearing_deg"], point["distance_m"])
            after = points[(k + 1) % len(points)]
            leg = _walked(point["longitude"], point["latitude"], point["bearing_deg"], point["distance_m"])
            allowed = 0.02 + 2e-5 * point["distance_m"]
            _require(_apart(*leg, after["longitude"], after["latitude"]) <= allowed,
                     f"{path}: the leg from {point['name']} does not lead to {after['name']}")
        gap = _apart(lon, lat, points[0]["longitude"], points[0]["latitude"])
        _require(abs(gap - ring["closure_m"]) <= 0.01, f"{path}: closure error is {gap:.3f} m, not as stated")
        _require(gap <= limit, f"{path}: closure error {gap:.3f} m is above {limit:g} m")
    _require(listed == _corners(content), "the turning points are not the outline's corners")


def check_areas(content: dict[str, Any]) -> None:
    """Add up: entries sum to zero and to the accounts, parts to what was released, accounts to the opening."""
    area, ground = content["area"], dict(tuple(pair) for pair in content["area"]["held_cm2"])
    booked: dict[str, int] = {}
    for entry in content["entries"]:
        _require(sum(p["amount_cm2"] for p in entry["postings"]) == 0, f"entry {entry['id']} does not sum to 0")
        for posting in entry["postings"]:
            if entry["state"] == "posted" and posting["area_id"] == area["id"]:
                booked[posting["status"]] = booked.get(posting["status"], 0) + posting["amount_cm2"]
    opening = -booked.pop("outside", 0)
    _require(opening == area["opening_cm2"] == sum(ground.values()), "the accounts do not sum to the opening")
    _require({k: v for k, v in booked.items() if v} == {k: v for k, v in ground.items() if v},
             "the entries do not lead to the accounts")
    _require(area["pending_cm2"] == 0, "area is pending")
    posted = {e["id"]: e for e in content["entries"] if e["state"] == "posted"}
    moved: dict[str, int] = {}
    for part in content["parts"]:
        entry = posted.get(part["posted_by"])
        _require(entry is not None, f"part {part['id']} rests on no posted entry")
        gained = sum(p["amount_cm2"] for p in (entry or {"postings": []})["postings"]
                     if p["status"] == part["release_method"] and p["area_id"] == area["id"])
        _require(gained == part["area_cm2"], f"part {part['id']} is not the area that its entry moves")
        moved[part["release_method"]] = moved.get(part["release_method"], 0) + part["area_cm2"]
    _require({k: v for k, v in moved.items() if v} == {k: ground[k] for k in RELEASED if ground.get(k)},
             "the parts do not sum to what was released")
    _require(len({e["id"] for e in content["entries"]}) == len(content["entries"]), "an entry stands twice")


def check_decision(content: dict[str, Any]) -> None:
    """Every criterion is there and met, seeds are those that were sealed, draws came before visits."""
    _require(content["schema"] == "safeground/dossier/1" and content["decision"] == "release", "this is no release")
    _require(tuple(c["id"] for c in content["criteria"]) == CRITERIA, "criteria are missing, added or out of order")
    unmet = [c["id"] for c in content["criteria"] if not c["met"]]
    _require(not unmet, f"criteria not met: {', '.join(unmet)}")
    limit, left = content["rules"]["residual_p_any_max"], content["residual"]
    stated = left["searched_p_any" if content["rules"]["residual_scope"] == "searched" else "p_any"]
    _require(limit is not None and 0 <= stated <= limit, "the residual probability is above the limit")
    _require(not left["newer"] and left["outline_sha256"] == content["area"]["outline_sha256"],
             "the residual is older than the facts")
    lots = {lot["id"]: lot for lot in content["lots"]}
    inspected = {part for lot in lots.values() if lot["state"] == "accepted" for part in lot["part_ids"]}
    for part in content["parts"]:
        if part["release_method"] == "cleared":
            _require(part["id"] in inspected, f"part {part['id']} lies in no accepted lot")
            needed = content["area"]["required_depth_cm"]
            _require(needed is not None and (part["depth_cm"] or 0) >= needed, f"part {part['id']} is too shallow")
    draws = {d["id"]: d for d in content["draws"]}
    for draw in draws.values():
        lot = lots.get(draw["lot_id"])
        if lot is not None and not draw["risk_aware"]:
            _require(hashlib.sha256(draw["seed"].encode()).hexdigest() == lot["seed_sha256"],
                     f"the seed of draw {draw['id']} is not the one sealed with its lot")
    for visit in content["inspections"]:
        draw = draws.get(visit["draw_id"])
        _require(draw is None or draw["recorded"] < visit["recorded"], f"visit {visit['id']} is older than its draw")


def check_dossier(data: bytes, verify: Verifier = ed25519_verified) -> dict[str, Any]:
    """Return a dossier whose form, hash, signatures and figures all hold.

    Raises
    ------
    Fault : the first thing that does not.
    """
    dossier = read_dossier(data)
    _require(dossier["schema"] == "safeground/signed-dossier/1", "this is no signed dossier")
    check_signatures(dossier, verify)
    try:
        for check in (check_decision, check_areas, check_turning_points):
            check(dossier["content"])
    except (ArithmeticError, ValueError) as error:
        raise Fault(f"the figures make no sense: {error}") from error
    return dossier


def faults_of(data: bytes, verify: Verifier = ed25519_verified) -> tuple[str, ...]:
    """Return what does not hold in a dossier's bytes; nothing where everything holds."""
    try:
        check_dossier(data, verify)
    except Fault as fault:
        return (str(fault),)
    return ()


def _read_keys(path: str) -> set[str]:
    with open(path, encoding="utf-8") as file:
        lines = [line.split("#")[0] for line in file]
    return {"".join(line.split()).casefold() for line in lines if line.strip()}


def main(words: list[str]) -> int:
    """Check one file and say what was found."""
    if not words or len(words) not in (1, 3) or (len(words) == 3 and words[1] != "--keys"):
        sys.stderr.write("usage: python verify_dossier.py FILE.dossier.json [--keys FINGERPRINTS.txt]\n")
        return 2
    try:
        with open(words[0], "rb") as file:
            data = file.read(MAX_BYTES + 1)
        known = _read_keys(words[2]) if len(words) == 3 else None
    except (OSError, UnicodeError) as error:
        sys.stderr.write(f"cannot read: {error}\n")
        return 2
    try:
        dossier = check_dossier(data)
    except Fault as fault:
        sys.stdout.write(f"DOES NOT HOLD: {fault}\n")
        return 1
    content = dossier["content"]
    sys.stdout.write(f"HOLDS: {content['area']['local_id'] or content['area']['id']}, {content['area']['name']}\n"
                     f"content SHA-256 {dossier['content_sha256']}\n"
                     f"P(anything left) as stated: {content['residual']['p_any']:.3g}\n")
    strangers = 0
    for signature in dossier["signatures"]:
        mark = fingerprint(signature["public_key"])
        listed = known is None or mark.replace(" ", "") in known
        strangers += not listed
        sys.stdout.write(f"{signature['role']:<10}{signature['name']}, {signature['signed_at']}, key {mark}"
                         f"{'' if known is None else ' (on the list)' if listed else ' NOT ON THE LIST'}\n")
    if known is None:
        sys.stdout.write("Compare the key fingerprints with the authority's own list, or give it with --keys.\n")
    return 1 if strangers else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
