"""XML of a stranger: no entities, no network, no depth, no guess."""

from __future__ import annotations

import math
import re
from typing import Any

from lxml import etree

from safeground.foundation.finding import Finding
from safeground.intake.limits import declares_entities
from safeground.intake.outlines import OutlineFault
from safeground.intake.table import refusal

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def parse(file: str, content: bytes, root: str) -> tuple[Any, Finding | None]:
    """Return the root element, or why the file is refused.

    Parameters
    ----------
    root : local name that the root element must have.
    """
    if declares_entities(content):
        return None, refusal(file, "SG-INTAKE-009", "declares a document type or entities.",
                             "Export it again; an honest file needs neither.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        element = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        return None, refusal(file, "SG-INTAKE-005", f"breaks the grammar of XML: {str(error)[:160]}.",
                             "The file is cut or was edited by hand; export it again.")
    if etree.QName(element).localname != root:
        return None, refusal(file, "SG-INTAKE-003", f"begins with <{etree.QName(element).localname}>, expected "
                                                    f"<{root}>.",
                             "Give it the ending of its kind.")
    return element, None


def local(element: Any) -> str:
    """Return an element's name without its name space; "" for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Any, *names: str) -> list[Any]:
    """Return the child elements of these names."""
    return [child for child in element if local(child) in names]


def text_of(element: Any, name: str) -> str:
    """Return the text of the first child of a name, "" = none."""
    found = children(element, name)
    return "".join(found[0].itertext()).strip() if found else ""


def number(text: str) -> float:
    """Return a decimal number written with a point.

    Raises
    ------
    OutlineFault : no finite number.
    """
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise OutlineFault(f"a coordinate is {text[:40]!r}, expected a decimal number")
    return value
