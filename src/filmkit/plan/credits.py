"""The credits: own lines, then team, cast, models, music and licences, laid out in pages on black."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from filmkit.model.film import Film, shot_name
from filmkit.model.sound import Cue
from filmkit.model.storyboard import Generator
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Clip, SlateMaterial, TakeMaterial
from filmkit.plan.inherit import inherited

_PAGE_LINES = 12
_BY_HAND = frozenset({Generator.MANUAL, Generator.STILL})

Line = tuple[str, str]


def credit_pages(film: Film, clips: list[Clip], start: int, rate: FrameRate) -> list[Clip]:
    """Pages of at most twelve lines share the credits' length evenly; each fades in and out over half a second."""
    written = film.storyboard.credits
    assert written is not None
    frames = max(1, written.lasts.in_frames(rate))
    blocks = [*_blocks(film, clips)] or [[("line", film.storyboard.title)]]
    pages = _pages(blocks, most=frames)
    edges = [start + frames * page // len(pages) for page in range(len(pages) + 1)]
    fade = rate.nominal // 2
    return [
        Clip(
            shot="credits" if len(pages) == 1 else f"credits/{at + 1}",
            scene="credits",
            start=edges[at],
            frames=edges[at + 1] - edges[at],
            material=SlateMaterial(tuple(page), "credits"),
            fade_in_frames=min(fade, (edges[at + 1] - edges[at]) // 3),
            fade_out_frames=min(fade, (edges[at + 1] - edges[at]) // 3),
            label="Credits",
        )
        for at, page in enumerate(pages)
    ]


def _blocks(film: Film, clips: list[Clip]) -> Iterator[list[Line]]:
    board = film.storyboard
    if board.credits and board.credits.lines:
        yield [("line", text) for text in board.credits.lines]
    for role, names in board.team.items():
        yield [("role", role), *(("name", name) for name in names)]
    if board.cast:
        yield [("role", "Cast"), *(("name", name) for name in board.cast)]
    if models := _models(film, clips):
        yield [("role", "Pictures made with"), *(("small", model) for model in models)]
    if board.sound.music:
        yield [("role", "Music"), *_works(board.sound.music)]
    if licensed := [cue for cue in (*board.sound.effects, *board.sound.dialogue) if cue.file and cue.licence]:
        yield [("role", "Sound"), *_works(licensed)]


def _works(cues: Iterable[Cue]) -> Iterator[Line]:
    """Each file once, by its name without folder and ending, with its licence where one is said."""
    licences: dict[str, str | None] = {}
    for cue in cues:
        name = PurePosixPath(cue.file or "").stem
        licences[name] = licences.get(name) or cue.licence
    yield from (("small", f"{name} — {licence}" if licence else name) for name, licence in licences.items())


def _models(film: Film, clips: list[Clip]) -> list[str]:
    """Services and models that made the takes which are shown; who makes takes by hand is one of the team."""
    shown = {clip.material.take.shot for clip in clips if isinstance(clip.material, TakeMaterial)}
    named = set()
    for scene in film.storyboard.scenes:
        for shot in scene.shots:
            if shot_name(scene, shot) in shown:
                generate = inherited(film.storyboard, scene, shot).generate
                service = generate.with_.value if generate.with_ not in _BY_HAND and generate.with_ else None
                named.add(" ".join(word for word in (service, generate.model) if word))
    return sorted(named - {""})


def _pages(blocks: list[list[Line]], *, most: int) -> list[list[Line]]:
    """Blocks laid into pages, kept whole where they fit; never more pages than ``most``."""
    pages: list[list[Line]] = [[]]
    for block in blocks:
        if pages[-1] and len(pages[-1]) + len(block) > _PAGE_LINES and len(pages) < most:
            pages.append([])
        for line in block:
            if len(pages[-1]) >= _PAGE_LINES and len(pages) < most:
                pages.append([])
            pages[-1].append(line)
    return pages
