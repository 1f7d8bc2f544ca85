"""What ComfyUI's nodes take and give, and whether a graph keeps to it: checked before anything is sent.

Definitions come from ComfyUI's own sources (``workflows/nodes.json``, with the commits), or from a server that tells
its own (``/object_info``). A node that is in neither is not judged, unless the server itself does not know it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from filmkit.model.run import Json
from filmkit.providers.comfy_graph import Graph, Node, link_of

_ANY: Final = "*"
_UPLOADS: Final = ("image_upload", "video_upload", "audio_upload", "upload")


@dataclass(frozen=True, slots=True)
class Socket:
    """One input. ``kinds`` are the types it takes (``*``: any); ``choices`` None where any text will do."""

    kinds: frozenset[str]
    least: float | None = None
    most: float | None = None
    step: float | None = None
    default: Json = None
    choices: tuple[Json, ...] | None = None
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class NodeKind:
    """One class of nodes: its inputs, the types of its outputs, and whether it saves a file."""

    name: str
    inputs: Mapping[str, Socket]
    outputs: tuple[str, ...]
    saves: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a graph: the node, what was found, what was expected."""

    node: Node | None
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.node}: {self.message}" if self.node else self.message


Kinds = Mapping[str, NodeKind]


@lru_cache(maxsize=1)
def known_nodes() -> Kinds:
    """The definitions that ship with filmkit."""
    text = files("filmkit.providers").joinpath("workflows", "nodes.json").read_text(encoding="utf-8")
    return {name: _shipped(name, said) for name, said in json.loads(text)["nodes"].items()}


def _shipped(name: str, said: Mapping[str, Any]) -> NodeKind:
    inputs = {key: _socket(each["type"], each, is_optional=each.get("optional", False)) for key, each in
              said["inputs"].items()}  # fmt: skip
    return NodeKind(name, inputs, tuple(said["outputs"]), said.get("saves", False))


def told_node(name: str, answer: Json) -> NodeKind | None:
    """A server's own definition out of its ``/object_info``; None where it does not know the node, or says nonsense."""
    said = answer.get(name) if isinstance(answer, dict) else None
    groups = said.get("input") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(groups, dict):
        return None
    inputs = {}
    for group, is_optional in (("required", False), ("optional", True)):
        named = groups.get(group)
        for key, value in named.items() if isinstance(named, dict) else ():
            if isinstance(value, list) and value:
                options = value[1] if len(value) > 1 and isinstance(value[1], dict) else {}
                inputs[key] = _socket(value[0], options, is_optional=is_optional)
    outputs = said.get("output")
    kinds = [each if isinstance(each, str) else _ANY for each in outputs] if isinstance(outputs, list) else []
    return NodeKind(name, inputs, tuple(kinds), bool(said.get("output_node")))


def _socket(kind: Json, options: Mapping[str, Any], *, is_optional: bool) -> Socket:
    """A type by its name, several with commas, or a list of choices."""
    choices: Any = kind if isinstance(kind, list) else options.get("options")
    if not isinstance(choices, list) or any(options.get(word) for word in _UPLOADS):
        choices = None
    names = ["COMBO"] if isinstance(kind, list) else str(kind).split(",")
    is_open = any(name == _ANY or name.startswith("COMFY_") for name in names)
    least, most, step = (
        value if isinstance(value := options.get(key), int | float) else None for key in ("min", "max", "step")
    )
    return Socket(
        frozenset([_ANY] if is_open else names), least, most, step, options.get("default"),
        tuple(choices) if choices is not None else None, is_optional,
    )  # fmt: skip


def problems(graph: Graph, kinds: Kinds, *, knows_all: bool = False) -> list[Problem]:
    """What a server would refuse. ``knows_all``: a kind that is missing here is missing there."""
    found: list[Problem] = []
    for node in graph.nodes.values():
        kind = kinds.get(node.kind)
        if kind is not None:
            found += _inputs(graph, node, kind, kinds)
        elif knows_all:
            remedy = f"install the custom node that has '{node.kind}' there, or update ComfyUI"
            found.append(Problem(node, f"the server does not know '{node.kind}'", remedy))
    if not any(_saves(node, kinds) for node in graph.nodes.values()):
        found.append(Problem(None, "nothing in it saves a file", "add a 'Save Video' or 'Save Image' node"))
    return found


