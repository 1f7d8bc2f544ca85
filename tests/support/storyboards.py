"""Storyboards for tests: read from text as a film's are, without a disk."""

from __future__ import annotations

from filmkit.load.film import check_board, storyboard_from
from filmkit.load.places import with_places
from filmkit.load.reader import read_tree
from filmkit.load.understood import understood
from filmkit.model.finding import Finding
from filmkit.model.storyboard import Storyboard

SHOT = "filmkit: 1\ntitle: T\nscenes:\n  - id: harbour\n    shots:\n      - id: boat\n        lasts: 2s\n"
"""A storyboard of one scene with one shot; lines indented by eight spaces go on with the shot."""

SECOND = "      - id: keeper\n        lasts: 2s\n"
"""A second shot after it."""


def board_of(text: str) -> Storyboard:
    """The model of a text without errors."""
    reading = read_tree(text.encode(), "storyboard.yaml")
    board, findings = storyboard_from(reading)
    assert board is not None, [finding.message for finding in findings]
    return board


def findings_of(text: str) -> list[Finding]:
    """All that is found in a text without looking at files."""
    reading = read_tree(text.encode(), "storyboard.yaml")
    board, findings = storyboard_from(reading)
    known = board or (understood(reading.tree, findings) if reading.tree else None)
    if known is None or reading.tree is None:
        return list(findings)
    return [*findings, *with_places(check_board(known, reading.tree), reading.tree)]


def told(finding: Finding) -> str:
    """A finding as a person reads it: place, name, message, remedy."""
    about = f" {finding.about}:" if finding.about else ""
    return f"{finding.place}:{about} {finding.message}. {finding.remedy}"
