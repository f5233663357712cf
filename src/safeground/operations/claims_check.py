"""Claimed totals of one event held against practice, with no project at all."""

from __future__ import annotations

from importlib.resources import files

from safeground.claims.plausibility import PublishedRange, RateCheck, StoryFigures, check_story, read_ranges, summary


def shipped_ranges() -> dict[str, PublishedRange]:
    """Return the ranges of practice that are shipped, each with its source."""
    return read_ranges(files("safeground").joinpath("standards", "plausibility.toml").read_text(encoding="utf-8"))


def check_totals(story: StoryFigures) -> tuple[tuple[RateCheck, ...], str]:
    """Return the rates that claimed totals imply, and the verdict in one sentence."""
    checks = check_story(story, shipped_ranges())
    return checks, summary(checks)


__all__ = ["RateCheck", "StoryFigures", "check_totals", "shipped_ranges"]
