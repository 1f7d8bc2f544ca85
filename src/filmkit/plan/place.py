"""Placing shots one after the other: lengths, joins, cuts on the beat. Whole frames from here on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import CutOn
from filmkit.model.storyboard import JoinKind
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Join, MovedCut
from filmkit.plan.points import PlacedShot, Points, PointTrouble, beat_grid
from filmkit.plan.shots import Path, ShotPlan, shot_plans


@dataclass(frozen=True, slots=True)
class Placed:
    """A shot with its place: frames [``start``, ``start + frames``), the take's time at its first frame, its join."""

    plan: ShotPlan
    start: int
    frames: int
    in_s: Fraction
    join: Join = Join()

    @property
    def stop(self) -> int:
        """First frame after it."""
        return self.start + self.frames


@dataclass
class Placing:
    """Places the shots of a film in order; ``findings`` and ``moved`` fill as it goes."""

    film: Film
    rate: FrameRate
    points: Points
    findings: list[Finding]
    moved: list[MovedCut]

    def shots(self, scene_at: int, before: Placed | None) -> Iterator[Placed]:
        """The shots of one scene in order, each placed; the one before may come again, longer or shorter."""
        for plan in shot_plans(self.film, scene_at, self.findings):
            join = self._join(plan, before)
            if before is not None and plan.inherits.cut_on is not None:
                moved = self._on_the_beat(plan, plan.inherits.cut_on, before, join)
                if moved is not before:
                    yield moved
                before = moved
            start = before.stop - join.frames if before is not None else 0
            placed = self._placed(plan, start, join)
            self._check_joins(before, placed)
            yield placed
            before = placed

    def _join(self, plan: ShotPlan, before: Placed | None) -> Join:
        written = plan.shot.join
        if written is None or written.with_ is JoinKind.CUT or before is None:
            return Join()
        frames = written.lasts.in_frames(self.rate)
        if 0 < frames <= before.frames:
            return Join(written.with_, frames)
        self._error(
            "join-too-long" if frames else "join-empty",
            f"the join into {plan.name} lasts {frames} frames; {before.plan.name} before it has {before.frames}",
            "shorten the join, or give the shot before more frames", plan, "join",
        )  # fmt: skip
        return Join()

    def _placed(self, plan: ShotPlan, start: int, join: Join) -> Placed:
        in_s = self._in_s(plan, start)
        frames = self._length(plan, start, in_s)
        placed = Placed(plan, start, max(frames, 1), in_s, join)
        self.remember(placed)
        return placed

    def _in_s(self, plan: ShotPlan, start: int) -> Fraction:
        if (sync := plan.shot.sync) is None:
            return plan.in_s(self.rate)
        mark = plan.source.marks.get(sync.mark)
        point_s = self._try(plan, "sync", sync.point, start)
        if mark is None or point_s is None:
            if mark is None:
                self._error(
                    "unknown-mark", f"{plan.name} has no mark '{sync.mark}' to sync", "add it to 'marks'", plan, "sync"
                )
            return Fraction(0)
        wanted = mark.at(self.rate) - plan.speed.taken(point_s - self.rate.seconds(start))
        if wanted < 0:
            self._error(
                "sync-too-early",
                f"{plan.name} would have to begin {float(-wanted):.3f} s before its take does",
                "sync a later mark, or an earlier point",
                plan,
                "sync",
            )
        return self.rate.seconds(max(0, self.rate.frames(wanted)))

    def _length(self, plan: ShotPlan, start: int, in_s: Fraction) -> int:
        shot = plan.shot
        if shot.lasts is not None:
            frames = shot.lasts.in_frames(self.rate)
            if frames < 1:
                self._error("shot-empty", f"{plan.name} lasts no frame", "give it at least 1f", plan, "lasts")
            return frames
        if shot.to is not None:
            end_s = self._try(plan, "to", shot.to, start)
            frames = 1 if end_s is None else self.rate.frames(end_s) - start
            if frames < 1:
                self._error("shot-empty", f"{plan.name} would end at '{shot.to}', {-frames} frames before it begins",
                            "hang its end on something later", plan, "to")  # fmt: skip
            return frames
        natural = plan.natural_frames(self.rate, in_s)
        if natural is None:
            self._error("no-length", f"nothing says how long {plan.name} is", "give it 'lasts' (or 'to')", plan, "id")
        elif natural < 1:
            self._error("in-past-end", f"'in' of {plan.name} lies at or past the end of its take",
                        "begin earlier", plan, "in")  # fmt: skip
        return natural or 1

    def _try(self, plan: ShotPlan, key: str, point: object, start: int) -> Fraction | None:
        from_s = self.rate.seconds(start)
        try:
            return self.points.seconds(point, from_s=from_s)  # type: ignore[arg-type]
        except PointTrouble as trouble:
            self._error("point", f"{plan.name}: {trouble.message}", trouble.remedy, plan, key)
            return None

    def remember(self, placed: Placed) -> None:
        """Makes a shot's points known: ``boat`` where it is the only one, and ``harbour/boat``."""
        plan, start_s = placed.plan, self.rate.seconds(placed.start)
        marks: dict[str, Fraction | None] = {}
        for name, mark in plan.source.marks.items():
            taken = mark.at(self.rate) - placed.in_s
            after_s = plan.speed.screen(taken) if taken >= 0 else Fraction(-1)
            marks[name] = start_s + after_s if 0 <= after_s < self.rate.seconds(placed.frames) else None
        known = PlacedShot(plan.name, placed.start, placed.stop, marks)
        self.points.placed[plan.name.lower()] = known
        if self.points.expected.get(plan.shot.id.lower()) == plan.name:
            self.points.placed[plan.shot.id.lower()] = known
        scene = plan.scene.id.lower()
        first = self.points.placed.get(scene)
        self.points.placed[scene] = PlacedShot(plan.scene.id, first.start if first else placed.start, placed.stop)

    def _on_the_beat(self, plan: ShotPlan, cut_on: CutOn, before: Placed, join: Join) -> Placed:
        """The shot before, with its end on the nearest beat in reach, or as it was (and why)."""
        cut = before.stop
        if join.frames:
            self.moved.append(MovedCut(plan.name, 0, "the cut lies under a join"))
            return before
        try:
            nearest = self._nearest_beat(cut_on, cut)
        except PointTrouble as trouble:
            self._error(
                "cut-on", f"{plan.name} cuts on '{cut_on.music}': {trouble.message}", trouble.remedy, plan, "cut_on"
            )
            return before
        frames = nearest - cut
        reason = self._why_stay(before, frames, cut_on.within.in_frames(self.rate))
        self.moved.append(MovedCut(plan.name, 0 if reason else frames, reason))
        if reason or not frames:
            return before
        moved = replace(before, frames=before.frames + frames)
        self.remember(moved)
        return moved

    def _nearest_beat(self, cut_on: CutOn, cut: int) -> int:
        """The frame of the beat nearest to a cut; the earlier of two equally near."""
        cue = self.points.cues.get(cut_on.music.lower())
        if cue is None:
            raise PointTrouble("there is no such music", "name a cue of 'music'")
        first, spacing = beat_grid(cue, self.rate)
        heard_from = self.points.cue_start(cue)
        origin = heard_from - cue.in_.at(self.rate) + first
        count = ((self.rate.seconds(cut) - origin) / spacing).__floor__()
        beats = [beat for k in (count, count + 1) if (beat := origin + k * spacing) >= heard_from]
        if not beats:
            return self.rate.frames(origin + max(0, ((heard_from - origin) / spacing).__ceil__()) * spacing)
        return min((self.rate.frames(beat) for beat in beats), key=lambda frame: (abs(frame - cut), frame))

    def _why_stay(self, before: Placed, frames: int, reach: int) -> str:
        if abs(frames) > reach:
            return f"the nearest beat is {abs(frames)} frames away, further than {reach}"
        if before.frames + frames < max(1, before.join.frames):
            return f"{before.plan.name} would have no frames left"
        if before.plan.take and not before.plan.shot.short:
            given = before.plan.natural_frames(self.rate, before.in_s)
            if given is not None and before.frames <= given < before.frames + frames:
                return f"the take of {before.plan.name} has no more frames"
        return ""

    def _check_joins(self, before: Placed | None, placed: Placed) -> None:
        join = placed.join
        if join.frames > placed.frames:
            self._error(
                "join-too-long",
                f"the join into {placed.plan.name} lasts {join.frames} frames, the shot itself {placed.frames}",
                "shorten the join",
                placed.plan,
                "join",
            )
        if before is not None and join.frames and before.join.frames + join.frames > before.frames:
            self._error(
                "joins-meet",
                f"the joins at the two ends of {before.plan.name} need {before.join.frames} + {join.frames} "
                f"frames, it has {before.frames}",
                "shorten one of the joins or lengthen the shot",
                placed.plan,
                "join",
            )

    def _error(self, code: str, message: str, remedy: str, plan: ShotPlan, key: str) -> None:
        path: Path = (*plan.path, key)
        self.findings.append(Finding(code, message, remedy, Severity.ERROR, about=plan.name, path=path))
