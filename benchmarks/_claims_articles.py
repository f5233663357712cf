"""A hundred and twenty self-made news pages in six layouts, with the text that a reader would call the article.

Written from a seed out of sentences of our own, so that pages differ in length, mark-up and clutter: menus,
advertisements, teasers, captions with credits, author boxes, share links, newsletter forms, comments, cookie notices.
"""

from __future__ import annotations

from typing import Any

import numpy as np

SUBJECTS = ("The ministry", "A convoy", "The town council", "An engineer", "The river authority", "A shepherd",
            "The harbour master", "Two surveyors", "The railway", "A school", "The survey team", "Fishermen")
VERBS = ("reported", "described", "found", "crossed", "measured", "reopened", "marked", "visited", "closed",
         "inspected",
         "photographed", "repaired")
OBJECTS = ("an old bridge near the ford", "fields that nobody had ploughed for years", "a row of rusted posts",
           "the road to the quarry", "three wells and a mill", "a line of red stones", "the lower terraces",
           "a depot behind the station", "marks on the trees", "the ferry landing", "a track across the marsh",
           "the fence along the orchard")
TAILS = ("before the rains came", "after a week of talks", "without saying who had asked for it",
         "for the first time in a decade", "while neighbours looked on", "and left a note at the gate",
         "as the mayor had promised",
         "despite the cold", "on the advice of the elders", "although the map showed otherwise", "at dawn",
         "with help from the next valley")
JUNK = ("Sign up for our newsletter", "Advertisement", "Share this story", "Read more: ten walks for the weekend",
        "We use cookies to improve your visit", "Most read", "Subscribe for full access", "Follow us",
        "Related: prices of wheat and oil", "Back to top", "Watch live", "Download our app")
LAYOUTS = (
    "<article><h1>{t}</h1>{b}</article>",
    '<div id="content"><h1>{t}</h1><div class="story-body">{b}</div></div>',
    '<main><header><h1>{t}</h1><p class="byline">By the valley desk</p></header>'
    '<section class="post-content">{b}</section></main>',
    '<table><tr><td><font size="4">{t}</font></td></tr><tr><td class="text">{b}</td></tr></table>',
    '<div class="entry"><h2>{t}</h2><div class="entry-content">{b}</div>'
    '<div class="author-box">About the author: writes on rivers.</div></div>',
    '<article itemprop="articleBody"><h1>{t}</h1><time datetime="2025-03-0{day}">March 2025</time>{b}</article>')
COMMENTS = ("Great piece, thank you.", "This is not what my cousin told me.", "First!",
            "Why is nobody talking about the bridge?", "More photographs please.")


def _sentence(rng: np.random.Generator) -> str:
    pick = [words[rng.integers(len(words))] for words in (SUBJECTS, VERBS, OBJECTS, TAILS)]
    lead = ("" if rng.random() < 0.7 else ("Later, ", "On Tuesday, ", "Meanwhile, ", "In May, ")[rng.integers(4)])
    subject = pick[0] if not lead else pick[0][0].lower() + pick[0][1:]
    return f"{lead}{subject} {pick[1]} {pick[2]} {pick[3]}."


def _paragraph(rng: np.random.Generator) -> str:
    return " ".join(_sentence(rng) for _ in range(int(rng.integers(2, 5))))


def _body(paragraphs: list[str], rng: np.random.Generator, layout: int) -> str:
    out = []
    for k, words in enumerate(paragraphs):
        out.append(f"<p>{words}</p>" if layout != 3 else f"{words}<br/><br/>")
        if k and rng.random() < 0.25:
            out.append(f'<div class="ad-slot"><span>{JUNK[rng.integers(len(JUNK))]}</span></div>')
        if rng.random() < 0.15:
            out.append('<figure><img src="x.jpg" alt=""/><figcaption>The valley in spring. Credit: Valley Pictures'
                       "</figcaption></figure>")
    return "".join(out)


def _page(number: int, rng: np.random.Generator) -> dict[str, Any]:
    layout = number % 6
    paragraphs = [_paragraph(rng) for _ in range(int(rng.integers(4, 14)))]
    title = f"{SUBJECTS[rng.integers(len(SUBJECTS))]} and {OBJECTS[rng.integers(len(OBJECTS))]}"
    menu = "".join(f'<li><a href="/{k}">{word}</a></li>' for k, word in enumerate(("Home", "World", "Sport", "Weather",
                                                                                 "Money", "Opinion")))
    teasers = "".join(f'<li><a href="/a{k}">{_sentence(rng)}</a></li>' for k in range(int(rng.integers(3, 9))))
    junk = "".join(f"<div>{JUNK[k]}</div>" for k in rng.permutation(len(JUNK))[:5])
    comments = "".join(f'<li class="comment"><b>reader{k}</b> {words}</li>' for k, words in enumerate(COMMENTS))
    body = _body(paragraphs, rng, layout)
    wrap = LAYOUTS[layout].format(t=title, b=body, day=1 + number % 9)
    head = f"<!doctype html><html><head><title>{title} | Valley Times</title><style>p{{}}</style></head><body>"
    html = (f"{head}<nav><ul>{menu}</ul></nav>{wrap}<aside><h3>More stories</h3><ul>{teasers}</ul></aside>{junk}"
            f'<section id="comments"><ul>{comments}</ul></section>'
            "<footer>© Valley Times. All rights reserved.</footer></body></html>")
    return {"html": html, "text": "\n".join(paragraphs)}


def article_set(count: int = 120, seed: int = 11) -> list[dict[str, Any]]:
    """Return the pages: html, text."""
    rng = np.random.default_rng(seed)
    return [_page(number, rng) for number in range(count)]
