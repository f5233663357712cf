"""A report as DOCX: headings, tables with repeated heads, pictures with descriptions, right to left where it is due."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from docx import Document as new_document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from safeground.report.charts import chart_png
from safeground.report.language import Catalogue
from safeground.report.layout import Page, PageTable, RecordList, Said
from safeground.report.write_office import fixed_zip

_FONT = "DejaVu Sans"
_INK, _SOFT = RGBColor(0x16, 0x20, 0x2B), RGBColor(0x4C, 0x5A, 0x68)


def _mark(parent: Any, tag: str, **values: str) -> Any:
    """Add an element such as ``w:bidi`` to properties, and return it."""
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


class _Writer:
    """Puts text into a document in one direction and language."""

    def __init__(self, page: Page, words: Catalogue) -> None:
        self.page, self.words = page, words
        self.rtl = page.direction == "rtl"
        self.book = new_document()
        self._anchors: dict[str, int] = {}
        self._styles()

    def _styles(self) -> None:
        for name in ("Normal", "Title", "Heading 1", "Heading 2", "List Bullet", "Caption"):
            style = self.book.styles[name]
            style.font.name = _FONT
            style.font.color.rgb = _INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
                fonts.set(qn(f"w:{kind}"), _FONT)
            for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
        self.book.styles["Normal"].font.size = Pt(9.5)
        self.book.styles["Title"].font.size = Pt(18)
        section = self.book.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if self.page.wide:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin = section.right_margin = Cm(1.6)
        section.top_margin = section.bottom_margin = Cm(1.6)
        if self.rtl:
            _mark(section._sectPr, "w:bidi")

    def write(self, paragraph: Any, text: str, *, ltr: bool = False, bold: bool = False, size: float = 0.0,
              soft: bool = False) -> Any:
        """Add a run in the report's language and direction."""
        run = paragraph.add_run(text)
        run.bold = bold or None
        if size:
            run.font.size = Pt(size)
        if soft:
            run.font.color.rgb = _SOFT
        properties = run._r.get_or_add_rPr()
        if self.rtl:
            if bold:
                _mark(properties, "w:bCs")
            if size:
                _mark(properties, "w:szCs", val=str(int(size * 2)))
            if not ltr:
                _mark(properties, "w:rtl")
        code = self.page.language
        _mark(properties, "w:lang", **({"bidi": code} if self.rtl else {"val": code}))
        return run

    def turn(self, paragraph: Any, *, end: bool = False) -> Any:
        """Set a paragraph's direction; `end` = flush at the end of the line."""
        if self.rtl:
            paragraph._p.get_or_add_pPr().insert_element_before(
                OxmlElement("w:bidi"), "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing",
                "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment",
                "w:outlineLvl", "w:rPr", "w:sectPr", "w:pPrChange")
        if end:  # with bidi, Word reads RIGHT as the line's end, which is on the left
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        return paragraph

    def say(self, text: str, style: str = "Normal") -> Any:
        """Add a paragraph."""
        paragraph = self.turn(self.book.add_paragraph(style=style))
        self.write(paragraph, text)
        return paragraph

    def heading(self, text: str, level: int) -> None:
        """Add a heading; level 0 is the title."""
        self.write(self.turn(self.book.add_heading("", level)), text)

    def _cell(self, cell: Any, said: Said, *, end: bool, bold: bool, size: float) -> None:
        paragraph = self.turn(cell.paragraphs[0], end=end)
        paragraph.paragraph_format.space_after = Pt(1)
        if said.link:
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), said.link.replace("-", "_"))
            run = self.write(paragraph, said.text, ltr=said.ltr, bold=bold, size=size)
            paragraph._p.remove(run._r)
            link.append(run._r)
            paragraph._p.append(link)
        else:
            self.write(paragraph, said.text, ltr=said.ltr, bold=bold, size=size)

    def table(self, item: PageTable) -> None:
        """Add a table with its caption; its head repeats on each page."""
        caption = self.turn(self.book.add_paragraph(style="Caption"))
        caption.paragraph_format.keep_with_next = True
        self.write(caption, item.caption, bold=True)
        made = self.book.add_table(rows=1, cols=len(item.heads), style="Table Grid")
        properties = made._tbl.tblPr
        if self.rtl:
            properties.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblStyleRowBandSize",
                                             "w:tblStyleColBandSize", "w:tblW", "w:jc", "w:tblBorders", "w:tblLook")
        _mark(properties, "w:tblCaption", val=item.caption)
        size = 6.5 if len(item.heads) > 9 else 7.5 if len(item.heads) > 6 else 8.5
        for cell, head, number in zip(made.rows[0].cells, item.heads, item.numeric, strict=True):
            self._cell(cell, Said(head), end=number, bold=True, size=size)
        _mark(made.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for index, row in enumerate(item.rows):
            line = made.add_row()
            if item.signing:
                line.height = Cm(1.3)
            bold = item.total and index == len(item.rows) - 1
            for cell, said, number in zip(line.cells, row, item.numeric, strict=True):
                self._cell(cell, said, end=number, bold=bold, size=size)
        if item.rest:
            self.say(item.rest)
        self.book.add_paragraph()

    def picture(self, png: bytes, alt: str) -> None:
        """Add a picture with its description."""
        self.book.add_picture(io.BytesIO(png), width=Cm(19 if self.page.wide else 17.5))
        shape = self.book.inline_shapes[-1]
        shape._inline.docPr.set("descr", alt)

    def records(self, item: RecordList) -> None:
        """Add the records behind one figure, under the mark that its cell leads to."""
        head = self.turn(self.book.add_paragraph())
        head.paragraph_format.keep_with_next = True
        name = item.anchor.replace("-", "_")
        number = str(len(self._anchors) + 1)
        self._anchors[name] = len(self._anchors)
        begin = OxmlElement("w:bookmarkStart")
        begin.set(qn("w:id"), number)
        begin.set(qn("w:name"), name)
        head._p.append(begin)
        self.write(head, item.heading, bold=True, size=7.5)
        end = OxmlElement("w:bookmarkEnd")
        end.set(qn("w:id"), number)
        head._p.append(end)
        lines = self.turn(self.book.add_paragraph())
        text = "; ".join(f"{record}{f' ({label})' if label else ''}: {adds}" for record, label, adds in item.lines)
        self.write(lines, text, ltr=True, size=6.5, soft=True)
        if item.rest:
            self.say(item.rest)


def docx_bytes(page: Page, words: Catalogue, made_at: datetime) -> bytes:
    """Return the report as an office document; the same input gives the same bytes."""
    writer = _Writer(page, words)
    writer.heading(page.title, 0)
    for notice in page.notices:
        writer.say(notice)
    for name, said in page.about:
        line = writer.turn(writer.book.add_paragraph())
        line.paragraph_format.space_after = Pt(0)
        writer.write(line, f"{name}: ", soft=True)
        writer.write(line, said.text, ltr=said.ltr)
    for chapter in page.chapters:
        writer.heading(chapter.title, 1)
        for text in chapter.paragraphs:
            writer.say(text)
        for text in chapter.points:
            writer.say(text, "List Bullet")
        for table in chapter.tables:
            writer.table(table)
        for chart in chapter.charts:
            writer.picture(chart_png(chart.chart, words), chart.alt)
    if page.records or page.records_note:
        writer.heading(page.records_title, 1)
        if page.records_note:
            writer.say(page.records_note)
        for item in page.records:
            writer.records(item)
    properties = writer.book.core_properties
    properties.title, properties.author, properties.language = page.title, "Safeground", page.language
    properties.comments = ""
    properties.created = properties.modified = made_at.replace(tzinfo=None)
    properties.last_modified_by = "Safeground"
    out = io.BytesIO()
    writer.book.save(out)
    return fixed_zip(out.getvalue(), made_at)
