"""Codes of the claims stage's operations: code -> what it means."""

from __future__ import annotations

CODES_CLAIMS: dict[str, str] = {
    "SG-OPS-140": "A file that was named cannot be opened.",
    "SG-OPS-141": "An address or model name to which no text may be sent.",
    "SG-OPS-142": "A model gave no usable answer; nothing was changed.",
}
