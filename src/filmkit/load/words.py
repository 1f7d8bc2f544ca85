"""Words of messages: the nearest known word, and values short enough to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 60
_MOST = 40


def escaped(text: str) -> str:
    """A text on one line, with every sign visible that could move or turn what a terminal shows (controls, line ends,
    marks of direction, broken bytes).
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def shown(text: str) -> str:
    """A text as it may stand in a message: escaped, and not too long."""
    visible = escaped(text)
    return visible if len(visible) <= _LONGEST else visible[: _LONGEST - 1] + "…"


def nearest(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The known word most like this one, ignoring case, or None where none is at least so alike (0 to 1)."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word[:100].lower(), by_lower, n=1, cutoff=likeness)
    return by_lower[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], *, none: str = "nothing is known here") -> str:
    """A remedy for an unknown word: the nearest, and all that are valid (the first dozen where there are many)."""
    names = list(dict.fromkeys(known))
    if not names:
        return none
    listed = ", ".join(names[:_MOST]) + (" …" if len(names) > _MOST else "")
    near = nearest(word, names)
    return f"did you mean '{near}'? valid here: {listed}" if near else f"valid here: {listed}"
