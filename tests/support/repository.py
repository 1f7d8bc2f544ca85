"""The repository as files: what the tests of the project's own habits look at."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "filmkit"
CODE_FOLDERS = ("src", "flows", "tests", "bench", "projects")


def modules(*folders: str) -> list[Path]:
    """Every Python file below these folders of the repository (all that hold code, if none is named), sorted."""
    names = folders or CODE_FOLDERS
    found = [path for name in names for path in (ROOT / name).rglob("*.py")]
    return sorted(found if folders else [*found, ROOT / "start.py"])


def rooms() -> set[str]:
    """The names right below filmkit: `engine`, `errors`, …"""
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return packages | {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__")}


def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def pyproject() -> dict[str, Any]:
    """pyproject.toml, read."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def fenced_blocks(page: Path, *languages: str) -> Iterator[list[str]]:
    """The lines of every fenced block of a Markdown page that is marked with one of these languages (all, if none)."""
    for mark, body in re.findall(r"^```(\w*)[^\n]*\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
        if not languages or mark in languages:
            yield body.splitlines()
