"""A small dialogue: which shot is this file for? What is unsure is asked, never guessed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from filmkit.cli.gathered import about
from filmkit.cli.say import say
from filmkit.load.words import nearest
from filmkit.report.text import plain

if TYPE_CHECKING:
    from filmkit.engine.survey import Candidate

_LIKELY: Final = 6
_HELP: Final = "number or name of a shot · Enter skips it · i says more · l lists all shots · q ends the questions"

Ask = Callable[[str], str]
"""Shows a prompt and returns what was typed. Raises EOFError where nobody is there any more."""


def can_ask() -> bool:
    """Whether somebody sits there."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_all(candidates: Sequence[Candidate], shots: Sequence[str], ask: Ask = input) -> Iterator[tuple[Candidate, str]]:
    """Asks for each file, those with a likely shot first; yields each with the shot that was said."""
    for candidate in sorted(candidates, key=lambda one: not one.verdict.matches):
        try:
            shot = _ask_one(candidate, shots, ask)
        except (EOFError, _Enough):
            return
        if shot is not None:
            yield candidate, shot


class _Enough(Exception):
    """No more questions."""


def _ask_one(candidate: Candidate, shots: Sequence[str], ask: Ask) -> str | None:
    choices = [match.shot for match in candidate.verdict.matches[:_LIKELY]] or list(shots[:_LIKELY])
    say(["", plain(f"{candidate.name}  ({about(candidate)})"), *_choice_lines(candidate, choices), f"  {_HELP}"])
    while True:
        said = ask("shot? ").strip()
        if not said:
            return None
        if said.lower() in {"q", "quit"}:
            raise _Enough
        if said.lower() == "i":
            say(_more(candidate))
        elif said.lower() == "l":
            choices = list(shots)
            say(_choice_lines(candidate, choices))
        elif (shot := chosen(said, choices, shots)) is not None:
            return shot
        else:
            near = nearest(said, [name for shot in shots for name in (shot.rpartition("/")[2], shot)])
            say([plain("  there is no such shot" + (f"; did you mean '{near}'?" if near else ""))])


def chosen(said: str, choices: Sequence[str], shots: Sequence[str]) -> str | None:
    """A shot by its number in the list, by its whole name, or by its own where only one has it."""
    if said.isdecimal() and len(said) < 6 and 0 < int(said) <= len(choices):
        return choices[int(said) - 1]
    low = said.lower()
    found = [shot for shot in shots if low in {shot.lower(), shot.lower().rpartition("/")[2]}]
    return found[0] if len(found) == 1 else None


def _choice_lines(candidate: Candidate, choices: Sequence[str]) -> Iterator[str]:
    reasons = {match.shot: match.reasons[0] for match in candidate.verdict.matches}
    width = max(map(len, choices), default=0)
    for number, shot in enumerate(choices, start=1):
        yield plain(f"  {number:>2}  {shot:<{width}}  {reasons.get(shot, '')}".rstrip())


def _more(candidate: Candidate) -> Iterator[str]:
    yield plain(f"  {candidate.file.size:,} bytes, sha256 {candidate.sha256[:16]}…")
    for key, value in candidate.origin.lock.items():
        yield plain(f"  {key}: {value}")
    for match in candidate.verdict.matches:
        for reason in match.reasons:
            yield plain(f"  {match.shot}: {reason}")
