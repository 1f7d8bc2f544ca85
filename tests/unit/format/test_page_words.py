"""The page lists the words the model takes: no more, no fewer; and its defaults are the model's."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from repository import ROOT
from storyboards import board_of

from filmkit.model.camera import Move, Pace
from filmkit.model.loudness import LOUDNESS_OF
from filmkit.model.point import RESERVED
from filmkit.model.sound import STEMS, OwnSound
from filmkit.model.storyboard import Generate, Generator, Inherited, JoinKind, Picture, Shot, Storyboard
from filmkit.model.titles import TITLE_STYLES, Captions, Credits, Deliverable, Title

PAGE = (ROOT / "docs" / "storyboard.md").read_text(encoding="utf-8")


def words(pattern: str) -> list[str]:
    """The words in backticks of the one place that matches; `pan-left|right` are two."""
    [found] = re.findall(pattern, PAGE, re.S)
    spread = []
    for word in re.findall(r"`([^`]+)`", found):
        first, *others = word.split("|")
        stem = first.rpartition("-")[0]
        spread += [first, *(f"{stem}-{other}" if stem else other for other in others)]
    return spread


def keys(board: type) -> set[str]:
    return {field.alias or name for name, field in board.model_fields.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        (r"Moves: (.*?)\. Paces", [move.value for move in Move]),
        (r"Paces: (.*?)\.\n", [pace.value for pace in Pace]),
        (r"\| join \| \|\n\|---\|---\|\n(.*?)\n\n", [kind.value for kind in JoinKind if kind is not JoinKind.CUT]),
        (r"`with` is one of (.*?)\. Besides", [maker.value for maker in Generator]),
        (r"\n(`style` `avoid`[^.]*?) may stand on", list(Inherited.model_fields)),
        (r"only shots of different scenes may repeat\. (.*?) are reserved", sorted(RESERVED)),
        (r"The stems are (.*?); production", list(STEMS)),
        (r"The styles are (.*?)\.\n", list(TITLE_STYLES)),
    ],
    ids=["moves", "paces", "joins", "makers", "inherited", "reserved", "stems", "styles"],
)
def test_page_lists_all_words(pattern: str, known: list[str]) -> None:
    assert sorted(words(pattern)) == sorted(known)


@pytest.mark.parametrize("board", [Storyboard, Shot, Generate, OwnSound, Title, Credits, Captions, Picture])
def test_every_key_is_on_the_page(board: type) -> None:
    missing = {key for key in keys(board) - {"mute"} if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`|\b{key}:", PAGE)}
    assert not missing, f"{board.__name__}: not on the page: {sorted(missing)}"


def test_deliverables_are_those_of_the_example() -> None:
    example = board_of(re.findall(r"^```yaml\n(filmkit: 1\n.*?)^```", PAGE, re.M | re.S)[0])
    assert set(example.deliver) | {"master"} == set(get_args(Deliverable))


def test_defaults_are_those_of_the_page() -> None:
    board = board_of(
        "filmkit: 1\ntitle: T\nscenes: [{id: s, shots: [{id: a}, {id: b, join: iris}]}]\ncredits: {}\n"
        "titles: [{text: x, at: a}]\n"
        "sound: {music: [{file: m.wav, at: a, beats: {tempo: 97 bpm}, duck: {under: dialogue}}]}\n"
    )
    [music] = board.sound.music
    assert music.duck is not None and music.beats is not None and board.credits is not None
    shot, joined = board.scenes[0].shots
    assert joined.join is not None
    loudness = board.sound.loudness
    said = {
        "`size` (default `1280x720`)": str(board.picture.size),
        "`fps` (default `24`)": str(board.picture.fps),
        "half a second if not said": str(joined.join.lasts),
        "9 dB, 150 ms, 600 ms": (music.duck.by, str(music.duck.attack), str(music.duck.release)),
        "`gain` (0 dB)": music.gain,
        "`integrated` (−14 LUFS) and `peak` (−1 dBTP)": (loudness.target_lufs, loudness.ceiling_dbtp),
        "for `lasts` (8 s)": str(board.credits.lasts),
        "bar: 4": music.beats.bar,
        "`zoom: 1.2`, from 1 to 8": shot.zoom,
    }
    assert list(said.values()) == [
        "1280x720", "24", "0.5s", (9.0, "0.15s", "0.6s"), 0.0, (-14.0, -1.0), "8s", 4, 1.0,
    ]  # fmt: skip
    assert [text for text in said if text not in PAGE] == []


def test_places_to_be_heard_have_the_numbers_of_the_page() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| −(\d+) LUFS \| −(\d+) dBTP \|", PAGE, re.M)
    assert {name: (-float(lufs), -float(peak)) for name, lufs, peak in rows} == dict(LOUDNESS_OF)
