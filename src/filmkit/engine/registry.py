"""Which stage runs which kind of step. A stage is imported when its first step runs, not before."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable
from importlib import import_module

from filmkit.errors import StepFailed
from filmkit.media.workbench import Workbench
from filmkit.model.run import Made
from filmkit.plan.graph import Step

KINDS = (
    "picture",
    "lut",
    "title",
    "card",
    "segment",
    "source",
    "silence",
    "bars",
    "speech",
    "beats",
    "duck",
    "stem",
    "mix",
    "bounce",
    "waveform",
    "sheet",
    "master",
)


def stage(kind: str) -> Callable[[Step, Workbench], Made]:
    """The stage's ``run``. Raises StepFailed for a kind nobody knows (a graph from a newer filmkit)."""
    if kind not in KINDS:
        raise StepFailed(kind, "no stage of this filmkit makes this kind of step", remedy="update filmkit")
    run: Callable[[Step, Workbench], Made] = import_module(f"filmkit.stages.{kind}").run
    return run


_HEAVY = {
    "sheet": ("PIL.Image",),
    "title": ("PIL.Image",),
    "card": ("PIL.Image",),
    "segment": ("numpy", "PIL.Image"),
    "master": ("av",),
}
"""Libraries that stages import only where they use them."""


def warm(kinds: Iterable[str]) -> None:
    """Imports the stages of these kinds beside the run, so that a step late in it need not wait for its libraries.

    A library that cannot be imported is left for the step that needs it to say so.
    """
    modules = [name for kind in kinds for name in (f"filmkit.stages.{kind}", *_HEAVY.get(kind, ()))]
    threading.Thread(target=_import_all, args=(modules,), name="filmkit-warm", daemon=True).start()


def _import_all(modules: Iterable[str]) -> None:
    for name in modules:
        with contextlib.suppress(ImportError):
            import_module(name)
