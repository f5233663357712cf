"""Codes of the claims room's messages."""

from safeground.claims.codes_decisions import CODES_DECISIONS
from safeground.claims.codes_documents import CODES_DOCUMENTS
from safeground.claims.codes_text import CODES_TEXT

CODES = {**CODES_DECISIONS, **CODES_DOCUMENTS, **CODES_TEXT}
