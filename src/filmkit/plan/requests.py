"""Which takes are wanted and missing, and what each asks of its generator. Pure.

A shot wants as many takes as ``generate.takes`` says (one if nobody does). Takes it has count, whoever made them, and
so do those that are on their way; new ones get the numbers that came to nothing before, then those after the highest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from filmkit.errors import UsageError
from filmkit.model.film import Film, shot_name
from filmkit.model.finding import Finding
from filmkit.model.generation import Mode, Reference, Role, ShotRequest, is_ready_workflow
from filmkit.model.storyboard import From, Generate, Generator, Scene, Shot
from filmkit.model.take import SourceFile
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Clip, Timeline
from filmkit.plan.inherit import Inheritance, inherited
from filmkit.plan.speed import Speed
from filmkit.plan.words import input_seconds, mode_of, words_of

BY_HAND: Final = (None, Generator.MANUAL, Generator.STILL)
"""Makers that no service is asked for."""

_DEFAULT_S: Final = Fraction(5)
_ROLES: Final = {Mode.I2V: Role.FIRST, Mode.V2V: Role.CLIP, Mode.PERFORMANCE: Role.PERFORMANCE, Mode.T2V: Role.LOOK}


@dataclass(frozen=True)
class Wanted:
    """The takes to ask for, in the order of the film; and why others are not."""

    requests: tuple[ShotRequest, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Again:
    """How an earlier take was made, as far as it is known: its seed always; a word for its maker that is none, and
    what nobody knows (None), is as the storyboard says.
    """

    seed: int
    maker: str | None = None
    model: str | None = None
    prompt: str | None = None

    def holds(self, generate: Generate) -> Generate:
        """What the storyboard says, with this maker and model; what only another maker knows is left out."""
        maker = Generator(self.maker) if self.maker in {word.value for word in Generator} else generate.with_
        own = {} if maker is generate.with_ else {"size": None, "settings": None, "workflow": None, "bind": None}
        model = self.model or (generate.model if maker is generate.with_ else None)
        return generate.model_copy(update={"with_": maker, "model": model, **own})

    def made_like(self, request: ShotRequest) -> ShotRequest:
        """A request with this seed and these words."""
        words = request.words if self.prompt is None else replace(request.words, prompt=self.prompt)
        return replace(request, seed=self.seed, words=words)


@dataclass(frozen=True)
class Order:
    """What is asked for: some shots or scenes by name (empty: all), so many takes each in all, one model for all.

    ``occupied`` are numbers of takes by shot that are no files yet: on their way, or known to the lock. ``tried`` are
    numbers that were asked for and came to nothing: these are the next to be asked for. ``gone`` are numbers of takes
    that were made once, whether they are still there or not: no other take gets them. ``more``: so many beside those
    there are, whatever is wanted; ``again``: made like an earlier one.
    """

    shots: tuple[str, ...] = ()
    takes: int | None = None
    model: str | None = None
    occupied: Mapping[str, Collection[int]] | None = None
    tried: Mapping[str, Collection[int]] | None = None
    more: int | None = None
    again: Again | None = None
    gone: Mapping[str, Collection[int]] | None = None


def wanted(film: Film, timeline: Timeline | None, order: Order = Order(), *, by_hand: bool = False) -> Wanted:
    """The requests for all takes that are wanted and missing; ``by_hand``: those that a person makes on a web page
    (``manual``), and, where shots are named, also those for which nobody is said. Raises UsageError for a shot that is
    none.
    """
    requests: list[ShotRequest] = []
    findings: list[Finding] = []
    for scene, shot, path in _chosen(film, order.shots):
        name = shot_name(scene, shot)
        holds = inherited(film.storyboard, scene, shot)
        if order.again is not None:
            holds = replace(holds, generate=order.again.holds(holds.generate))
        if by_hand is not _is_by_hand(shot, holds, is_named=bool(order.shots)):
            continue
        if (why := None if by_hand else _not_made(shot, holds)) is not None:
            if order.shots and holds.generate.with_ is not Generator.STILL:
                findings.append(Finding("not-generated", f"{name}: {why}", path=path, about=name))
            continue
        numbers = missing_numbers(film, name, order, holds.generate)
        found = _request(film, (scene, shot), holds, timeline)
        if isinstance(found, Finding):
            findings.extend([replace(found, path=path, about=name)] if numbers else [])
            continue
        base = replace(found, model=order.model or found.model)
        made = [for_take(base, number) for number in numbers]
        requests += made if order.again is None else [order.again.made_like(request) for request in made]
    return Wanted(tuple(requests), tuple(findings))


def made_by_render(film: Film, order: Order = Order()) -> tuple[str, ...]:
    """The shots whose picture ``render`` moves (``still``): for them nothing has to be made."""
    return tuple(
        shot_name(scene, shot)
        for scene, shot, _ in _chosen(film, order.shots)
        if not _is_of_others(shot) and inherited(film.storyboard, scene, shot).generate.with_ is Generator.STILL
    )


def by_nobody(film: Film, order: Order = Order()) -> tuple[str, ...]:
    """The shots without a take whose maker nobody named; none where shots are asked for by name."""
    return tuple(
        shot_name(scene, shot)
        for scene, shot, _ in _chosen(film, order.shots)
        if not order.shots
        and not _is_of_others(shot)
        and not film.takes.get(shot_name(scene, shot))
        and inherited(film.storyboard, scene, shot).generate.with_ is None
    )


def request_of(film: Film, name: str, timeline: Timeline | None, take: int) -> ShotRequest | Finding:
    """The request for take ``take`` of the shot ``name``, wanted or not; or why there can be none."""
    scene, shot, path = next(_chosen(film, (name,)))
    holds = inherited(film.storyboard, scene, shot)
    if (why := _not_made(shot, holds)) is not None:
        return Finding("not-generated", f"{name}: {why}", path=path, about=name)
    found = _request(film, (scene, shot), holds, timeline)
    return replace(found, path=path, about=name) if isinstance(found, Finding) else for_take(found, take)


def for_take(request: ShotRequest, take: int) -> ShotRequest:
    """The same for another take: take n uses the first seed + n − 1."""
    seed = None if request.seed is None else request.seed - (request.take - 1) + (take - 1)
    return replace(request, take=take, seed=seed)


def missing_numbers(film: Film, name: str, order: Order, generate: Generate) -> list[int]:
    """The numbers of the takes that are still to be made."""
    have = {take.number for take in film.takes.get(name, ())} | set((order.occupied or {}).get(name, ()))
    gone = set((order.gone or {}).get(name, ()))
    tried = set((order.tried or {}).get(name, ())) - have - gone
    count = order.more or max(0, (order.takes or generate.takes or 1) - len(have))
    first = max(have | tried | gone, default=0) + 1
    return sorted([*sorted(tried), *range(first, first + count)][:count])


def _chosen(film: Film, names: Sequence[str]) -> Iterator[tuple[Scene, Shot, tuple[str | int, ...]]]:
    """The shots that are meant, in the order of the film."""
    known = {word for scene in film.storyboard.scenes for shot in scene.shots for word in _words(scene, shot)}
    for name in names:
        if name.lower() not in known:
            raise UsageError(f"there is no shot {name!r}", remedy="`filmkit plan` lists the shots and scenes")
    meant = {name.lower() for name in names}
    for at, scene in enumerate(film.storyboard.scenes):
        for shot_at, shot in enumerate(scene.shots):
            if not meant or meant & set(_words(scene, shot)):
                yield scene, shot, ("scenes", at, "shots", shot_at)


def _words(scene: Scene, shot: Shot) -> tuple[str, str, str]:
    return scene.id.lower(), shot.id.lower(), shot_name(scene, shot).lower()


def _is_of_others(shot: Shot) -> bool:
    """Whether a shot has no takes of its own."""
    return bool(shot.omit or shot.of or shot.color)


def _is_by_hand(shot: Shot, holds: Inheritance, *, is_named: bool) -> bool:
    """Whether a person makes a shot's takes; where nobody is said, for shots that are named."""
    makers = (None, Generator.MANUAL) if is_named else (Generator.MANUAL,)
    return not _is_of_others(shot) and holds.generate.with_ in makers


