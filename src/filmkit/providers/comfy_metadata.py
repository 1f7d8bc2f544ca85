"""What ComfyUI wrote into a picture or clip about its making: words, seed, steps, model, LoRAs, for the lock.

ComfyUI embeds the graph that it ran: as ``prompt`` (API format) and ``workflow`` (its page's format) in MP4, WebM and
PNG, as EXIF texts in WebP; VideoHelperSuite writes both as JSON into ``comment``. Only the graph that ran is read: the
nodes that lead to what was saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.media.embedded import embedded_texts
from filmkit.model.run import Json
from filmkit.providers.comfy_graph import Graph, GraphError, Node, parse_graph, samplers, text_node, value_of

_MODELS: Final = ("unet_name", "ckpt_name", "model_name", "gguf_name")
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA that was applied, and how strongly."""

    name: str
    strength: float


@dataclass(frozen=True, slots=True)
class ComfyFacts:
    """What the graph says of the take; empty or None where it does not say. ``model`` is the first of ``models`` (the
    two experts of Wan 2.2 are two); ``steps`` of all samplers that share them; ``shot`` (``harbour/boat``) where
    filmkit itself had asked for it.
    """

    prompt: str = ""
    negative: str = ""
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    sampler: str = ""
    scheduler: str = ""
    models: tuple[str, ...] = ()
    loras: tuple[Lora, ...] = ()
    has_graph: bool = True
    shot: str = ""

    @property
    def model(self) -> str:
        """The file of the model, without folders."""
        return self.models[0] if self.models else ""

    def lock(self) -> dict[str, Json]:
        """The fields of a line of the lock, only those that are known."""
        said: dict[str, Json] = {
            "provider": "comfy",
            "model": self.model,
            "prompt": self.prompt,
            "negative": self.negative,
            "seed": self.seed,
            "steps": self.steps,
            "cfg": self.cfg,
            "sampler": self.sampler,
            "scheduler": self.scheduler,
            "models": list(self.models) if len(self.models) > 1 else None,
            "loras": [{"name": lora.name, "strength": lora.strength} for lora in self.loras],
        }
        return {key: value for key, value in said.items() if value not in (None, "", [])}


def read_comfy(path: Path) -> ComfyFacts | None:
    """What ComfyUI wrote into a file; None where it wrote nothing, or the file cannot be read.

    Bounded, and nothing is decoded or run: the file may be a stranger's.
    """
    try:
        texts = embedded_texts(path)
    except (OSError, FilmkitError):
        return None
    graph = _graph(texts)
    if graph is not None:
        label = _json(texts.get("filmkit", ""))
        shot = label.get("shot") if isinstance(label, dict) else ""
        return replace(facts_of(graph), shot=shot[:200] if isinstance(shot, str) else "")
    return ComfyFacts(has_graph=False) if _is_page_format(texts) else None


def _graph(texts: Mapping[str, str]) -> Graph | None:
    for value in _values(texts, "prompt"):
        if not isinstance(value, dict):
            continue
        try:
            return parse_graph(value, "the graph in the file")
        except GraphError:
            continue
    return None


def _values(texts: Mapping[str, str], name: str) -> Iterator[Json]:
    """What stands under a name: as a text of its own, or in the JSON that is the comment."""
    yield _json(texts.get(name, ""))
    for key in ("comment", "description"):
        inside = _json(texts.get(key, ""))
        if isinstance(inside, dict):
            found = inside.get(name)
            yield _json(found) if isinstance(found, str) else found


def _json(text: str) -> Json:
    if not text.lstrip().startswith(("{", '"')):
        return None
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _is_page_format(texts: Mapping[str, str]) -> bool:
    return any(isinstance(value, dict) and isinstance(value.get("nodes"), list) for value in _values(texts, "workflow"))


