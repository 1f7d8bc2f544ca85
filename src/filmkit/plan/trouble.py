"""A point that cannot be resolved, said so that its writer can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class PointTrouble(Exception):
    """A point that cannot be resolved: what is wrong with it, and what to do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest one, else all there are."""
    names = sorted({name for name in known if name})
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean '{near[0]}'?"
    return "known are: " + ", ".join(names[:12]) if names else "nothing is known to hang on"
