"""The rule pack of a project: the nation's standard with its override, read once."""

from __future__ import annotations

from functools import lru_cache

from safeground.records.standard import NationalStandard, standard_from_toml
from safeground.store.project import Reader


@lru_cache(maxsize=8)
def _standard_of(base: str, override: str) -> NationalStandard:
    """Return the rule pack of two texts; the same texts are read once, because every operation asks."""
    return standard_from_toml(base, override)


def project_standard(reader: Reader) -> NationalStandard:
    """Return the project's rule pack with its national override."""
    return _standard_of(reader.setting("standard_toml"), reader.setting("standard_override_toml", "") or "")
