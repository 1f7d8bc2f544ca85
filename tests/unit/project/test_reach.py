"""What import contracts cannot see: names taken from modules that are otherwise allowed, and weight at start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from repository import PACKAGE, ROOT, modules, tree

STARTS_A_PROCESS = {"create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "ProcessPoolExecutor"}
STARTS_A_PROCESS_FROM_OS = ("exec", "fork", "posix_spawn", "spawn", "system", "popen")
HEAVY = {"numpy", "PIL", "moviepy", "av", "prefect", "pydub", "ffmpeg", "fastapi"}
LIGHT_ROOMS = ("errors", "model", "plan", "store", "load")


def starters(path: Path) -> Iterator[str]:
    """Names in the module that start a process without importing subprocess."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            is_os = isinstance(node.value, ast.Name) and node.value.id == "os"
            if node.attr in STARTS_A_PROCESS or (is_os and node.attr.startswith(STARTS_A_PROCESS_FROM_OS)):
                yield node.attr
        if isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            yield from names & STARTS_A_PROCESS
            yield from (name for name in names if node.module == "os" and name.startswith(STARTS_A_PROCESS_FROM_OS))


def test_processes_are_started_in_media_only() -> None:
    outside = [path for path in modules("src", "flows") if PACKAGE / "media" not in path.parents]
    assert {str(path.relative_to(ROOT)): found for path in outside if (found := sorted(set(starters(path))))} == {}


def test_starters_are_found_where_they_stand(tmp_path: Path) -> None:
    page = tmp_path / "bad.py"
    page.write_text(
        "import os\nfrom os import execv\nfrom concurrent.futures import ProcessPoolExecutor\nos.system('')\n"
    )
    assert sorted(starters(page)) == ["ProcessPoolExecutor", "execv", "system"]


def importers(*names: str) -> set[str]:
    """The modules that import one of these modules, at any place in them."""
    found = set()
    for path in modules("src", "flows"):
        for node in ast.walk(tree(path)):
            said = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            if set(names) & set(said):
                found.add(str(path.relative_to(ROOT)))
    return found


def test_only_generating_asks_services_and_reads_keys() -> None:
    """A stranger's film can be checked, planned, rendered and gathered for: no service hears of it, no key is read."""
    assert importers("httpx") == {
        "src/filmkit/providers/http.py",
        "src/filmkit/providers/exchange.py",
        "src/filmkit/engine/prefect_runner.py",
    }
    assert importers("filmkit.providers.http") == {"src/filmkit/engine/generate.py"}
    assert importers("filmkit.providers.keys") == {
        f"src/filmkit/providers/{name}.py" for name in ("http", "google_account", "registry")
    }
    assert importers("filmkit.engine.generate.Run") == {"src/filmkit/cli/generate.py", "flows/generation.py"}


@pytest.mark.parametrize("room", ["model", "plan"])
def test_pure_rooms_open_no_file(room: str) -> None:
    found = []
    for path in modules(f"src/filmkit/{room}"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "pathlib":
                found += [alias.name for alias in node.names if not alias.name.startswith("Pure")]
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names if alias.name == "pathlib"]
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "input"):
                found.append(f"{path.name}:{node.lineno} {node.func.id}()")
    assert found == []


def heavy_after(*names: str) -> list[str]:
    """The heavy libraries that a fresh interpreter holds after importing these modules."""
    imports = "\n".join(f"import {name}" for name in names)
    program = f"import sys\n{imports}\nprint(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("room", LIGHT_ROOMS)
def test_rooms_import_lightly(room: str) -> None:
    paths = modules(f"src/filmkit/{room}") or [PACKAGE / f"{room}.py"]
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths]
    assert heavy_after(*(name.removesuffix(".__init__") for name in names)) == []


def test_command_line_imports_lightly() -> None:
    assert heavy_after("filmkit.cli.main") == []
