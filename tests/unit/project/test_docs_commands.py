"""Every command in the README and docs/ parses as it stands and, where nothing has to be started for it, runs; every
command is documented.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
import yaml
from desk import COLOURS, Desk
from repository import ROOT, fenced_blocks
from sounds import tone, write_wav
from typer.core import TyperCommand

from filmkit.plan.bounces import Bounces

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
UsageError = typer.BadParameter.__bases__[0]


def documented() -> Iterator[tuple[str, str]]:
    """(page, command line) of each filmkit command in a fenced console or bash block."""
    for page in PAGES:
        for block in fenced_blocks(page, "console", "bash"):
            for line in "\n".join(block).replace("\\\n", " ").splitlines():
                command = re.sub(r"^python3 start\.py run ", "filmkit ", line.strip().removeprefix("$ "))
                if command.startswith("filmkit "):
                    yield page.name, command


def root_command() -> Any:
    """The whole command line as the terminal gets it."""
    from filmkit.cli.main import app

    return app if hasattr(app, "make_context") else typer.main.get_command(app)


def parse(command_line: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Parse without running anything. Returns the commands reached; raises UsageError where the line is wrong."""
    reached: list[str] = []
    monkeypatch.setattr(TyperCommand, "invoke", lambda self, context: reached.append(context.command_path))
    arguments = shlex.split(command_line, comments=True)[1:]
    root_command().main(args=arguments, prog_name="filmkit", standalone_mode=False)
    return reached


@pytest.mark.parametrize(("page", "command_line"), sorted(set(documented())))
def test_documented_command_parses(page: str, command_line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = parse(command_line, monkeypatch)
    assert reached or "--help" in command_line or "--version" in command_line


STARTS_SOMETHING = ("filmkit watch", "filmkit server start", "filmkit server open")
"""Commands that do not end, or start a server or a browser."""

FILM = (
    COLOURS.replace("id: lights", "id: towers")
    + """\
  - id: harbour
    shots:
      - {id: boat, color: blue, lasts: 1s}
"""
)

SOUND = """\
sound:
  music: [{id: theme, file: sound.wav, at: start}]
  effects: [{id: horn, file: sound.wav, at: boat}]
"""


def films_of_the_pages(desk: Desk, command_line: str) -> None:
    """A small film under each name of the pages, with the shots that the pages name; what a render needs is made."""
    for name in ("projects/leaving-earth", "first-light"):
        if name not in command_line or command_line.startswith("filmkit new"):
            continue
        film = desk.film(FILM + SOUND, name)
        write_wav(film / "sound.wav", tone(440, 4_800, -20))
        (film / "storyboard.short.yaml").write_text(COLOURS, encoding="utf-8")
        if command_line.startswith("filmkit render"):
            cut = film / "storyboard.short.yaml" if "short" in command_line else film
            desk.fill(cut, draft="--draft" in command_line)
        if command_line.startswith("filmkit mix"):
            solo = ("theme", "horn") if "--solo" in command_line else ()
            desk.fill(film, bounces=Bounces("--stems" in command_line, solo))


NEEDS_TAKES = re.compile(r"generate first-light boat|--answer|--assign|--remove|--undo|circle |vary |again ")
"""Commands that need a shot which a service makes, a take that is held, or downloads; other tests run them."""

RUN = sorted({line for _, line in documented() if not (line.startswith(STARTS_SOMETHING) or NEEDS_TAKES.search(line))})


@pytest.mark.parametrize("command_line", RUN)
def test_documented_command_runs(command_line: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(desk.folder / "home"))
    (desk.folder / "home" / "Downloads").mkdir(parents=True)
    films_of_the_pages(desk, command_line)
    answer = desk.ask(*shlex.split(command_line, comments=True)[1:])
    assert (answer.code, answer.err) == (0, "")
    assert answer.out


def test_shots_that_commands_ask_the_demo_about_are_in_it() -> None:
    demo = yaml.safe_load((ROOT / "projects" / "leaving-earth" / "storyboard.yaml").read_text(encoding="utf-8"))
    shots = {f"{scene['id']}/{shot['id']}" for scene in demo["scenes"] for shot in scene["shots"]}
    asked = {line.split()[3] for line in RUN if "--why" in line and "leaving-earth" in line}
    assert asked and asked <= shots


def test_enough_commands_are_documented_and_run() -> None:
    assert {line.split()[1] for line in RUN} >= {
        "new",
        "check",
        "plan",
        "render",
        "mix",
        "status",
        "store",
        "server",
        "--help",
    }


@pytest.mark.parametrize("command_line", ["filmkit rendre film", "filmkit render --drafft film", "filmkit plan --why"])
def test_wrong_command_does_not_parse(command_line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError):
        parse(command_line, monkeypatch)


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `filmkit ([a-z-]+)", page, re.M))
    command = root_command()
    assert rows == set(command.list_commands(command.make_context("filmkit", ["doctor"])))
