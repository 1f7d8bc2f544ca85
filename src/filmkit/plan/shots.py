"""One shot on its own: what it shows, from where, how fast, and how long it is when nobody says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.recipe import Framing
from filmkit.model.storyboard import Generator, Scene, Shot
from filmkit.model.take import MediaFacts, Take
from filmkit.model.timebase import FrameRate, Time
from filmkit.model.timeline import ColorMaterial, Look, Material, SlateMaterial, StillMaterial
from filmkit.plan.inherit import Inheritance, inherited
from filmkit.plan.speed import Speed, frames_given

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """A shot before it is placed. ``source`` is the shot whose material it shows (itself, or the one named by ``of``),
    ``source_name`` its full name; ``planned`` is how long its take is to be; ``has_choice``: there are several.

    ``material`` is None where a take is shown: its pictures are chosen once ``in`` and the length are known.
    """

    name: str
    scene: Scene
    shot: Shot
    source: Shot
    source_name: str
    path: Path
    inherits: Inheritance
    planned: Time | None
    take: Take | None
    material: Material | None
    look: Look
    speed: Speed
    is_placeholder: bool
    shows_take: bool = True
    has_choice: bool = False

    @property
    def facts(self) -> MediaFacts | None:
        """What is known of the take."""
        return self.take.file.facts if self.take else None

    def in_s(self, rate: FrameRate) -> Fraction:
        """The take's time at the first frame: ``in``, rounded to the nearest frame of the film."""
        return rate.seconds(self.shot.in_.in_frames(rate)) if self.shot.in_ else Fraction(0)

    def natural_frames(self, rate: FrameRate, in_s: Fraction) -> int | None:
        """As many whole frames as the take gives, or the planned take's length would; None where nothing says."""
        if self.take and self.facts and self.facts.video and not self.facts.is_still:
            return frames_given(self.facts.video.pictures, in_s, self.speed, rate)
        if self.take is None and self.planned is not None:
            left_s = self.planned.at(rate) - in_s
            return max(0, rate.frames(self.speed.screen(left_s))) if left_s > 0 else 0
        return None


def shot_plans(film: Film, scene_at: int, findings: list[Finding]) -> Iterator[ShotPlan]:
    """The shots of a scene that are in the cut; one card for a scene without shots."""
    scene = film.storyboard.scenes[scene_at]
    if not scene.shots:
        yield _scene_card(film, scene, scene_at)
    for shot_at, shot in enumerate(scene.shots):
        if not shot.omit:
            yield _shot_plan(film, scene_at, shot_at, findings)


def _scene_card(film: Film, scene: Scene, scene_at: int) -> ShotPlan:
    card = Shot(id=scene.id, lasts=scene.lasts)
    return ShotPlan(
        name=scene.id,
        scene=scene,
        shot=card,
        source=card,
        source_name=scene.id,
        path=("scenes", scene_at),
        inherits=inherited(film.storyboard, scene, None),
        planned=None,
        take=None,
        material=SlateMaterial(slate_lines(scene, None)),
        look=Look(),
        speed=Speed(),
        is_placeholder=True,
    )


def _shot_plan(film: Film, scene_at: int, shot_at: int, findings: list[Finding]) -> ShotPlan:
    """Everything known of one shot before it has a place."""
    scene = film.storyboard.scenes[scene_at]
    shot = scene.shots[shot_at]
    path: Path = ("scenes", scene_at, "shots", shot_at)
    source_name, source, of_source = _source(film, scene, shot)
    is_still = of_source.generate.with_ is Generator.STILL and not source.color
    shows_take = not (is_still or source.color)
    take = _circled(film, source_name, shot.take or source.take, path, findings) if shows_take else None
    material = None if take else _material(film, scene, source, is_still=is_still)
    return ShotPlan(
        name=f"{scene.id}/{shot.id}",
        scene=scene,
        shot=shot,
        source=source,
        source_name=source_name,
        path=path,
        inherits=inherited(film.storyboard, scene, shot),
        planned=None if is_still else of_source.generate.length,
        take=take,
        material=material,
        look=_look(film, of_source, shot),
        speed=Speed.of(shot.speed, film.storyboard.picture.fps),
        is_placeholder=isinstance(material, SlateMaterial) or (material is not None and shows_take),
        shows_take=shows_take,
        has_choice=len(film.takes.get(source_name, ())) > 1,
    )


def _source(film: Film, scene: Scene, shot: Shot) -> tuple[str, Shot, Inheritance]:
    """The shot whose takes, marks and look are shown: its full name, itself, what it inherits."""
    if shot.of:
        wanted = shot.of.lower()
        for other in film.storyboard.scenes:
            for candidate in other.shots:
                if wanted in (candidate.id.lower(), f"{other.id}/{candidate.id}".lower()) and candidate is not shot:
                    return f"{other.id}/{candidate.id}", candidate, inherited(film.storyboard, other, candidate)
    return f"{scene.id}/{shot.id}", shot, inherited(film.storyboard, scene, shot)


def _circled(film: Film, name: str, wanted: str | None, path: Path, findings: list[Finding]) -> Take | None:
    """The circled take, else the highest number."""
    takes = film.takes.get(name, ())
    if wanted is None:
        return takes[-1] if takes else None
    found = next((take for take in takes if take.label == wanted), None)
    if found is None:
        have = ", ".join(take.label for take in takes) or "none"
        findings.append(Finding(
            "take-missing", f"{name} circles take {wanted}, but takes/{name} has {have}",
            f"put the take there as {wanted}.mp4, or circle another", Severity.WARNING if not takes else Severity.ERROR,
            about=name, path=(*path, "take"),
        ))  # fmt: skip
    return found


def _material(film: Film, scene: Scene, source: Shot, *, is_still: bool) -> Material:
    """What is shown without a take: a colour, a picture with the camera move, else a slate."""
    if source.color:
        return ColorMaterial(source.color)
    start = source.from_.file if source.from_ else None
    picture = start if is_still else (source.sketch or start)
    file = film.files.get(picture) if picture else None
    if file is not None and file.facts is not None and file.facts.is_still:
        return StillMaterial(file, source.camera)
    return SlateMaterial(slate_lines(scene, source))


def slate_lines(scene: Scene, shot: Shot | None) -> tuple[tuple[str, str], ...]:
    """What a slate says: scene, shot, action, framing, camera, note."""
    lines = [("heading", scene.title or scene.id)]
    if shot is None:
        return tuple([*lines, ("note", scene.note)] if scene.note else lines)
    lines.append(("shot", f"{scene.id}/{shot.id}"))
    described = " ".join(text for text in (shot.subject, shot.action) if text) or shot.prompt
    camera = f"{shot.camera.move.value}, {shot.camera.pace.value}" if shot.camera else None
    for role, text in (("action", described), ("framing", shot.framing), ("camera", camera), ("note", shot.note)):
        if text:
            lines.append((role, text))
    return tuple(lines)


def _look(film: Film, inherits: Inheritance, shot: Shot) -> Look:
    grade = inherits.grade
    return Look(
        framing=Framing(fit=inherits.fit.value, focus=inherits.focus, zoom=shot.zoom),
        lut=film.files.get(grade.lut) if grade and grade.lut and grade.strength > 0 else None,
        lut_strength=grade.strength if grade else 1.0,
    )
