"""Only what changed is made again: each change of a film of thirty shots costs its own steps and no other.

What has to be made is written down here by hand, and is told by the plan before anything runs.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from barcode import decoded_luma, read_barcode
from commands import World
from thirtyshots import make_film, make_material, storyboard
from wholefilms import settings_for

from filmkit.engine.job import Job, finish_job, open_job, run_job
from filmkit.engine.local import run_local
from filmkit.model.run import Event, RunReport
from filmkit.plan.graph import Step


@dataclass
class Ran:
    """A listener that keeps the names of the steps that ran."""

    names: list[str] = field(default_factory=list)

    def started(self, step: Step) -> None:
        self.names.append(step.name)

    def progress(self, step: Step, done: int) -> None:
        """Not looked at."""

    def finished(self, step: Step, seconds: float, events: Sequence[Event]) -> None:
        """Not looked at."""

    def failed(self, step: Step, message: str) -> None:
        """Not looked at."""


@dataclass(frozen=True)
class Made:
    """What one render did: steps the plan named before, steps that ran, and digests of all steps by name."""

    planned: list[str]
    ran: list[str]
    digests: dict[str, str]
    report: RunReport

    @property
    def film(self) -> Path:
        return Path(self.report.film)


def render(folder: Path, store: Path) -> Made:
    """Plans, then renders as a later command would."""
    settings, ran = settings_for(store), Ran()
    planned = sorted(step.name for step in open_job(folder, settings).todo.missing)
    job = open_job(folder, settings)
    run_job(job, run_local, ran)
    report = finish_job(job, "local")
    return Made(planned, sorted(ran.names), _digests(job), report)


def _digests(job: Job) -> dict[str, str]:
    graph = job.planned.plan.graph
    records = job.shop.store.lookup([step.key for step in graph])
    return {
        step.name: " ".join(output.sha256 for output in records[step.key].outputs.values()) for step in graph
    }  # fmt: skip


@dataclass(frozen=True)
class Cold:
    """The film rendered once, and where its parts are."""

    root: Path
    made: Made

    @property
    def store(self) -> Path:
        return self.root / "store"

    def copy(self, root: Path) -> Path:
        """The film's folder again, as it was left by the render, with the same files in it."""
        return Path(shutil.copytree(self.root / "film", root / "film", copy_function=os.link))


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> Cold:
    root = tmp_path_factory.mktemp("thirty")
    made = render(make_film(root / "film", make_material(root / "material")), root / "store")
    assert made.ran == made.planned == sorted(made.digests)
    assert sum(name.startswith("segment ") for name in made.digests) == 39
    return Cold(root, made)


def rewrite(folder: Path, *changes: tuple[str, str], text: str | None = None) -> None:
    """Changes the storyboard; each old text stands there once."""
    text = storyboard() if text is None else text
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the storyboard"
        text = text.replace(old, new)
    (folder / "storyboard.yaml").unlink()
    (folder / "storyboard.yaml").write_text(text, encoding="utf-8")


def check(cold: Cold, made: Made, expected: set[str]) -> None:
    """Exactly the expected steps were planned and ran, each once; all other steps kept their bytes."""
    assert made.planned == sorted(expected)
    assert made.ran == sorted(expected)
    kept = {name: digest for name, digest in made.digests.items() if name not in expected}
    assert kept == {name: cold.made.digests[name] for name in kept}
    same = [name for name in expected if made.digests[name] == cold.made.digests.get(name)]
    assert same == [], f"made again with the same bytes: {same}"


SOUND = {"mix", "master"}


TRIMMED = {
    "segment arrival/s07 → arrival/s08", "segment arrival/s08", "segment arrival/s08 → arrival/s09", "stem production",
    *SOUND,
}  # fmt: skip


def test_a_trim_renders_the_segments_that_show_the_shot(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("id: s08, in: 8f", "id: s08, in: 10f"))
    made = render(film, cold.store)
    check(cold, made, TRIMMED)
    before, after = (decoded_luma(each.film) for each in (cold.made, made))
    alone = 13 + 14 + 15 + 16 + 12 + 13 + 14 - 4  # where s08 stands alone: after seven shots that share a join of four
    assert [read_barcode(luma[alone]) for luma in (before, after)] == [12, 14]
    assert len(before) == len(after) == cold.made.report.frames


@pytest.mark.slow
def test_a_longer_shot_moves_the_others_without_rendering_them(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("id: s06, in: 6f, lasts: 13f", "id: s06, in: 6f, lasts: 16f"))
    made = render(film, cold.store)
    check(cold, made, {"segment arrival/s06", "stem music", "stem effects", "stem production", *SOUND})
    assert made.report.frames == cold.made.report.frames + 3


def test_another_text_draws_the_title_and_what_lies_under_it(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("text: The storm", "text: The flood"))
    made = render(film, cold.store)
    check(cold, made, {"title The flood", "segment storm/s15 2/3", "master"})


