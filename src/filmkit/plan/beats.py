"""The beats of music as the cut uses them: given by hand, or found by an analysis; and what is said of those found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pydantic import BaseModel

from filmkit.model.analysis import Analysis, Answer, BeatsRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.point import Each, Point
from filmkit.model.sound import CutOn, Music, MusicFit
from filmkit.model.storyboard import Storyboard
from filmkit.model.timebase import SAMPLE_RATE, FrameRate, samples
from filmkit.model.timeline import MusicBeats, Tempo
from filmkit.plan.grid import BarGrid, EvenGrid, FoundGrid, Grid

UNSURE: Final = 0.1
"""Confidences below this are warned about."""


@dataclass(frozen=True, slots=True)
class FileBeats:
    """The beats of a music's file, the ones that begin a bar, and what is known about them."""

    grid: Grid
    bars: BarGrid
    about: MusicBeats


def beats_question(cue: Music, rate: FrameRate) -> Analysis | None:
    """What has to be measured before the beats of a piece are known; nothing where its grid is given by hand."""
    hand = cue.beats
    if cue.file is None or (hand is not None and hand.tempo is not None and hand.first is not None):
        return None
    if hand is None:
        return Analysis("beats", cue.file, BeatsRecipe())
    first = samples(hand.first.at(rate)) if hand.first is not None else None
    bpm = str(hand.tempo) if hand.tempo is not None else None
    return Analysis("beats", cue.file, BeatsRecipe(bpm=bpm, first=first, bar=hand.bar))


def beats_of(cue: Music, film: Film) -> FileBeats | None:
    """The beats of a piece; None where they are not known: not found, or nobody asked for them."""
    rate, hand, name = film.storyboard.picture.fps, cue.beats, cue.id or cue.file or ""
    if hand is not None and hand.tempo is not None and hand.first is not None:
        even = EvenGrid(hand.first.at(rate), 60 / hand.tempo)
        return FileBeats(even, BarGrid(even, hand.bar), MusicBeats(name, float(hand.tempo), hand.bar))
    question = beats_question(cue, rate)
    answer = film.analyses.get(question) if question else None
    return _found(name, answer, is_told=hand is not None and hand.first is not None) if answer else None


def _found(name: str, answer: Answer, *, is_told: bool) -> FileBeats | None:
    """``is_told``: the first beat was, and bars begin with it."""
    places = _numbers(answer.get("beats"))
    if not places:
        return None
    grid = FoundGrid(tuple(Fraction(int(place), SAMPLE_RATE) for place in places))
    bar = int(_number(answer, "bar"))
    about = MusicBeats(
        music=name,
        bpm=_number(answer, "bpm"),
        bar=bar,
        count=len(places),
        is_steady=bool(answer["steady"]),
        octave=_number(answer, "octave"),
        found=_number(answer, "found"),
        bars=None if is_told else _number(answer, "bars"),
        tempos=tuple(Tempo(bpm, score) for bpm, score in map(_numbers, _list(answer["tempos"]))),
    )
    return FileBeats(grid, BarGrid(grid, bar, int(_number(answer, "downbeat"))), about)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _numbers(value: object) -> list[float]:
    return [float(str(item)) for item in _list(value)]


def _number(answer: Answer, name: str) -> float:
    return float(str(answer[name]))


def needs_beats(board: Storyboard) -> dict[str, bool]:
    """The music whose beats something hangs on, or whose bars are repeated, by its id in small letters, and whether
    bars are asked for too.
    """
    needs: dict[str, bool] = {}
    for value in _places(board):
        name = (value.music or "") if isinstance(value, CutOn) else value.base
        is_bar = isinstance(value, Point) and value.beat == "downbeat"
        is_bar = is_bar or (isinstance(value, Each) and value.what == "downbeats")
        needs[name.lower()] = needs.get(name.lower(), False) or is_bar
    needs |= {cue.id.lower(): True for cue in board.sound.music if cue.id and cue.fit is MusicFit.EXTEND}
    ids = {cue.id.lower() for cue in board.sound.music if cue.id}
    return {name: is_bar for name, is_bar in needs.items() if name in ids}


