"""What a command loads: the help nothing but typer, a render without work no engine, no picture and no sound library.

There are no timed asserts here: what is loaded is what start-up costs.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from desk import COLOURS, Desk

HEAVY = {"numpy", "PIL", "moviepy", "av", "prefect", "pydub", "ffmpeg", "fastapi", "rich", "httpx", "asyncio"}
MODEL = {"pydantic", "yaml", "sqlite3"}
PROGRAM = """
import sys
from filmkit.cli.main import main
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def loaded(desk: Desk, *words: str) -> tuple[int, set[str]]:
    """Exit code of a command in a process of its own, and the top-level modules it holds at its end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, cwd=desk.folder, check=False
    )
    return done.returncode, set(done.stderr.splitlines()[-1].split())


@pytest.fixture
def film_desk(desk: Desk) -> Desk:
    desk.film(COLOURS)
    return desk


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_loads_no_model(word: str, film_desk: Desk) -> None:
    code, modules = loaded(film_desk, word)
    assert code == 0
    assert modules & (HEAVY | MODEL) == set()


def test_help_of_a_command_loads_no_engine(film_desk: Desk) -> None:
    code, modules = loaded(film_desk, "render", "--help")
    assert code == 0
    assert modules & HEAVY == set()


@pytest.mark.parametrize("command", ["check", "plan", "status"])
def test_looking_at_a_film_loads_no_engine(command: str, film_desk: Desk) -> None:
    code, modules = loaded(film_desk, command, "leaving-earth")
    assert code == 0 and "pydantic" in modules
    assert modules & HEAVY == set()


@pytest.mark.parametrize("engine", ["prefect", "local"])
def test_a_render_without_work_loads_no_engine(engine: str, film_desk: Desk) -> None:
    film_desk.fill(film_desk.folder / "leaving-earth")
    code, modules = loaded(film_desk, "render", "leaving-earth", "--engine", engine)
    assert code == 0 and (film_desk.folder / "leaving-earth" / "out" / "leaving-earth.mp4").is_file()
    assert modules & HEAVY == set()


def test_the_measure_sees_what_is_loaded(film_desk: Desk) -> None:
    code, modules = loaded(film_desk, "doctor")
    assert code == 0 and "importlib" in modules and "filmkit" in modules
