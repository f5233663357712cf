"""Twelve more self-made page styles, as news sites have them: written before the reader was tried on them.

WordPress with a block editor, an agency's CMS, AMP, a live blog, a paywall's teaser, a list article, a table,
an interview, nested blocks with meaningless classes, text parted by line breaks, a feature with pull quotes,
and a local paper's old template.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from benchmarks._claims_articles import JUNK, _paragraph, _sentence

HEADS = ("What was found", "“Nobody warned us”", "A long road back", "By the numbers", "The next steps")
NAMES = ("Ana Ferreira", "Tomas Brandt", "Leila Haddad", "Joan Marsh", "Pavel Novak")
Made = tuple[str, list[str]]


def _p(paragraphs: list[str], mark: str = "p", attribute: str = "") -> str:
    return "".join(f"<{mark}{attribute}>{words}</{mark}>" for words in paragraphs)


def _links(rng: np.random.Generator, count: int) -> str:
    return "".join(f'<li><a href="/s{k}">{_sentence(rng)[:-1]}</a></li>' for k in range(count))


def _wordpress(rng: np.random.Generator, body: list[str], title: str) -> Made:
    middle = len(body) // 2
    head = HEADS[rng.integers(len(HEADS))]
    related = f'<div class="jp-relatedposts"><h3>Related</h3><ul>{_links(rng, 3)}</ul></div>'
    return (f'<article class="post type-post hentry"><header class="entry-header"><h1 class="entry-title">{title}</h1>'
            f'<div class="entry-meta">Posted on <time datetime="2024-03-02">March 2, 2024</time> by <a '
            f'rel="author" href'
            f'="/a">{NAMES[0]}</a></div></header><div class="entry-content">{_p(body[:middle])}'
            f'<h2 class="wp-block-heading">{head}</h2><figure class="wp-block-image"><img src="a.jpg"/><figcaption '
            f'class="wp-element-caption">The valley. Photo: {NAMES[1]}</figcaption></figure>{_p(body[middle:])}'
            f'<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="#">Twitter</a></li><li><a href="#">Facebook'
            f'</a></li></ul></div>{related}</div><footer class="entry-footer">Filed under <a href="/c">News</a> '
            f'· Tagged '
            f'<a href="/t">valley</a></footer></article><div id="comments" class="comments-area"><h2>3 thoughts on “'
            f'{title}”</h2><ol class="comment-list"><li class="comment"><p>Thanks for this, I grew up there and it was '
            f"the same in my day.</p></li></ol></div>", [*body[:middle], head, *body[middle:]])


def _agency(rng: np.random.Generator, body: list[str], title: str) -> Made:
    out = [f'<p class="story__para"><span>BRENNA (Valley Wire) —</span> {body[0]}</p>']
    for k, words in enumerate(body[1:], 1):
        out.append(f'<p class="story__para">{words}</p>')
        if k == 2:
            out.append(f'<aside class="inline-related"><span>READ MORE</span><a href="/x">{_sentence(rng)}</a></aside>')
        if k == 4:
            out.append('<div class="newsletter-inline"><h4>The Morning Wire</h4><p>Get the day’s news in your inbox. '
                       '</p><form><input/><button>Sign up</button></form><p>By signing up you agree to our terms.</p>'
                       "</div>")
    return (f'<main><h1 class="hed">{title}</h1><p class="dek">{_sentence(rng)}</p><div class="byline">By {NAMES[2]}'
            f"</div>{''.join(out)}<p class='story__credits'>Reporting by {NAMES[2]}; Editing by {NAMES[3]}</p></main>",
            [f"BRENNA (Valley Wire) — {body[0]}", *body[1:]])


def _amp(rng: np.random.Generator, body: list[str], title: str) -> Made:
    parts = "".join(f"<p>{words}</p>" + ('<amp-ad width="300" height="250" type="x"><div>Advertisement</div></amp-ad>'
                                         if k % 3 == 1 else "") for k, words in enumerate(body))
    return (f'<article class="amp-wp-article"><h1 class="amp-wp-title">{title}</h1><amp-img src="a.jpg"></amp-img>'
            f'<p class="amp-wp-article-featured-image-caption">A field in the valley</p>'
            f'<div class="amp-wp-article-content">{parts}</div></article><amp-sidebar id="s"><ul>{_links(rng, 6)}</ul>'
            "</amp-sidebar>", body)


def _live(rng: np.random.Generator, body: list[str], title: str) -> Made:
    posts, text = [], []
    for k, words in enumerate(body):
        posts.append(f'<article class="live-post"><time>1{k % 10}:30</time><div class'
                     f'="live-post__body"><p>{words}</p></div><div class="share">Copy link</div></article>')
        text.append(words)
    return (f'<main><h1>{title}</h1><div class="live-blog"><p class="summary">{body[0]}</p>{"".join(posts)}</div>'
            f'<button>Load more updates</button></main>', [body[0], *text])


def _teaser(rng: np.random.Generator, body: list[str], title: str) -> Made:
    return (f'<article><h1>{title}</h1><div class="article-body">{_p(body)}<div class="paywall"><h3>Continue '
            f'reading with '
            "a subscription</h3><p>Already a subscriber? <a href='/in'>Log in</a>. Cancel at any time.</p><p>$1 a week "
            "for the first year</p></div></div></article>", body)


def _listing(rng: np.random.Generator, body: list[str], title: str) -> Made:
    items = [_sentence(rng) for _ in range(4)]
    listed = "".join(f"<li>{words}</li>" for words in items)
    return (f'<article><h1>{title}</h1><div class="content">{_p(body[:2])}<ul>{listed}</ul>{_p(body[2:])}</div><div '
            f'class="tags"><a href="/1">bridges</a><a href="/2">rivers</a></div></article>',
            [*body[:2], *items, *body[2:]])


def _table(rng: np.random.Generator, body: list[str], title: str) -> Made:
    rows = [(f"District {k}", str(int(rng.integers(10, 900)))) for k in range(1, 5)]
    cells = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    return (f'<article><h1>{title}</h1><div class="article__body">{_p(body[:3])}<table><tbody>{cells}</tbody></table>'
            f"{_p(body[3:])}</div></article>", [*body[:3], *(f"{a} {b}" for a, b in rows), *body[3:]])


def _interview(rng: np.random.Generator, body: list[str], title: str) -> Made:
    asked = [f"{_sentence(rng)[:-1]}?" for _ in body]
    parts = "".join(f"<p><strong>{q}</strong></p><p>{words}</p>" for q, words in zip(asked, body, strict=True))
    return (f'<div class="node node-article"><h1>{title}</h1><div class="field-name-body">{parts}</div></div>',
            [part for pair in zip(asked, body, strict=True) for part in pair])


def _soup(rng: np.random.Generator, body: list[str], title: str) -> Made:
    parts = "".join(f'<div class="css-1x{k}"><div class="sc-bd{k}"><span>{words}</span></div></div>'
                    for k, words in enumerate(body))
    return (f'<div class="css-root"><div class="css-9q"><h1 class="css-2">{title}</h1></div><div class="css-77">{parts}'
            f'</div><div class="css-81"><div class="css-5">{JUNK[rng.integers(len(JUNK))]}</div></div></div>', body)


def _breaks(rng: np.random.Generator, body: list[str], title: str) -> Made:
    return (f'<table width="100%"><tr><td width="160"><a href="/">Home</a><br/><a href="/w">Weather</a></td><td><font '
            f'size="5"><b>{title}</b></font><br/><i>By {NAMES[4]}</i><br/><br/>{"<br/><br/>".join(body)}<br/><br/>'
            f'<a href="/print">Printer version</a> | <a href="/mail">Mail to a friend</a></td></tr></table>', body)


def _feature(rng: np.random.Generator, body: list[str], title: str) -> Made:
    pulled = body[1].split(". ")[0]
    parts = f'{_p(body[:3])}<blockquote class="pullquote"><p>{pulled}</p></blockquote>{_p(body[3:])}'
    return (f'<article itemscope><h1 itemprop="headline">{title}</h1><div class="credits">Words by {NAMES[1]} · '
            f'Pictures by'
            f' {NAMES[2]}</div><div itemprop="articleBody">{parts}<figure><img '
            f'src="b.jpg"/><figcaption>{_sentence(rng)} '
            f'{NAMES[2]}/Valley Pictures</figcaption></figure></div><div class="author-bio"><img '
            f'src="c.jpg"/><p>{NAMES[1]}'
            f" is a writer who lives on a boat. He has written for the Times for over a "
            f"decade.</p></div></article>", body)


def _local(rng: np.random.Generator, body: list[str], title: str) -> Made:
    parts = _p(body, "p", ' class="bodytext"')
    return (f'<div id="main"><div id="story"><h2>{title}</h2><div class="date">Published: 2:30 p.m. March 2, 2024</div>'
            f'{parts}<p><em>Contact {NAMES[3]} at 555-0134 or on Twitter @valley.</em></p></div><div '
            f'id="rail"><h4>Most '
            f'popular</h4><ol>{_links(rng, 5)}</ol><div class="poll">Do you like the bridge? Yes / '
            f'No</div></div></div>',
            body)


STYLES: tuple[Callable[[np.random.Generator, list[str], str], Made], ...] = (
    _wordpress, _agency, _amp, _live, _teaser, _listing, _table, _interview, _soup, _breaks, _feature, _local)


def styled_set(count: int = 120, seed: int = 23) -> list[dict[str, Any]]:
    """Return the pages: html, text, style.  The text leaves out title, captions, credits, teasers and what is sold."""
    rng = np.random.default_rng(seed)
    out = []
    for number in range(count):
        body = [_paragraph(rng) for _ in range(int(rng.integers(6, 13)))]
        title = _sentence(rng)[:-1]
        style = STYLES[number % len(STYLES)]
        wrap, text = style(rng, body, title)
        menu = "".join(f'<li><a href="/{k}">{word}</a></li>' for k, word in enumerate(
            ("Home", "World", "Politics", "Sport", "Weather", "Money", "Opinion", "Video")))
        data = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", "headline": title,
                           "datePublished": "2024-03-02T10:00:00Z", "author": {"@type": "Person", "name": NAMES[0]}})
        head = (f'<!doctype html><html lang="en"><head><title>{title} - Valley Times</title><meta property="og:title" '
                f'content="{title}"/>' + (f'<script type="application/ld+json">{data}</script>' if number % 2 else "")
                + "</head><body>")
        cookie = ('<div id="cookie-banner" role="dialog"><p>We and our partners use cookies to store '
                  'information on your '
                  "device. You can manage your choices at any time.</p><button>Accept all</button></div>")
        tail = (f'<section class="more-stories"><h2>More from the '
                f'valley</h2><ul>{_links(rng, 6)}</ul></section><footer>'
                "<p>© 2024 Valley Times. All rights reserved.</p><ul><li><a href='/p'>Privacy</a></li><li><a href='/t'>"
                "Terms</a></li></ul></footer></body></html>")
        out.append({"html": f'{head}<header><nav><ul>{menu}</ul></nav></header>{wrap}{tail}{cookie}',
                    "text": "\n".join(text), "style": style.__name__.strip("_")})
    return out
