"""Four eyes: every person tried in every role, and no path by which one person releases land."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest

from safeground.foundation.errors import RefusedError
from safeground.records.nouns import Person
from safeground.records.release import DossierState, ReleaseDossier
from safeground.release.dossier import add_signature, new_dossier
from safeground.release.people import ORDER, require_another, require_signer
from safeground.release.verify_dossier import fingerprint
from support.cases import content, keys, person, ready, signed

DAY = date(2026, 9, 1)
BARE = new_dossier(content(), ready()[0].area.id)
OTHER = {"author": "verifier", "verifier": "signatory", "signatory": "author"}
ALL = ("author", "verifier", "signatory")


def everybody() -> list[tuple[Person, str]]:
    """One person for each set of roles, each with the key of one of the three: (person, whose key they hold)."""
    found = [(person(role), role) for role in ALL]
    found += [(person(role, id=f"all {role}", name=f"All roles {role}", roles=ALL), role) for role in ALL]
    found += [(person("author", id=f"other {word}", name=f"Other {word}", roles=(word,)), "author") for word in (
        "sysadmin", "inspector", "information manager", "planner", "auditor", "")]
    found += [(person("author", id=f"mixed {word}", name=f"Mixed {word}", roles=("sysadmin", word)), "author")
              for word in ALL]
    found += [(person("verifier", id="admin", name="Admin", roles=(*ALL, "Admin")), "verifier"),
              (person("verifier", id="left", name="Left", active_until=date(2026, 8, 31)), "verifier"),
              (person("verifier", id="keyless", name="Keyless", public_key=""), "verifier")]
    return found


def attempt(three: tuple[tuple[Person, str], ...]) -> ReleaseDossier | None:
    """The dossier that three people sign in turn; None where a rule stops one of them."""
    dossier = BARE
    for k, ((who, key), role) in enumerate(zip(three, ORDER, strict=True)):
        try:
            require_signer(who, role, DAY, [p for p, _ in three if p.id == who.id], "clause")
            require_another(who, dossier.signatures, "clause")
            dossier = add_signature(dossier, who, keys()[key], datetime(2026, 9, 1, 9 + k, tzinfo=UTC))
        except RefusedError:
            return None
    return dossier


def test_of_all_triples_of_people_only_three_with_the_role_and_a_key_of_their_own_release_land() -> None:
    people = everybody()
    tried = 0
    for three in product(people, repeat=3):
        tried += 1
        done = attempt(three)
        if done is None:
            continue
        ids, held = {p.id for p, _ in three}, {p.public_key for p, _ in three}
        assert len(ids) == len(held) == len({p.name for p, _ in three}) == 3
        for (who, _), role in zip(three, ORDER, strict=True):
            assert role.value in who.roles
            assert not {"sysadmin", "Admin"} & set(who.roles)
            assert who.name not in ("Left", "Keyless")
        assert done.state is DossierState.SIGNED
    assert tried == len(people) ** 3
    assert attempt(tuple((person(role), role) for role in ALL)) is not None


@pytest.mark.parametrize("role", ALL)
def test_a_signature_with_somebody_elses_key_does_not_hold(role: str) -> None:
    dossier = signed(count=ALL.index(role))
    with pytest.raises(RefusedError, match="SG-RELEASE-007"):
        add_signature(dossier, person(role), keys()[OTHER[role]], datetime(2026, 9, 1, 20, tzinfo=UTC))


def test_one_key_under_two_ids_signs_for_neither() -> None:
    twin = person("author", id="twin", name="Twin")
    with pytest.raises(RefusedError, match="shares the key"):
        require_signer(person("author"), ORDER[0], DAY, [person("author"), twin], "clause")


@pytest.mark.parametrize("values", [{"id": "x", "name": "AUTHOR  one"}, {"name": "X"}, {"id": "y", "name": "Y",
                                     "public_key": person("author").public_key.upper()}])
def test_the_same_name_id_or_key_is_the_same_person(values: dict[str, str]) -> None:
    given = {"id": person("author").id, "public_key": person("verifier").public_key} | values
    with pytest.raises(RefusedError, match="SG-RELEASE-003"):
        require_another(person("verifier", **given), signed(count=1).signatures, "clause")


def test_a_complete_or_withdrawn_dossier_takes_no_more_signatures() -> None:
    with pytest.raises(RefusedError, match="SG-RELEASE-005"):
        add_signature(signed(), person("author"), keys()["author"], datetime(2026, 9, 2, tzinfo=UTC))


def test_a_signature_older_than_what_it_signs_is_refused() -> None:
    with pytest.raises(RefusedError, match="older than"):
        add_signature(signed(count=1), person("verifier"), keys()["verifier"], datetime(2026, 9, 1, 8, tzinfo=UTC))


def test_fingerprints_differ_between_the_three() -> None:
    assert len({fingerprint(person(role).public_key) for role in ALL}) == 3
