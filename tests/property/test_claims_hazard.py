"""Ten thousand random claim ledgers: no press or model input lowers a hazard, moves area, or changes a release."""

from __future__ import annotations

import numpy as np
from shapely import box

from safeground.claims.leads import records_requests, survey_leads
from safeground.evidence.grade import grade_area
from safeground.operations.context import standard_text
from safeground.records.claims import Certainty, Claim, ClaimStatus, ClaimType, Modality, PlaceLevel, PlaceRef, Span
from safeground.records.nouns import Evidence
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import AreaType, EvidenceKind, EvidenceSign

STANDARD = standard_from_toml(standard_text("imas"))
REGION = PlaceRef(name="Northern region", level=PlaceLevel.ADMIN_1, boundary=box(0, 0, 1, 1).wkt)
LEDGERS = 10_000


def _claim(rng: np.random.Generator, key: int) -> Claim:
    def pick(kind):
        return list(kind)[rng.integers(len(kind))]

    return Claim(id=str(key), span=Span(0, 1), quote="x", type=pick(ClaimType), chain=(), certainty=pick(Certainty),
                 status=pick(ClaimStatus), modality=pick(Modality), place=REGION if rng.random() < 0.8 else None,
                 proposed_by=("rules", "model:m", "person:p")[rng.integers(3)])


def _grade(area: AreaType, evidence: list[Evidence]) -> float:
    return grade_area(area, evidence, (), STANDARD.hazard, STANDARD.programme).probability


def test_no_random_ledger_of_claims_lowers_a_hazard():
    rng = np.random.default_rng(20260)
    kinds = [k for k in EvidenceKind if k is not EvidenceKind.PRESS_REPORT]
    for number in range(LEDGERS):
        claims = [_claim(rng, k) for k in range(int(rng.integers(0, 9)))]
        leads = survey_leads(claims, {REGION.name: float(rng.random())}, STANDARD.claims.prior,
                             STANDARD.claims.lead_log_odds_max)
        assert all(0 <= lead.strength <= STANDARD.claims.lead_log_odds_max for lead in leads)
        assert all(not hasattr(asked, "strength") for asked in records_requests(claims))
        area = list(AreaType)[rng.integers(3)]
        ground = [Evidence(id=f"g{k}", kind=kinds[rng.integers(len(kinds))], sign=list(EvidenceSign)[rng.integers(2)])
                  for k in range(int(rng.integers(0, 4)))]
        press = [Evidence(id=f"p{k}", kind=EvidenceKind.PRESS_REPORT, sign=list(EvidenceSign)[rng.integers(2)])
                 for k in range(int(rng.integers(1, 4)))]
        assert _grade(area, [*ground, *press]) >= _grade(area, ground), number


def test_the_room_of_claims_knows_no_land_entry():
    from pathlib import Path

    import safeground.claims

    for module in Path(safeground.claims.__file__).parent.glob("*.py"):
        source = module.read_text(encoding="utf-8")
        assert "records.land" not in source, module.name
        assert "LandEntry" not in source, module.name
