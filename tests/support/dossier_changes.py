"""Somebody who changes a signed dossier: one bit, one field, one field with the hash made to fit, signatures moved."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from safeground.foundation.canonical import canonical_json
from safeground.release.signing import verified
from safeground.release.verify_dossier import faults_of

WAYS = ("bit", "byte", "cut", "field", "rehashed", "drop", "add", "swap", "format")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value where something that is no list and no object stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


def _set(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = change(value[path[-1]])


def _other(chance: random.Random) -> Callable[[Any], Any]:
    def change(old: Any) -> Any:
        if isinstance(old, bool):
            return not old
        if old is None:
            return chance.choice([0, "x", False])
        if isinstance(old, int):
            return old + chance.choice([-1, 1, 10_000])
        if isinstance(old, float):
            return old + chance.choice([1e-9, -0.5, 1.0]) if chance.random() < 0.9 else old * 1.0000001 + 1e-12
        at = chance.randrange(len(old) + 1)
        return old[:at] + chance.choice("abc0 é") + old[at + chance.randrange(2):]
    return change


def changed(data: bytes, chance: random.Random, places: list[tuple[Any, ...]]) -> tuple[str, bytes]:
    """Return how the bytes of a dossier were changed, and the changed bytes."""
    way = chance.choice(WAYS)
    if way in ("bit", "byte", "cut"):
        raw = bytearray(data)
        at = chance.randrange(len(raw))
        if way == "bit":
            raw[at] ^= 1 << chance.randrange(8)
        elif way == "byte":
            raw[at:at] = chance.randbytes(1)
        else:
            del raw[at : at + chance.randrange(1, 4)]
        return f"{way} at {at}", bytes(raw)
    if way == "format":
        return way, chance.choice([data + b"\n", b" " + data, json.dumps(json.loads(data)).encode(),
                                   data.replace(b'"schema":', b'"schema" :', 1), b"\xef\xbb\xbf" + data])
    value = json.loads(data)
    path = chance.choice(places)
    if way in ("field", "rehashed"):
        _set(value, path, _other(chance))
    elif way == "drop":
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
    elif way == "add":
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(holder, dict):
            holder["extra"] = 1
        else:
            holder.append(holder[0])
    else:
        a, b = chance.sample(range(3), 2)
        marks = value["signatures"]
        field = chance.choice(["signature", "public_key", "name", "person_id", "signed_at", "role", "meaning"])
        marks[a][field], marks[b][field] = marks[b][field], marks[a][field]
    if way in ("rehashed", "drop", "add") and path[0] == "content":
        value["content_sha256"] = hashlib.sha256(canonical_json(value["content"])).hexdigest()
    return f"{way} at {path}", canonical_json(value)


def by_library(public: bytes, message: bytes, signature: bytes) -> bool:
    """Verification by ``cryptography``, for speed."""
    return verified(public.hex(), message, signature.hex())


def missed(data: bytes, times: int, seed: int) -> list[str]:
    """Change a dossier so many times and return the changes that nobody noticed."""
    chance, found = random.Random(seed), []
    places = list(leaves(json.loads(data)))
    for _ in range(times):
        how, other = changed(data, chance, places)
        if other != data and not faults_of(other, by_library):
            found.append(how)
    return found
