"""What fails under Prefect is told plainly: the shot in the flow's state, a message and exit code on the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flowruns import made, run_flow, runs_of, tasks_of
from prefectserver import own_state, serving
from twelvedoors import make_small_film, make_small_material

from filmkit.engine.job import finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.server import Server
from filmkit.engine.settings import Engine, Settings
from filmkit.media.background import is_running
from filmkit.media.tools import find_ffmpeg
from filmkit.model.finding import FilmError

HANG_S = 240.0
_COMMAND = "from filmkit.cli.main import main; main()"

SABOTAGE = """
import os, signal, time
from filmkit.engine import execute
real = execute.stage
def stage(kind):
    def run(step, bench):
        if step.name == "segment arrival/s02": {does}
        return real(kind)(step, bench)
    return run
execute.stage = stage
"""
"""Put before a command: something happens in one step."""

FAILS = 'raise execute.StepFailed(step.name, "as it was told to", remedy="tell it otherwise")'
ERRS = 'raise KeyError("no such thing")'
KILLS_THE_SERVER = "os.kill(int(os.environ['VICTIM']), signal.SIGKILL); time.sleep(1)"


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_small_material(tmp_path_factory.mktemp("material"))


@pytest.fixture
def film(tmp_path: Path, material: dict[str, Path]) -> Path:
    return make_small_film(tmp_path / f"doors{tmp_path.name[-8:]}", material)


def break_take(film: Path) -> None:
    """Writes over the pictures of a take in the middle: its index still says that all is well."""
    take = film / "takes/arrival/s02/t01.mp4"
    data = bytearray(take.read_bytes())
    at = data.index(b"mdat") + len(data) // 3
    data[at : at + 3000] = bytes(range(250)) * 12
    take.unlink()
    take.write_bytes(data)


def make_whole(film: Path) -> None:
    """Takes out all that is warned of: a shot without a take, and music that ends too soon."""
    board = film / "storyboard.yaml"
    text = board.read_text().replace("      - {id: s04,", "      - {id: s04, color: black,").replace("end,", "s03.end,")
    board.write_text(text)


Ran = subprocess.CompletedProcess[str]


def render(film: Path, state: Path, *words: str, before: str = "", **variables: str) -> Ran:
    """``filmkit render`` as a process of its own, with something put before it."""
    command = [sys.executable, "-c", before + _COMMAND, "render", str(film), "--store", str(film.parent / "store")]
    with own_state(state, NO_COLOR="1", **variables):
        return subprocess.run(
            [*command, *words], capture_output=True, text=True, timeout=HANG_S, check=False, env=dict(os.environ)
        )  # fmt: skip


def check_plain(ran: Ran, code: int) -> None:
    """The exit code, and a terminal without a traceback or a word from Prefect's own log."""
    assert ran.returncode == code, ran.stderr
    for word in ("Traceback", "prefect.", "Crash", 'File "'):
        assert word not in ran.stderr + ran.stdout, f"{word!r} in {ran.stderr}{ran.stdout}"


