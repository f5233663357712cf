"""Whether each planted error was caught as it had to be: judged from the journal's rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from safeground.simulation.campaign_books import OwnBooks

#: Codes under which each kind of planted error must be named; any of them serves.
NAMED = {"late": ("SG-PROGRESS-025",), "overlap": ("SG-PROGRESS-028",), "wrong depth": ("SG-PROGRESS-021",),
         "outside": ("SG-PROGRESS-011",), "swapped axes": ("SG-INTAKE-222", "SG-PROGRESS-010", "SG-PROGRESS-011"),
         "far too much ground": ("SG-PROGRESS-026",)}
#: Kinds of which no single paper can be told; they are seen in the ground alone.
UNSEEN = ("over-reporting",)


@dataclass(frozen=True, slots=True)
class Caught:
    """What came of one planted error."""

    kind: str
    subject: str
    day: date
    expected: str
    caught: bool
    said: str

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"kind": self.kind, "subject": self.subject, "day": self.day.isoformat(), "expected": self.expected,
                "caught": self.caught, "said": self.said}


#: Named where too much of a return's ground lies outside its area; such a return moves nothing, corrected or not.
OUTSIDE = "SG-PROGRESS-011"


class Judge:
    """Looks up what the journal says about a submission.

    Parameters
    ----------
    rows : (file, row) -> submission, as the papers were written.
    """

    def __init__(self, books: OwnBooks, rows: Mapping[tuple[str, int], str]) -> None:
        self.books = books
        self._returns: dict[str, list[dict[str, Any]]] = {}
        for record in books.records["progress_return"].values():
            self._returns.setdefault(record["submission_id"], []).append(record)
        self._moving = {record_id for area in books.opened for part, _ in books.parts(area)
                        for record_id in part["record_ids"]}
        self._aside = {rows.get((row["source_file"], row["source_row"]), "") for row in books.aside.values()}
        self._said: dict[str, set[str]] = {}
        for finding in books.findings:
            source = finding["source"]
            about = {finding["subject"], rows.get((source["file"], source["row"]), "")}
            for name in about:
                self._said.setdefault(name, set()).add(finding["code"])
        self._texts = [(f["code"], f["message"]) for f in books.findings]

    def named(self, kind: str, submission: str) -> str:
        """Return the code under which an error was named about a submission, "" = it was not."""
        codes = NAMED.get(kind, ())
        own = next((code for code in codes if code in self._said.get(submission, ())), "")
        return own or next((code for code, text in self._texts if code in codes and f"{submission} of" in text), "")

    def moves(self, submission: str) -> bool:
        """Whether ground that counts rests on a submission."""
        return any(r["id"] in self._moving for r in self._returns.get(submission, ()))

    def of(self, kind: str, submission: str) -> tuple[bool, str]:
        """Return whether a planted error was caught, and what is there."""
        held = self._returns.get(submission, [])
        code = self.named(kind, submission)
        there = f"{len(held)} on record, {'kept aside' if submission in self._aside else 'not aside'}"
        if kind == "late":
            return len(held) == 1 and bool(code), f"{there}, named {code or 'not'}"
        if kind == "repeat":
            return len(held) == 1 and held[0]["version"] == 1, f"{there}, version {held[0]['version'] if held else 0}"
        if kind == "overlap":
            return len(held) == 1 and bool(code), f"{there}, named {code or 'not'}"
        if kind in ("outside", "swapped axes"):
            return not held and submission in self._aside and bool(code), f"{there}, named {code or 'not'}"
        after = self._returns.get(f"{submission}c", [])
        gone = not self.moves(submission)
        said = f"{there}, {'moves nothing' if gone else 'MOVES GROUND'}, correction {len(after)} on record"
        if kind in ("wrong depth", "far too much ground"):
            return gone and len(after) == 1 and bool(code), f"{said}, named {code or 'not'}"
        if not held and not after and self._kept_out(submission) and self._kept_out(f"{submission}c"):
            return gone, f"{said}, both kept aside: {OUTSIDE}"
        return gone and len(after) == 1 and (len(held) == 1 or submission in self._aside), said

    def _kept_out(self, submission: str) -> bool:
        """Whether a submission is kept aside because too much of its ground lies outside the area."""
        return submission in self._aside and OUTSIDE in self._said.get(submission, ())


def judge_planted(books: OwnBooks, rows: Mapping[tuple[str, int], str], planted: Iterable[Any]) -> list[Caught]:
    """Return what came of every planted error of a single paper; ``planted`` carry kind, subject, day and expected."""
    judge = Judge(books, rows)
    out = []
    for error in planted:
        if error.kind in UNSEEN:
            continue
        caught, said = judge.of(error.kind, error.subject)
        out.append(Caught(error.kind, error.subject, error.day, error.expected, caught, said))
    return out


def verdict_checks(books: OwnBooks, verdicts: Sequence[tuple[str, int, bool]], attempts: Sequence[Any],
                   strays: Sequence[Mapping[str, Any]], caught: Sequence[Caught]) -> list[dict[str, Any]]:
    """Return the checks on what had to be caught, as JSON like those of each day.

    Parameters
    ----------
    verdicts : (lot, items that the inspector found in it, accepted).
    attempts : steps that a rule had to refuse; each carries kind, subject, day, refused and code.
    strays : items found in released ground, with ``new_area`` and ``released_area``.
    """
    missed = [f"{c.kind} {c.subject}: {c.said}" for c in caught if not c.caught]
    let_through = [f"{a.kind} on {a.subject}, {a.day}: {a.code or 'done'}" for a in attempts if not a.refused]
    wrong = [lot for lot, found, accepted in verdicts if found and accepted]
    harsh = [lot for lot, found, accepted in verdicts if not found and not accepted]
    lost = [str(s["find"]) for s in strays if not books.opened.get(str(s["new_area"]))
            or books.records["hazardous_area"][str(s["released_area"])]["workflow_status"] != "released"]
    return [_check("each planted error of a paper is caught as it must be", len(caught), missed),
            _check("each step that a rule forbids is refused and writes nothing", len(attempts), let_through),
            _check("no lot is accepted in which an item was found", len(verdicts), wrong),
            _check("no lot is rejected in which nothing was found", len(verdicts), harsh),
            _check("each item found after release opens an area, and the release's record stays", len(strays), lost)]


def _check(name: str, looked: int, failures: Sequence[str]) -> dict[str, Any]:
    return {"name": name, "looked": looked, "holds": not failures, "failed": len(failures),
            "first_failures": list(failures[:5])}
