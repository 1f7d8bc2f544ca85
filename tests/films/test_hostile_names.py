"""Files with hostile names: shown and heard like any other, and no name moves a terminal, a tool or a message."""

from __future__ import annotations

import json
import os
import unicodedata
from pathlib import Path

import av
import numpy as np
import pytest
from barcode import barcode, decoded_luma, read_barcode
from commands import World
from hostilefilms import Stranger, ask, shot_of
from hostilenames import NAMES, quoted
from PIL import Image
from sounds import RATE, onsets, silence, write_wav

RENDER = ("--engine", "local")
FRAMES = 4


def write_named(folder: Path, picture: bool = True) -> Path:
    """A film of stills and clicks whose files bear these names; broken ones where there is no ``picture``."""
    stranger = Stranger(folder)
    cues = []
    for at, (case, name) in enumerate(NAMES.items()):
        still, sound = f"reference/{name}.png", f"sound/{name}.wav"
        stranger.shot(case, f"from: {quoted(still)}, generate: {{with: still}}, lasts: {FRAMES}f")
        cues.append(f"    - {{file: {quoted(sound)}, at: {shot_of(case)} + 1f}}")
        for path in (folder / still, folder / sound):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"<html>")
        if picture:
            Image.fromarray(barcode(at, 96, 64)).save(folder / still, format="png")
            click = silence(480)
            click[:24] = 0.9 - at / 100
            write_wav(folder / sound, click)
    stranger.more = ["sound:", "  loudness: {integrated: -30 LUFS}", "  effects:", *cues]
    return stranger.write()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    film = write_named(folder / "film\n\x1b[31m'%03d")
    world = World(folder / "world")
    world.folder.mkdir()
    said = ask(world, "render", film, *RENDER)
    assert said.code == 0, said.err
    assert_harmless(said.out + said.err)
    return film


def assert_harmless(text: str) -> None:
    """Nothing on a terminal but lines of signs that can be seen."""
    seen = {char for char in text if char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co"}}
    assert seen == set()


def made(film: Path, suffix: str) -> Path:
    [path] = (film / "out").glob(f"*{suffix}")
    assert path.name == rf"film\n\x1b[31m'%03d{suffix}"
    return path


def test_every_still_is_shown_in_its_shot(film: Path) -> None:
    pictures = decoded_luma(made(film, ".mp4"))
    shown = [read_barcode(pictures[at * FRAMES + 1]) for at in range(len(NAMES))]
    assert shown == list(range(29))


def test_every_sound_is_heard_in_its_shot(film: Path) -> None:
    with av.open(str(made(film, ".mp4"))) as container:
        heard = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T
    spots = onsets(heard, 0.3 * float(np.abs(heard).max()), apart=2_000)
    wanted = [(at * FRAMES + 1) * RATE // 24 for at in range(len(NAMES))]
    assert len(spots) == len(wanted)
    assert np.abs(np.array(spots) - wanted).max() < 240


def test_the_manifest_names_every_file_in_signs_that_can_be_seen(film: Path) -> None:
    manifest = json.loads(made(film, ".json").read_text(encoding="utf-8"))
    assert len(manifest["inputs"]) == 2 * len(NAMES)
    assert_harmless("\n".join([*manifest["inputs"], manifest["film"]]))
    assert r"sound/a\nerror: b.wav" in manifest["inputs"]


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_a_broken_file_is_named_on_one_line_without_moving_the_terminal(form: tuple[str, ...], tmp_path: Path) -> None:
    film = write_named(tmp_path / "film", picture=False)
    shot = film / "takes" / "a" / shot_of("quote")
    shot.mkdir(parents=True)
    (shot / os.fsdecode(b"take\xff\xfe\x1b[2J.mp4")).write_bytes(b"x")
    world = World(tmp_path / "world")
    world.folder.mkdir()
    said = ask(world, "render", film, *RENDER, *form)
    assert said.code == 3
    assert_harmless(said.out + said.err)
    if form:
        findings = json.loads(said.out)["findings"]
        assert len([one for one in findings if "it is a web page" in one["message"]]) == 2 * len(NAMES)
        return
    assert len(said.errors) == 2 * len(NAMES)
    assert all("it is a web page saved under this name" in line for line in said.errors)
    for case in NAMES:
        assert len(said.about(case)) >= 1, case
    assert any(r"take\udcff\udcfe\x1b[2J.mp4 is not called like a take" in line for line in said.err.splitlines())


@pytest.mark.parametrize("name", [b"\xff\xfefilm", b"-f", b"n" * 255, b"n" * 250, b"a:b|%03d"])
def test_a_film_s_own_name_may_be_anything(name: bytes, tmp_path: Path) -> None:
    """255 bytes leave no room for an ending: that is said, and nothing breaks."""
    stranger = Stranger(tmp_path / os.fsdecode(name))
    stranger.shot("plain", "color: black, lasts: 4f")
    film = stranger.write()
    world = World(tmp_path / "world")
    world.folder.mkdir()
    form = ("--json",) if name[0] > 127 or len(name) > 200 else ()
    said = ask(world, "render", film, *RENDER, *form)
    assert said.code == (1 if len(name) > 251 else 0), said.err
    assert_harmless(said.out + said.err)
    if form:
        json.loads(said.out)
    assert len(name) > 251 or len(list((film / "out").glob("*.mp4"))) == 1
