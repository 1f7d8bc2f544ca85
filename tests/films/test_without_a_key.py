"""A film is finished without any key, by what docs/takes.md says and nothing else: its commands, its storyboard."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from barcode import decoded_luma, make_numbered, read_barcode
from commands import World
from PIL import Image
from repository import ROOT

SECTION = re.search(
    r"^## A film without any key\n(.*?)^## ", (ROOT / "docs" / "takes.md").read_text(encoding="utf-8"), re.M | re.S
)
SMALL = "320x180"


def _blocks(mark: str) -> list[str]:
    assert SECTION is not None
    return re.findall(rf"^```{mark}\n(.*?)^```", SECTION[1], re.M | re.S)


def _follow(world: World, commands: str) -> str:
    """Types the commands of a block; what they say. No server is left behind: this process schedules the work."""
    said = ""
    for line in commands.splitlines():
        words = shlex.split(line)[1:]
        answer = world.run(*words, *(["--engine", "local"] if words[0] == "render" else []))
        assert answer.returncode == 0, (line, answer.stdout, answer.stderr)
        said += answer.stdout + answer.stderr
    return said


def _download(downloads: Path) -> None:
    """What lies in a downloads folder afterwards: the clips, one of them twice, and what has nothing to do with it."""
    downloads.mkdir()
    boat = "Gen-4.5 A small red boat leaves the harbour. The camera slowly pushes in 2494731309.mp4"
    make_numbered(downloads / boat, 100, size=(320, 180))
    shutil.copy(downloads / boat, downloads / boat.replace(".mp4", " (1).mp4"))
    make_numbered(downloads / "harbour-keeper-1.mp4", 60, size=(320, 180))
    Image.new("RGB", (80, 60)).save(downloads / "Screenshot 2026-11-20 at 10.11.12.png")
    (downloads / "invoice.pdf").write_bytes(b"%PDF-1.7")


def test_a_team_without_any_key_finishes_a_film_by_the_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    world, film = World(tmp_path), tmp_path / "first-light"
    begin, plan, finish = _blocks("console")
    (board,) = _blocks("yaml")
    _follow(world, begin)
    (film / "storyboard.yaml").write_text(board.replace("1280x720", SMALL), encoding="utf-8")
    Image.linear_gradient("L").rotate(90).resize((640, 360)).convert("RGB").save(film / "reference" / "quay.png")

    said = _follow(world, plan)
    assert SECTION is not None
    shown = re.search(r"^    2 takes.*?\n\n", SECTION[1], re.M | re.S)
    assert shown is not None and said == re.sub("^    ", "", shown[0].rstrip("\n") + "\n", flags=re.M)
    page = (film / "out" / "prompts" / "index.html").read_text(encoding="utf-8")
    for told in ("A small red boat leaves the harbour. The camera slowly pushes in. Soft morning light, 35 mm.",
                 "An old man climbs a spiral stair, lantern in hand.", "text, hands", "harbour-keeper-1.mp4",
                 "Runway Gen-4.5", "Kling 2.5", f"filmkit gather {film} --inbox ~/Downloads"):  # fmt: skip
        assert told in page, told

    _download(tmp_path / "Downloads")
    said = _follow(world, finish.replace("~", str(tmp_path)))
    assert "harbour/boat t01  ← Gen-4.5" in said and "harbour/keeper t01  ← harbour-keeper-1.mp4" in said, said
    assert "warning" not in said and "unsure" not in said, said
    assert sorted(path.relative_to(film).as_posix() for path in film.glob("takes/*/*/*")) == [
        "takes/harbour/boat/t01.mp4", "takes/harbour/keeper/t01.mp4",
    ]  # fmt: skip
    lines = [json.loads(line) for line in (film / "storyboard.lock").read_text().splitlines()]
    assert [(line["take"], line.get("provider"), line.get("seed")) for line in lines] == [
        ("harbour/boat/t01", "runway", 2494731309), ("harbour/keeper/t01", None, None),
    ]  # fmt: skip
    _watch(film / "out")


def _watch(out: Path) -> None:
    """The film frame by frame: 72 of the boat's clip, 72 of a picture that moves, 48 of the keeper's."""
    (master,) = out.glob("*.mp4")
    seen = decoded_luma(master)
    boat, quay, keeper = seen[:72], seen[72:144], seen[144:]
    assert [read_barcode(frame) for frame in boat] == list(range(72))
    assert [read_barcode(frame) for frame in keeper] == list(range(48))
    means = [float(np.mean(frame)) for frame in quay]
    assert len(quay) == 72 and np.mean(np.abs(quay[0].astype(float) - quay[-1])) > 1, "the picture moves"
    assert max(means) - min(means) < 60
