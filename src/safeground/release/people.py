"""Four eyes: who may sign a dossier as what, and that three people do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from safeground.foundation.errors import RefusedError
from safeground.records.nouns import Person
from safeground.records.release import Signature, SigningRole
from safeground.release.case import same_words
from safeground.release.signing import fingerprint, usable_key

#: Roles that exclude signing: who runs the computers can reach every record and must not vouch for any.
EXCLUDED = ("sysadmin", "system administrator", "administrator", "admin")
MEANING = {
    SigningRole.AUTHOR: "I prepared this dossier from the records named in it.",
    SigningRole.VERIFIER: "I checked every criterion anew against the records and found each one met.",
    SigningRole.SIGNATORY: "I decide, for the authority, to release this land on the grounds of this dossier."}
ORDER = (SigningRole.AUTHOR, SigningRole.VERIFIER, SigningRole.SIGNATORY)


def _refused(code: str, person: Person, message: str, remedy: str, clause: str) -> RefusedError:
    return RefusedError(code, person.name or person.id, message, remedy,
                        criterion="author, verifier and signatory are three people with the role on record",
                        clause=clause)


def require_signer(person: Person, role: SigningRole, day: date, everyone: Sequence[Person], clause: str) -> None:
    """Refuse a person who may not sign in a role on a day.

    Parameters
    ----------
    everyone : all persons of the project; a key that two of them hold signs for neither.

    Raises
    ------
    RefusedError : no such role, role ended, no usable key, excluded (``SG-RELEASE-002``); a shared key (``-003``).
    """
    roles = [role_name.casefold().strip() for role_name in person.roles]
    if any(same_words(name, excluded) for name in roles for excluded in EXCLUDED):
        raise _refused("SG-RELEASE-002", person, "administers the system and signs nothing.",
                       "Let somebody else sign.", clause)
    if role.value not in roles:
        raise _refused("SG-RELEASE-002", person, f"has the roles {', '.join(roles) or 'none'}, not {role.value}.",
                       "Let a person with that role sign, or have the role recorded.", clause)
    if person.active_until is not None and person.active_until < day:
        raise _refused("SG-RELEASE-002", person, f"was active until {person.active_until}.",
                       "Let an active person sign.", clause)
    if not usable_key(person.public_key):
        raise _refused("SG-RELEASE-002", person, "has no usable public key on record.",
                       "Register one: safeground release PROJECT keys register PERSON --key FILE", clause)
    others = [p for p in everyone if p.id != person.id and p.public_key.casefold() == person.public_key.casefold()]
    if others:
        raise _refused("SG-RELEASE-003", person, f"shares the key {fingerprint(person.public_key)} with "
                       f"{others[0].name or others[0].id}.", "Each person needs a key of their own.", clause)


def require_another(person: Person, before: Sequence[Signature], clause: str) -> None:
    """Refuse a person who signed the dossier already, by id, by key or by name.

    Raises
    ------
    RefusedError : one of the three is the same (``SG-RELEASE-003``).
    """
    for earlier in before:
        same = ("person" if earlier.person_id == person.id else
                "key" if earlier.public_key.casefold() == person.public_key.casefold() else
                "name" if same_words(earlier.name, person.name) else "")
        if same:
            raise _refused("SG-RELEASE-003", person, f"is the same {same} as the dossier's {earlier.role.value}, "
                           f"{earlier.name}.", "Let another person sign.", clause)