def _not_made(shot: Shot, holds: Inheritance) -> str | None:
    """Why no service is asked for a shot's takes; None where one is."""
    if shot.omit:
        return "it is left out of the film (omit)"
    if shot.of:
        return f"it shows the material of {shot.of}"
    if shot.color:
        return "it is a plain colour"
    if holds.generate.with_ in BY_HAND:
        maker = holds.generate.with_ or Generator.MANUAL
        return "its camera move over a picture is made by `render`" if maker is Generator.STILL else (
            "its takes are made by hand (generate: {with: manual})"
        )  # fmt: skip
    return None


def _request(
    film: Film, at: tuple[Scene, Shot], holds: Inheritance, timeline: Timeline | None
) -> ShotRequest | Finding:
    """The request for take 1, or the first thing that is missing for it."""
    scene, shot = at
    generate, board = holds.generate, film.storyboard
    mode = mode_of(shot, film.files)
    references = list(_references(film, shot, mode))
    workflow = _workflow(film, generate.workflow) if generate.workflow else None
    lost = next((found for found in (*references, workflow) if isinstance(found, Finding)), None)
    if lost is not None:
        return lost
    return ShotRequest(
        shot=shot_name(scene, shot),
        take=1,
        maker=(generate.with_ or Generator.MANUAL).value,
        model=generate.model,
        mode=mode,
        words=words_of(board, shot, holds),
        seconds=input_seconds(shot, mode, film.files)
        or _seconds(shot, generate, _clip(timeline, shot_name(scene, shot)), board.picture.fps),
        size=generate.size or board.picture.size,
        fps=board.picture.fps.fps,
        seed=generate.seed,
        references=tuple(found for found in references if isinstance(found, Reference)),
        settings=dict(generate.settings or {}),
        workflow=workflow if isinstance(workflow, Reference) else None,
        bind=dict(generate.bind or {}),
    )


