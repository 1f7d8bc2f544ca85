"""What gathering says, in plain lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from filmkit.model.run import Json
from filmkit.report.text import plain

if TYPE_CHECKING:
    from filmkit.engine.survey import Candidate, Known, Survey, Taken, Wrong

_MOST: Final = 12
"""So many files of a kind are listed; the rest is counted."""

_WAYS: Final = {
    "there": "is {take} already",
    "twin": "has the same bytes as {take}",
    "trash": "is {take} in the trash; `filmkit takes --undo` brings it back",
}


def about(candidate: Candidate) -> str:
    """``5 s, 1280x720, 24 fps, runway gen4_turbo, seed 12``: what is known of a file in one line."""
    video, lock = candidate.facts.video, candidate.origin.lock
    assert video is not None
    wide, high = video.upright
    rate = video.pictures.rate
    length = "a still" if candidate.facts.is_still else f"{float(video.pictures.end):.3g} s"
    fps = f"{float(rate):.4g} fps" if rate is not None and not candidate.facts.is_still else ""
    maker = " ".join(str(lock[key]) for key in ("provider", "model") if lock.get(key))
    seed = f"seed {lock['seed']}" if "seed" in lock else ""
    return ", ".join(part for part in (length, f"{wide}x{high}", fps, maker, seed) if part)


def taken_lines(taken: Taken) -> Iterator[str]:
    """A take that has come, or would."""
    number = f"t{taken.number:02}" if taken.number else "next"
    yield plain(f"{taken.shot} {number}  ← {taken.candidate.name}")
    yield plain(f"    {about(taken.candidate)}; {taken.why}")


def wrong_lines(wrong: Sequence[Wrong]) -> Iterator[str]:
    """Files that are no takes as they are."""
    for one in wrong:
        yield plain(f"warning: {one.name}: {one.reason}")
        if one.remedy:
            yield plain(f"    → {one.remedy}")


def known_lines(known: Sequence[Known]) -> Iterator[str]:
    """Files whose bytes are known; those that are takes already are only counted where there are many."""
    told = [one for one in known if one.way in _WAYS]
    for one in told[:_MOST]:
        yield plain(f"known: {one.candidate.name} {_WAYS[one.way].format(take=one.take)}")
    if len(told) > _MOST:
        yield f"known: {len(told) - _MOST} more"


def unsure_lines(unsure: Sequence[Candidate]) -> Iterator[str]:
    """Files for which somebody has to say the shot: those for which something speaks first."""
    told = sorted(unsure, key=lambda candidate: not candidate.verdict.matches)
    for candidate in told[:_MOST]:
        yield plain(f"unsure: {candidate.name}  ({about(candidate)})")
        for match in candidate.verdict.matches[:3]:
            yield plain(f"    {match.shot}?  {match.reasons[0]}")
    if len(told) > _MOST:
        yield f"unsure: {len(told) - _MOST} more"
    if told:
        yield "    → say their shots: --assign FILE=SHOT, or run this on a terminal to be asked"


def count_line(survey: Survey, taken: int) -> str:
    """How it went, in one line."""
    parts = [f"{taken} {'take' if taken == 1 else 'takes'} more"]
    for count, word in ((len(survey.known), "known"), (len(survey.unsure), "unsure"), (len(survey.wrong), "wrong"),
                        (survey.left, "left alone")):  # fmt: skip
        if count:
            parts.append(f"{count} {word}")
    return ", ".join(parts) + ("" if survey.is_whole else "; there is more than can be looked through")


def survey_value(survey: Survey, taken: Sequence[Taken]) -> dict[str, Json]:
    """All of it as JSON."""
    return {
        "taken": [
            {"take": f"{one.shot}/t{one.number:02}", "file": one.candidate.name, "sha256": one.candidate.sha256}
            for one in taken
        ],
        "known": [{"file": one.candidate.name, "take": one.take, "way": one.way} for one in survey.known],
        "unsure": [
            {
                "file": one.name,
                "about": about(one),
                "likely": [
                    {"shot": match.shot, "points": match.points, "reasons": list(match.reasons)}
                    for match in one.verdict.matches[:5]
                ],
            }
            for one in survey.unsure
        ],
        "wrong": [{"file": one.name, "reason": one.reason, "remedy": one.remedy} for one in survey.wrong],
        "left": survey.left,
    }
