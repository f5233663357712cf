"""The command release: criteria, dossier, three signatures, certificate, re-opening, keys, and the offline check."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, Reason, actor_name
from safeground.cli.output import Column, Exit, console, progress_bar, show_table, write_json
from safeground.foundation.errors import RequestError

#: Holds the passphrase where no person sits at the keyboard; asked for at each signature otherwise.
PASSPHRASE = "SAFEGROUND_KEY_PASSPHRASE"
VERBS = ("check", "prepare", "verify", "sign", "refuse", "reopen", "list", "page", "keys")


def release(
    words: Annotated[list[str], typer.Argument(metavar="PROJECT [VERB] AREA", help=(
        "PROJECT AREA shows the criteria. VERB: check, prepare, verify, sign, refuse, reopen, page (each with AREA), "
        "list, keys register PERSON. Without a project: keys new PERSON, verify-file FILE.dossier.json."))],
    person: Annotated[str, typer.Option("--as", help="Who signs: id, sender's id or name of the person.")] = "",
    key: Annotated[Path | None, typer.Option("--key", help="Your private key; its passphrase is asked for.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write: the new private key, or the page.")] = None,
    because: Annotated[str, typer.Option("--because", help="Ordnance item or accident for which to re-open.")] = "",
    outline: Annotated[Path | None, typer.Option("--outline", help="GeoJSON of the re-opened ground.")] = None,
    buffer_m: Annotated[float | None, typer.Option("--buffer", help="Metres around the find, in place of an "
                                                                    "outline.")] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="The authority's list of key fingerprints.")] = None,
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Show what stands between an area and its release, and take the decision by three people's signatures."""
    if words[0] == "verify-file":
        _verify_file(words[1:], keys, as_json)
        return
    if words[:2] == ["keys", "new"]:
        _new_key(words[2:], out, as_json)
        return
    project, verb, rest = words[0], words[1] if len(words) > 1 else "list", words[2:]
    if verb not in VERBS:
        verb, rest = "check", words[1:]
    from safeground.operations.context import Caller

    signing = verb in ("prepare", "verify", "sign", "keys")
    signer = _signer(person or (rest[-1] if verb == "keys" and rest else ""), key) if signing else None
    with progress_bar(quiet=as_json) as tell:
        caller = Caller(actor=actor_name(actor), reason=reason, progress=tell)
        if verb == "list":
            shown = _list(project, caller)
        elif verb == "keys":
            shown = _register(project, rest, signer, caller)
        elif verb in ("check", "page"):
            shown = _check(project, _one(rest, "AREA"), caller, out, verb)
        elif verb in ("prepare", "verify", "sign"):
            shown = _sign(project, verb, _one(rest, "AREA"), signer, caller, dry_run)
        elif verb == "refuse":
            shown = _refuse(project, _one(rest, "AREA"), reason, caller, dry_run)
        else:
            shown = _reopen(project, _one(rest, "AREA"), because, outline, buffer_m, caller, dry_run)
    if as_json:
        write_json("release", shown)
    else:
        _show(verb, shown, dry_run)
    if verb == "check" and shown["decision"] == "refused":
        raise typer.Exit(Exit.REFUSED)


def _one(words: list[str], name: str) -> str:
    if len(words) != 1:
        raise RequestError("SG-CLI-001", name, f"{len(words)} words are given where one {name} is expected.",
                           f"Verbs: {', '.join(VERBS)}. See safeground release --help.")
    return words[0]


def _passphrase(twice: bool = False) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    said = getpass.getpass("Passphrase of the key: ")
    if twice and getpass.getpass("Once more: ") != said:
        raise RequestError("SG-CLI-001", "passphrase", "the two are different.", "Enter it again.")
    return said


def _signer(person: str, key: Path | None) -> Any:
    from safeground.operations.release import Signer

    if not person or key is None:
        raise RequestError("SG-CLI-001", "--as, --key", "a signature needs a person and their key.",
                           "Give --as PERSON --key FILE.")
    return Signer(person=person, key_file=key, passphrase=_passphrase())


def _check(project: str, area: str, caller: Any, out: Path | None, verb: str) -> dict[str, Any]:
    from safeground.operations.release import check_json, check_release
    from safeground.operations.release_page import write_release_page

    result = check_release(project, area, caller)
    shown = check_json(result)
    return shown if verb == "check" else {**shown, "page": write_release_page(project, result, out)}


def _sign(project: str, verb: str, area: str, signer: Any, caller: Any, dry_run: bool) -> dict[str, Any]:
    from safeground.operations.release import prepare, sign_release, step_json, verify_release

    step = {"prepare": prepare, "verify": verify_release, "sign": sign_release}[verb]
    return {**step_json(step(project, area, signer, caller, dry_run=dry_run)), "dry_run": dry_run}


def _refuse(project: str, area: str, reason: str, caller: Any, dry_run: bool) -> dict[str, Any]:
    from safeground.operations.release import refuse_release

    decision = refuse_release(project, area, reason, caller, dry_run=dry_run)
    return {"project": project, "decision": "refused", "id": decision.id, "reasons": list(decision.reasons),
            "dry_run": dry_run}