def _references(film: Film, shot: Shot, mode: Mode) -> Iterator[Reference | Finding]:
    for start, role in ((shot.from_, _ROLES[mode]), (shot.last, Role.LAST)):
        if start is not None:
            yield _start(film, start, role)
    for name in shot.cast:
        for ref in film.storyboard.cast[name].refs if name in film.storyboard.cast else ():
            yield _file(film, ref, Role.LOOK)


def _start(film: Film, start: From, role: Role) -> Reference | Finding:
    if start.file is not None:
        return _file(film, start.file, role)
    return Finding(
        "frame-of-shot",
        f"it begins or ends with a frame of {start.shot}, which cannot be taken out of a take yet",
        "export that frame as a picture and name the file",
    )


def _file(film: Film, written: str, role: Role) -> Reference | Finding:
    file: SourceFile | None = film.files.get(written)
    if file is None:
        return Finding("file-missing", f"'{written}' is needed to make its takes, and cannot be used",
                       "`filmkit check` says why")  # fmt: skip
    return Reference(role, file.sha256, file.path, file.name)


def _workflow(film: Film, written: str) -> Reference | Finding:
    """A file of the film, or the name of a workflow that ships with filmkit: that has no file here."""
    return Reference(Role.LOOK, "", "", written) if is_ready_workflow(written) else _file(film, written, Role.LOOK)


def _clip(timeline: Timeline | None, name: str) -> Clip | None:
    return next((clip for clip in timeline.clips if clip.shot == name), None) if timeline else None


def _seconds(shot: Shot, generate: Generate, clip: Clip | None, rate: FrameRate) -> Fraction:
    """As said, else as long as the cut needs of the take; for takes that are not as long as a clip that goes in."""
    if generate.length is not None:
        return generate.length.at(rate)
    lasts = rate.seconds(clip.frames) if clip else shot.lasts.at(rate) if shot.lasts else None
    if lasts is None:
        return _DEFAULT_S
    return (shot.in_.at(rate) if shot.in_ else Fraction(0)) + Speed.of(shot.speed, rate).taken(lasts)
