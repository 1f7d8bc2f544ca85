"""``watch`` renders at every save, shows mistakes and goes on, and leaves at Ctrl-C with 130."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import COLOURS, Desk

from filmkit.cli import running, watch
from filmkit.engine.settings import Settings
from filmkit.errors import FilmkitError, Stopped
from filmkit.model.run import RunReport

REPORT = RunReport("leaving-earth", "film.mp4", 36, 1.5, {}, {"master": 1}, 0, 0.1, "local", 2, "landlock", "build")


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_LOOK_EVERY_S", 0.005)
    monkeypatch.setattr(watch, "_SETTLED_S", 0.002)


def renders(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], None]) -> list[Settings]:
    """Replaces renders by these acts, one after the other; then Ctrl-C. Returns how each was asked for."""
    asked: list[Settings] = []

    def render_film(folder: Path, settings: Settings) -> RunReport:
        asked.append(settings)
        if len(asked) > len(acts):
            raise Stopped(2)
        acts[len(asked) - 1]()
        return REPORT

    monkeypatch.setattr(running, "render_film", render_film)
    return asked


def test_a_save_during_a_render_is_rendered_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    film = desk.film()
    asked = renders(monkeypatch, lambda: desk.film(COLOURS + "# two") and None, lambda: desk.film(COLOURS) and None)
    answer = desk.ask("watch", film)
    assert (len(asked), answer.code) == (3, 130)
    assert answer.out.count("leaving-earth: 0:01.5, 36 frames") == 2
    assert answer.out.splitlines()[-1] == "stopped watching"
    assert answer.err == ""


def test_a_mistake_is_shown_and_waited_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    film = desk.film()

    def fail() -> None:
        desk.film(COLOURS + "# two")
        raise FilmkitError("no such luck", remedy="try again")

    renders(monkeypatch, fail, lambda: desk.film(COLOURS) and None)
    answer = desk.ask("watch", film)
    assert answer.err == "error: no such luck\n    → try again\n"
    assert answer.out.count("36 frames") == 1 and answer.out.count("watching … save the storyboard") == 2


@pytest.mark.parametrize(("words", "is_draft"), [([], True), (["--draft"], True), (["--full"], False)])
def test_watch_makes_drafts_on_the_local_engine(
    words: list[str], is_draft: bool, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = renders(monkeypatch)
    desk.ask("watch", desk.film(), *words)
    assert [(settings.quality.draft, settings.engine) for settings in asked] == [(is_draft, "local")]


def test_products_and_hidden_files_are_not_watched(tmp_path: Path) -> None:
    for name in ("storyboard.yaml", ".storyboard.yaml.swp", "takes/s/a/t01.mp4", "takes/s/a/.t02.part", "out/film.mp4",
                 ".filmkit/plan.json", "takes/out/t01.mp4"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    seen = [str(Path(name).relative_to(tmp_path)) for name in watch._sources(tmp_path)]
    assert sorted(seen) == ["storyboard.yaml", "takes/out/t01.mp4", "takes/s/a/t01.mp4"]


def test_a_file_that_is_still_being_written_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_SETTLED_S", 0.1)
    file = tmp_path / "t01.mp4"
    file.write_bytes(b"")
    before = watch._sources(tmp_path)
    written = threading.Event()

    def write() -> None:
        with file.open("ab", buffering=0) as stream:
            for _ in range(20):
                stream.write(b"more")
                written.wait(0.02)

    writer = threading.Thread(target=write)
    writer.start()
    seen = watch._changed(tmp_path, before)
    writer.join()
    assert seen[str(file)][0] == 80, "the file was taken half written"
