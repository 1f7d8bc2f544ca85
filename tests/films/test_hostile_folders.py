"""Folders from strangers: links, pipes, paths that lead out, programs and settings lying about. Nothing outside the
film is read or written, nothing in it is run, and nothing hangs.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from baits import SECRET, Trap
from barcode import make_numbered, read_numbers
from commands import World
from hostilefilms import STRACE, Stranger, ask, digests

from filmkit.engine.server import Server

RENDER = ("--engine", "local")


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap(tmp_path_factory.mktemp("secret")) as trap:
        yield trap


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "world")
    world.folder.mkdir()
    return world


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_numbered(tmp_path_factory.mktemp("clip") / "clip.mp4", 12)


@pytest.fixture
def film(tmp_path: Path, clip: Path) -> Path:
    """A good film of one shot."""
    stranger = Stranger(tmp_path / "film")
    stranger.take("good", clip, "lasts: 6f")
    return stranger.write()


def _link(path: Path, to: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(to)


def _pipe(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def _socket(path: Path) -> None:
    path.unlink()
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket has room for a hundred letters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


TAKE = "takes/a/s-good/t01.mp4"


def _linked_reference(film: Path, trap: Trap) -> None:
    _link(film / "reference", trap.folder)
    with (film / "storyboard.yaml").open("a") as board:
        board.write("      - {id: s-linked, from: reference/secret.ts, lasts: 4f}\n")


PLACES: dict[str, tuple[Callable[[Path, Trap], None], str, str]] = {
    "link-take": (lambda film, trap: _link(film / TAKE, trap.clip), "t01.mp4", "is a link that leaves the film"),
    "link-shot": (lambda film, trap: _link(film / TAKE.rpartition("/")[0], trap.folder), "a/s-good", "leaves the film"),
    "link-scene": (lambda film, trap: _link(film / "takes/a", trap.folder), "takes/a", "leaves the film"),
    "link-takes": (lambda film, trap: _link(film / "takes", trap.folder), "takes", "leaves the film"),
    "link-folder": (_linked_reference, "s-linked", "leaves the film"),
    "link-storyboard": (lambda film, trap: _link(film / "storyboard.yaml", trap.text), "storyboard.yaml", "leaves"),
    "link-out": (lambda film, trap: _link(film / "out", trap.folder), "out", "what filmkit writes stays in the film"),
    "link-state": (lambda film, trap: _link(film / ".filmkit", trap.folder), ".filmkit", "writes stays in the film"),
    "link-runs": (lambda film, trap: _link(film / ".filmkit/runs", trap.folder), ".filmkit/runs", "stays in the film"),
    "file-out": (lambda film, trap: (film / "out").touch(), "out", "is no folder, and filmkit writes into it"),
    "pipe-take": (lambda film, trap: _pipe(film / TAKE), "t01.mp4", "is no ordinary file"),
    "socket-take": (lambda film, trap: _socket(film / TAKE), "t01.mp4", "is no ordinary file"),
    "device-take": (lambda film, trap: _link(film / TAKE, Path("/dev/zero")), "t01.mp4", "leaves the film"),
    "pipe-storyboard": (lambda film, trap: _pipe(film / "storyboard.yaml"), "storyboard.yaml", "no ordinary file"),
}
"""By the case's name in docs/safety.md: how a good film is changed, what the error names, what it says."""


@pytest.mark.parametrize("case", PLACES)
def test_a_film_that_leads_out_of_itself_is_refused(case: str, film: Path, world: World, trap: Trap) -> None:
    change, name, says = PLACES[case]
    change(film, trap)
    trap.sprung()
    before = sorted(trap.folder.iterdir())
    said = ask(world, "render", film, *RENDER)
    assert said.code == 3, said.err
    told = [line for line in said.errors if name in line and says in line]
    assert len(told) == 1, said.err
    assert trap.sprung() == []
    assert sorted(trap.folder.iterdir()) == before
    kept = digests(world.folder, film / ".filmkit") if not (film / ".filmkit").is_symlink() else digests(world.folder)
    assert [name for name, content in kept.items() if SECRET in content] == []


PATHS = {
    "path-absolute": "{secret}",
    "path-parent": "../../{secret}",
    "path-around": "reference/../../secret.txt",
    "path-home": "~/secret.txt",
    "path-url": "{url}",
    "path-file-url": "file://{secret}",
}
"""By the case's name in docs/safety.md: paths as a storyboard writes them."""


def test_paths_that_lead_out_are_refused_each_at_its_line(film: Path, world: World, trap: Trap) -> None:
    written = {case: path.format(secret=trap.text, url=trap.url) for case, path in PATHS.items()}
    lines = [f'      - {{id: s-{case}, from: "{path}", lasts: 4f}}\n' for case, path in written.items()]
    with (film / "storyboard.yaml").open("a") as board:
        first = len((film / "storyboard.yaml").read_text().splitlines()) + 1
        board.writelines(lines)
    trap.sprung()
    said = ask(world, "render", film, *RENDER)
    assert said.code == 3
    assert trap.sprung() == []
    for line, path in enumerate(written.values(), start=first):
        [told] = [error for error in said.errors if error.startswith(f"storyboard.yaml:{line}:")]
        assert f"'{path}' leaves the film" in told


def _out(film: Path, name: str) -> Path:
    (film / "out").mkdir(exist_ok=True)
    return film / "out" / name


