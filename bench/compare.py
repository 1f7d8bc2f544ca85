"""The comparisons: each a table of rivals measured in the same alternating rounds."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.corpus import Corpus
from bench.film import Edit, Shape, add_music, make_film, write_storyboard
from bench.measure import Measured, alternating, run_measured
from bench.one_command import write_command
from bench.timeline import Rival, rival_of

Rows = list[Sequence[str]]
"""A table: its head, then its rows."""

LOCAL = ("--engine", "local")


@dataclass(frozen=True)
class Bench:
    """What all comparisons share: where they work, the corpus, the full film's shape, how often they measure."""

    folder: Path
    corpus: Corpus
    shape: Shape
    rounds: int
    is_quick: bool = False

    def film(self, name: str, shape: Shape) -> Path:
        """A fresh film folder."""
        return make_film(self.folder / name, self.corpus, shape)

    def rival(self, film: Path) -> Rival:
        """What the rivals get of a film."""
        return rival_of(film, self.folder / "stores" / "rival")

    def filmkit(self, *words: str, store: str, fresh: bool = False) -> Measured:
        """A filmkit command as its user starts it; ``fresh``: with an empty store."""
        folder = self.folder / "stores" / store
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        return run_measured(filmkit_command(*words), env={"FILMKIT_STORE": str(folder), **self.private})

    @property
    def private(self) -> dict[str, str]:
        """Its own state folder, so that no server or journal of the user's is touched."""
        return {"XDG_STATE_HOME": str(self.folder / "state"), "NO_COLOR": "1"}


def filmkit_command(*words: str) -> list[str]:
    """The installed command, else the module it starts."""
    script = Path(sys.executable).with_name("filmkit")
    begin = [str(script)] if script.exists() else [sys.executable, "-c", "from filmkit.cli.main import main; main()"]
    return [*begin, *words]


def one_command(bench: Bench, film: Path) -> Callable[[int], Measured]:
    """The hand-written command of a film, as a run to measure; its output lies beside the film."""
    rival = bench.rival(film)
    argv = write_command(rival.timeline, rival.codec, film.with_suffix(".one.mp4"), rival.title)
    return lambda _: run_measured(argv)


def measure_cold(bench: Bench) -> Rows:
    """A first render, everything to make: both engines against the one command."""
    film = bench.film("cold", bench.shape)
    server = bench.filmkit("server", "start", store="cold")
    try:
        found = alternating({
            "one ffmpeg command": one_command(bench, film),
            "filmkit, local engine": lambda _: bench.filmkit("render", str(film), *LOCAL, store="cold", fresh=True),
            "filmkit, Prefect": lambda _: bench.filmkit("render", str(film), store="cold", fresh=True),
        }, bench.rounds)  # fmt: skip
    finally:
        bench.filmkit("server", "stop", store="cold")
    started = ("(starting Prefect's server, once)", f"{server.wall_s:.2f}", "", "", "", "")
    return [*shares(found, "one ffmpeg command"), started]


def measure_warm(bench: Bench) -> Rows:
    """Renders after one edit each, the rest from the store; shares of the one command, which does everything again."""
    film = bench.film("warm", bench.shape)
    bench.filmkit("render", str(film), *LOCAL, store="warm", fresh=True)
    edits: dict[str, Callable[[int], Edit]] = {
        "nothing": lambda _: Edit(),
        "one trim": lambda number: Edit(trim_ms=1125 + 125 * number),
        "one gain": lambda number: Edit(gain_db=-7.0 - number),
        "one title": lambda number: Edit(title=f"EDIT {number}"),
        "the music": lambda number: Edit(music=add_music(film, bench.corpus, number)),
    }

    def after(edit: Callable[[int], Edit], number: int) -> Measured:
        write_storyboard(film, bench.shape, edit(number))
        return bench.filmkit("render", str(film), *LOCAL, store="warm")

    runs = {name: partial(after, edit) for name, edit in edits.items()}
    found = alternating({"one ffmpeg command": one_command(bench, film), **runs}, bench.rounds)
    return shares(found, "one ffmpeg command")


