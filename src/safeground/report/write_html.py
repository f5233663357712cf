"""A report as one HTML file in its language and direction, that asks for nothing from anywhere else."""

from __future__ import annotations

import base64
from html import escape
from importlib.resources import files

from safeground.report.charts import chart_png
from safeground.report.language import Catalogue
from safeground.report.layout import Page, PageChapter, PageTable, RecordList, Said
from safeground.report.words import printable

_MORE = (".notice+.notice{border-inline-start-color:var(--soft)}.notice{border-left:0;"
         "border-inline-start:.35rem solid var(--confirmed)}"
         "th,td,caption{text-align:start}td.n,th.n{text-align:right}figure img{max-width:56rem}.sign td{height:2.6rem}"
         "h1{font-size:1.5rem}.lines{font-size:.8rem;color:var(--soft)}details summary{font-size:.92rem}")


def _text(value: str) -> str:
    return escape(printable(value), quote=True)


def _said(said: Said) -> str:
    text = f'<bdi dir="ltr">{_text(said.text)}</bdi>' if said.ltr else f"<bdi>{_text(said.text)}</bdi>"
    return f'<a href="#{said.link}">{text}</a>' if said.link else text


def _table(item: PageTable) -> str:
    def mark(column: int) -> str:
        return ' class="n"' if item.numeric[column] else ""

    heads = "".join(f'<th scope="col"{mark(i)}>{_text(head)}</th>' for i, head in enumerate(item.heads))
    lines = []
    for index, row in enumerate(item.rows):
        cells = "".join(f'<th scope="row">{_said(said)}</th>' if i == 0 else f"<td{mark(i)}>{_said(said)}</td>"
                        for i, said in enumerate(row))
        last = item.total and index == len(item.rows) - 1
        lines.append(f'<tr class="total">{cells}</tr>' if last else f"<tr>{cells}</tr>")
    rest = f'<p class="rest">{_text(item.rest)}</p>' if item.rest else ""
    classes = "scroll" + (" wide" if len(item.heads) > 5 else "") + (" sign" if item.signing else "")
    return (f'<div class="{classes}" role="region" aria-label="{_text(item.caption)}" tabindex="0"><table>'
            f"<caption><span>{_text(item.caption)}</span></caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></div>{rest}")


def _chapter(chapter: PageChapter, number: int, words: Catalogue) -> str:
    parts = [f'<section id="part-{number}"><h2>{_text(chapter.title)}</h2>']
    parts += [f"<p>{_text(said)}</p>" for said in chapter.paragraphs]
    if chapter.points:
        parts.append("<ul>" + "".join(f"<li>{_text(said)}</li>" for said in chapter.points) + "</ul>")
    parts += [_table(item) for item in chapter.tables]
    for chart in chapter.charts:
        data = base64.b64encode(chart_png(chart.chart, words)).decode()
        parts.append(f'<figure><img src="data:image/png;base64,{data}" alt="{_text(chart.alt)}"/></figure>')
    return "".join([*parts, "</section>"])


def _records(item: RecordList) -> str:
    lines = "; ".join(f'<bdi dir="ltr">{_text(record)}</bdi>{f" ({_text(label)})" if label else ""}: '
                      f'<bdi dir="ltr">{_text(adds)}</bdi>' for record, label, adds in item.lines)
    rest = f'<p class="rest">{_text(item.rest)}</p>' if item.rest else ""
    return (f'<details id="{item.anchor}"><summary>{_text(item.heading)}</summary><p class="lines">{lines}</p>{rest}'
            "</details>")


#: Opens the list that a figure leads to; without it the list's heading is still reached and opens by hand.
_OPENER = ('<script>addEventListener("hashchange",o);addEventListener("load",o);function o(){'
           'var d=document.getElementById(location.hash.slice(1));'
           'if(d)if(d.tagName==="DETAILS"){d.open=true;d.scrollIntoView()}}</script>')


def html_report(page: Page, words: Catalogue) -> str:
    """Return the report as one file: styles and pictures inside, no request to anywhere."""
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8") + _MORE
    about = "".join(f"<dt>{_text(name)}</dt><dd>{_said(said)}</dd>" for name, said in page.about)
    contents = "".join(f'<li><a href="#part-{n}">{_text(c.title)}</a></li>' for n, c in enumerate(page.chapters, 1))
    records = ""
    if page.records or page.records_note:
        note = f"<p>{_text(page.records_note)}</p>" if page.records_note else ""
        records = (f'<section id="records"><h2>{_text(page.records_title)}</h2>{note}'
                   f"{''.join(_records(item) for item in page.records)}</section>")
        contents += f'<li><a href="#records">{_text(page.records_title)}</a></li>'
    return "".join([
        f'<!DOCTYPE html><html lang="{page.language}" dir="{page.direction}"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(page.title)}</title><style>{style}</style></head><body>",
        f"<header><h1>{_text(page.title)}</h1>", *(f'<p class="notice">{_text(n)}</p>' for n in page.notices),
        f'<dl>{about}</dl></header><nav aria-label="{_text(words.word("word.contents"))}"><ul>{contents}</ul></nav>',
        "<main>", *(_chapter(c, n, words) for n, c in enumerate(page.chapters, 1)), records,
        f"</main>{_OPENER}</body></html>\n"])
