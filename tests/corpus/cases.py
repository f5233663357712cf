"""The corpus of bad input: files made at run time from one seed, none of them anybody's data.

``python -c "from corpus.cases import build_corpus"`` with ``tests`` on the path; see
``docs/decisions/0030-corpus-of-bad-input.md``.
"""

from __future__ import annotations

from pathlib import Path

from corpus.binary_file_cases import add_binary_file_cases
from corpus.case import Case, Corpus
from corpus.geometry_cases import add_geometry_cases
from corpus.good_cases import add_good_cases
from corpus.point_cases import add_point_cases
from corpus.text_file_cases import add_text_file_cases
from corpus.value_cases import add_value_cases
from corpus.xml_file_cases import add_xml_file_cases

#: Port 9 is "discard": nothing listens there, and nothing but this machine is asked.
NOWHERE = "http://127.0.0.1:9"


def build_corpus(folder: Path, url: str = NOWHERE) -> list[Case]:
    """Write every file of the corpus below `folder` and return what each one is.

    Parameters
    ----------
    folder : an existing or new folder; each file gets its own folder in it.
    url : the address that hostile files name; a test may listen there.

    Returns
    -------
    Bad cases of six formats and a seventh, and good ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(folder, url)
    for add in (add_geometry_cases, add_value_cases, add_point_cases, add_text_file_cases, add_xml_file_cases,
                add_binary_file_cases, add_good_cases):
        add(corpus)
    return corpus.cases