def _garbage(film: Path, trap: Trap) -> None:
    (film / ".filmkit").mkdir()
    (film / ".filmkit" / "plan.json").write_text(
        '{"segment a/s-good": 3, "master": {"inputs": ' + "[" * 900 + "]" * 900 + "}}"
    )
    _out(film, "film.json").write_bytes(b"\xff\xfe" * 99)


KEPT: dict[str, Callable[[Path, Trap], None]] = {
    "out-link": lambda film, trap: _link(_out(film, "film.mp4"), trap.text),
    "out-hard-link": lambda film, trap: _out(film, "film.mp4").hardlink_to(trap.text),
    "manifest-link": lambda film, trap: _link(_out(film, "film.json"), trap.text),
    "manifest-hard-link": lambda film, trap: _out(film, "film.json").hardlink_to(trap.text),
    "manifest-pipe": lambda film, trap: _pipe(_out(film, "film.json")),
    "plan-link": lambda film, trap: _link(film / ".filmkit" / "plan.json", trap.text),
    "plan-pipe": lambda film, trap: _pipe(film / ".filmkit" / "plan.json"),
    "state-garbage": _garbage,
}
"""What may stand where filmkit writes: it is replaced or set aside, never written through, never waited for."""


@pytest.mark.parametrize("case", KEPT)
def test_what_stands_where_filmkit_writes_is_not_written_through(
    case: str, film: Path, world: World, trap: Trap
) -> None:
    secret = trap.text.read_bytes()
    KEPT[case](film, trap)
    trap.sprung()
    is_plan = case.startswith(("plan", "state"))
    if is_plan:
        assert ask(world, "plan", film, "--why", "s-good").code == 0
    said = ask(world, "render", film, *RENDER)
    assert said.code == 0, said.err
    assert [name for name in trap.sprung() if "hard" not in case] == []
    assert trap.text.read_bytes() == secret
    made = film / "out" / "film.mp4"
    assert not made.is_symlink() and read_numbers(made) == list(range(6))
    if is_plan:
        assert "nothing changed" in ask(world, "plan", film, "--why", "s-good").out


OWNED = "import pathlib; pathlib.Path({path!r}).write_text('owned')\n"
MODULES = (
    "sitecustomize",
    "usercustomize",
    "yaml",
    "av",
    "numpy",
    "PIL",
    "typer",
    "filmkit",
    "flows",
    "prefect",
    "conftest",
)
SETTINGS = {
    "prefect.toml": '[logging]\nconfig_path = "evil.yml"\n',
    "pyproject.toml": '[tool.prefect.logging]\nconfig_path = "evil.yml"\n[project]\nname = "x"\n',
    ".env": "PREFECT_LOGGING_SETTINGS_PATH=evil.yml\nFILMKIT_FFMPEG=./evil\nPYTHONSTARTUP=evil.py\n",
    "evil.yml": "version: 1\nhandlers: {h: {'()': subprocess.call, args: [touch, owned]}}\n"
    "loggers: {prefect: {level: INFO, handlers: [h]}}\n",
    ".filmkit/config.toml": 'ffmpeg = "./evil"\nstore = "."\n',
    "filmkit.toml": 'ffmpeg = "./evil"\n',
    ".git/hooks/post-checkout": "#!/bin/sh\ntouch owned\n",
    "evil": "#!/bin/sh\ntouch owned\n",
    "ffmpeg": "#!/bin/sh\ntouch owned\n",
    "fonts/Inter.ttf": "canary font",
    "assets/fonts/Inter.ttf": "canary font",
    "assets/titles/main.yaml": "!!python/object/apply:os.system [touch owned]\n",
}


@pytest.fixture
def littered(film: Path) -> Path:
    """The good film among programs and settings that other tools would run or heed."""
    for name in MODULES:
        (film / f"{name}.py").write_text(OWNED.format(path=str(film / "owned")))
    for name, text in SETTINGS.items():
        path = film / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
    with (film / "storyboard.yaml").open("a") as board:
        board.write('titles: [{text: "Hello", at: start, lasts: 4f}]\n')
    return film


def test_programs_and_settings_in_a_film_are_left_alone(littered: Path, world: World) -> None:
    """filmkit is run in the film's own folder, as people do."""
    said = ask(world, "render", *RENDER, cwd=littered, is_traced=True)
    assert said.code == 0, said.err
    assert not list(littered.rglob("owned"))
    if STRACE:
        mine = {"storyboard.yaml", TAKE, ""}
        found = {str(Path(path).relative_to(littered)) for path in said.opened if path.startswith(f"{littered}/")}
        assert TAKE in found
        assert [name for name in found - mine if Path(name).is_relative_to(".") and not _is_ours(littered, name)] == []


def _is_ours(film: Path, name: str) -> bool:
    """A folder that is looked through, or what filmkit itself writes."""
    return (film / name).is_dir() or name.startswith(("out/", ".filmkit/runs/", ".filmkit/plan", ".filmkit/.filmkit-"))


def test_under_prefect_they_are_left_alone_too(
    littered: Path, tmp_path: Path, prefect_server: Server, prefect_state: Path
) -> None:
    """Prefect heeds files of the folder it runs in, and a logging file can name any program."""
    world = World(tmp_path / "world", state=prefect_state)
    world.folder.mkdir()
    said = ask(world, "render", cwd=littered)
    assert said.code == 0, said.err
    assert "prefect engine" in said.out
    assert not list(littered.rglob("owned"))
    assert read_numbers(littered / "out" / "film.mp4")  # it is there and whole
