"""A ComfyUI workflow in API format as values: nodes by id, their inputs, and the links between them.

    {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": "…", "clip": ["4", 1]}, "_meta": {"title": "…"}}, …}

A graph is a stranger's data: its size and depth are bounded, and nothing in it is ever run here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from filmkit.errors import UsageError
from filmkit.model.run import Json

MOST_BYTES: Final = 8 << 20
MOST_NODES: Final = 2000
_MOST_INPUTS = 400
_MOST_DEPTH = 12
_MOST_STEPS = 4000

Link = tuple[str, int]
"""Which output of which node an input takes."""


class GraphError(UsageError):
    """A workflow that cannot be used; the message names it, and the node."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node: ``kind`` is its ``class_type``."""

    id: str
    kind: str
    title: str = ""
    inputs: Mapping[str, Json] = field(default_factory=dict)

    def link(self, name: str) -> Link | None:
        """Where an input comes from; None for a value of its own, or no input."""
        return link_of(self.inputs.get(name))

    def holds(self, name: str) -> bool:
        """Whether an input is there and is a value of its own."""
        return name in self.inputs and link_of(self.inputs[name]) is None

    def __str__(self) -> str:
        return f"node {self.id} ({self.title or self.kind})"


@dataclass(frozen=True)
class Graph:
    """A workflow; ``name`` is for messages."""

    name: str
    nodes: Mapping[str, Node]

    def of_kind(self, *kinds: str) -> list[Node]:
        """All nodes of these kinds."""
        return [node for node in self.nodes.values() if node.kind in kinds]

    def source(self, node: Node, name: str) -> Node | None:
        """The node an input comes from; None for a value of its own."""
        link = node.link(name)
        return self.nodes.get(link[0]) if link else None

    def above(self, node: Node) -> Iterator[Node]:
        """A node and all that it is made from, nearest first, each once."""
        queue, seen = [node], {node.id}
        while queue:
            node = queue.pop(0)
            yield node
            for name in node.inputs:
                found = self.source(node, name)
                if found is not None and found.id not in seen:
                    seen.add(found.id)
                    queue.append(found)


def link_of(value: Json) -> Link | None:
    """The link that an input's value is; None for a value of its own."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int) and isinstance(value[1], int):
        return str(value[0]), value[1]
    return None


def read_graph(data: bytes, name: str) -> dict[str, Json]:
    """The JSON of a workflow file. Raises GraphError: too large, no JSON, numbers that are none."""
    if len(data) > MOST_BYTES:
        raise GraphError(f"the workflow {name} has {len(data):,} bytes; {MOST_BYTES:,} are the most",
                         remedy="export it anew without embedded pictures")  # fmt: skip
    try:
        value = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise GraphError(f"the workflow {name} is no JSON: {str(error)[:120]}", remedy=_EXPORT) from None
    return require_object(value, name)


_EXPORT: Final = "in ComfyUI choose Workflow, Export (API), and put that file there"


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def require_object(value: Json, name: str) -> dict[str, Json]:
    """What an API workflow's file holds, or what it holds under ``prompt``. Raises GraphError, for UI format too."""
    if isinstance(value, dict) and isinstance(value.get("prompt"), dict) and "class_type" not in value:
        value = value["prompt"]
    if not isinstance(value, dict):
        raise GraphError(f"the workflow {name} is no graph", remedy=_EXPORT)
    if isinstance(value.get("nodes"), list):
        raise GraphError(f"the workflow {name} is in the format of ComfyUI's page, which its server cannot run",
                         remedy=_EXPORT)  # fmt: skip
    return value


def parse_graph(value: Mapping[str, Json], name: str) -> Graph:
    """The graph in plain JSON. Raises GraphError, with the node, where it is none or goes over a limit."""
    if not value or len(value) > MOST_NODES:
        raise GraphError(f"the workflow {name} has {len(value):,} nodes; 1 to {MOST_NODES:,} are possible",
                         remedy=_EXPORT)  # fmt: skip
    graph = Graph(name, {id_: _node(id_, said, name) for id_, said in value.items()})
    for node in graph.nodes.values():
        for key in node.inputs:
            link = node.link(key)
            if link is not None and link[0] not in graph.nodes:
                raise GraphError(f"{name}: {node}: '{key}' comes from node {link[0][:40]}, which is not there",
                                 remedy="export the workflow anew")  # fmt: skip
    return graph


