"""Codes of the intake's messages."""

from safeground.intake.codes_files import CODES_FILES
from safeground.intake.codes_rows import CODES_ROWS

CODES = {**CODES_FILES, **CODES_ROWS}