def test_another_gain_sums_its_stem_and_renders_no_picture(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("at: s05, gain: -6 dB", "at: s05, gain: -9 dB"))
    check(cold, render(film, cold.store), {"stem effects", *SOUND})


@pytest.mark.slow
def test_another_gain_of_a_shot_sums_the_production_stem(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("id: s16, in: 16f", "id: s16, own_sound: {gain: -3 dB}, in: 16f"))
    check(cold, render(film, cold.store), {"stem production", *SOUND})


@pytest.mark.slow
def test_other_music_is_decoded_and_summed(cold: Cold, tmp_path: Path) -> None:
    """The credits name it."""
    film = cold.copy(tmp_path)
    rewrite(film, ("file: sound/theme.wav", "file: sound/other.wav"))
    check(cold, render(film, cold.store), {
        "source sound/other.wav", "stem music", "card credits", "segment credits", *SOUND,
    })  # fmt: skip


def test_scenes_in_another_order_render_only_what_stands_at_their_edges(cold: Cold, tmp_path: Path) -> None:
    """The second scene begins with a dissolve: it now takes over from the last shot of the third."""
    film = cold.copy(tmp_path)
    rewrite(film, text=storyboard((0, 2, 1)))
    made = render(film, cold.store)
    edges = {"segment arrival/s10", "segment morning/s30", "segment morning/s30 → storm/s11"}
    check(cold, made, {*edges, "stem effects", "stem production", *SOUND})
    assert made.report.frames == cold.made.report.frames


@pytest.mark.slow
def test_another_take_renders_its_shot(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    (film / "takes/storm/s17/t02.mp4").hardlink_to(film / "takes/storm/s18/t01.mp4")
    made = render(film, cold.store)
    check(cold, made, {"segment storm/s17", "stem production", *SOUND})


def test_nothing_changed_makes_nothing_and_leaves_the_film_alone(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    for path in film.rglob("*.*4"):  # takes and film, read again or not: their times tell nothing about their bytes
        os.utime(path)
    out = sorted((film / "out").iterdir())
    before = [(path.name, path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in out]
    made = render(film, cold.store)
    check(cold, made, set())
    assert [(path.name, path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()) for path in out] == before
    assert sum(made.report.hits.values()) == len(cold.made.digests)


@pytest.mark.slow
def test_a_change_taken_back_makes_nothing_and_gives_the_first_film(cold: Cold, tmp_path: Path) -> None:
    film = cold.copy(tmp_path)
    rewrite(film, ("id: s08, in: 8f", "id: s08, in: 9f"))
    render(film, cold.store)
    rewrite(film)
    made = render(film, cold.store)
    check(cold, made, set())
    assert made.film.read_bytes() == cold.made.film.read_bytes()


def test_the_plan_names_the_steps_and_why_the_field_from_what_to_what(cold: Cold, tmp_path: Path) -> None:
    """Through the command line, as a person asks."""
    film, world = cold.copy(tmp_path), World(tmp_path)
    rewrite(film, ("id: s08, in: 8f", "id: s08, in: 11f"))
    planned = json.loads(world.run("plan", film, "--store", cold.store, "--json").stdout)
    assert {step["name"] for step in planned["todo"]["missing"]} == TRIMMED
    asked = world.run("plan", film, "--why", "s08", "--store", cold.store, "--json")
    assert (asked.returncode, asked.stderr) == (0, "")
    changes = json.loads(asked.stdout)["changes"]
    firsts = {
        change["step"]: (change["before"], change["after"]) for change in changes if change["field"].endswith(".first")
    }
    assert firsts == {
        "segment arrival/s07 → arrival/s08": (8, 11),
        "segment arrival/s08": (12, 15),
        "segment arrival/s08 → arrival/s09": (19, 22),
    }
    told = world.run("plan", film, "--why", "s08", "--store", cold.store).stdout
    assert "segment arrival/s08: it begins at picture 15 of its take, it was picture 12 ('in')" in told


@pytest.mark.slow
def test_why_compares_with_the_last_render_also_where_it_made_nothing(cold: Cold, tmp_path: Path) -> None:
    """A change, taken back, then another one: the film in ``out/`` is the first one, and so is what is compared."""
    film, world = cold.copy(tmp_path), World(tmp_path)
    rewrite(film, ("at: s05, gain: -6 dB", "at: s05, gain: -9 dB"))
    render(film, cold.store)
    rewrite(film)
    render(film, cold.store)
    rewrite(film, ("at: s05, gain: -6 dB", "at: s05, gain: -7 dB"))
    told = world.run("plan", film, "--why", "knock", "--store", cold.store).stdout
    assert "-6 dB" in told and "-7 dB" in told and "-9 dB" not in told, told
