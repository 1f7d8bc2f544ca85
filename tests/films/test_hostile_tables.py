"""Colour tables of a stranger's film: each broken one is refused with its shot and file; no word of a good one but its
numbers is heeded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from barcode import make_numbered
from commands import World
from hostilefilms import Stranger, ask, digests, shot_of

RENDER = ("--engine", "local")
CORNERS = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
"""A table of two points a side, red running fastest."""


def table(head: str = "", change: Callable[[int, int, int], str] = "{} {} {}".format) -> bytes:
    return f"{head}LUT_3D_SIZE 2\n{''.join(change(*corner) + chr(10) for corner in CORNERS)}".encode()


TABLES: dict[str, tuple[bytes, str]] = {
    "lut-page": (b"<!doctype html><html>403</html>", "line 1: three numbers are expected"),
    "lut-picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "three numbers are expected"),
    "lut-empty": (b"", "it has 0 colours"),
    "lut-1d": (b"LUT_1D_SIZE 4\n0 0 0\n", "it is a 1D table"),
    "lut-short": (table()[:-6], "it has 7 colours where LUT_3D_SIZE 2 needs 8"),
    "lut-long": (b"LUT_3D_SIZE 2\n" + b"0 0 0\n" * 1_500_000, "it has more than"),
    "lut-size": (b"LUT_3D_SIZE 999\n0 0 0\n", "line 1: LUT_3D_SIZE is 2 to 65"),
    "lut-digits": (b"LUT_3D_SIZE " + b"9" * 5_000, "line 1: LUT_3D_SIZE is 2 to 65"),
    "lut-nan": (table(change=lambda r, g, b: f"nan {g} {b}"), "line 2: three numbers are expected"),
    "lut-infinite": (table(change=lambda r, g, b: f"1e999 {g} {b}"), "line 2: three numbers are expected"),
    "lut-huge": (table(change=lambda r, g, b: f"{r} {g} 9e99"), "line 2: a colour of 9e+99 is none"),
    "lut-domain": (table("DOMAIN_MIN 1 1 1\nDOMAIN_MAX 0 0 0\n"), "its DOMAIN_MIN is not below its DOMAIN_MAX"),
}
"""By the case's name in docs/safety.md: a table's bytes and what its refusal says."""

TITLE = 'TITLE "\',drawtext=textfile=/etc/passwd,lut3d=file=canary-6c1f"\n# movie=canary-6c1f \x1b[31m\n'


def film_of(folder: Path, tables: dict[str, bytes]) -> Path:
    clip = make_numbered(folder / "clip.mp4", 6)
    stranger = Stranger(folder / "film")
    (folder / "made").mkdir()
    for case, content in tables.items():
        path = folder / "made" / f"{case}.cube"
        path.write_bytes(content)
        stranger.files[f"luts/{path.name}"] = path
        stranger.take(case, clip, f"lasts: 4f, grade: {{lut: luts/{path.name}}}")
    return stranger.write()


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path / "world")
    world.folder.mkdir()
    return world


def test_broken_tables_are_refused_shot_by_shot(tmp_path: Path, world: World) -> None:
    film = film_of(tmp_path, {case: content for case, (content, _) in TABLES.items()})
    said = ask(world, "render", film, *RENDER)
    assert said.code == 3
    for case, (_, says) in TABLES.items():
        [told] = said.about(case, f"luts/{case}.cube")
        assert says in told
    assert len(said.errors) == len(TABLES)


@pytest.mark.parametrize("kind", ["lut-link", "lut-pipe"])
def test_a_table_that_is_no_file_of_the_film_is_not_opened(kind: str, tmp_path: Path, world: World) -> None:
    film = film_of(tmp_path, {kind: table()})
    path = film / "luts" / f"{kind}.cube"
    path.unlink()
    if kind == "lut-link":
        (tmp_path / "secret.cube").write_bytes(table())
        path.symlink_to(tmp_path / "secret.cube")
    else:
        os.mkfifo(path)
    said = ask(world, "render", film, *RENDER)
    assert said.code == 3
    says = "leaves the film" if kind == "lut-link" else "is no ordinary file"
    assert len([line for line in said.errors if f"{kind}.cube" in line and says in line]) == 1


def test_only_the_numbers_of_a_good_table_are_heeded(tmp_path: Path, world: World) -> None:
    """One that turns white to black, titled with words of a filter: the picture is turned, the words are nowhere."""
    swapped = table(TITLE, change=lambda r, g, b: f"{1 - r} {1 - g} {1 - b}")
    film = film_of(tmp_path, {"lut-title": swapped, "lut-plain": table()})
    said = ask(world, "render", film, *RENDER)
    assert said.code == 0, said.err
    with av.open(str(film / "out" / "film.mp4")) as container:
        luma = [frame.to_ndarray(format="gray")[:, :] for frame in container.decode(video=0)]
    turned, plain = luma[1].astype(int), luma[5].astype(int)
    assert abs((turned + plain) - 255).mean() < 6
    made = digests(film / "out", film / ".filmkit", world.folder)
    assert [name for name, content in made.items() if b"canary-6c1f" in content] == []
    assert shot_of("lut-title") in (film / "storyboard.yaml").read_text()
