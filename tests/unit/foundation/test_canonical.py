"""The one serialisation that is hashed."""

from __future__ import annotations

import hashlib

import pytest

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.errors import RequestError


def test_keys_are_sorted_and_nothing_is_padded() -> None:
    assert canonical_json({"b": [1, 2.5, None, True], "a": {"d": "x", "c": ""}}) == (
        b'{"a":{"c":"","d":"x"},"b":[1,2.5,null,true]}')


def test_the_order_of_insertion_does_not_matter() -> None:
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


def test_other_scripts_are_written_as_they_are() -> None:
    assert canonical_json("Поле «Схід» 地区") == '"Поле «Схід» 地区"'.encode()


@pytest.mark.parametrize(("value", "place"), [
    (float("nan"), "$"), ({"a": [0, float("inf")]}, "$.a[1]"), ({"a": {1: 2}}, "$.a"),
    ([(1, float("-inf"))], "$[0][1]")])
def test_what_json_cannot_hold_is_refused_with_its_place(value: object, place: str) -> None:
    with pytest.raises(RequestError, match="SG-CORE-004") as caught:
        canonical_json(value)
    assert caught.value.subject == place


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", "\ud800"])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(RequestError, match="SG-CORE-004"):
        canonical_json(value)


def test_the_hash_is_sha_256() -> None:
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_hex(b"") == hashlib.sha256().hexdigest()
