"""What a run leaves in the film's folder: whole files under known names, a manifest that tells only of the film."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from desk import COLOURS, Desk

from filmkit.engine.job import Job, finish_job
from filmkit.engine.outputs import Outputs, read_json
from filmkit.errors import FilmkitError
from filmkit.model.finding import FilmError, Severity
from filmkit.model.run import Event

LOUD = Event("peak-missed", "the sound peaks at -0.5 dBTP, above -1", Severity.WARNING, touches_content=True)
SLOW = Event("engine-local", "run without Prefect", Severity.WARNING)


def finished(desk: Desk, text: str = COLOURS, **events: Event) -> Path:
    """A film whose steps are all made, put in place; its folder."""
    film = desk.film(text)
    desk.fill(film, events)
    finish_job(desk.job(film), "no", [SLOW])
    return film


def manifest_of(film: Path) -> dict[str, object]:
    value: dict[str, object] = json.loads((film / "out" / "leaving-earth.json").read_text(encoding="utf-8"))
    return value


def test_names_of_the_film_its_draft_and_its_cuts(tmp_path: Path) -> None:
    names = [
        Outputs(tmp_path, "first-light"),
        Outputs(tmp_path, "first-light", is_draft=True),
        Outputs(tmp_path, "short", "short"),
        Outputs(tmp_path, "short", "short", is_draft=True),
    ]
    assert [str(outputs.film.relative_to(tmp_path)) for outputs in names] == [
        "out/first-light.mp4", "out/first-light.draft.mp4", "out/short/short.mp4", "out/short/short.draft.mp4",
    ]  # fmt: skip
    assert len({str(outputs.manifest) for outputs in names}) == len(names)


def test_the_manifest_tells_of_the_film(desk: Desk) -> None:
    film = finished(desk, mix=LOUD)
    told = manifest_of(film)
    assert (told["film"], told["title"], told["frames"], told["fps"], told["size"]) == (
        "leaving-earth", "Leaving Earth", 36, "24", "96x64",
    )  # fmt: skip
    assert told["finished"] is True and told["inputs"] == {}
    assert set(told["tools"]) >= {"ffmpeg"}  # type: ignore[call-overload]


def test_the_manifest_names_the_bytes_of_the_film(desk: Desk) -> None:
    film = finished(desk)
    data = (film / "out" / "leaving-earth.mp4").read_bytes()
    assert manifest_of(film)["output"] == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def test_only_events_about_content_stand_in_the_manifest(desk: Desk) -> None:
    film = finished(desk, mix=LOUD)
    assert manifest_of(film)["events"] == [
        {"code": "peak-missed", "about": "", "message": "the sound peaks at -0.5 dBTP, above -1"}
    ]


def test_the_same_film_gives_the_same_manifest_wherever_it_lies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    film = finished(desk)
    text = (film / "out" / "leaving-earth.json").read_text()
    assert str(desk.folder) not in text
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    other = finished(Desk.at(elsewhere, monkeypatch))
    assert (other / "out" / "leaving-earth.json").read_text() == text


def test_a_film_of_somebody_else_under_our_name_is_set_aside_and_kept(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    (film / "out").mkdir()
    for content in (b"mine", b"mine too"):
        (film / "out" / "leaving-earth.mp4").unlink(missing_ok=True)
        (film / "out" / "leaving-earth.mp4").write_bytes(content)
        finish_job(desk.job(film), "no")
    assert (film / "out" / "leaving-earth.kept-1.mp4").read_bytes() == b"mine"
    assert (film / "out" / "leaving-earth.kept-2.mp4").read_bytes() == b"mine too"
    assert (film / "out" / "leaving-earth.mp4").read_bytes().startswith(b"the bytes of")


def test_our_own_former_film_is_replaced(desk: Desk) -> None:
    finished(desk)
    film = finished(desk, COLOURS.replace("white", "red"))
    assert sorted(path.name for path in (film / "out").iterdir()) == ["leaving-earth.json", "leaving-earth.mp4"]


def test_the_films_file_is_no_second_name_of_the_stores(desk: Desk) -> None:
    film = finished(desk)
    file = film / "out" / "leaving-earth.mp4"
    assert file.stat().st_nlink == 1
    blobs = {path.stat().st_ino for path in (desk.folder / "store" / "blobs").glob("*/*")}
    assert file.stat().st_ino not in blobs


def test_every_run_leaves_a_report_and_the_last_plan(desk: Desk) -> None:
    film = finished(desk)
    state = film / ".filmkit"
    [report] = (state / "runs").glob("*.json")
    told = json.loads(report.read_text())
    assert (told["name"], told["frames"], told["engine"]) == ("leaving-earth", 36, "no")
    assert [event["code"] for event in told["events"]] == ["engine-local"]
    assert set(desk.job(film).outputs.last_plan()) == {
        "segment city/lights", "segment city/lights → city/rocket", "segment city/rocket", "mix", "master",
    }  # fmt: skip


def test_a_damaged_plan_is_no_plan(desk: Desk) -> None:
    film = finished(desk)
    (film / ".filmkit" / "plan.json").write_text('{"segment')
    assert desk.job(film).outputs.last_plan() == {}
    assert read_json(film / "nowhere.json") is None


def strict(job: Job) -> Job:
    return replace(job, settings=replace(job.settings, strict=True))


@pytest.mark.parametrize("event", [LOUD, SLOW], ids=lambda event: event.code)
def test_strict_refuses_a_film_with_a_fallback_and_puts_nothing_in_place(event: Event, desk: Desk) -> None:
    film = desk.film()
    desk.fill(film, {"mix": event})
    with pytest.raises(FilmError) as refused:
        finish_job(strict(desk.job(film)), "local")
    assert [(finding.code, finding.severity) for finding in refused.value.findings] == [(event.code, Severity.ERROR)]
    assert not (film / "out").exists()


def test_strict_lets_notes_pass(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film, {"mix": Event("sound-silent", "the film is silent", touches_content=True)})
    finish_job(strict(desk.job(film)), "local")
    assert manifest_of(film)["events"] != []


def test_a_film_that_cannot_be_put_in_place_says_where(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    job = desk.job(film)
    (film / "out").write_text("in the way")
    with pytest.raises(FilmkitError, match="out"):
        finish_job(job, "no")
