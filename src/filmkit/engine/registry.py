"""Which stage runs which kind of step. A stage is imported when its first step runs, not before."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from filmkit.errors import StepFailed
from filmkit.media.workbench import Workbench
from filmkit.model.run import Made
from filmkit.plan.graph import Step

KINDS = ("picture", "lut", "title", "card", "segment", "source", "stem", "mix", "master")


def stage(kind: str) -> Callable[[Step, Workbench], Made]:
    """The stage's ``run``. Raises StepFailed for a kind nobody knows (a graph from a newer filmkit)."""
    if kind not in KINDS:
        raise StepFailed(kind, "no stage of this filmkit makes this kind of step", remedy="update filmkit")
    run: Callable[[Step, Workbench], Made] = import_module(f"filmkit.stages.{kind}").run
    return run
