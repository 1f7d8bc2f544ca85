"""A shot's request as a filled-in graph: which workflow, which words where, and what goes up beforehand.

Pure, but for reading the workflow's file.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Final

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Loss, Mode, Reference, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Compiled, Upload
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import CameraWay, Capability
from filmkit.providers.comfy_bind import Binding, check_words
from filmkit.providers.comfy_fill import Filling
from filmkit.providers.comfy_graph import MOST_BYTES, GraphError, parse_graph, read_graph
from filmkit.providers.comfy_nodes import known_nodes, problems
from filmkit.providers.comfy_shipped import Ready, ready_for, ready_workflows
from filmkit.providers.prompt import compose
from filmkit.providers.references import stand_in

FOLDER: Final = "filmkit"
"""Below ComfyUI's folders for input and output: what goes up and what is made lies there."""

_WORDS: Final = {
    Role.FIRST: ("first", "from"),
    Role.LAST: ("last", "last"),
    Role.CLIP: ("clip", "from"),
    Role.PERFORMANCE: ("performance", "from"),
    Role.LOOK: ("look", "cast"),
}
_FILLED: Final = {"lora", "lora low", "steps"}


@dataclass(frozen=True)
class Workflow:
    """The graph that is asked for; ``ready`` where it is one of ours."""

    name: str
    plain: dict[str, Json]
    ready: Ready | None = None

    @property
    def largest(self) -> Size | None:
        """The picture it is asked for at most."""
        return self.ready.largest if self.ready else None


def compile_shot(request: ShotRequest, model: str, ref: str, provider: str, price: Money | None) -> Compiled:
    """See :class:`~filmkit.providers.base.Provider`. Raises UsageError, for a graph with the node that is wrong."""
    known = _known(request, model)
    workflow = workflow_of(request, known)
    graph = parse_graph(workflow.plain, workflow.name)
    wrong = problems(graph, known_nodes())
    if wrong:
        raise GraphError(f"{workflow.name}: {wrong[0]}", remedy=wrong[0].remedy or "mend it in ComfyUI and export it")
    check_words(graph, request.bind, request.settings)
    _check_ready(request, workflow.ready)
    filling = Filling.of(workflow.plain, Binding(graph, request.bind), known_nodes())
    seed = _seed(request, ref)
    prompt = _fill_words(filling, request, known)
    _fill_settings(filling, request)
    if request.words.avoid and filling.is_at("cfg", 1.0):
        detail = "the workflow draws without guidance (cfg 1): its negative prompt has no effect"
        filling.losses.append(Loss(Fate.UNSUPPORTED, "avoid", detail))
    if not filling.put("seed", seed) and request.seed is not None:
        filling.losses.append(Loss(Fate.UNSUPPORTED, "seed", f"{workflow.name} has no place for a seed"))
    seconds = _fill_shape(filling, request, known, workflow)
    uploads = _fill_references(filling, request)
    if not filling.put("prefix", f"{FOLDER}/{ref or 'take'}"):
        raise GraphError(f"{workflow.name} saves nothing", remedy="add a 'Save Video' node, and export it again")
    body: dict[str, Json] = {
        "prompt": filling.plain,
        "prompt_id": job_id(ref),
        "extra_data": {"extra_pnginfo": {"filmkit": _label(request, ref)}},
        "seed": seed if filling.binding.of("seed") else None,
    }
    return Compiled(provider, known.id if not known.is_any or request.model is None else request.model, "/prompt", body,
                    tuple(uploads), tuple(filling.losses), price, seconds, prompt)  # fmt: skip


def _known(request: ShotRequest, model: str) -> Capability:
    """The model in the table; for a workflow of one's own whose model nobody names, what stands for any."""
    table = capabilities()
    named = request.workflow
    ready = ready_workflows().get(named.name) if named is not None and not named.path else None
    any_model = table.standing_for("comfy")
    assert any_model is not None
    if request.model is None and request.workflow is not None:
        found = table.find("comfy", ready.model) if ready else any_model
    else:
        found = table.find("comfy", model, request.mode)
    if found is None and request.workflow is None:
        names = ", ".join(each.id for each in table.of("comfy") if not each.is_any)
        raise UsageError(f"comfy has no model {model!r}", remedy=f"write one of {names}, or name a workflow")
    return found or any_model


def workflow_of(request: ShotRequest, known: Capability) -> Workflow:
    """The workflow that the storyboard names, or the one that suits the model. Raises UsageError."""
    named = request.workflow
    if named is not None and named.path:
        return Workflow(named.name, read_workflow(named))
    if named is not None:
        ready = ready_workflows().get(named.name)
        if ready is None:
            raise UsageError(f"there is no ready workflow {named.name!r}",
                             remedy=f"there are {', '.join(ready_workflows())}")  # fmt: skip
        return Workflow(ready.name, ready.graph(), ready)
    has_last = any(reference.role is Role.LAST for reference in request.references)
    found = ready_for(known.id, request.mode, has_last=has_last) or ready_for(known.id, request.mode, has_last=False)
    if found is None:
        fitting = [name for name, ready in ready_workflows().items() if ready.mode is request.mode]
        raise UsageError(f"shot {request.shot}: there is no ready workflow for {known.name} in {request.mode.value}",
                         remedy=f"name one: workflow: {' or '.join(fitting[:4]) or 'a file of the film'}")  # fmt: skip
    return Workflow(found.name, found.graph(), found)


def read_workflow(file: Reference) -> dict[str, Json]:
    """The graph in a file of the film. Raises UsageError, for a file that is no graph in API format too."""
    return read_graph(_bytes(file), file.name)


