"""Placing shots one after the other: lengths, joins, cuts on the beat. Whole frames from here on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.point import Point
from filmkit.model.storyboard import JoinKind
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Join, MovedCut
from filmkit.plan.on_the_beat import OnTheBeat
from filmkit.plan.points import PlacedShot, Points
from filmkit.plan.shots import Path, ShotPlan, shot_plans
from filmkit.plan.trouble import PointTrouble

LONGEST_S: Final = 6 * 3600
"""The longest film: a length of years would take all memory before anybody could be told."""


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
    _on_the_beat: OnTheBeat = field(init=False)

    def __post_init__(self) -> None:
        self._on_the_beat = OnTheBeat(self)

    def shots(self, scene_at: int, before: Placed | None) -> Iterator[Placed]:
        """The shots of one scene in order, each placed; the one before may come again, longer or shorter."""
        plans = list(shot_plans(self.film, scene_at, self.findings))
        for plan in plans:
            join = self._join(plan, before)
            if before is not None and plan.inherits.cut_on is not None:
                moved = self._on_the_beat.moved(plan, plan.inherits.cut_on, before, join)
                if moved is not before:
                    yield moved
                before = moved
            start = before.stop - join.frames if before is not None else 0
            placed = self.put(plan, start, join)
            self._check_joins(before, placed)
            yield placed
            before = placed
        if plans and before is not None:
            self.close_scene(before)

    def _join(self, plan: ShotPlan, before: Placed | None) -> Join:
        written = plan.shot.join
        if written is None or written.with_ is JoinKind.CUT or before is None:
            return Join()
        frames = written.lasts.in_frames(self.rate)
        if 0 < frames <= before.frames:
            return Join(written.with_, frames)
        self.error(
            "join-too-long" if frames else "join-empty",
            f"the join into {plan.name} lasts {frames} frames; {before.plan.name} before it has {before.frames}",
            "shorten the join, or give the shot before more frames", plan, "join",
        )  # fmt: skip
        return Join()

    def put(self, plan: ShotPlan, start: int, join: Join) -> Placed:
        """Places a shot whose first frame is known."""
        self._remember(plan, PlacedShot(plan.name, start))  # its beginning is known before its end
        in_s = self._in_s(plan, start)
        self._remember(plan, PlacedShot(plan.name, start, None, self._marks(plan, start, in_s)))
        frames = max(1, self._length(plan, start, in_s))
        if start + frames > LONGEST_S * self.rate.fps:
            hours = LONGEST_S // 3600
            self.error("film-too-long", f"with {plan.name} the film would be longer than {hours} hours",
                        "shorten it, or make several films", plan, "to" if plan.shot.to else "lasts")  # fmt: skip
            frames = 1
        placed = Placed(plan, start, frames, in_s, join)
        self.remember(placed)
        return placed

    def _in_s(self, plan: ShotPlan, start: int) -> Fraction:
        if (sync := plan.shot.sync) is None:
            return plan.in_s(self.rate)
        mark = next((time for name, time in plan.source.marks.items() if name.lower() == sync.mark.lower()), None)
        point_s = self._try(plan, "sync", sync.point, start)
        if mark is None or point_s is None:
            if mark is None:
                self.error(
                    "unknown-mark", f"{plan.name} has no mark '{sync.mark}' to sync", "add it to 'marks'", plan, "sync"
                )
            return Fraction(0)
        wanted = mark.at(self.rate) - plan.speed.taken(point_s - self.rate.seconds(start))
        if self.rate.frames(wanted) < 0:
            self.error(
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
                self.error("shot-empty", f"{plan.name} lasts no frame", "give it at least 1f", plan, "lasts")
            return frames
        if shot.to is not None:
            end_s = self._try(plan, "to", shot.to, start)
            frames = 1 if end_s is None else self.rate.frames(end_s) - start
            if frames < 1:
                self.error("shot-empty", f"{plan.name} would end at '{shot.to}', {-frames} frames before it begins",
                            "hang its end on something later", plan, "to")  # fmt: skip
            return frames
        natural = plan.natural_frames(self.rate, in_s)
        if natural is None:
            self.error("no-length", f"nothing says how long {plan.name} is", "give it 'lasts' (or 'to')", plan, "id")
        elif natural < 1:
            self.error("in-past-end", f"'in' of {plan.name} lies at or past the end of its take",
                        "begin earlier", plan, "in")  # fmt: skip
        return natural or 1

    def _try(self, plan: ShotPlan, key: str, point: Point, start: int) -> Fraction | None:
        try:
            return self.points.seconds(point, self.rate.seconds(start))
        except PointTrouble as trouble:
            self.error("point", f"{plan.name}: {trouble.message}", trouble.remedy, plan, key)
            return None

    def remember(self, placed: Placed, *, is_open: bool = False) -> None:
        """Makes a shot's points known: ``boat`` where it is the only one, and ``harbour/boat``; but not its end while
        that ``is_open``.
        """
        marks = self._marks(placed.plan, placed.start, placed.in_s)
        stop = None if is_open else placed.stop
        self._remember(placed.plan, PlacedShot(placed.plan.name, placed.start, stop, marks))

    def shown_marks(self, placed: Placed) -> list[str]:
        """The marks that lie in the part of a shot that is shown."""
        first_s, stop_s = self.rate.seconds(placed.start), self.rate.seconds(placed.stop)
        marks = self._marks(placed.plan, placed.start, placed.in_s)
        return [name for name, time_s in marks.items() if first_s <= time_s < stop_s]

    def _remember(self, plan: ShotPlan, known: PlacedShot) -> None:
        """The shot, and the beginning of its scene; the scene's end is known with its last shot."""
        self.points.placed[plan.name.lower()] = known
        if self.points.names.expected.get(plan.shot.id.lower()) == plan.name:
            self.points.placed[plan.shot.id.lower()] = known
        if plan.name != plan.scene.id:
            first = self.points.placed.get(plan.scene.id.lower())
            begun = first.start if first else known.start
            self.points.placed[plan.scene.id.lower()] = PlacedShot(plan.scene.id, begun, None, {})

    def close_scene(self, last: Placed) -> None:
        """Makes the end of a scene known, with its last shot."""
        scene = last.plan.scene.id.lower()
        self.points.placed[scene] = replace(self.points.placed[scene], stop=last.stop)

    def _marks(self, plan: ShotPlan, start: int, in_s: Fraction) -> dict[str, Fraction]:
        """Marks in seconds of the film. ``in`` was rounded: less than that before it is the first frame."""
        start_s, rounded_s = self.rate.seconds(start), self.rate.seconds(1) / 2
        marks = {}
        for name, mark in plan.source.marks.items():
            taken = mark.at(self.rate) - in_s
            marks[name] = start_s + plan.speed.screen(Fraction(0) if -rounded_s <= taken < 0 else taken)
        return marks

    def _check_joins(self, before: Placed | None, placed: Placed) -> None:
        join = placed.join
        if join.frames > placed.frames:
            self.error(
                "join-too-long",
                f"the join into {placed.plan.name} lasts {join.frames} frames, the shot itself {placed.frames}",
                "shorten the join",
                placed.plan,
                "join",
            )
        if before is not None and join.frames and before.join.frames + join.frames > before.frames:
            self.error(
                "joins-meet",
                f"the joins at the two ends of {before.plan.name} need {before.join.frames} + {join.frames} "
                f"frames, it has {before.frames}",
                "shorten one of the joins or lengthen the shot",
                placed.plan,
                "join",
            )

    def error(self, code: str, message: str, remedy: str, plan: ShotPlan, key: str) -> None:
        """Adds an error at a key of a shot."""
        path: Path = (*plan.path, key)
        self.findings.append(Finding(code, message, remedy, Severity.ERROR, about=plan.name, path=path))