def _reopen(project: str, area: str, because: str, outline: Path | None, buffer_m: float | None, caller: Any,
            dry_run: bool) -> dict[str, Any]:
    from safeground.operations.release_reopen import read_outline, reopen, reopen_json

    ground = read_outline(outline) if outline is not None else None
    return {**reopen_json(reopen(project, area, because, caller, outline=ground, buffer_m=buffer_m, dry_run=dry_run)),
            "dry_run": dry_run}


def _list(project: str, caller: Any) -> dict[str, Any]:
    from safeground.operations.release_page import releases_json

    return releases_json(project, caller)


def _register(project: str, words: list[str], signer: Any, caller: Any) -> dict[str, Any]:
    from safeground.operations.release import register_key
    from safeground.release.verify_dossier import fingerprint

    if words[:1] != ["register"]:
        raise RequestError("SG-CLI-001", "keys", "is followed by register PERSON.", "See safeground release --help.")
    _one(words[1:], "PERSON")
    person = register_key(project, signer, caller)
    return {"project": project, "person": person.id, "name": person.name, "public_key": person.public_key,
            "fingerprint": fingerprint(person.public_key)}


def _new_key(words: list[str], out: Path | None, as_json: bool) -> None:
    from safeground.release.signing import new_key_file
    from safeground.release.verify_dossier import fingerprint

    name = _one(words, "PERSON")
    if out is None:
        raise RequestError("SG-CLI-001", "--out", "is needed: the file for the private key.", "Give --out NAME.pem, "
                           "outside the project's folder.")
    public = new_key_file(out, _passphrase(twice=True))
    if as_json:
        write_json("release", {"person": name, "file": str(out), "public_key": public,
                               "fingerprint": fingerprint(public)})
        return
    console().print(f"Key of {name} in {out}: keep it to yourself, outside the project.\n"
                    f"Fingerprint {fingerprint(public)}: give it to the authority's list.")


def _verify_file(words: list[str], keys: Path | None, as_json: bool) -> None:
    from safeground.release.verify_dossier import faults_of
    from safeground.release.verify_dossier import main as verify

    name = _one(words, "FILE")
    if not as_json:
        said = verify([name, *(["--keys", str(keys)] if keys else [])])
        raise typer.Exit({0: Exit.DONE, 1: Exit.REFUSED}.get(said, Exit.FAULTY))
    try:
        faults = faults_of(Path(name).read_bytes())
    except OSError as error:
        raise RequestError("SG-CLI-001", name, f"cannot be read: {error.strerror}.",
                           "Name the dossier file.") from error
    write_json("release", {"file": name, "holds": not faults, "faults": list(faults)})
    raise typer.Exit(Exit.REFUSED if faults else Exit.DONE)


def _show(verb: str, shown: dict[str, Any], dry_run: bool) -> None:
    out = console()
    if verb in ("check", "page"):
        _show_check(shown)
    elif verb == "list":
        show_table("Dossiers and decisions", (Column("kind"), Column("area"), Column("state"), Column("by, or when")),
                   [(r["kind"], r["area"], r["state"],
                     ", ".join(r.get("signed_by", [])) or str(r.get("decided_at", "")))
                    for r in shown["releases"]])
    elif verb == "keys":
        out.print(f"Key of {shown['name']} registered: {shown['fingerprint']}")
    elif verb == "refuse":
        out.print("Release refused:")
        for line in shown["reasons"]:
            out.print(f"  {line}")
    elif verb == "reopen":
        out.print(f"New confirmed area {shown['area']['local_id']} of {shown['area']['area_m2']:,.2f} m²; "
                  f"{shown['reopened_m2']:,.2f} m² of released ground count in it. Critical case {shown['case']}.")
    else:
        out.print(f"{shown['area']['local_id'] or shown['area']['id']}: dossier {shown['dossier']['id']} is "
                  f"{shown['dossier']['state']}, content SHA-256 {shown['dossier']['content_sha256']}")
        for mark in shown["dossier"]["signatures"]:
            out.print(f"  {mark['role']}: {mark['name']}, {mark['signed_at']}, key {mark['fingerprint']}")
        if shown["certificate"] and shown["certificate"]["file"]:
            out.print(f"Certificate  {shown['certificate']['file']}")
            out.print(f"Dossier      {shown['certificate']['dossier_file']}")
    if dry_run:
        out.print("Nothing was written (--dry-run).")


def _show_check(shown: dict[str, Any]) -> None:
    area = shown["area"]
    word = {"ready": "every criterion is met; three signatures decide", "refused": "not released",
            "released": "released"}[shown["decision"]]
    show_table(f"{area['local_id'] or area['id']} {area['name']}: {word}", (
        Column("criterion"), Column("met"), Column("why, and what to do"), Column("clause")),
        [(c["id"], "yes" if c["met"] else "NO", c["reason"] + (f" → {c['remedy']}" if c["remedy"] else ""), c["clause"])
         for c in shown["criteria"]])
    for line in (shown["residual"] or {}).get("statement", []):
        console().print(line)
    if "page" in shown:
        console().print(f"Page     {shown['page']}")


COMMANDS: dict[str, Callable[..., Any]] = {"release": release}