def _bytes(file: Reference) -> bytes:
    try:
        with Path(file.path).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the workflow {file.name} cannot be read: {error.strerror}",
                         remedy="see that the file is there") from None  # fmt: skip
    if hashlib.sha256(data).hexdigest() != file.sha256 and len(data) <= MOST_BYTES:
        raise UsageError(f"the workflow {file.name} has changed meanwhile", remedy="run the command again")
    return data


def _check_ready(request: ShotRequest, ready: Ready | None) -> None:
    if ready is None:
        return
    held = {reference.role for reference in request.references}
    lacking = [_WORDS[role][1] for role in ready.needs if role not in held]
    if lacking:
        raise UsageError(f"shot {request.shot}: the workflow {ready.name} needs '{lacking[0]}'",
                         remedy=f"it makes {ready.what}: name the file, or take another workflow")  # fmt: skip
    unset = [name for name in ready.settings if name not in request.settings]
    if unset:
        raise UsageError(f"shot {request.shot}: the workflow {ready.name} needs a {unset[0]}",
                         remedy=f"write settings: {{{unset[0]}: <file in ComfyUI's models/loras>}}")  # fmt: skip


def _fill_words(filling: Filling, request: ShotRequest, known: Capability) -> str:
    """Puts the words in; the prompt as it is sent."""
    words = compose(request, known)
    if words.camera.control and not filling.binding.of("camera"):
        words = compose(request, replace(known, camera=CameraWay.PROMPT))
    for word, key in (("camera", "camera_pose"), ("camera speed", "speed")):
        if key in words.camera.control:
            filling.put(word, words.camera.control[key])
    filling.losses += words.losses
    filling.require("prompt", words.prompt, "action")
    if words.negative and not filling.put("negative", words.negative):
        filling.losses.append(Loss(Fate.UNSUPPORTED, "avoid", "the workflow has no negative prompt: it is left out"))
    return words.prompt


def _fill_settings(filling: Filling, request: ShotRequest) -> None:
    settings = {key.replace("_", " "): value for key, value in request.settings.items()}
    for word, value in settings.items():
        if word not in _FILLED:
            filling.require(word, value, f"settings.{word.replace(' ', '_')}")
    if "steps" in settings:
        filling.steps(settings["steps"])
    if "lora" in settings:
        filling.require("lora", settings["lora"], "settings.lora")
        if "lora low" in settings:
            filling.require("lora low", settings["lora low"], "settings.lora_low")
        else:
            filling.put("lora low", settings["lora"])


def _fill_shape(filling: Filling, request: ShotRequest, known: Capability, workflow: Workflow) -> Decimal | None:
    """Size, rate and length; how many seconds the take will have, None for a workflow that makes a picture."""
    filling.size(request.size, workflow.largest)
    fps = filling.rate(request.fps)
    wanted = request.seconds
    if workflow.ready is not None and known.lengths.fps:
        wanted = min(wanted, known.lengths.most)
    frames = filling.length(ceil(wanted * fps)) if fps else None
    if fps is None and not filling.binding.of("length"):
        filling.lose("length", f"{workflow.name} makes one picture, which is held for the whole shot")
        return None
    if frames is None or fps is None:
        filling.lose("length", f"{workflow.name} keeps its own length")
        return _exact(request.seconds)
    seconds = Fraction(frames) / fps
    if seconds < request.seconds:
        filling.lose("length", f"{known.name} makes {float(seconds):.3g} s at most, and the shot needs "
                               f"{float(request.seconds):.3g} s")  # fmt: skip
    return _exact(seconds)


def _exact(seconds: Fraction) -> Decimal:
    return (Decimal(seconds.numerator) / Decimal(seconds.denominator)).quantize(Decimal("0.001")).normalize()


def _fill_references(filling: Filling, request: ShotRequest) -> list[Upload]:
    uploads: list[Upload] = []
    seen: set[Role] = set()
    for reference in request.references:
        word, key = _WORDS[reference.role]
        targets = filling.binding.of(word) if reference.role not in seen else ()
        is_needed = {Mode.I2V: Role.FIRST, Mode.V2V: Role.CLIP, Mode.PERFORMANCE: Role.PERFORMANCE}.get(request.mode)
        if not targets and reference.role is is_needed and reference.role not in seen:
            filling.require(word, stand_in(reference), key)
        if not targets:
            left = "more than one picture" if reference.role in seen else f"a place for '{word}'"
            filling.losses.append(Loss(Fate.UNSUPPORTED, key, f"{filling.binding.graph.name} has not {left}: "
                                       f"{reference.name} is left out"))  # fmt: skip
        for target in targets:
            filling.put(word, stand_in(reference))
            at = "/".join(
                part.replace("~", "~0").replace("/", "~1") for part in (target.node.id, "inputs", target.input)
            )
            uploads.append(Upload(reference, f"/prompt/{at}"))
        seen.add(reference.role)
    return uploads


def job_id(ref: str) -> str:
    """The name that a job gets from us: a UUID made of the attempt's; empty without one."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"filmkit:{ref}")) if ref else ""


def _seed(request: ShotRequest, ref: str) -> int:
    """The shot's seed; without one another for each take asked for: the same graph would give the same take."""
    if request.seed is not None:
        return request.seed
    return int.from_bytes(hashlib.sha256(ref.encode()).digest()[:6]) if ref else 0


def _label(request: ShotRequest, ref: str) -> dict[str, Json]:
    """What ComfyUI writes into the file besides its graph: for which shot it was made."""
    return {"shot": request.shot, "take": request.take, "ref": ref}