def _node(id_: str, said: Json, name: str) -> Node:
    where = f"{name}: node {id_[:40]}"
    kind = said.get("class_type") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(kind, str):
        raise GraphError(f"{where} has no class_type", remedy=_EXPORT)
    inputs = said.get("inputs")
    if not isinstance(inputs, dict) or len(inputs) > _MOST_INPUTS:
        raise GraphError(f"{where} ({kind[:80]}) has no inputs, or more than {_MOST_INPUTS}", remedy=_EXPORT)
    for key, value in inputs.items():
        if _depth(value) > _MOST_DEPTH:
            raise GraphError(f"{where} ({kind[:80]}): '{key[:80]}' is nested too deeply", remedy=_EXPORT)
    meta = said.get("_meta")
    title = meta.get("title") if isinstance(meta, dict) else ""
    return Node(id_, kind, title if isinstance(title, str) else "", inputs)


def _depth(value: Json) -> int:
    """How deeply a value is nested; counting ends above the limit."""
    deepest, queue = 0, [(value, 1)]
    while queue and deepest <= _MOST_DEPTH:
        each, depth = queue.pop()
        deepest = max(deepest, depth)
        if isinstance(each, dict):
            queue.extend((inner, depth + 1) for inner in each.values())
        elif isinstance(each, list):
            queue.extend((inner, depth + 1) for inner in each)
    return deepest


_VALUES: Final = ("value", "text", "string", "int", "float", "number", "prompt", "seed")


def holder(graph: Graph, node: Node, name: str) -> tuple[Node, str] | None:
    """Where the value of an input really stands: in the node itself, or in the plain value node it is linked to.

    None where it is computed, or comes from a node that makes something else.
    """
    for _ in range(32):
        if node.holds(name):
            return node, name
        source = graph.source(node, name)
        if source is None:
            return None
        if source.kind in {"Reroute", "PrimitiveNode"} and len(source.inputs) == 1:
            node, name = source, next(iter(source.inputs))
            continue
        if source.kind == "ComfySwitchNode" and isinstance(source.inputs.get("switch"), bool):
            node, name = source, "on_true" if source.inputs["switch"] else "on_false"
            continue
        held = [key for key in _VALUES if key in source.inputs]
        if not held or not _is_plain(source):
            return None
        node, name = source, held[0]
    return None


def _is_plain(node: Node) -> bool:
    """Whether a node only holds a value (PrimitiveInt, Text Multiline, Seed …)."""
    return len(node.inputs) <= 3 and all(link_of(value) is None for value in node.inputs.values())


def value_of(graph: Graph, node: Node, name: str) -> Json:
    """The value of an input, through the plain value nodes before it; None where there is none."""
    found = holder(graph, node, name)
    return found[0].inputs[found[1]] if found else None


def text_node(graph: Graph, node: Node, name: str) -> Node | None:
    """The node with the words of a conditioning input: upwards, through what only adds to it."""
    want = name
    current = graph.source(node, name)
    for _ in range(_MOST_STEPS if current else 0):
        assert current is not None
        if any(key in current.inputs for key in ("text", "t5xxl", "text_g")) or "Text" in current.kind:
            return current
        keys = (want, "conditioning", "conditioning_1", "conditioning_to", "positive", "cond1")
        key = next((key for key in keys if current.link(key)), None)
        following = graph.source(current, key) if key else None
        if following is None:
            return None
        current = following
    return None


def samplers(graph: Graph) -> list[Node]:
    """The nodes that draw the picture out of noise: they take a model or a guider, and a latent."""
    return [
        node
        for node in graph.nodes.values()
        if node.link("latent_image")
        and (node.link("model") or node.link("guider"))
        and ("sampler_name" in node.inputs or "noise" in node.inputs or "sampler" in node.inputs)
    ]
