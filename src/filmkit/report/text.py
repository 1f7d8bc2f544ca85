"""Plain lines for people: findings, the cut, plans, status. Text of the film is made harmless for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath

from filmkit.model.finding import Finding, Place, Severity
from filmkit.model.run import UNCHANGED, CueChanges
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import Clip, ColorMaterial, StillMaterial, TakeMaterial, Timeline
from filmkit.plan.explain import Change
from filmkit.plan.graph import Step, counts
from filmkit.plan.stale import Todo
from filmkit.report.beats import beat_lines
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
        about = f"{finding.about}: " if finding.about and not is_named(finding.about, finding.message) else ""
        yield plain(f"{where}{finding.severity.value}: {about}{finding.message}")
        if finding.place and finding.place.excerpt.strip():
            yield from _excerpt_lines(finding.place)
        if finding.remedy:
            yield plain(f"    → {finding.remedy}")


def is_named(about: str, message: str) -> bool:
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
    frames = f"{frame_count(todo.frames)}, " if todo.frames else ""
    yield f"  to make: {kinds(counts(todo.missing))}; {frames}about {_seconds(todo.seconds)} of one core"
    width = max(len(step.name) for step in todo.missing[:shown])
    for step in todo.missing[:shown]:
        frames = frame_count(step.cost.frames) if step.cost.frames else ""
        yield plain(f"    {step.name:<{width}}  {frames:>12}  {_seconds(step.cost.seconds):>6}".rstrip())
    if len(todo.missing) > shown:
        yield f"    … and {len(todo.missing) - shown} more"


def frame_count(count: int) -> str:
    """``1 frame``, ``12 frames``."""
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


def status_lines(
    timeline: Timeline, findings: Sequence[Finding], todo: Todo, film: tuple[PurePath | None, bool]
) -> Iterator[str]:
    """Where a film stands; ``film`` is its file and whether that is up to date."""
    file, is_current = film
    shots = [clip for clip in timeline.clips if clip.scene != "credits"]
    missing = [clip.shot for clip in shots if clip.is_placeholder]
    length = clock(float(timeline.rate.seconds(timeline.frames)))
    yield plain(f"{timeline.name}: {timeline.title}")
    yield f"  length   {length}, {frame_count(timeline.frames)} at {float(timeline.rate.fps):.6g}, {timeline.size}"
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