def _saves(node: Node, kinds: Kinds) -> bool:
    kind = kinds.get(node.kind)
    return kind.saves if kind is not None and kind.saves else "filename_prefix" in node.inputs


def _inputs(graph: Graph, node: Node, kind: NodeKind, kinds: Kinds) -> Iterator[Problem]:
    for name, socket in kind.inputs.items():
        if name not in node.inputs and not socket.is_optional:
            yield Problem(node, f"'{name}' is missing", "connect it in ComfyUI, and export again")
    for name, value in node.inputs.items():
        taken = kind.inputs.get(name)
        if taken is None:
            continue
        link = link_of(value)
        wrong = _link(graph, link, taken, kinds) if link else wrong_value(value, taken)
        if wrong:
            yield Problem(node, f"'{name}' {wrong}")


def _link(graph: Graph, link: tuple[str, int], socket: Socket, kinds: Kinds) -> str:
    source = graph.nodes[link[0]]
    kind = kinds.get(source.kind)
    if kind is None:
        return ""
    if not 0 <= link[1] < len(kind.outputs):
        return f"takes output {link[1]} of {source}, which has {len(kind.outputs)}"
    given = set(kind.outputs[link[1]].split(","))
    if _ANY in socket.kinds or _ANY in given or given & socket.kinds or "COMBO" in socket.kinds:
        return ""
    return f"takes {' or '.join(sorted(socket.kinds))}, and {source} gives {kind.outputs[link[1]]}"


_PLAIN: Final = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}


def wrong_value(value: Json, socket: Socket) -> str:
    """What is wrong with a value for an input; empty where nothing is."""
    if _ANY in socket.kinds:
        return ""
    if not socket.kinds & _PLAIN:
        return f"needs a connection ({' or '.join(sorted(socket.kinds))})"
    if socket.choices is not None and value not in socket.choices:
        return f"cannot be {shown(value)}; it is one of {_some(socket.choices)}"
    if not any(_is(value, kind) for kind in socket.kinds):
        return f"cannot be {shown(value)}: it is {' or '.join(sorted(socket.kinds))}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if socket.least is not None and value < socket.least:
            return f"cannot be {value}: the least is {socket.least:g}"
        if socket.most is not None and value > socket.most:
            return f"cannot be {value}: the most is {socket.most:g}"
    return ""


def _is(value: Json, kind: str) -> bool:
    match kind:
        case "INT":
            return isinstance(value, int) and not isinstance(value, bool)
        case "FLOAT":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "STRING":
            return isinstance(value, str)
        case "BOOLEAN":
            return isinstance(value, bool)
        case _:
            return isinstance(value, str | int | float)


def shown(value: Json) -> str:
    """A value for a message, short."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _some(choices: tuple[Json, ...]) -> str:
    named = ", ".join(str(choice)[:80] for choice in choices[:12])
    return f"{named} …" if len(choices) > 12 else named or "nothing: no file lies there"


@dataclass(frozen=True)
class Grid:
    """Which numbers an input takes: ``base`` and all that differ from it by whole steps."""

    base: int
    step: int
    least: int = 1
    most: int = field(default=16384)

    def above(self, number: float) -> int:
        """The nearest number that is no smaller; the greatest where there is none."""
        steps = -((self.base - number) // self.step)
        return self._within(self.base + int(steps) * self.step)

    def near(self, number: float) -> int:
        """The nearest number."""
        return self._within(self.base + round((number - self.base) / self.step) * self.step)

    def _within(self, number: int) -> int:
        while number < self.least:
            number += self.step
        while number > self.most:
            number -= self.step
        return number


def grid_of(node: Node, name: str, kinds: Kinds) -> Grid:
    """Of a node's own definition; else by the family in its name: Wan counts 4n + 1 frames, LTX 8n + 1."""
    kind = kinds.get(node.kind)
    socket = kind.inputs.get(name) if kind else None
    if socket is not None and socket.step:
        base = socket.default if isinstance(socket.default, int) else 0
        step = round(socket.step)
        return Grid(base % step, step, round(socket.least or step), round(socket.most or 16384))
    family = 8 if "LTX" in node.kind else 4 if "Wan" in node.kind or "Hunyuan" in node.kind else 1
    if name in {"width", "height"}:
        return Grid(0, {8: 32, 4: 16}.get(family, 2), 16)
    return Grid(1 % family, family)
