"""Which required papers are there on a day, which are not and why, and how shortcomings become one refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safeground.foundation.errors import RefusedError
from safeground.records.task_rules import NeededFrom, RequiredDocument, TaskRules
from safeground.records.tasking import Paper

_WHEN = {NeededFrom.ISSUE: "before the order is issued", NeededFrom.FIRST_DAY: "before the first work day",
         NeededFrom.EACH_DAY: "for each work day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcoming:
    """One reason to refuse.

    Attributes
    ----------
    code : stable code of the reason.
    message : what is wrong, with the actual and the expected value.
    criterion, clause : the rule in words, and where it stands.
    remedy : what to do about it.
    """

    code: str
    message: str
    criterion: str
    clause: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperState:
    """How a required document stands on a day: the paper that serves, or the reason why none does."""

    document: RequiredDocument
    paper: Paper | None = None
    reason: str = ""


def same_words(first: str, second: str) -> bool:
    """Whether two names or roles are one, letter case and spaces apart."""
    return first.casefold().split() == second.casefold().split()


def _fault(document: RequiredDocument, paper: Paper, day: date) -> str:
    """Return why a paper does not serve on a day, "" if it does."""
    if not paper.reference.strip():
        return "has no reference"
    if document.needed is NeededFrom.EACH_DAY and paper.dated != day:
        return f"is dated {paper.dated}, not {day}"
    if paper.dated > day:
        return f"is dated {paper.dated}, after {day}"
    if paper.valid_until is not None and paper.valid_until < day:
        return f"was valid until {paper.valid_until}"
    if not same_words(paper.signed_as, document.signed_by):
        return f"is signed as {paper.signed_as or 'nobody'!r}, to be signed as {document.signed_by!r}"
    return ""


def paper_state(document: RequiredDocument, papers: Iterable[Paper], day: date) -> PaperState:
    """Return how one required document stands on a day.

    Parameters
    ----------
    papers : those of the order and of the day, in any order; the latest that serves is taken.
    day : date of issue, or the work day.
    """
    of_it = sorted((p for p in papers if p.document_id == document.id), key=lambda p: (p.dated, p.reference))
    if not of_it:
        return PaperState(document=document, reason="is missing")
    serving = [paper for paper in of_it if not _fault(document, paper, day)]
    if serving:
        return PaperState(document=document, paper=serving[-1])
    return PaperState(document=document, reason=_fault(document, of_it[-1], day))


def paper_shortcomings(
    rules: TaskRules, steps: tuple[NeededFrom, ...], papers: tuple[Paper, ...], day: date
) -> tuple[Shortcoming, ...]:
    """Return a shortcoming for each paper needed at these steps that does not serve on the day, in the pack's order."""
    found = []
    for document in rules.needed(*steps):
        state = paper_state(document, papers, day)
        if state.paper is None:
            found.append(Shortcoming(
                code="SG-TASK-006", message=f"{document.title} {state.reason}",
                criterion=f"{document.title} must be there {_WHEN[document.needed]}", clause=document.clause,
                remedy=f"Add it, signed by: {document.signed_by}."))
    return tuple(found)


def refusal(subject: str, found: tuple[Shortcoming, ...]) -> RefusedError:
    """Return one refusal that names all shortcomings with their clauses, and with their codes where these differ.

    Parameters
    ----------
    found : at least one.
    """
    codes = dict.fromkeys(item.code for item in found)
    one = len(codes) == 1
    said = "; ".join(f"{item.message} ({item.clause}{'' if one else ', ' + item.code})" for item in found)
    return RefusedError(
        next(iter(codes)) if one else "SG-TASK-014", subject, said + ".",
        " ".join(dict.fromkeys(item.remedy for item in found)),
        criterion="; ".join(dict.fromkeys(item.criterion for item in found)),
        clause="; ".join(dict.fromkeys(item.clause for item in found)))
