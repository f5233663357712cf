"""Keys and signatures: Ed25519 (RFC 8032) by ``cryptography``; private keys stay with their persons."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from safeground.foundation.errors import RefusedError, RequestError, SurroundingsError
from safeground.release.verify_dossier import fingerprint, usable_key

__all__ = ["fingerprint", "new_key_file", "open_key", "public_hex", "sign", "usable_key", "verified"]
#: A passphrase shorter than this protects nothing that is worth a signature.
PASSPHRASE_MIN = 14


def new_key_file(path: Path, passphrase: str) -> str:
    """Make a key pair, write the private key as encrypted PEM (PKCS 8), and return the public key, hexadecimal.

    Raises
    ------
    RequestError : the file exists, or the passphrase is shorter than 14 characters (``SG-RELEASE-004``).
    SurroundingsError : it cannot be written.
    """
    if len(passphrase) < PASSPHRASE_MIN:
        raise RequestError("SG-RELEASE-004", path.name, f"the passphrase has {len(passphrase)} characters.",
                           f"Give {PASSPHRASE_MIN} or more, or six dice words.")
    key = Ed25519PrivateKey.generate()
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise RequestError("SG-RELEASE-004", path.name, "exists already; a key is never overwritten.",
                           "Choose another name.") from error
    except OSError as error:
        raise SurroundingsError("SG-RELEASE-004", path.name, f"cannot be written: {error.strerror}.",
                                "Choose another folder.") from error
    return public_hex(key)


def open_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Return the private key of a PEM file.

    Raises
    ------
    RequestError : no such file, another kind of key, no encryption, or a wrong passphrase (``SG-RELEASE-004``).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RequestError("SG-RELEASE-004", path.name, "cannot be read.", "Name your key file with --key.") from error
    if b"BEGIN ENCRYPTED PRIVATE KEY" not in data:
        raise RequestError("SG-RELEASE-004", path.name, "is no private key under a passphrase.",
                           "Make one with: safeground release keys new PERSON --out FILE")
    try:
        key = load_pem_private_key(data, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise RequestError("SG-RELEASE-004", path.name, "is not opened by this passphrase, or is damaged.",
                           "Enter the passphrase again.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RequestError("SG-RELEASE-004", path.name, "is no Ed25519 key.",
                           "Make one with: safeground release keys new PERSON --out FILE")
    return key


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public key of a private key, hexadecimal."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def require_own(key: Ed25519PrivateKey, on_record: str, name: str) -> None:
    """Refuse a key that is not the one on record for the person.

    Raises
    ------
    RefusedError : it is another one (``SG-RELEASE-004``).
    """
    if public_hex(key) != on_record:
        raise RefusedError("SG-RELEASE-004", name, f"the key is {fingerprint(public_hex(key))}, the one on "
                           f"record {fingerprint(on_record)}.", "Use your own key, or register it anew.",
                           criterion="a person signs with the key on record", clause="chain of signatures")


def sign(key: Ed25519PrivateKey, message: bytes) -> str:
    """Return the signature of a message, hexadecimal."""
    return key.sign(message).hex()


def verified(public: str, message: bytes, signature: str) -> bool:
    """Return whether a signature is that of a key over a message; keys of small order never sign."""
    try:
        if not usable_key(public):
            return False
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
