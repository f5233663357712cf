"""The command claims: public reports as attributed, dated, located, graded claims."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_table, write_json
from safeground.cli.plan import parse_day
from safeground.foundation.errors import RequestError


def claims(
    project: ProjectArgument,
    files: Annotated[list[Path] | None, typer.Argument(
        metavar="FILE…", help="HTML, text, PDF, DOCX, XLSX, pictures; none = show what the project holds.")] = None,
    published: Annotated[str, typer.Option(
        "--published", help="Publication date as you know it, such as 2025-12-13.")] = "",
    outlet: Annotated[str, typer.Option("--outlet", help="Name of the outlet.")] = "",
    gazetteer: Annotated[Path | None, typer.Option("--gazetteer", help="CSV of your own place names; kept in the "
                                                                       "project.")] = None,
    boundaries: Annotated[Path | None, typer.Option("--boundaries", help="GeoJSON of outlines of regions; kept in the "
                                                                         "project.")] = None,
    confirm: Annotated[list[str] | None, typer.Option("--confirm", help="Claim you confirm; with --reason.")] = None,
    reject: Annotated[list[str] | None, typer.Option("--reject", help="Claim you reject; with --reason.")] = None,
    merge: Annotated[str, typer.Option("--merge", help="ORIGIN=INTO: two are one utterance; with --reason.")] = "",
    grade: Annotated[str, typer.Option(
        "--grade", help="AGENT=LETTER or AGENT/TOPIC=LETTER, A to F; with --reason.")] = "",
    model_url: Annotated[str, typer.Option(
        "--model-url", help="Ask a model at this address for proposals; the text leaves this machine.")] = "",
    model: Annotated[str, typer.Option("--model", help="Name of the model.")] = "",
    model_key: Annotated[str, typer.Option("--model-key", help="Environment variable that holds the key.")] = "",
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Take public reports apart into who says what; a claim may open a survey lead and never releases land."""
    from safeground.operations.claims import ClaimsRequest, claims_json, decide, read_claims
    from safeground.operations.claims_model import ModelEndpoint
    from safeground.operations.context import Caller

    decisions = bool(confirm or reject or merge or grade)
    if decisions and files:
        raise RequestError("SG-CLI-001", "claims", "files and decisions were given together.",
                           "Read the files first, then decide.")
    with progress_bar(quiet=as_json) as tell:
        caller = Caller(actor=actor_name(actor), reason=reason, progress=tell)
        if decisions:
            result = decide(project, caller, confirm=confirm or (), reject=reject or (),
                            merge=_pair("--merge", merge) if merge else None, grade=_grade(grade) if grade else None)
        else:
            result = read_claims(project, ClaimsRequest(
                files=tuple(files or ()), published=parse_day("--published", published) if published else None,
                model=ModelEndpoint(url=model_url, model=model, key_variable=model_key) if model_url else None,
                outlet=outlet, gazetteer=gazetteer, boundaries=boundaries, dry_run=dry_run), caller)
    values = claims_json(result)
    if as_json:
        write_json("claims", values)
        return
    _show(values)
    console().print(f"Page     {values['page']}" if values["page"] else "Nothing was written.")


def _pair(option: str, text: str) -> tuple[str, str]:
    left, mark, right = text.partition("=")
    if not mark or not left.strip() or not right.strip():
        raise RequestError("SG-CLI-001", option, f"{text!r} has no two sides.", "Write it as LEFT=RIGHT.")
    return left.strip(), right.strip()


def _grade(text: str) -> tuple[str, str, str]:
    left, letter = _pair("--grade", text)
    agent, _, topic = left.partition("/")
    return agent.strip(), topic.strip() or "all", letter.upper()


def _time(claim: dict[str, Any]) -> str:
    time = claim["time"]
    days = [d for d in (time["earliest_start"], time["latest_end"]) if d]
    if len(days) == 2:
        return " to ".join(dict.fromkeys(days))
    return f"until {days[0]}" if time["latest_end"] else "".join(days)


def _show(values: dict[str, Any]) -> None:
    out = console()
    show_table(f"{len(values['claims'])} claims in {len(values['documents'])} documents", (
        Column("claim"), Column("type"), Column("says"), Column("according to"), Column("when"), Column("where"),
        Column("how sure"), Column("state")),
        [(c["id"], c["type"], c["quote"][:70], " > ".join(link["agent"] or "the text" for link in c["chain"]), _time(c),
          f"{c['place']['name']} ({c['place']['level']})" if c["place"] else "", c["certainty"], c["status"])
         for c in values["claims"][:60]])
    show_table("Weighed", (Column("statement"), Column("reports, origins, blocs"), Column("p confirmed", number=True),
                           Column("p if all drafts held", number=True), Column("digit", number=True)),
               [(h["statement"], h["as_proposed"]["counts"], f"{h['weighed']['probability']:.3f}",
                 f"{h['as_proposed']['probability']:.3f}", str(h["as_proposed"]["digit"]))
                for h in values["hypotheses"]])
    out.print(values["plausibility"]["summary"])
    for rate in values["plausibility"]["rates"]:
        out.print(f"  {rate['title']}: {rate['low']:,.3g} {rate['unit']} ({rate['verdict']}; {rate['arithmetic']})")
    for lead in values["leads"]:
        out.print(f"Survey lead: {lead['place']['name']}, adds {lead['strength']:.2f} to the log odds of presence.")
    for asked in values["records_requested"]:
        wanted = "; ".join(asked["wanted"])
        out.print(f"Reported cleared, not verified: {asked['place']['name']}. Ask for: {wanted}.")
    out.print("A claim opens a survey at most. It cancels, reduces and releases nothing.")


COMMANDS: dict[str, Callable[..., Any]] = {"claims": claims}
