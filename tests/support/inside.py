"""Python code run inside a box, as filmkit runs its tools: what it finds shut there is shut for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from filmkit.media.sandbox import Limits, SandboxLevel, boxed

PYTHON = os.path.realpath(sys.executable)


def boxed_python(
    code: str, level: SandboxLevel, folder: Path | str, *words: str, limits: Limits | None = None
) -> list[str]:
    """A boxed Python that may read its own library."""
    program = [PYTHON, "-I", "-S", "-c", textwrap.dedent(code), *words]
    return boxed(program, level, str(folder), (sys.base_prefix,), limits or Limits())


def run_inside(code: str, level: SandboxLevel, folder: Path | str, *words: str, limits: Limits | None = None) -> Any:
    """What boxed code prints as JSON."""
    done = subprocess.run(
        boxed_python(code, level, folder, *words, limits=limits), capture_output=True, text=True, timeout=60,
        check=False, stdin=subprocess.DEVNULL, env={**os.environ, "API_KEY": "sk-canary"},
    )  # fmt: skip
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)
