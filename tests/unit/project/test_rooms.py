"""Rooms have names, are installed, and stand in the import contracts."""

from __future__ import annotations

import re
from typing import Any

from repository import PACKAGE, ROOT, modules, pyproject, rooms

NAMELESS = re.compile(r"(utils?|helpers?|common|misc|managers?|handlers?)")


def contracts() -> dict[str, dict[str, Any]]:
    return {contract["name"]: contract for contract in pyproject()["tool"]["importlinter"]["contracts"]}


def test_rooms_have_names() -> None:
    parts = {part for path in modules() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert [part for part in parts if NAMELESS.fullmatch(part)] == []


def test_rooms_are_packages_and_installed() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
    expected = {".".join(folder.relative_to(PACKAGE.parent).parts) for folder in folders} | {"flows"}
    assert set(pyproject()["tool"]["setuptools"]["packages"]) == expected


def test_rooms_stand_in_the_layers() -> None:
    layers = contracts()["imports go down only"]["layers"]
    named = {name.strip() for layer in layers for name in layer.split("|")}
    assert named == {f"filmkit.{room}" for room in rooms()} | {"flows"}


def test_only_allowed_rooms_escape_the_forbidden_imports() -> None:
    everyone = {f"filmkit.{room}" for room in rooms()} | {"flows"}
    prefect = contracts()["only the engine and the flows know Prefect"]
    processes = contracts()["only media starts processes"]
    assert everyone - set(prefect["source_modules"]) == {"filmkit.engine", "flows"}
    assert everyone - set(processes["source_modules"]) == {"filmkit.media"}


def test_contracts_have_no_exceptions() -> None:
    assert [name for name, contract in contracts().items() if "ignore_imports" in contract] == []
