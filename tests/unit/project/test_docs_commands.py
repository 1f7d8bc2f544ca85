"""Every command in the README and docs/ parses as it stands, and every command is documented."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from repository import ROOT, fenced_blocks
from typer.core import TyperCommand

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


@pytest.mark.parametrize("command_line", ["filmkit rendre film", "filmkit render --drafft film", "filmkit plan --why"])
def test_wrong_command_does_not_parse(command_line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError):
        parse(command_line, monkeypatch)


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `filmkit ([a-z-]+)", page, re.M))
    command = root_command()
    assert rows == set(command.list_commands(command.make_context("filmkit", ["doctor"])))
