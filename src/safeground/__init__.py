"""Safeground: decision support for land release.  It never says "safe"; it states evidence and what may be left."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["__version__"]
