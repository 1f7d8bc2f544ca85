"""Where in a graph each of filmkit's words goes: the storyboard's map first, then titles, then what is plain to see.

    bind: {prompt: "6.text"}               the map: node id or title, a dot, the input; several with commas
    filmkit: seed, steps                   a title: the words this node takes; after `every` the words that several
    filmkit: prompt, every steps           nodes share; `half size` is half of the take's
    one sampler, one loader of pictures    plain to see: exactly one place it can be

Two places for one word, or a place that is not there, is an error that names the nodes: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from filmkit.providers.comfy_graph import Graph, GraphError, Node, holder, samplers, text_node

_TEXTS: Final = ("text", "prompt", "value", "string", "t5xxl", "text_g")
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "prompt": _TEXTS,
    "negative": _TEXTS,
    "seed": ("seed", "noise_seed", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "half width": ("width", "value"),
    "half height": ("height", "value"),
    "length": ("length", "frames_number", "num_frames", "frames", "video_frames", "value"),
    "fps": ("fps", "frame_rate", "value"),
    "first": ("image", "value"),
    "last": ("image", "value"),
    "look": ("image", "value"),
    "clip": ("file", "video", "value"),
    "performance": ("file", "video", "value"),
    "lora": ("lora_name",),
    "lora low": ("lora_name",),
    "lora strength": ("strength_model", "strength"),
    "steps": ("steps", "value"),
    "cfg": ("cfg", "value"),
    "sampler": ("sampler_name", "value"),
    "scheduler": ("scheduler", "value"),
    "shift": ("shift", "value"),
    "denoise": ("denoise", "value"),
    "strength": ("strength", "value"),
    "camera": ("camera_pose",),
    "camera speed": ("speed",),
    "prefix": ("filename_prefix", "value"),
}
"""filmkit's words, and the inputs that each may stand for."""

_PAIRS: Final = {"size": ("width", "height"), "half size": ("half width", "half height"),
                 "camera": ("camera", "camera speed")}  # fmt: skip
_TITLE = re.compile(r"\s*filmkit\s*:\s*(.+)", re.I)


@dataclass(frozen=True, slots=True)
class Target:
    """One input of one node that gets a word's value."""

    node: Node
    input: str


@dataclass(frozen=True)
class Binding:
    """Where the words of a graph go."""

    graph: Graph
    bind: Mapping[str, str]

    def of(self, word: str) -> tuple[Target, ...]:
        """The places for a word; none where the graph has no place for it.

        Raises GraphError for a place that is not there or computed, and for two where there should be one.
        """
        if word in self._map:
            return tuple(self._named(word, place) for place in self._map[word].split(","))
        found, is_shared = self._titled(word)
        if not found:
            found = _unique(_PLAIN[word](self.graph)) if word in _PLAIN else []
            is_shared = word in _SHARED
        if len(found) > 1 and not is_shared:
            raise GraphError(
                f"{self.graph.name}: '{word}' could go to {' or '.join(str(target.node) for target in found[:4])}",
                remedy=f"say which: bind: {{{_key(word)}: \"{found[0].node.id}.{found[0].input}\"}}, or give one the "
                f"title 'filmkit: {word}' in ComfyUI and export again",
            )  # fmt: skip
        return tuple(found)

    def is_named(self, word: str) -> bool:
        """Whether the map or a title says where a word goes."""
        return word in self._map or bool(self._titled(word)[0])

    @property
    def _map(self) -> Mapping[str, str]:
        return {_word(key): place for key, place in self.bind.items()}

    def _named(self, word: str, place: str) -> Target:
        name, dot, key = place.strip().rpartition(".")
        node = self.graph.nodes.get(name)
        if node is None:
            titled = [each for each in self.graph.nodes.values() if each.title.strip().lower() == name.strip().lower()]
            node = titled[0] if dot and len(titled) == 1 else None
        where = f'{self.graph.name}: bind {_key(word)}: "{place.strip()}"'
        if node is None:
            raise GraphError(f"{where}: there is no node {name or place.strip()!r}", remedy=_like(self.graph, word))
        if key not in node.inputs:
            known = ", ".join(node.inputs) or "none"
            raise GraphError(f"{where}: {node} has no input '{key}'", remedy=f"its inputs: {known}")
        return self._held(node, key)

    def _held(self, node: Node, key: str) -> Target:
        found = holder(self.graph, node, key)
        if found is None:
            source = self.graph.source(node, key)
            raise GraphError(f"{self.graph.name}: '{key}' of {node} is made by {source}",
                             remedy="bind the node that holds the value itself")  # fmt: skip
        return Target(*found)

    def _titled(self, word: str) -> tuple[list[Target], bool]:
        found, shared = [], []
        for node in self.graph.nodes.values():
            for said, is_shared in _said(node.title):
                if word == said or word in _PAIRS.get(said, ()):
                    key = next((key for key in INPUTS.get(word, ()) if key in node.inputs), None)
                    if key is None and word == "camera speed":
                        continue
                    if key is None:
                        known = ", ".join(node.inputs) or "none"
                        raise GraphError(f"{self.graph.name}: {node} has no input that '{word}' could go to",
                                         remedy=f"its inputs: {known}; write bind: {{{_key(word)}: "
                                                f"\"{node.id}.<input>\"}}")  # fmt: skip
                    found.append(self._held(node, key))
                    shared.append(is_shared)
        return _unique(found), bool(shared) and all(shared)


