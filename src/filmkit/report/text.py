"""Plain lines for people: findings, plans, summaries. Text of the film is made harmless for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import PurePath

from filmkit.model.finding import Finding, Place, Severity
from filmkit.model.run import UNCHANGED, CueChanges, DuckedCues, RunReport
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import Clip, ColorMaterial, StillMaterial, TakeMaterial, Timeline
from filmkit.plan.explain import Change
from filmkit.plan.graph import Step, counts
from filmkit.plan.stale import Todo
from filmkit.report.beats import beat_lines
from filmkit.report.loudness import sound_words
from filmkit.report.moved import cue_lines

_KIND_WORDS = {
    "segment": ("segment", "segments"),
    "picture": ("still", "stills"),
    "lut": ("grade", "grades"),
    "title": ("title", "titles"),
    "card": ("card", "cards"),
    "source": ("sound", "sounds"),
    "speech": ("scratch line", "scratch lines"),
    "duck": ("ducking curve", "ducking curves"),
    "stem": ("stem", "stems"),
    "press": ("sum that presses", "sums that press"),
    "mix": ("mix", "mixes"),
    "bounce": ("bounce", "bounces"),
    "waveform": ("waveform", "waveforms"),
    "sheet": ("level picture", "level pictures"),
    "master": ("master", "masters"),
}


def plain(text: str) -> str:
    """A text on one line, without control characters and marks of direction, which could rewrite what a terminal shows,
    or pass for a line of ours.
    """
    return "".join(map(_plain, text))


def _plain(char: str) -> str:
    if char in "\n\t":
        return " "
    return "\ufffd" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"} and char != "\u200d" else char


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Errors first, each with its place, the line it stands on, and what to do."""
    for finding in sorted(findings, key=_weight):
        where = f"{finding.place}: " if finding.place else ""
        about = f"{finding.about}: " if finding.about and not _names(finding.message, finding.about) else ""
        yield plain(f"{where}{finding.severity.value}: {about}{finding.message}")
        if finding.place and finding.place.excerpt.strip():
            yield from _excerpt_lines(finding.place)
        if finding.remedy:
            yield plain(f"    → {finding.remedy}")


def _names(message: str, about: str) -> bool:
    """Whether a message has this name in it as a word: a cue ``x`` is not named by "six"."""
    return re.search(rf"(?<![\w/-]){re.escape(about)}(?![\w-])", message) is not None


def _weight(finding: Finding) -> tuple[int, str, int, int]:
    order = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    place = finding.place or Place("")
    return order.index(finding.severity), place.file, place.line, place.column


_WIDEST = 100
"""Characters of an excerpt that are shown: a whole film on one line would bury the message."""