def facts_of(graph: Graph) -> ComfyFacts:
    """The facts in a graph that ran."""
    used = _used(graph)
    first = next(iter(_in_order(graph, used)), None)
    if first is None:
        return ComfyFacts(models=_models(graph, used), loras=_loras(graph, used))
    guider = graph.source(first, "guider") or first
    return ComfyFacts(
        prompt=_words(graph, guider, "positive") or _words(graph, guider, "conditioning"),
        negative=_words(graph, guider, "negative"),
        seed=_whole(_found(graph, first, ("noise", "noise_seed"), "seed", "noise_seed")),
        steps=_steps(graph, first),
        cfg=_number(_found(graph, first, ("guider", "cfg"), "cfg")),
        sampler=_text(_found(graph, first, ("sampler", "sampler_name"), "sampler_name")),
        scheduler=_text(_found(graph, first, ("sigmas", "scheduler"), "scheduler")),
        models=_models(graph, used),
        loras=_loras(graph, used),
    )


def _used(graph: Graph) -> dict[str, Node]:
    """The nodes that lead to what was saved, nearest first; all, where nothing seems to be saved."""
    ends = [node for node in graph.nodes.values() if "filename_prefix" in node.inputs]
    found = {node.id: node for end in ends for node in graph.above(end)}
    return found or dict(graph.nodes)


def _in_order(graph: Graph, used: Mapping[str, Node]) -> list[Node]:
    """The samplers in the order in which they draw: the first expert before the second, a refiner last."""
    drawing = {node.id: node for node in samplers(graph) if node.id in used}

    def before(node: Node) -> int:
        latent = graph.source(node, "latent_image")
        return sum(found.id in drawing for found in graph.above(latent)) if latent else 0

    return sorted(drawing.values(), key=before)


def _found(graph: Graph, node: Node, apart: tuple[str, str], *names: str) -> Json:
    """A value of a sampler: an input of its own, or of the node that stands for it."""
    for name in names:
        if name in node.inputs:
            return value_of(graph, node, name)
    source = graph.source(node, apart[0])
    return value_of(graph, source, apart[1]) if source is not None else None


def _steps(graph: Graph, node: Node) -> int | None:
    steps = _whole(_found(graph, node, ("sigmas", "steps"), "steps"))
    if steps is not None:
        return steps
    sigmas = _text(_found(graph, node, ("sigmas", "sigmas")))
    return len(sigmas.split(",")) - 1 if "," in sigmas else None


def _words(graph: Graph, node: Node, name: str) -> str:
    found = text_node(graph, node, name)
    if found is None:
        return ""
    for key in ("text", "prompt", "t5xxl", "text_g"):
        if key in found.inputs:
            return _text(value_of(graph, found, key))
    return ""


def _models(graph: Graph, used: Mapping[str, Node]) -> tuple[str, ...]:
    above: dict[str, Node] = {}
    for node in _in_order(graph, used):
        for key in ("model", "guider"):
            source = graph.source(node, key)
            above |= {found.id: found for found in (graph.above(source) if source else ()) if found.id not in above}
    named = [_text(value_of(graph, node, key)) for node in (above or used).values() for key in _MODELS
             if key in node.inputs and "upscale" not in node.kind.lower()]  # fmt: skip
    return tuple(dict.fromkeys(_bare(name) for name in named if name))


def _loras(graph: Graph, used: Mapping[str, Node]) -> tuple[Lora, ...]:
    found = []
    for node in used.values():
        name = _text(value_of(graph, node, "lora_name")) if "lora_name" in node.inputs else ""
        strength = _number(value_of(graph, node, "strength_model")) if "strength_model" in node.inputs else 1.0
        if name and strength:
            found.append(Lora(_bare(name), strength))
    return tuple(dict.fromkeys(found))


def _bare(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _text(value: Json) -> str:
    return value[:_MOST_WORDS] if isinstance(value, str) else ""


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64 else None


def _number(value: Json) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if is_number and isinstance(value, int | float) else None
