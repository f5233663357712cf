"""Attributions on the self-made development set; the bars leave room for what is known to be missed."""

from __future__ import annotations

import re

import pytest
from benchmarks._claims_attribution import development_set
from benchmarks.claims import score_attribution

from safeground.claims.attribution import attributions
from support.needs import ROOT


def words(text, spans):
    return {m.start() for a, b in spans for m in re.finditer(r"\w+", text) if m.start() >= a and m.end() <= b}


def meet(left, right):
    return any(a < d and c < b for a, b in left for c, d in right)


def fits(text, gold, found):
    source, cue, content = ([(s.start, s.end) for s in part] for part in (found.source, found.cue, found.content))
    a, b = words(text, gold["content"]), words(text, content)
    return meet(gold["cue"], cue) and meet(gold["source"], source) and len(a & b) >= 0.5 * len(a | b)


def full_f(reporting_only):
    count = hits = 0
    for item in development_set():
        gold = [g for g in item["attributions"] if g["reporting"] or not reporting_only]
        found = [a for a in attributions(item["text"]) if a.reporting or not reporting_only]
        count += len(gold) + len(found)
        for g in gold:
            match = next((a for a in found if fits(item["text"], g, a)), None)
            if match is not None:
                found.remove(match)
                hits += 1
    return 2 * hits / count


def test_reporting_verbs_on_the_development_set():
    assert full_f(True) >= 0.90


def test_all_attributions_on_the_development_set():
    assert full_f(False) >= 0.88


@pytest.mark.parametrize(("split", "least", "reporting", "every"), [("news", 100, 0.90, 0.90),
                                                                    ("business", 40, 0.92, 0.90)])
def test_the_sets_written_before_the_rules_were_mended(split, least, reporting, every):
    figures = score_attribution(ROOT / "tests" / "claims_sets" / "attribution.jsonl", split)
    assert figures["documents"] >= least
    assert figures["reporting"]["full"]["f1"] >= reporting
    assert figures["all"]["full"]["f1"] >= every


@pytest.mark.parametrize(("text", "source", "content"), [
    ("Two men were told by the guards that the road was open.", "the guards", "that the road was open"),
    ("In the words of one grocer, prices could double.", "one grocer", "prices could double"),
    ("In his view, the law is dead.", "his", "the law is dead"),
    ("“Not yet,” shrugged the guide.", "the guide", "“Not yet,”"),
    ("The new rules will hurt small banks, critics charge.", "critics", "The new rules will hurt small banks"),
    ("He doesn't think the bridge will hold.", "He", "the bridge will hold"),
    ("Traders said prices fell; others blamed the rain.", "Traders", "prices fell"),
    ("The rebels, for their part, say that the road is theirs.", "The rebels, for their part",
     "that the road is theirs"),
    ("Officials were quoted as saying that the port would reopen.", "Officials", "that the port would reopen"),
    ("'We go home,' the foreman said.", "the foreman", "'We go home,'"),
    ("As the chairman put it last year, “Nobody changes horses in a river.”", "the chairman",
     "“Nobody changes horses in a river.”"),
    ("The adviser, who has accused the press of lying, said without proof that the vote was rigged.",
     "The adviser, who has accused the press of lying", "that the vote was rigged"),
])
def test_a_source_and_its_content(text, source, content):
    found = [(text[a.source[0].start : a.source[0].end], [text[s.start : s.end] for s in a.content])
             for a in attributions(text) if a.source]
    assert (source, [content]) in found


def test_a_word_that_is_a_noun_here_is_no_cue():
    for text in ("The report was long.", "A new claim for damages is due.", "The planned road is short."):
        assert attributions(text) == []


def test_spans_are_offsets_of_the_text_as_given():
    text = "Intro.\n\n“Stop,” the guard said.\n\nOutro."
    (found,) = attributions(text)
    assert text[found.cue[0].start : found.cue[0].end] == "said"
    assert text[found.content[0].start : found.content[0].end] == "“Stop,”"
