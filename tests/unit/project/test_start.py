"""The bootstrap behind the README's two commands, as far as it can be tried without installing anything."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from repository import ROOT, fenced_blocks, pyproject

START = ROOT / "start.py"


def started(*arguments: str, version: tuple[int, int, int] | None = None) -> subprocess.CompletedProcess[str]:
    """Run start.py, under a Python that says it is another version if one is given."""
    pretend = f"sys.version_info = {(*version, 'final', 0)!r}; " if version else ""
    program = f"import runpy, sys; {pretend}sys.argv = {['start.py', *arguments]!r}; "
    program += f"runpy.run_path({str(START)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_readme_begins_with_the_two_commands() -> None:
    assert next(fenced_blocks(ROOT / "README.md")) == ["python3 start.py demo", "python3 start.py test"]


def test_ci_runs_the_readme_s_test_command() -> None:
    assert "python3 start.py test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_start_is_readable_for_python_3_6() -> None:
    ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (3, 14, 0)])
def test_start_says_which_python_it_needs(version: tuple[int, int, int]) -> None:
    done = started("demo", version=version)
    assert done.returncode == 6
    assert "3.11, 3.12 and 3.13; this is {}.{}.{}".format(*version) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("arguments", "exit_code"), [(["--help"], 0), ([], 2), (["rendre"], 2)])
def test_start_explains_itself(arguments: list[str], exit_code: int) -> None:
    done = started(*arguments)
    assert (done.returncode, done.stdout) == (exit_code, "")
    assert "python3 start.py demo" in done.stderr


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_constraints_are_plain_pins() -> None:
    assert len(pins()) > 100
    assert [line for line in pins().items() if not re.fullmatch(r"[a-z0-9-]+ [0-9][0-9a-z.]*", " ".join(line))] == []


def test_constraints_pin_all_that_is_asked_for() -> None:
    project = pyproject()["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower().replace("_", "-") for line in asked}
    assert names - pins().keys() == set()
