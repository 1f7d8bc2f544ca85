"""What each ready workflow is sent as for one shot: the inputs that filmkit fills in. ``python tests/support/
goldenbinds.py`` writes them anew after a change that is meant.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from filmkit.model.camera import Camera, Move, Pace
from filmkit.model.generation import Mode, Reference, Role, ShotRequest, Words
from filmkit.model.scalar import Size
from filmkit.providers.base import Compiled
from filmkit.providers.comfy import PROVIDER
from filmkit.providers.comfy_shipped import ready_workflows

GOLDEN = Path(__file__).parents[1] / "golden" / "comfy" / "binds.json"
REF = "ref-0001"


def asked(
    workflow: str | Reference | None = None, mode: Mode = Mode.T2V, roles: tuple[Role, ...] = (), **more: Any
) -> ShotRequest:
    """A shot of five seconds in 1280x720 at 24 frames a second, with pictures that nobody opens."""
    references = tuple(
        Reference(role, hashlib.sha256(role.value.encode()).hexdigest(), f"/film/{role.value}.png", f"{role.value}.png")
        for role in roles
    )
    words = Words(subject="a fishing boat", action="rolls in the swell", framing="wide shot",
                  camera=Camera(move=Move.PUSH_IN, pace=Pace.SLOW), style="35mm", avoid=("text", "blur"))  # fmt: skip
    wanted: dict[str, Any] = {"seconds": Fraction(5), "size": Size(1280, 720), "fps": Fraction(24), "seed": 41,
                              "words": words, "model": None} | more  # fmt: skip
    named = Reference(Role.LOOK, "", "", workflow) if isinstance(workflow, str) else workflow
    return ShotRequest("harbour/boat", 1, "comfy", mode=mode, references=references, workflow=named, **wanted)


def compiled(workflow: str) -> Compiled:
    """One ready workflow, asked for with all that it needs."""
    ready = ready_workflows()[workflow]
    settings = dict.fromkeys(ready.settings, "mine.safetensors")
    return PROVIDER.compile(asked(workflow, ready.mode, ready.needs, settings=settings), ready.model, REF)


def filled_in(made: Compiled, before: dict[str, Any]) -> dict[str, Any]:
    """The inputs that differ from the workflow as it ships, by node and input."""
    graph: Any = made.body["prompt"]
    return {
        f"{id_}.{name}": value
        for id_, node in graph.items()
        for name, value in node["inputs"].items()
        if before[id_]["inputs"].get(name) != value
    }


def goldens() -> dict[str, Any]:
    """All of them."""
    return {
        name: {
            "model": made.model,
            "seconds": str(made.seconds),
            "filled": filled_in(made, ready.graph()),
            "uploads": [f"{upload.reference.role.value} at {upload.pointer}" for upload in made.uploads],
            "losses": [f"{loss.fate.value}: {loss.key}: {loss.detail}" for loss in made.losses],
        }
        for name, ready in ready_workflows().items()
        for made in [compiled(name)]
    }


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(goldens(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
