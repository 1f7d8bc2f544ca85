"""``render`` where the store has everything: what is said, what lies in ``out/``, and what ``--strict`` refuses."""

from __future__ import annotations

import json

import pytest
from desk import COLOURS, Desk

from filmkit.errors import ToolMissing
from filmkit.model.finding import Severity
from filmkit.model.run import Event

NO_TAKE = COLOURS.replace("color: white, ", "")
WARNING = Event("peak-missed", "the sound peaks at -0.5 dBTP, above -1", Severity.WARNING, touches_content=True)


def test_the_film_and_its_manifest_are_put_in_place(desk: Desk) -> None:
    film = desk.film()
    job = desk.fill(film)
    answer = desk.ask("render", film)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "leaving-earth: 0:01.5, 36 frames"
    assert lines[1] == "  kept     3 segments, 1 mix, 1 master, from the store: nothing had to be made"
    assert lines[-1] == f"  film     {film}/out/leaving-earth.mp4"
    assert (film / "out" / "leaving-earth.mp4").read_bytes() == f"the bytes of {job.planned.plan.master}".encode()
    assert json.loads((film / "out" / "leaving-earth.json").read_text())["finished"] is True


def test_a_film_with_a_placeholder_is_never_called_finished(desk: Desk) -> None:
    film = desk.film(NO_TAKE)
    desk.fill(film)
    answer = desk.ask("render", film)
    assert answer.code == 0
    assert answer.out.splitlines()[-2:] == [
        "  not finished: 1 shot has no take yet: city/rocket",
        "    → put takes into takes/<scene>/<shot>/ as t01.mp4 and render again",
    ]
    assert json.loads((film / "out" / "leaving-earth.json").read_text())["finished"] is False
    assert "finished" not in answer.out.replace("not finished", "")
    told = desk.ask("render", film, "--json").json
    assert told["placeholders"] == 1 and told["events"][0]["code"] == "placeholder"


def test_a_draft_and_a_cut_lie_beside_the_film(desk: Desk) -> None:
    film = desk.film()
    (film / "storyboard.short.yaml").write_text(COLOURS)
    desk.fill(film)
    desk.fill(film, draft=True)
    for words in ([film], [film, "--draft"], [film / "storyboard.short.yaml"]):
        assert desk.ask("render", *words).code == 0
    assert sorted(str(path.relative_to(film / "out")) for path in (film / "out").rglob("*.mp4")) == [
        "leaving-earth.draft.mp4", "leaving-earth.mp4", "short/short.mp4",
    ]  # fmt: skip


def test_json_is_all_that_stands_on_stdout(desk: Desk) -> None:
    film = desk.film(NO_TAKE)
    desk.fill(film)
    answer = desk.ask("render", film, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.json["film"] == f"{film}/out/leaving-earth.mp4" and answer.json["hits"]["segment"] == 3


def test_fallbacks_are_told(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film, {"mix": WARNING})
    assert "  warning: the sound peaks at -0.5 dBTP, above -1" in desk.ask("render", film).out.splitlines()


def test_strict_refuses_what_is_known_beforehand(desk: Desk) -> None:
    film = desk.film(NO_TAKE)
    desk.fill(film)
    answer = desk.ask("render", film, "--strict")
    assert (answer.code, answer.out) == (3, "")
    assert "error: city/rocket has no take" in answer.err and "warning" not in answer.err
    assert not (film / "out").exists()


def test_without_a_server_strict_does_not_fall_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_server() -> None:
        raise ToolMissing("no server here", remedy="use --engine local")

    monkeypatch.setattr("filmkit.cli.under_prefect.attach", no_server)
    answer = desk.ask("render", desk.film(), "--strict")
    assert (answer.code, answer.out) == (6, "")
    assert answer.err.splitlines() == [
        "starting the Prefect server: this takes a few seconds, and it stays for the next render",
        "error: no server here", "    → use --engine local",
    ]  # fmt: skip


def test_a_store_inside_the_film_is_refused(desk: Desk) -> None:
    film = desk.film()
    answer = desk.ask("render", film, "--store", film / "store")
    assert answer.code == 2 and "lies inside the film" in answer.err


def test_an_ffmpeg_that_is_not_there_ends_with_6(desk: Desk) -> None:
    answer = desk.ask("render", desk.film(), "--ffmpeg", "/nowhere/ffmpeg")
    assert answer.code == 6
    assert answer.err.splitlines()[0] == "error: there is no program /nowhere/ffmpeg"
