"""Ed25519 without a library: the vectors of RFC 8032, agreement with ``cryptography``, and what it must refuse."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from safeground.foundation.errors import RefusedError, RequestError
from safeground.release.signing import new_key_file, open_key, public_hex, require_own, sign, verified
from safeground.release.verify_dossier import L, P, ed25519_verified, fingerprint, usable_key

#: RFC 8032, 7.1: secret key, public key, message, signature.
VECTORS = [
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
     "655141438e7a100b"),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
     "b00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
     "c027beceea1ec40a"),
]
#: The points of small order, compressed: a key among them would accept anybody's signature.
SMALL = ["0100000000000000000000000000000000000000000000000000000000000000",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
         "0000000000000000000000000000000000000000000000000000000000000000",
         "0000000000000000000000000000000000000000000000000000000000000080",
         "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
         "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"]


def by_library(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032_hold_in_both_ways(secret: str, public: str, message: str, signature: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert public_hex(key) == public
    assert sign(key, bytes.fromhex(message)) == signature
    assert ed25519_verified(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))
    assert verified(public, bytes.fromhex(message), signature)


def test_both_ways_agree_on_good_and_on_changed_signatures() -> None:
    chance = random.Random(8032)
    for number in range(60):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = bytes.fromhex(public_hex(key)), chance.randbytes(number)
        signature = key.sign(message)
        assert ed25519_verified(public, message, signature)
        for target in range(3):
            parts = [bytearray(public), bytearray(message or b"x"), bytearray(signature)]
            at = chance.randrange(len(parts[target]) * 8)
            parts[target][at // 8] ^= 1 << at % 8
            given = tuple(bytes(p) for p in parts)
            assert ed25519_verified(*given) == by_library(*given) is False  # type: ignore[arg-type]


def test_a_signature_shifted_by_the_group_order_is_refused() -> None:
    _, public, message, signature = VECTORS[1]
    raw = bytes.fromhex(signature)
    shifted = raw[:32] + (int.from_bytes(raw[32:], "little") + L).to_bytes(32, "little")
    assert not ed25519_verified(bytes.fromhex(public), bytes.fromhex(message), shifted)


@pytest.mark.parametrize("key", SMALL)
def test_a_key_of_small_order_signs_nothing(key: str) -> None:
    assert not usable_key(key)
    assert not ed25519_verified(bytes.fromhex(key), b"anything", bytes.fromhex(SMALL[0]) + bytes(32))
    assert not verified(key, b"anything", SMALL[0] + "00" * 32)


@pytest.mark.parametrize("key", ["", "00", "zz" * 32, "AB" * 32, (P + 1).to_bytes(32, "little").hex(),
                                 "02" + "00" * 31])
def test_what_is_no_point_in_its_one_form_is_no_key(key: str) -> None:
    assert not usable_key(key)


def test_a_key_file_opens_with_its_passphrase_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "one.pem"
    public = new_key_file(file, "a long passphrase 1")
    assert file.stat().st_mode & 0o077 == 0
    assert b"ENCRYPTED" in file.read_bytes()
    assert public_hex(open_key(file, "a long passphrase 1")) == public
    with pytest.raises(RequestError, match="passphrase"):
        open_key(file, "a long passphrase 2")
    with pytest.raises(RequestError, match="never overwritten"):
        new_key_file(file, "a long passphrase 1")
    with pytest.raises(RequestError, match="13 characters"):
        new_key_file(tmp_path / "two.pem", "1234567890123")
    assert not (tmp_path / "two.pem").exists()
    file.write_bytes(b"no key")
    with pytest.raises(RequestError, match="no private key"):
        open_key(file, "a long passphrase 1")


def test_another_key_than_the_one_on_record_is_refused() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    require_own(key, public_hex(key), "One")
    with pytest.raises(RefusedError, match="SG-RELEASE-004"):
        require_own(key, VECTORS[0][1], "One")


def test_fingerprints_are_read_in_groups() -> None:
    assert fingerprint(VECTORS[0][1]).count(" ") == 7
    assert len({fingerprint(v[1]) for v in VECTORS}) == 3
