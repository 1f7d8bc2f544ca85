"""Words of a storyboard that name something else in it: shots, music, stems, people, deliverables (not points)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from filmkit.load.ids import Shots
from filmkit.load.walk import KeyPath, each_cue, each_level, each_shot
from filmkit.load.words import did_you_mean
from filmkit.model.board import OFF
from filmkit.model.film import shot_name
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import STEMS, CutOn
from filmkit.model.storyboard import JoinKind, Storyboard
from filmkit.model.titles import TITLE_STYLES


def check_references(board: Storyboard) -> list[Finding]:
    """One error for every name that nothing has; all at once."""
    return [
        *_shots(board),
        *_cut_on(board),
        *_ducks(board),
        *_styles(board),
        *_join_on_first(board),
    ]


def _shots(board: Storyboard) -> Iterator[Finding]:
    shots = Shots(board)
    people = {name.lower() for name in board.cast}
    for scene, shot, path in each_shot(board):
        full = shot_name(scene, shot)
        if shot.of is not None:
            yield from _of(shots, shot.of, full, (*path, "of"))
        for key, start in (("from", shot.from_), ("last", shot.last)):
            if start is not None and start.shot is not None:
                yield from _shot_named(shots, start.shot, full, (*path, key, "shot"))
        for at, name in enumerate(shot.cast):
            if name.lower() not in people and name != OFF:
                message = f"nobody in the film's cast is called '{name}'"
                yield _unknown(message, name, board.cast, (*path, "cast", at), none="add the name to the film's 'cast'")


def _of(shots: Shots, name: str, full: str, path: KeyPath) -> Iterator[Finding]:
    yield from (problems := list(_shot_named(shots, name, full, path)))
    if problems:
        return
    shown = shots.by_full[next(other for other in shots.full_names(name) if other != full)]
    if shown.of is not None:
        yield Finding(
            "of-of",
            f"'{name}' shows another shot itself ('of: {shown.of}')",
            f"name the shot whose take it is: of: {shown.of}",
            path=path,
        )


def _shot_named(shots: Shots, name: str, full: str, path: KeyPath) -> Iterator[Finding]:
    """Nothing, where exactly one other shot has this name."""
    others = [other for other in shots.full_names(name) if other != full]
    if len(others) == 1:
        return
    if others:
        message, remedy = f"'{name}' is in two scenes", f"write the scene too: {' or '.join(others[:4])}"
        yield Finding("ambiguous-id", message, remedy, path=path)
    elif shots.full_names(name):
        yield Finding("own-id", f"'{name}' is this shot itself", "name another shot", path=path)
    else:
        yield _unknown(f"no shot is called '{name}'", name, shots.known(), path)


def _unknown(
    message: str, name: str, known: Iterable[str], path: KeyPath, *, none: str = "nothing has such a name yet"
) -> Finding:
    return Finding("unknown-id", message, did_you_mean(name, known, none=none), path=path)


def _cut_on(board: Storyboard) -> Iterator[Finding]:
    music = {cue.id.lower(): cue.id for cue in board.sound.music if cue.id}
    for level, path in each_level(board):
        name = level.cut_on.music if isinstance(level.cut_on, CutOn) else None
        if name is not None and name.lower() not in music:
            yield _unknown(f"no music is called '{name}'", name, music.values(), (*path, "cut_on", "music"))


def _ducks(board: Storyboard) -> Iterator[Finding]:
    known = [*STEMS, *(cue.id for cue, _ in each_cue(board) if cue.id)]
    lower = {name.lower() for name in known}
    for cue, cue_path in each_cue(board):
        if cue.duck is not None and not cue.duck.under:
            yield Finding("under-nothing", f"{cue.id or 'this cue'} is to give way to nothing: 'under' is empty",
                          "name what it gives way to, such as under: [dialogue], or take 'duck' out",
                          path=(*cue_path, "duck", "under"))  # fmt: skip
        for at, name in enumerate(cue.duck.under if cue.duck else ()):
            path = (*cue_path, "duck", "under", at)
            if name.lower() not in lower:
                yield _unknown(f"no stem or cue is called '{name}'", name, known, path)
            elif cue.id and name.lower() == cue.id.lower():
                yield Finding("own-id", f"'{name}' cannot give way to itself", "name another cue or a stem", path=path)
            elif name.lower() == cue_path[1]:
                message = f"{cue.id or 'this cue'} stands in '{name}' itself: it would give way to itself"
                yield Finding("own-stem", message, "name other stems, or single cues", path=path)


def _styles(board: Storyboard) -> Iterator[Finding]:
    paths: list[tuple[str, KeyPath]] = [(title.style, ("titles", at, "style")) for at, title in enumerate(board.titles)]
    if board.captions is not None:
        paths.append((board.captions.style, ("captions", "style")))
    for style, path in paths:
        if style not in TITLE_STYLES:
            remedy = f"{did_you_mean(style, TITLE_STYLES)}; styles of your own (assets/titles/) are not built yet"
            yield Finding("unknown-id", f"no title style is called '{style}'", remedy, path=path)


def _join_on_first(board: Storyboard) -> Iterator[Finding]:
    """The first shot of the cut joins nothing; where it is first only because others are omitted, that is a warning."""
    first = next((item for item in each_shot(board) if not item[1].omit), None)
    if first is None or not first[1].join or first[1].join.with_ is JoinKind.CUT:
        return
    scene, shot, path = first
    if any(not before.shots for before in board.scenes[: int(path[1])]):
        return  # the card of a scene comes before it
    is_written_first = board.scenes[0].shots[:1] == (shot,)
    yield Finding(
        "join-on-first",
        f"{shot_name(scene, shot)} is the first shot of the film, so there is nothing to join it to",
        "delete 'join'; to begin from black use 'fade_in'",
        Severity.ERROR if is_written_first else Severity.WARNING,
        path=(*path, "join"),
    )