def check_words(graph: Graph, bind: Mapping[str, str], settings: Mapping[str, object]) -> None:
    """Raises GraphError for a word in the map or in a title that filmkit does not know, and no setting has."""
    known = {*INPUTS, *_PAIRS, *(_word(key) for key in settings)}
    for key in bind:
        if _word(key) not in known or _word(key) in {"size", "half size"}:
            raise GraphError(f"{graph.name}: bind knows no '{key}'", remedy=f"it knows {_words()}")
    for node in graph.nodes.values():
        for said, _ in _said(node.title):
            if said not in known:
                raise GraphError(f"{graph.name}: {node} has a title with the word '{said}'", remedy=_words())


def _words() -> str:
    return ", ".join(_key(word) for word in INPUTS)


def _word(key: str) -> str:
    return re.sub(r"[\s_-]+", " ", key.strip().lower())


def _key(word: str) -> str:
    return word.replace(" ", "_")


def _said(title: str) -> Iterator[tuple[str, bool]]:
    """The words in a title, each with whether several nodes share it."""
    match = _TITLE.fullmatch(title)
    is_shared = False
    for part in match[1].split(",") if match else ():
        word = _word(part)
        if word.startswith("every "):
            word, is_shared = word.removeprefix("every "), True
        if word:
            yield word, is_shared


def _unique(targets: list[Target]) -> list[Target]:
    seen: dict[tuple[str, str], Target] = {}
    for target in targets:
        seen.setdefault((target.node.id, target.input), target)
    return list(seen.values())


def _like(graph: Graph, word: str) -> str:
    keys = INPUTS.get(word, (word,))
    places = [f"{node.id}.{key}" for node in graph.nodes.values() for key in keys if node.holds(key)]
    return f"it could be {', '.join(places[:8])}" if places else "look at the ids in the exported file"


# What is plain to see


def _at(graph: Graph, node: Node | None, keys: tuple[str, ...]) -> list[Target]:
    key = next((key for key in keys if node is not None and key in node.inputs), None)
    found = holder(graph, node, key) if node is not None and key else None
    return [Target(*found)] if found else []


def _guided(graph: Graph) -> Iterator[Node]:
    for node in samplers(graph):
        yield graph.source(node, "guider") or node


def _text(name: str) -> Callable[[Graph], list[Target]]:
    def find(graph: Graph) -> list[Target]:
        return [target for node in _guided(graph) for target in _at(graph, text_node(graph, node, name), _TEXTS)]

    return find


def _drawn(*keys: str, apart: str = "") -> Callable[[Graph], list[Target]]:
    """Of the samplers, or of the node that holds it for them; a sampler that adds no noise has no seed of its own."""

    def find(graph: Graph) -> list[Target]:
        found: list[Target] = []
        for node in samplers(graph):
            if "noise_seed" in keys and node.inputs.get("add_noise") == "disable":
                continue
            found += _at(graph, node, keys) or _at(graph, graph.source(node, apart) if apart else None, keys)
        return found

    return find


def _sized(*keys: str) -> Callable[[Graph], list[Target]]:
    """Of the nodes that make an empty picture or clip."""

    def find(graph: Graph) -> list[Target]:
        return [
            target
            for node in graph.nodes.values()
            if {"width", "height"} <= set(node.inputs) and {"length", "batch_size", "num_frames"} & set(node.inputs)
            for target in _at(graph, node, keys)
        ]

    return find


def _of_kind(pattern: str, *keys: str) -> Callable[[Graph], list[Target]]:
    def find(graph: Graph) -> list[Target]:
        nodes = (node for node in graph.nodes.values() if re.fullmatch(pattern, node.kind))
        return [target for node in nodes for target in _at(graph, node, keys)]

    return find


_ENDS: Final = ("end_image", "last_image", "last_frame", "end_frame")


def _pictures(*, is_last: bool) -> Callable[[Graph], list[Target]]:
    def find(graph: Graph) -> list[Target]:
        last = {link[0] for node in graph.nodes.values() for key in _ENDS if (link := node.link(key))}
        loaders = _of_kind(r"LoadImage|LoadImageOutput", "image")(graph)
        return [target for target in loaders if (target.node.id in last) is is_last]

    return find


_PLAIN: Final[Mapping[str, Callable[[Graph], list[Target]]]] = {
    "prompt": _text("positive"),
    "negative": _text("negative"),
    "seed": _drawn("seed", "noise_seed", apart="noise"),
    "width": _sized("width"),
    "height": _sized("height"),
    "length": _sized("length", "num_frames"),
    "first": _pictures(is_last=False),
    "last": _pictures(is_last=True),
    "clip": _of_kind(r"LoadVideo|VHS_LoadVideo", "file", "video"),
    "performance": _of_kind(r"LoadVideo|VHS_LoadVideo", "file", "video"),
    "lora": _of_kind(r"LoraLoader(ModelOnly)?", "lora_name"),
    "lora strength": _of_kind(r"LoraLoader(ModelOnly)?", "strength_model"),
    "steps": _drawn("steps", apart="sigmas"),
    "cfg": _drawn("cfg", apart="guider"),
    "sampler": _drawn("sampler_name", apart="sampler"),
    "scheduler": _drawn("scheduler", apart="sigmas"),
    "denoise": _drawn("denoise", apart="sigmas"),
    "shift": _of_kind(r"ModelSamplingSD3|ModelSamplingAuraFlow", "shift"),
    "camera": _of_kind("WanCameraEmbedding", "camera_pose"),
    "camera speed": _of_kind("WanCameraEmbedding", "speed"),
    "prefix": lambda graph: [Target(node, "filename_prefix") for node in graph.nodes.values()
                             if node.holds("filename_prefix")],
}  # fmt: skip
_SHARED: Final = frozenset({"prefix", "steps", "cfg", "sampler", "scheduler", "shift"})
"""Words that all samplers of a graph share: the two experts of Wan 2.2 take the same."""
