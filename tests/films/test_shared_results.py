"""Two films share a result through the store: each is told of under its own names, whichever was rendered first."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sounds import write_wav
from wholefilms import render_film, settings_for, write_film

BOARD = """\
filmkit: 1
title: Same
picture: {{size: 96x64, preset: ultrafast}}
scenes: [{{id: {scene}, shots: [{{id: only, color: red, lasts: 1s}}]}}]
titles: [{{id: {title}, text: "A \U00010380", at: {scene}, lasts: 12f}}]
sound: {{effects: [{{file: {sound}, at: start}}]}}
"""
NAMES = {
    "first": {"scene": "opening", "title": "one", "sound": "sound/alpha.wav"},
    "second": {"scene": "prologue", "title": "two", "sound": "sound/beta.wav"},
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three channels that nobody gave a place."""
    noise = np.random.default_rng(1).normal(0, 0.1, (24_000, 3))
    return write_wav(tmp_path_factory.mktemp("sound") / "three.wav", noise)


def told(folder: Path, film: str, sound: Path, store: Path) -> tuple[dict[str, str], str]:
    """What each event is about, by its code, as the run's report has it; and the manifest's text."""
    names = NAMES[film]
    made = write_film(folder / "film", BOARD.format(**names), {names["sound"]: sound})
    report = render_film(made, settings_for(store)).report
    manifest = (made / "out" / "film.json").read_text(encoding="utf-8")
    known = {event["code"]: event["about"] for event in json.loads(manifest)["events"]}
    assert known == {event.code: event.about for event in report.events if event.touches_content}
    return known, manifest


def test_events_of_a_shared_result_name_what_stands_in_this_film(tmp_path: Path, sound: Path) -> None:
    store = tmp_path / "store"
    abouts = [told(tmp_path / film, film, sound, store)[0] for film in NAMES]
    expected = [{"glyph-missing": it["title"], "layout-guessed": it["sound"]} for it in NAMES.values()]
    assert abouts == expected


def test_manifest_is_the_same_whatever_the_store_held_before(tmp_path: Path, sound: Path) -> None:
    told(tmp_path / "before", "first", sound, tmp_path / "used")
    used = told(tmp_path / "in used", "second", sound, tmp_path / "used")[1]
    fresh = told(tmp_path / "in fresh", "second", sound, tmp_path / "fresh")[1]
    assert used == fresh
