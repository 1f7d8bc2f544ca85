"""Whole films from strangers, given to the command: each hostile or broken take is refused by its name, what is only
odd is shown as it is, nothing outside the film is read, and nobody else's film changes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from baits import LURES, Trap, write_lure
from barcode import decoded_luma, make_numbered, read_barcode
from bombs import BOMBS
from commands import World
from hostilefilms import PICTURE, STRACE, Said, Stranger, ask, digests, outside
from oddmedia import MARKS, ODD, PICTURES
from repository import ROOT
from spoilt import SPOILT, flipped
from wholefilms import write_film

RENDER = ("--engine", "local")
SYSTEM = (
    "/usr/",
    "/lib",
    "/dev/",
    "/proc/",
    "/sys/",
    "/etc/ld.so",
    "/etc/ssl",
    "/etc/local",
    "/etc/pki",
    "/etc/crypto",
)
"""What programs read of a system, whatever they do."""


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap(tmp_path_factory.mktemp("secret")) as trap:
        yield trap


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One store for all of these films: what a neighbour's film left there must not change."""
    return World(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def neighbour(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good film that was rendered before any stranger came."""
    folder = tmp_path_factory.mktemp("neighbour")
    clip = make_numbered(folder / "clip.mp4", 24)
    board = f"filmkit: 1\ntitle: Good\n{PICTURE}\nscenes:\n  - id: a\n    shots:\n      - {{id: s, lasts: 12f}}\n"
    film = write_film(folder / "good", board, {"takes/a/s/t01.mp4": clip})
    assert ask(world, "render", film, *RENDER).code == 0
    return film


def assert_neighbour_unharmed(world: World, neighbour: Path, before: dict[str, bytes]) -> None:
    blobs = digests(world.store / "blobs")
    kept = {name: content for name, content in before.items() if "/.filmkit/" not in name}
    assert {name for name, content in kept.items() if {**blobs, **digests(neighbour)}.get(name) != content} == set()
    again = ask(world, "render", neighbour, *RENDER)
    assert again.code == 0 and "nothing had to be made" in again.out


def refused(world: World, neighbour: Path, film: Path) -> Said:
    before = digests(neighbour, world.store / "blobs")
    said = ask(world, "render", film, *RENDER, is_traced=True)
    assert said.code == 3, said.err
    assert not (film / "out").exists()
    assert_neighbour_unharmed(world, neighbour, before)
    return said


def assert_each_is_named(said: Said, cases: dict[str, tuple[str, str]]) -> None:
    """One error a case, which names its shot and its file and says what it is; ``cases``: (file name, words)."""
    told = {case: said.about(case, *words) for case, words in cases.items()}
    assert {case: lines for case, lines in told.items() if len(lines) != 1} == {}
    assert len(said.errors) == len(cases), said.errors


def assert_nothing_read(said: Said, trap: Trap, film: Path, world: World) -> None:
    assert trap.sprung() == []
    assert said.connected == ()
    if STRACE:
        assert len(said.opened) > 100, "nothing was traced"
        own = (sys.prefix, sys.base_prefix, str(ROOT), *map(str, (film, world.folder)))
        assert [path for path in said.opened if not path.startswith((*own, *SYSTEM))] == []
        assert outside(said.opened, film.parent, film) == []


def test_lures_are_refused_shot_by_shot_and_nothing_they_name_is_read(
    world: World, neighbour: Path, trap: Trap, tmp_path: Path
) -> None:
    stranger = Stranger(tmp_path / "film")
    (tmp_path / "made").mkdir()
    for name in LURES:
        stranger.take(name, write_lure(name, tmp_path / "made", trap))
    film = stranger.write()
    trap.sprung()
    said = refused(world, neighbour, film)
    assert_nothing_read(said, trap, film, world)
    cases = {
        name: (f"{name}." if lure.suffix not in _TAKES else f"t01.{lure.suffix}", lure.says)
        for name, lure in LURES.items()
    }
    assert_each_is_named(said, cases)


def test_bombs_and_spoilt_takes_are_refused_shot_by_shot(
    world: World, neighbour: Path, trap: Trap, tmp_path: Path
) -> None:
    stranger = Stranger(tmp_path / "film")
    (tmp_path / "made").mkdir()
    for name, broken in {**BOMBS, **SPOILT}.items():
        path = tmp_path / "made" / f"{name}.{broken.suffix}"
        broken.make(path)
        stranger.take(name, path)
    film = stranger.write()
    said = refused(world, neighbour, film)
    assert_nothing_read(said, trap, film, world)
    assert_each_is_named(said, {name: (f"t01.{one.suffix}", one.says) for name, one in {**BOMBS, **SPOILT}.items()})


COUNTED = {"lies-mp4": 12, "lies-mkv": 12, "no-duration": 12, "apng": 29, "webp-anim": 36, "gif": 29}
"""Frames of shots that say no length: as many as begin before the take's own end, whatever its header says."""


@pytest.fixture(scope="module")
def odd_film(world: World, neighbour: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    stranger = Stranger(folder / "odd")
    for name, odd in ODD.items():
        path = folder / f"{name}.{odd.suffix}"
        odd.make(path)
        stranger.take(name, path, "" if name in COUNTED else "lasts: 4f")
    film = stranger.write()
    said = ask(world, "render", film, *RENDER, "--require-sandbox")
    assert said.code == 0, said.err
    return film


@pytest.fixture(scope="module")
def odd_pictures(odd_film: Path) -> dict[str, list[int]]:
    """The numbers that each case's shot shows."""
    pictures = decoded_luma(odd_film / "out" / "odd.mp4")
    found, at = {}, 0
    for name in ODD:
        frames = COUNTED.get(name, 4)
        found[name] = [read_barcode(luma) for luma in pictures[at : at + frames]]
        at += frames
    assert at == len(pictures)
    return found


@pytest.mark.parametrize("name", ODD)
def test_an_odd_take_is_shown_as_it_is(name: str, odd_pictures: dict[str, list[int]]) -> None:
    wanted = [int(Fraction(frame, 24) * ODD[name].rate) for frame in range(COUNTED.get(name, 4))]
    assert wanted[-1] < PICTURES
    assert odd_pictures[name] == wanted


def test_no_word_of_an_odd_take_reaches_anything_that_is_made(odd_film: Path, world: World) -> None:
    takes = digests(odd_film / "takes")
    carried = {mark for mark in MARKS if any(mark in content for content in takes.values())}
    assert carried == set(MARKS), "the takes do not carry what is looked for"
    made = digests(odd_film / "out", odd_film / ".filmkit", world.folder)
    assert len(made) > 40
    assert {name: mark for name, content in made.items() for mark in MARKS if mark in content} == {}


def test_flipped_bits_are_refused_or_give_the_same_film_twice(tmp_path: Path) -> None:
    """x264 has no checksums: a flip that still decodes is only another picture. It must be the same one each time."""
    whole = make_numbered(tmp_path / "whole.mp4", 48, output=("-c:v", "libx264", "-pix_fmt", "yuv420p")).read_bytes()
    places = [15, 30, 45, 60, 75, 90]
    said, films = [], []
    for run in range(2):
        stranger = Stranger(tmp_path / f"film{run}")
        for percent in places:
            path = tmp_path / f"flip-{percent}.mp4"
            path.write_bytes(flipped(whole, percent))
            stranger.take(f"flip-{percent}", path, "lasts: 48f")
        films.append(stranger.write())
        world = World(tmp_path / f"world{run}")
        world.folder.mkdir()
        said.append(ask(world, "render", films[-1], *RENDER, "--workers", str(1 + run)))
    assert [one.code for one in said] == [3, 3]
    assert sorted(said[0].errors) == sorted(said[1].errors) and len(said[0].errors) > 2
    for line in said[0].errors:
        assert "cannot be read to its end: " in line and " @ 0x" not in line
    assert all(len(said[0].about(f"flip-{at}", f"takes/a/s-flip-{at}/t01.mp4")) <= 1 for at in places)
    made = [
        {path.name for path in (tmp_path / f"world{run}" / "store" / "blobs").rglob("*") if path.is_file()}
        for run in (0, 1)
    ]
    assert made[0] == made[1]


def test_a_stream_that_is_cut_off_is_used_as_far_as_it_goes(world: World, tmp_path: Path) -> None:
    """Nobody can tell that it was longer; a shot that needs more than is there says so."""
    whole = make_numbered(tmp_path / "whole.ts", 48, output=("-c:v", "mpeg2video", "-g", "6", "-f", "mpegts"))
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2 // 188 * 188])
    for name, says, code in (("enough", "lasts: 12f", 0), ("more", "lasts: 40f", 3)):
        stranger = Stranger(tmp_path / name)
        stranger.files[f"takes/a/s-{name}/t01.ts"] = cut
        stranger.shot(name, says)
        film = stranger.write()
        said = ask(world, "render", film, *RENDER)
        assert said.code == code, said.err
        if code:
            assert said.about(name, "it gives 24, 16 too few", "takes/a/s-more/t01.ts")
        else:
            assert [read_barcode(luma) for luma in decoded_luma(film / "out" / "enough.mp4")] == list(range(12))


_TAKES = {"mp4", "mov", "mkv", "webm", "avi", "gif", "png", "jpg", "webp"}
