"""Codes of the claims stage and of papers: code -> what it means."""

from __future__ import annotations

CODES_CLAIMS: dict[str, str] = {
    "SG-OPS-140": "A file that was named cannot be opened.",
    "SG-OPS-141": "An address or model name to which no text may be sent.",
    "SG-OPS-143": "A paper, marker or handover names no area of the project, or more than one.",
    "SG-OPS-142": "A model gave no usable answer; nothing was changed.",
}
