"""The long campaign on signed dossiers: 100,000 changes of a bit or a field, none unnoticed."""

from __future__ import annotations

import pytest

from safeground.release.dossier import dossier_bytes
from support.cases import signed
from support.dossier_changes import missed


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_no_change_of_a_hundred_thousand_goes_unnoticed() -> None:
    assert missed(dossier_bytes(signed()), 100_000, 1) == []
