"""The summary of a run for people: what was made, how it sounds, what ducking did, where the film lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import PurePath

from filmkit.model.finding import Severity
from filmkit.model.run import DuckedCues, RunReport
from filmkit.report.loudness import sound_words
from filmkit.report.moved import cue_lines
from filmkit.report.text import clock, frame_count, is_named, kinds, listed, missing_takes, plain, scratch_lines

_COUNTED = {"placeholder", "scratch-voice"}
"""Events that the summary counts in lines of their own."""


def summary_lines(report: RunReport) -> Iterator[str]:
    """What was rendered, what came from the store, how long it took, where the film lies."""
    yield plain(f"{report.name}: {clock(report.length_s)}, {frame_count(report.frames)}")
    if report.made:
        encoded = f" ({frame_count(report.frames_encoded)})" if report.frames_encoded else ""
        yield f"  made     {kinds(report.made)}{encoded}"
    if report.hits:
        yield f"  kept     {kinds(report.hits)}, from the store" + ("" if report.made else ": nothing had to be made")
    if sound := ", ".join(sound_words(report.facts)):
        yield f"  sound    {sound}"
    yield from _under("ducked", map(_ducked_line, report.ducked[:_MOST_DUCKED]))
    for word, lines in groupby(cue_lines(report.cues), key=itemgetter(0)):
        yield from _under(word, (line for _, line in lines))
    how = f", {report.engine} engine, {report.workers} workers, sandbox: {report.sandbox}" if report.made else ""
    yield f"  took     {report.wall_s:.1f} s{how}"
    yield from _event_lines(report)
    yield from _place_lines(report)
    if missing := [event.about for event in report.events if event.code == "placeholder"]:
        yield plain(f"  not finished: {missing_takes(missing)}")
        yield "    → put takes into takes/<scene>/<shot>/ as t01.mp4 and render again"
    if read := [event.about for event in report.events if event.code == "scratch-voice"]:
        yield plain(f"  not finished: {scratch_lines(read)}")
        yield "    → record them, name each 'file' in the storyboard and render again"


_MOST_DUCKED = 8


def _ducked_line(ducked: DuckedCues) -> str:
    """``theme under dialogue, horn: 5 times, 12.3 s in all, down to -9 dB``."""
    often = "once" if ducked.presses == 1 else f"{ducked.presses} times"
    names = f"{listed(ducked.cues, 4)} {ducked.under}"
    return f"{names}: {often}, {ducked.ducked_s:.1f} s in all, down to {ducked.deepest_db:g} dB"


def _place_lines(report: RunReport) -> Iterator[str]:
    """Where the film lies, and other files, a line a folder and a file."""
    if report.film:
        yield plain(f"  film     {report.film}")
    folders: dict[PurePath, list[str]] = {}
    for file in map(PurePath, report.files):
        folders.setdefault(file.parent, []).append(file.name)
    for folder, names in folders.items():
        yield plain(f"  in       {folder}")
        yield from (plain(f"           {name}{_ABOUT_FILE.get(name.split('.')[-2], '')}") for name in names)


_ABOUT_FILE = {"mix": ": as in the film", "m-and-e": ": music and effects, without the takes' own sound"}
"""What is to be known of a file, by the last word of its name."""


def _under(word: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines under a word of the summary that stands before the first."""
    for at, line in enumerate(lines):
        yield plain(f"  {word if at == 0 else '':<8} {line}")


def _event_lines(report: RunReport) -> Iterator[str]:
    """Every fallback; of several alike (a move hinted at in ten shots) one line that names where."""
    alike: dict[tuple[Severity, str], list[str]] = {}
    for event in report.events:
        if event.code not in _COUNTED:
            alike.setdefault((event.severity, event.message), []).append(event.about)
    for (severity, message), abouts in alike.items():
        named = [about for about in dict.fromkeys(abouts) if about and not is_named(about, message)]
        yield plain(f"  {severity.value + ':':<8} {message}" + (f" ({listed(named)})" if named else ""))