def measure_prefect(bench: Bench) -> Rows:
    """What Prefect adds to a render of one edit, its server running."""
    film = bench.film("prefect", bench.shape)
    bench.filmkit("server", "start", store="prefect")
    try:
        bench.filmkit("render", str(film), *LOCAL, store="prefect", fresh=True)

        def after(words: Sequence[str], first: int, number: int) -> Measured:
            write_storyboard(film, bench.shape, Edit(title=f"EDIT {first + number}"))
            return bench.filmkit("render", str(film), *words, store="prefect")

        found = alternating({"local": partial(after, LOCAL, 0), "Prefect": partial(after, (), 100)}, bench.rounds)
    finally:
        bench.filmkit("server", "stop", store="prefect")
    return shares(found, "local")


def measure_growth(bench: Bench) -> Rows:
    """Films of 10, 100 and 500 shots of a second, without sound; memory is what should not grow."""
    rows: Rows = [("shots", "one command: s", "MiB", "filmkit: s", "MiB", "share of s", "nothing changed: s")]
    for shots in (10, 40) if bench.is_quick else (10, 100, 500):
        film = bench.film(f"growth{shots}", Shape(shots, 24, "ultrafast", is_plain=True))
        store = f"growth{shots}"
        one = one_command(bench, film)(0)
        cold = bench.filmkit("render", str(film), *LOCAL, store=store, fresh=True)
        again = bench.filmkit("render", str(film), *LOCAL, store=store)
        rows.append((
            str(shots), f"{one.wall_s:.1f}", f"{one.peak_mib:.0f}", f"{cold.wall_s:.1f}", f"{cold.peak_mib:.0f}",
            f"{cold.wall_s / one.wall_s:.2f}", f"{again.wall_s:.2f}",
        ))  # fmt: skip
    return rows


def measure_start(bench: Bench) -> Rows:
    """Commands that have nothing to render, as whole processes."""
    sixty = bench.film("sixty", Shape(60, 24, "ultrafast", is_plain=True))
    thousand = bench.film("thousand", Shape(1000, 24, "ultrafast", is_plain=True))
    bench.filmkit("render", str(sixty), *LOCAL, store="start", fresh=True)
    bench.filmkit("plan", str(thousand), store="start")
    bench.filmkit("plan", str(thousand), store="start")  # by now no file is too young to be remembered
    rounds = max(3, bench.rounds)
    found = alternating({
        "--help": lambda _: bench.filmkit("--help", store="start"),
        "render, 60 shots, nothing changed": lambda _: bench.filmkit("render", str(sixty), store="start"),
        "plan, 1000 shots, nothing changed": lambda _: bench.filmkit("plan", str(thousand), store="start"),
    }, rounds)  # fmt: skip
    rows: Rows = [("command", "wall s", "CPU s")]
    return rows + [(name, f"{run.wall_s:.2f}", f"{run.cpu_s:.2f}") for name, run in found.items()]


def shares(found: dict[str, Measured], base: str) -> Rows:
    """A row a run: wall and CPU seconds, each also as a share of the base run, and peak memory."""
    of = found[base]
    rows: Rows = [("", "wall s", "share", "CPU s", "share", "peak MiB")]
    for name, run in found.items():
        wall, cpu = (f"{share:.3f}" for share in (run.wall_s / of.wall_s, run.cpu_s / of.cpu_s))
        rows.append((name, f"{run.wall_s:.2f}", wall, f"{run.cpu_s:.2f}", cpu, f"{run.peak_mib:.0f}"))
    return rows


def as_a_user_has_it() -> None:
    """Takes out of this process' environment what a user's has not: another Prefect's address and profile, so that only
    our own server is measured, and that Python compiles every module anew.
    """
    for name in [name for name in os.environ if name.startswith("PREFECT_") or name == "PYTHONDONTWRITEBYTECODE"]:
        del os.environ[name]
