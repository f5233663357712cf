"""Article text on twelve page styles of our own, and what must not be lost or kept."""

from __future__ import annotations

from benchmarks._claims_layouts import STYLES, styled_set
from benchmarks._claims_scores import ArticleScore

from safeground.claims.read_html import page_text

BODY = ("The survey team crossed the marsh at dawn and marked every tree along the old track for the farmers. "
        "Nobody had "
        "walked there since the flood, the elders said, and nobody wanted to be the first to walk there again.")


def test_every_style_gives_its_article():
    scores = {}
    for page in styled_set(24):
        scores.setdefault(page["style"], ArticleScore()).add(page["text"], page_text(page["html"]))
    assert len(scores) == len(STYLES) == 12
    assert {style: round(score.counts.scores()["f1"], 2) for style, score in scores.items()
            if score.counts.scores()["f1"] < 0.94} == {}


def page(*parts):
    more = "".join(f"<p>{BODY.replace('marsh', f'marsh of {k}')}</p>" for k in range(6))
    return f"<html><body><article><h1>A walk</h1>{parts[0]}{more}{''.join(parts[1:])}</article></body></html>"


def test_a_quote_lifted_out_of_the_text_stands_once():
    words = "nobody wanted to be the first to walk there again"
    text = page_text(page(f"<p>{BODY}</p>", f"<blockquote><p>{words}</p></blockquote>"))
    assert words not in text.splitlines()
    assert BODY in text


def test_a_last_line_of_contact_is_left_out_and_one_that_reports_is_kept():
    assert "555-0134" not in page_text(page("", "<p>Contact Joan Marsh at 555-0134.</p>"))
    said = "Contact with the village was lost on Friday, the operator said, and nobody has heard from it since."
    assert said in page_text(page("", f"<p>{said}</p>"))
