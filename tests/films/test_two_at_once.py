"""Several commands use one store at once, and what is damaged between two runs is noticed and made again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from commands import World, finished
from smallfilm import make_film, products
from stores import assert_whole, blob_path, overwrite, record_path
from wholefilms import settings_for

from filmkit.cli.running import render_film
from filmkit.engine.job import open_job
from filmkit.engine.server import Server
from filmkit.errors import FilmkitError
from filmkit.store.store import Store

LOCAL = ("--engine", "local")


def test_three_renders_of_two_films_that_share_takes_at_once(
    tmp_path: Path, material: dict[str, Path], rendered: Path
) -> None:
    world = World(tmp_path)
    film = make_film(tmp_path / "film", material)
    other = make_film(tmp_path / "other", material, shots=4, title="OTHER")
    running = [world.begin("render", folder, *LOCAL) for folder in (film, film, other)]
    for done in [finished(command) for command in running]:
        assert done.returncode == 0, done.stderr
    assert products(film) == products(rendered / "film")
    alone = make_film(tmp_path / "alone" / "other", material, shots=4, title="OTHER")
    render_film(alone, settings_for(tmp_path / "store-alone"), quiet=True)
    assert products(other) == products(alone)
    world.assert_quiet()
    assert [path for room in ("tmp", "trash") for path in (world.store / room).iterdir()] == []
    assert_whole(world.store)


def test_sweeps_and_checks_during_a_render_do_no_harm(tmp_path: Path, material: dict[str, Path], little: Path) -> None:
    world = World(tmp_path)
    film = make_film(tmp_path / "film", material, shots=4)
    swept = refused = 0
    running = world.begin("render", film, *LOCAL)
    while running.poll() is None:
        store = Store(world.store)
        assert store.check(read_data=True).damages == ()
        try:
            store.gc(everything=True)
            swept += 1
        except FilmkitError as error:
            assert "a run is using the store" in error.message
            refused += 1
    done = finished(running)
    assert done.returncode == 0, done.stderr
    assert (swept > 0, refused > 3) == (True, True), f"{swept} sweeps and {refused} refusals: none came in between"
    assert products(film) == products(little / "film")
    assert_whole(world.store)


def test_the_sweep_says_that_a_run_uses_the_store(tmp_path: Path) -> None:
    world = World(tmp_path)
    with Store(world.store).lease():
        done = world.run("store", "gc", "--all")
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, "error: a run is using the store")


DAMAGED = {
    "segments": (["segment"], ["master"]),
    "sound": (["mix"], ["master"]),
    "stems": (["stem"], ["master", "mix"]),
    "everything": (["source", "stem", "mix", "segment", "title"], ["master"]),
    "all-but-some": (["source", "stem", "title"], ["master", "mix", "segment"]),
    "film": (["master"], []),
}


def damage(film: Path, store: Path, kinds: Sequence[str], forgotten: Sequence[str]) -> int:
    """Flips a byte in what steps of these kinds made, as a disk might: same size, same times; how many files.

    Records of the ``forgotten`` kinds go, so that what is damaged is needed again.
    """
    job = open_job(film, settings_for(store))
    graph = job.planned.plan.graph
    records = job.shop.store.lookup([step.key for step in graph])
    digests = {output.sha256 for step in graph if step.kind in kinds for output in records[step.key].outputs.values()}
    for digest in digests:
        path = blob_path(job.shop.store, digest)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        overwrite(path, bytes(data))
    for step in graph:
        if step.kind in forgotten:
            record_path(job.shop.store, step.key).unlink()
    return len(digests)


@pytest.mark.parametrize("case", DAMAGED)
def test_damage_between_runs_is_set_aside_and_made_again(case: str, tmp_path: Path, little: Path) -> None:
    store, film = tmp_path / "store", tmp_path / "film"
    shutil.copytree(little / "store", store)
    shutil.copytree(little / "film", film, ignore=shutil.ignore_patterns("out"))
    kinds, forgotten = DAMAGED[case]
    count = damage(film, store, kinds, forgotten)
    assert count > 0
    report = render_film(film, settings_for(store), quiet=True)
    assert products(film) == products(little / "film")
    aside = [path for path in (store / "quarantine").iterdir() if not path.name.endswith(".json")]
    assert 0 < len(aside) <= count
    assert all(path.with_name(f"{path.name}.note.json").is_file() for path in aside)
    [event] = [event for event in report.events if event.code == "store-damaged"]
    assert event.message.startswith(f"{len(aside)} ")
    again = render_film(film, settings_for(store), quiet=True)
    assert (again.made, products(film)) == ({}, products(little / "film"))


@pytest.mark.slow
def test_damage_is_made_again_under_prefect(
    tmp_path: Path, little: Path, prefect_server: Server, prefect_state: Path
) -> None:
    world = replace(World(tmp_path), state=prefect_state)
    film = tmp_path / "film"
    shutil.copytree(little / "store", world.store)
    shutil.copytree(little / "film", film, ignore=shutil.ignore_patterns("out"))
    count = damage(film, world.store, *DAMAGED["everything"])
    done = world.run("render", film)
    assert done.returncode == 0, done.stderr
    assert f"{prefect_server.url}"
    assert products(film) == products(little / "film")
    assert 0 < len(list((world.store / "quarantine").glob("*.json"))) <= count