def _places(value: object) -> Iterator[Point | Each | CutOn]:
    """Everything in a storyboard that hangs on beats, wherever a point may stand."""
    if isinstance(value, CutOn | Point | Each):
        if isinstance(value, CutOn) or (value.beat if isinstance(value, Point) else value.what != "cuts"):
            yield value
        return
    for part in _parts(value):
        yield from _places(part)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, tuple | list) else ()


def used_beats(film: Film) -> tuple[MusicBeats, ...]:
    """What is known of the beats that the film hangs on, and of all grids by hand."""
    needs = needs_beats(film.storyboard)
    told = (
        beats_of(cue, film)
        for cue in film.storyboard.sound.music
        if cue.beats is not None or (cue.id or "").lower() in needs
    )
    return tuple(known.about for known in told if known is not None)


def check_beats(film: Film) -> Iterator[Finding]:
    """What a person should know of beats that were found, where the film hangs on them."""
    needs = needs_beats(film.storyboard)
    for at, cue in enumerate(film.storyboard.sound.music):
        if (outside := _first_outside(cue, film)) is not None:
            yield Finding("first-beat-outside", f"the first beat of '{cue.id or cue.file}' lies past the end of its "
                          f"file: {outside}", "write when it is heard in the file, such as first: 0.04s",
                          Severity.WARNING, about=cue.id or "",
                          path=("sound", "music", at, "beats", "first"))  # fmt: skip
            continue
        question = beats_question(cue, film.storyboard.picture.fps)
        if (cue.id or "").lower() not in needs or question is None or film.analyses.get(question) is None:
            continue
        known = beats_of(cue, film)
        path = ("sound", "music", at, "beats" if cue.beats is not None else "file")
        if known is None:
            yield Finding("no-beats", f"no beats were found in {cue.file}, and the film hangs on those of '{cue.id}'",
                          "give them by hand: beats: {tempo: 97 bpm, first: 0.04s}", Severity.WARNING,
                          about=cue.id or "", path=path)  # fmt: skip
        else:
            yield from _doubts(known.about, path, is_bar=needs[(cue.id or "").lower()])


def _first_outside(cue: Music, film: Film) -> str | None:
    """Where a first beat that was given stands and how long the file is, if that is no beat of it."""
    facts = film.files[cue.file].facts if cue.file in film.files else None
    if facts is None or facts.audio is None or cue.beats is None or cue.beats.first is None:
        return None
    first_s = cue.beats.first.at(film.storyboard.picture.fps)
    lasts_s = facts.audio.seconds
    return f"{float(first_s):.2f} s, and it lasts {float(lasts_s):.2f} s" if first_s >= lasts_s else None


def _doubts(about: MusicBeats, path: tuple[str | int, ...], *, is_bar: bool) -> Iterator[Finding]:
    if about.octave is not None and about.octave < UNSURE:
        others = " or ".join(f"{tempo.bpm:g}" for tempo in about.tempos[:3] if abs(tempo.bpm - about.bpm) > 0.5)
        yield Finding("tempo-unsure", f"'{about.music}' was taken at {about.bpm:g} bpm; it may as well be {others}",
                      f"settle it by ear: beats: {{tempo: {about.bpm:.4g} bpm}}, or another of these",
                      Severity.WARNING, about=about.music, path=path)  # fmt: skip
    if about.found is not None and about.found < UNSURE:
        yield Finding("beats-unsure", f"few sounds of '{about.music}' begin on the beats that were found "
                      f"(confidence {about.found:.2f})", "listen, or give them by hand: beats: {tempo: …, first: …}",
                      Severity.WARNING, about=about.music, path=path)  # fmt: skip
    if is_bar and about.bars is not None:
        yield Finding("downbeats-guessed", f"which beats of '{about.music}' begin a bar is a guess "
                      f"(confidence {about.bars:.2f})", "if it is wrong, say where one does: beats: {first: 0.04s}",
                      Severity.WARNING if about.bars < UNSURE else Severity.NOTE,
                      about=about.music, path=path)  # fmt: skip
