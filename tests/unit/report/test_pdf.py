"""The PDF is tagged, holds the figures, and takes names in any script as text."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdf
import pytest

from safeground.report.figures import situation_figures
from safeground.report.pdf import situation_pdf
from safeground.report.words import number


def text_of(path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages).replace("\xa0", " ")


def test_pdf_is_tagged_and_holds_every_figure(situation, tmp_path):
    path = tmp_path / "situation.pdf"
    assert situation_pdf(situation, path) == "ua-1"
    reader = pypdf.PdfReader(path)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Situation report: Border district"
    said = re.sub(r"\s+", " ", text_of(path))
    for figure in situation_figures(situation):
        assert number(figure.value) in said, figure.name
        for record in figure.records:
            assert record in said
    assert "never declares land free of explosive hazard" in said
    assert "no hazard model was run" in said


def test_same_input_gives_the_same_bytes_and_no_temporary_file_stays(situation, tmp_path):
    situation_pdf(situation, tmp_path / "a.pdf")
    situation_pdf(situation, tmp_path / "b.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.pdf", "b.pdf"]


def test_names_that_look_like_markup_are_printed_as_they_are(unusual_names, tmp_path):
    path = tmp_path / "names.pdf"
    situation_pdf(unusual_names, path)
    said = re.sub(r"\s+", "", text_of(path))
    assert "#setpage[$x^2$]\\<script>alert(1)</script>*a*_b_@c" in said
    assert "Район«Північ»" in said
    assert "=1+1&\"quoted\"'single'" in said


@pytest.mark.parametrize("name", ["Район", "منطقة"])
def test_cyrillic_and_arabic_names_keep_pdf_ua_with_the_embedded_fonts(situation, tmp_path, name):
    assert situation_pdf(replace(situation, project=name), tmp_path / "s.pdf") == "ua-1"


def test_letters_without_a_font_are_said_and_do_not_stop_the_report(situation, tmp_path):
    path = tmp_path / "s.pdf"
    assert situation_pdf(replace(situation, project="area \U000f0000"), path) == ""  # private use: no font has it
    assert "have no font on the machine" in re.sub(r"\s+", " ", text_of(path))
    assert pypdf.PdfReader(path).trailer["/Root"]["/MarkInfo"]["/Marked"]