def _excerpt_lines(place: Place) -> Iterator[str]:
    """The line a finding stands on, as much of it as fits, and a sign under the column."""
    line, column = place.excerpt.rstrip(), max(0, place.column - 1)
    skipped = max(0, min(column - _WIDEST // 2, len(line) - _WIDEST))
    shown = line[skipped : skipped + _WIDEST].replace("\t", " ")
    yield plain(f"    {place.line:>4} | {'…' * bool(skipped)}{shown}{'…' * (len(line) > skipped + _WIDEST)}")
    if place.column:
        yield f"         | {' ' * (columns_of(line[skipped:column]) + bool(skipped))}^"


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: wide letters two, combining signs none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def count_line(findings: Sequence[Finding]) -> str:
    """``2 errors, 1 warning``, or that nothing is wrong."""
    words = []
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE):
        count = sum(finding.severity is severity for finding in findings)
        if count:
            words.append(f"{count} {severity.value}{'s' if count > 1 else ''}")
    return ", ".join(words) or "nothing wrong"


def timeline_lines(timeline: Timeline, cues: CueChanges = UNCHANGED) -> Iterator[str]:
    """The cut, a line a clip: its first frame, its frames, its length, what is shown, and its join; then what has
    become of the ``cues`` since the last render.
    """
    width = max((len(clip.shot) for clip in timeline.clips), default=4)
    yield f"  {'shot':<{width}}  from frame  frames    length  shows"
    for clip in timeline.clips:
        seconds = float(timeline.rate.seconds(clip.frames))
        join = f", {clip.join.kind.value} {clip.join.frames}f" if clip.join.frames else ""
        line = f"{clip.start:>10}  {clip.frames:>6}  {seconds:>6.2f} s  {shown(clip)}{join}"
        yield plain(f"  {clip.shot:<{width}}  {line}")
    yield from (plain(f"  {line}") for line in beat_lines(timeline))
    yield from _seam_lines(timeline)
    yield from (plain(f"  cues {word} since the last render, {line}") for word, line in cue_lines(cues))
    length = clock(float(timeline.rate.seconds(timeline.frames)))
    yield f"  {timeline.frames} frames, {length} at {float(timeline.rate.fps):.6g} frames a second"


_MOST_SEAMS = 20


def _seam_lines(timeline: Timeline) -> Iterator[str]:
    """Where extended music goes on elsewhere, in seconds of the film."""
    for sound in timeline.sounds:
        for seam in sound.seams[:_MOST_SEAMS]:
            at = clock((sound.start + seam.at) / SAMPLE_RATE)
            bars = f"from bar {seam.from_bar} back to bar {seam.to_bar}, {seam.likeness} of 100 alike"
            yield plain(f"  {sound.id} is extended at {at}: {bars}")
        if (left := len(sound.seams) - _MOST_SEAMS) > 0:
            yield plain(f"  {sound.id} is extended at {left} more places")


def shown(clip: Clip) -> str:
    """What a clip shows, in two words."""
    material = clip.material
    if clip.is_placeholder:
        return "no take yet"
    if isinstance(material, TakeMaterial):
        return f"take {material.take.label}" + (f", {material.held_frames}f held" if material.held_frames else "")
    if isinstance(material, StillMaterial):
        return "still"
    return "colour" if isinstance(material, ColorMaterial) else "credits"


def todo_lines(todo: Todo, shown: int = 12) -> Iterator[str]:
    """What is stale and what it costs; what the store has."""
    if todo.hits:
        yield "  from the store: " + kinds(todo.hits)
    if not todo.missing:
        yield "  nothing to make"
        return
    frames = f"{_frames(todo.frames)}, " if todo.frames else ""
    yield f"  to make: {kinds(counts(todo.missing))}; {frames}about {_seconds(todo.seconds)} of one core"
    width = max(len(step.name) for step in todo.missing[:shown])
    for step in todo.missing[:shown]:
        frames = _frames(step.cost.frames) if step.cost.frames else ""
        yield plain(f"    {step.name:<{width}}  {frames:>12}  {_seconds(step.cost.seconds):>6}".rstrip())
    if len(todo.missing) > shown:
        yield f"    … and {len(todo.missing) - shown} more"


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _seconds(seconds: float) -> str:
    if seconds < 0.1:
        return "<0.1 s"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def why_lines(about: str, changes: Sequence[Change], to_make: Sequence[Step], *, is_first: bool) -> Iterator[str]:
    """What changed since the last render, a line a cause, and what has to be made because of it."""
    if is_first:
        yield plain(f"{about}: this film was not rendered here yet, so all of it has to be made")
        return
    if changes:
        yield plain(f"{about}: since the last render")
        yield from (plain(f"  {change}") for change in changes)
    else:
        yield plain(f"{about}: nothing changed since the last render")
    if to_make:
        gone = "" if changes else ", because the store has lost it"
        yield f"  to make: {kinds(counts(to_make))}{gone}"
    elif changes:
        yield "  nothing to make: the store has it"


def word_for_many(kind: str) -> str:
    """``segments`` for steps of the kind ``segment``, ``mixes`` for ``mix``."""
    return _KIND_WORDS[kind][1]


def kinds(found: Mapping[str, int]) -> str:
    """``3 segments, 1 mix, 1 master``."""
    words = []
    for kind, (one, many) in _KIND_WORDS.items():
        if count := found.get(kind, 0):
            words.append(f"{count} {many if count > 1 else one}")
    return ", ".join(words)


_COUNTED = {"placeholder", "scratch-voice"}
"""Events that the summary counts in lines of their own."""


def summary_lines(report: RunReport) -> Iterator[str]:
    """What was rendered, what came from the store, how long it took, where the film lies."""
    yield plain(f"{report.name}: {clock(report.length_s)}, {_frames(report.frames)}")
    if report.made:
        encoded = f" ({_frames(report.frames_encoded)})" if report.frames_encoded else ""
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
        named = [about for about in dict.fromkeys(abouts) if about and about not in message]
        yield plain(f"  {severity.value + ':':<8} {message}" + (f" ({listed(named)})" if named else ""))


def status_lines(
    timeline: Timeline, findings: Sequence[Finding], todo: Todo, film: tuple[PurePath | None, bool]
) -> Iterator[str]:
    """Where a film stands; ``film`` is its file and whether that is up to date."""
    file, is_current = film
    shots = [clip for clip in timeline.clips if clip.scene != "credits"]
    missing = [clip.shot for clip in shots if clip.is_placeholder]
    length = clock(float(timeline.rate.seconds(timeline.frames)))
    yield plain(f"{timeline.name}: {timeline.title}")
    yield f"  length   {length}, {_frames(timeline.frames)} at {float(timeline.rate.fps):.6g}, {timeline.size}"
    yield plain(f"  shots    {len(shots)}" + (f"; {missing_takes(missing)}" if missing else ", none is missing"))
    if timeline.scratch:
        yield plain(f"  lines    {scratch_lines(timeline.scratch)}")
    yield f"  found    {count_line(findings)}" + (" (filmkit check tells them)" if findings else "")
    if todo.missing:
        yield f"  to make  {kinds(counts(todo.missing))}, about {_seconds(todo.seconds)} of one core"
    if file is None:
        yield "  film     not rendered yet"
    else:
        made = "finished" if timeline.is_finished else "up to date, not finished"
        state = made if is_current else "not up to date"
        yield plain(f"  film     {file}, {state}")


def missing_takes(shots: Sequence[str]) -> str:
    """``2 shots have no take yet: harbour/boat, lamp/flame``."""
    return f"{len(shots)} shot{'s have' if len(shots) > 1 else ' has'} no take yet: {listed(shots)}"


def scratch_lines(lines: Sequence[str]) -> str:
    """``2 lines are read by a scratch voice: late (scratch), cup (scratch)``."""
    return f"{len(lines)} line{'s are' if len(lines) > 1 else ' is'} read by a scratch voice: {listed(lines)}"


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names after each other, not too many."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def clock(seconds: float) -> str:
    """``1:02.5``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"
