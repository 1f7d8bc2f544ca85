"""Cuts that go to the beat: how far they may, and what keeps them where they are.

A cut moves by lengthening or shortening the shot before it. It stays where no beat is in reach, under a join, where the
shot before has not the frames for it, where it would fall into a line of dialogue that it was clear of, and where a
mark would no longer be in the part of its shot that is shown. A line that hangs on something later is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import CutOn, Line, Music
from filmkit.model.timeline import Join, MovedCut
from filmkit.plan.shots import Path, ShotPlan
from filmkit.plan.trouble import PointTrouble

if TYPE_CHECKING:
    from filmkit.plan.place import Placed, Placing
    from filmkit.plan.points import Points


@dataclass(frozen=True, slots=True)
class _Around:
    """What is around a cut: the lines it falls into, and the marks that are shown in the shots on both sides of it."""

    lines: frozenset[str]
    marks: frozenset[str]


class Lines:
    """The lines of dialogue near the cuts of a film, which are asked about in order."""

    def __init__(self, lines: Sequence[Line], points: Points) -> None:
        self._points = points
        self._open: dict[str, Line] = {}
        self._waiting: dict[str, dict[str, Line]] = {}
        """By the shot or scene they hang on; one that nothing is known of yet is not asked."""

        for at, line in enumerate(lines):
            if line.at is not None:
                base, name = line.at.base.lower(), line.id or f"dialogue {at + 1}"
                (self._waiting.setdefault(base, {}) if base in points.names.expected else self._open)[name] = line

    def at(self, cut_s: Fraction, over_s: Fraction) -> list[str]:
        """Lines that sound on both sides of a cut; those that are over by ``over_s`` are not asked about again."""
        for base in [base for base in self._waiting if base in self._points.placed]:
            self._open |= self._waiting.pop(base)
        found = []
        for name, line in list(self._open.items()):
            with suppress(PointTrouble):  # it hangs on something that comes later
                start_s, end_s = self._points.cues.start(line), self._points.cues.last_heard(line)
                if start_s < cut_s < end_s:
                    found.append(name)
                elif end_s <= over_s:
                    del self._open[name]
        return found


@dataclass
class OnTheBeat:
    """Moves the cuts of a film while its shots are placed."""

    placing: Placing
    _lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self._lines = Lines(self.placing.film.storyboard.sound.dialogue, self.placing.points)

    def moved(self, plan: ShotPlan, cut_on: CutOn, before: Placed, join: Join) -> Placed:
        """The shot before, with its end on the nearest beat in reach, or as it was (and why)."""
        here = MovedCut(plan.name, 0, at=before.stop, music=cut_on.music or "")
        if join.frames:
            return self._stays(plan, before, replace(here, reason="it lies under a join"))
        cue = self.placing.points.names.cues.get((cut_on.music or "").lower())
        if not isinstance(cue, Music) or cut_on.within is None or self.placing.points.file_beats(cue) is None:
            reason = f"the beats of '{cut_on.music}' are not known"
            return self._stays(plan, before, replace(here, reason=reason), is_told=True)
        try:
            beat = self._beat_near_end(before, cue, plan)
        except PointTrouble as trouble:
            message = f"{plan.name} cuts on '{cut_on.music}': {trouble.message}"
            self.placing.error("cut-on", message, trouble.remedy, plan, "cut_on")
            return before
        if beat is None:
            return self._stays(plan, before, replace(here, reason=f"no beat of '{cut_on.music}' is heard"))
        number, beat_s = beat
        here = replace(here, beat=number)
        frames = self.placing.rate.frames(beat_s) - before.stop
        reach = cut_on.within.in_frames(self.placing.rate)
        if reason := self._why_stay(before, frames, reach) or (self._harm(plan, before, frames) if frames else ""):
            return self._stays(plan, before, replace(here, reason=reason))
        self.placing.moved.append(replace(here, frames=frames, at=before.stop + frames))
        if not frames:
            return before
        longer = replace(before, frames=before.frames + frames)
        self._settle(longer, plan)
        return longer

    def _beat_near_end(self, before: Placed, cue: Music, plan: ShotPlan) -> tuple[int, Fraction] | None:
        """The beat nearest to the end of a shot; meanwhile that end is not known, for the music may not hang on it."""
        self.placing.remember(before, is_open=True)
        try:
            return self.placing.points.cues.nearest_beat(cue, self.placing.rate.seconds(before.stop))
        finally:
            self._settle(before, plan)

    def _settle(self, before: Placed, plan: ShotPlan) -> None:
        """Makes the end of the shot before known again, and that of its scene where ``plan`` begins another."""
        self.placing.remember(before)
        if before.plan.scene is not plan.scene:
            self.placing.close_scene(before)

    def _stays(self, plan: ShotPlan, before: Placed, cut: MovedCut, *, is_told: bool = False) -> Placed:
        """The cut stays where it is: reported, and as a note unless another finding tells it already."""
        self.placing.moved.append(cut)
        if not is_told:
            path: Path = (*plan.path, "cut_on")
            message = f"the cut to {plan.name} is not on a beat: {cut.reason}"
            self.placing.findings.append(Finding("cut-stays", message, "", Severity.NOTE, about=plan.name, path=path))
        return before

    def _why_stay(self, before: Placed, frames: int, reach: int) -> str:
        if abs(frames) > reach:
            return f"the nearest beat is {abs(frames)} frames away, further than {reach}"
        if before.frames + frames < max(1, before.join.frames):
            return f"{before.plan.name} would have no frames left"
        if before.plan.take and not before.plan.shot.short:
            given = before.plan.natural_frames(self.placing.rate, before.in_s)
            if given is not None and before.frames <= given < before.frames + frames:
                return f"the take of {before.plan.name} has no more frames"
        return ""

    def _harm(self, plan: ShotPlan, before: Placed, frames: int) -> str:
        """What a move would break, tried out; nothing of the trial is kept."""
        now, then = self._around(before, plan), self._around(replace(before, frames=before.frames + frames), plan)
        if lines := sorted(then.lines - now.lines):
            return f"it would fall into the line '{lines[0]}'"
        if marks := sorted(now.marks - then.marks):
            return f"the mark {marks[0]} would no longer be shown"
        return ""

    def _around(self, before: Placed, plan: ShotPlan) -> _Around:
        with self._trying():
            self._settle(before, plan)
            after = self.placing.put(plan, before.stop, Join())
            marks = {f"{shot.plan.name}.{name}" for shot in (before, after) for name in self.placing.shown_marks(shot)}
            cut_s, over_s = (self.placing.rate.seconds(frame) for frame in (before.stop, before.start))
            return _Around(frozenset(self._lines.at(cut_s, over_s)), frozenset(marks))

    @contextmanager
    def _trying(self) -> Iterator[None]:
        placing = self.placing
        placed, findings = dict(placing.points.placed), list(placing.findings)
        try:
            with placing.points.cues.trying():
                yield
        finally:
            placing.points.placed.clear()
            placing.points.placed.update(placed)
            placing.findings[:] = findings
