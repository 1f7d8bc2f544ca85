#!/usr/bin/env python3
"""Installs filmkit into `.venv` beside this file where that is needed, then runs one command there.

    python3 start.py demo [OPTIONS]    render the film projects/leaving-earth
    python3 start.py test [OPTIONS]    run the fast test suite in two processes (options go to pytest)
    python3 start.py check             lint, types and import contracts
    python3 start.py run ARGUMENTS     run filmkit itself: python3 start.py run plan projects/leaving-earth

The exit code is that of the command. The system's Python is left as it is, and only its standard library is used,
in the syntax of Python 3.6, so that an old Python gets as far as to say what is wrong.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV, IS_WINDOWS = ROOT / ".venv", os.name == "nt"
BIN = VENV / ("Scripts" if IS_WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if IS_WINDOWS else "python")
STAMP, LOG = VENV / "filmkit.json", VENV / "install.log"


class StartError(Exception):
    """The command cannot be run; its arguments are the text to show and the exit code."""


def say(text: str) -> None:
    """Write to stderr at once: stdout belongs to the command."""
    sys.stderr.write(text)
    sys.stderr.flush()


def check_python() -> None:
    """Stop where this Python is too old or too new, and name one of this machine that would do."""
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return
    here = "filmkit runs on Python 3.11, 3.12 and 3.13; this is {}.{}.{}".format(*sys.version_info)
    fitting = next(filter(shutil.which, ("python3.12", "python3.13", "python3.11")), "")
    remedy = " ".join(["Try:", fitting, *sys.argv]) if fitting else "Install Python 3.12, then try again."
    raise StartError(f"{here} ({sys.executable}).\n{remedy}\n", 6)


def wanted_stamp() -> "dict[str, str]":
    """What the venv must have been made from: project and pins, this folder, and the Python behind it."""
    sources = (ROOT / "pyproject.toml").read_bytes() + (ROOT / "constraints.txt").read_bytes()
    return {"pins": hashlib.sha256(sources).hexdigest(), "root": str(ROOT), "python": os.path.realpath(str(PYTHON))}


def read_stamp() -> "dict[str, str]":
    """The stamp of the last complete install; empty if there is none."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8"))) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}


def run_quietly(command: "list[str]") -> int:
    """Run with the output in LOG; a dot a second on a terminal. Returns the exit code."""
    env = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with LOG.open("wb") as log:
        process = subprocess.Popen(command, cwd=str(ROOT), env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        while process.poll() is None:
            say("." if sys.stderr.isatty() else "")
            time.sleep(1)
    finally:  # after Ctrl-C nothing goes on installing
        process.terminate()
    return process.wait()


def make_venv() -> None:
    """Make an empty venv; without pip in it where this Python cannot put one there (Debian without python3-venv)."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    if run_quietly([sys.executable, "-m", "venv", str(VENV)]) == 0:
        return
    if importlib.util.find_spec("pip") is None:
        raise StartError("\nThis Python has neither ensurepip nor pip. On Debian: sudo apt install python3-venv\n", 6)
    if run_quietly([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]) != 0:
        raise StartError(f"\nPython could not make a venv at {VENV}.\n", 6)


def pip_command() -> "list[str]":
    """The venv's own pip, else this Python's, told to work on the venv."""
    if IS_WINDOWS or any(VENV.glob("lib/python*/site-packages/pip")):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(extras: str) -> None:
    """Make or update the venv unless it stands already with at least these extras ('' or '[dev]'); then stamp it."""
    wanted, found, began = wanted_stamp(), read_stamp(), time.monotonic()
    extras = found.get("extras") or extras
    if found == {**wanted, "extras": extras}:
        return
    say("filmkit: installing into .venv (once; a minute or two) ")
    if (found.get("root"), found.get("python")) != (wanted["root"], wanted["python"]):
        make_venv()
    options = ["--no-input", "--prefer-binary", "--constraint", "constraints.txt"]
    code = run_quietly([*pip_command(), "install", *options, "--editable", "." + extras])
    if code != 0:
        raise StartError(f"\n{LOG.read_text()}\nThe install failed: pip's words stand above.\n", code)
    STAMP.write_text(json.dumps({**wanted_stamp(), "extras": extras}), encoding="utf-8")
    say(f" done in {time.monotonic() - began:.0f} s\n")


def run_checks() -> int:
    """Run every check, also after one failed; the first failure's exit code is returned."""
    codes = []
    for check in ("ruff check .", "ruff format --check .", "mypy", "lint-imports"):
        say(check + "\n")
        codes.append(subprocess.call([str(BIN / check.split()[0]), *check.split()[1:]]))
    return next(filter(None, codes), 0)


def main(arguments: "list[str]") -> int:
    """Do what the command line asks. Returns the exit code, where this process is not replaced by the command."""
    verb, rest = "".join(arguments[:1]), arguments[1:]
    lines = {"demo": "filmkit render projects/leaving-earth", "test": "pytest -n 2", "run": "filmkit"}
    commands = {name: line.split() for name, line in lines.items()}
    if verb != "check" and verb not in commands:
        say(str(__doc__))
        return 0 if verb in ("-h", "--help", "help") else 2
    check_python()
    install("[dev]" if verb in ("test", "check") else "")
    if verb != "run":
        os.chdir(str(ROOT))
    if verb == "check":
        return run_checks()
    command = [str(BIN / commands[verb][0]), *commands[verb][1:], *rest]
    if not IS_WINDOWS:
        os.execv(command[0], command)  # signals and the exit code then need no passing on
    return subprocess.call(command)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StartError as error:
        say(error.args[0])
        sys.exit(error.args[1])
    except KeyboardInterrupt:  # while installing: the next run goes on
        sys.exit(130)