def test_a_flow_whose_step_fails_ends_failed_and_names_the_shot(
    film: Path, tmp_path: Path, prefect: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILMKIT_STORE", str(tmp_path / "store"))
    break_take(film)
    state = run_flow("assembly", film)
    assert state.is_failed()
    (run,) = runs_of(film)
    assert run.state_name == "Failed"
    assert "takes/arrival/s02/t01.mp4 (in arrival/s02) cannot be read to its end" in run.state.message
    tasks = tasks_of(run, 12)
    shown = {name: state_name for name, state_name in tasks.items() if "arrival/s02" in name}
    assert shown == {"segment arrival/s02": "Failed", "segment arrival/s01 → arrival/s02": "Failed"}
    assert made(tmp_path)["segment"] == 5, "what does not show the broken take is made"


def test_a_broken_take_is_exit_code_3_and_no_traceback(film: Path, prefect_server: Server, prefect_state: Path) -> None:
    break_take(film)
    ran = render(film, prefect_state)
    check_plain(ran, 3)
    assert "error: takes/arrival/s02/t01.mp4 (in arrival/s02) cannot be read to its end" in ran.stderr
    assert not (film / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("does", "says"),
    [
        (FAILS, "error: segment arrival/s02: as it was told to\n    → tell it otherwise\n"),
        (ERRS, "error: segment arrival/s02: a mistake of filmkit's own, KeyError at <string>:"),
    ],
    ids=["fails", "errs"],
)
def test_a_failed_step_is_exit_code_1_and_no_traceback(
    does: str, says: str, film: Path, prefect_server: Server, prefect_state: Path
) -> None:
    ran = render(film, prefect_state, before=SABOTAGE.format(does=does))
    check_plain(ran, 1)
    assert says in ran.stderr
    assert made(film.parent)["segment"] == 6
    again = render(film, prefect_state, "--json")
    assert json.loads(again.stdout)["made"] == {"segment": 1, "master": 1}


def test_without_a_server_the_film_is_made_and_the_report_says_how(film: Path, tmp_path: Path) -> None:
    """The server's folder cannot be made: a file stands in its place."""
    (tmp_path / "filmkit").write_text("")
    strict = render(film, tmp_path, "--strict")
    assert strict.returncode == 3, "the placeholder is told before the engine is looked for"
    ran = render(film, tmp_path, "--json")
    check_plain(ran, 0)
    report = json.loads(ran.stdout)
    assert report["engine"] == "local" and Path(report["film"]).is_file()
    (event,) = (event for event in report["events"] if event["code"] == "engine-local")
    assert event["severity"] == "warning" and "cannot keep its files in" in event["message"]
    manifest = json.loads((film / "out" / f"{film.name}.json").read_text())
    assert [event["code"] for event in manifest["events"]] == ["placeholder"], "the engine is nothing of the film"


@pytest.mark.slow
def test_without_a_server_a_strict_render_is_refused(film: Path, tmp_path: Path) -> None:
    (tmp_path / "filmkit").write_text("")
    make_whole(film)
    ran = render(film, tmp_path, "--strict")
    check_plain(ran, 6)
    assert "cannot keep its files in" in ran.stderr and "--engine local" in ran.stderr
    assert not (tmp_path / "store" / "actions").exists() or made(tmp_path) == {}
    assert render(film, tmp_path, "--strict", "--engine", "local").returncode == 0


def test_a_strict_film_with_a_fallback_is_refused_and_what_was_made_is_kept(film: Path, tmp_path: Path) -> None:
    """The very same ffmpeg under another name: its bytes are the same, but nobody has vouched for it."""
    make_whole(film)
    other = tmp_path / "another-ffmpeg"
    other.symlink_to(find_ffmpeg().path)
    settings = Settings(Engine.LOCAL, store=str(tmp_path / "store"), ffmpeg=str(other), strict=True)
    job = open_job(film, settings)
    run_job(job, run_local, Listeners())
    with pytest.raises(FilmError) as caught:
        finish_job(job, "local")
    assert [finding.code for finding in caught.value.findings] == ["other-ffmpeg"]
    assert made(tmp_path)["master"] == 1 and not (film / "out").exists()
    again = open_job(film, replace(settings, ffmpeg=None))
    assert again.todo.missing == (), "nothing is made again by the build that is vouched for"
    assert Path(finish_job(again, "no").film).is_file()


@pytest.mark.slow
def test_a_film_is_finished_also_when_its_server_dies_in_the_middle(film: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with serving(state) as server:
        ran = render(film, state, before=SABOTAGE.format(does=KILLS_THE_SERVER), VICTIM=str(server.pid))
        assert not is_running(server.pid)
    check_plain(ran, 0)
    assert "warning: Prefect broke off: ConnectError" in ran.stdout
    assert (film / "out" / f"{film.name}.mp4").is_file()
    assert made(tmp_path)["segment"] == 7
