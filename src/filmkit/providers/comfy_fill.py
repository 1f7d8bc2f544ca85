"""Values put into a graph: each as its input takes it, on its grid and in its range, with every loss told."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from filmkit.model.generation import Fate, Loss
from filmkit.model.run import Json
from filmkit.model.scalar import Size
from filmkit.providers.comfy_bind import Binding, Target
from filmkit.providers.comfy_graph import GraphError
from filmkit.providers.comfy_nodes import Grid, Kinds, grid_of, shown, wrong_value

Plain = Mapping[str, Json]


@dataclass
class Filling:
    """A graph that is being filled in: plain JSON, and what was lost on the way."""

    plain: dict[str, Json]
    binding: Binding
    kinds: Kinds
    losses: list[Loss] = field(default_factory=list)

    @classmethod
    def of(cls, plain: Plain, binding: Binding, kinds: Kinds) -> Filling:
        """A copy, so that the same graph can be filled in again."""
        return cls(copy.deepcopy(dict(plain)), binding, kinds)

    def put(self, word: str, value: Json) -> bool:
        """Sets a word wherever it goes; False where the graph has no place for it. Raises GraphError."""
        targets = self.binding.of(word)
        for target in targets:
            self._set(target, value)
        return bool(targets)

    def require(self, word: str, value: Json, key: str) -> None:
        """The same for what the storyboard asks for under ``key``. Raises GraphError where there is no place."""
        if not self.put(word, value):
            name = word.replace(" ", "_")
            raise GraphError(
                f"{self.binding.graph.name} has no place for '{key}'",
                remedy=f"give a node the title 'filmkit: {word}' in ComfyUI and export again, or write "
                f'bind: {{{name}: "<node>.<input>"}}',
            )

    def is_at(self, word: str, value: float) -> bool:
        """Whether a word has this value wherever it stands, and stands somewhere."""
        targets = self.binding.of(word)
        return bool(targets) and all(self._inputs(each.node.id)[each.input] == value for each in targets)

    def steps(self, value: Json) -> None:
        """The number of steps; where samplers share the way, each keeps its part of it."""
        before = {target.node.id: target.node.inputs.get(target.input) for target in self.binding.of("steps")}
        self.require("steps", value, "settings.steps")
        for node_id, old in before.items():
            inputs = self._inputs(node_id)
            new = inputs.get("steps")
            if not isinstance(old, int) or not isinstance(new, int) or old <= 0:
                continue
            for name in ("start_at_step", "end_at_step"):
                at = inputs.get(name)
                if isinstance(at, int) and 0 < at < old:
                    inputs[name] = min(max(round(at * new / old), 1), new)
                elif at == old:
                    inputs[name] = new

    def size(self, wanted: Size, largest: Size | None) -> Size:
        """Sets the picture's size on the grid of its nodes; the size that it will have."""
        room = 1.0
        if largest is not None:
            room = min(1.0, (largest.width_px * largest.height_px / (wanted.width_px * wanted.height_px)) ** 0.5)
        sides = {}
        for word, side in (("width", wanted.width_px), ("height", wanted.height_px)):
            whole, half = self.binding.of(word), self.binding.of(f"half {word}")
            grids = [self._grid(target) for target in whole] + [
                Grid(2 * grid.base, 2 * grid.step, 2 * grid.least, 2 * grid.most)
                for grid in map(self._grid, half)
            ]  # fmt: skip
            sides[word] = max(grids, key=lambda grid: grid.step).near(side * room) if grids else 0
            for targets, value in ((whole, sides[word]), (half, sides[word] // 2)):
                for target in targets:
                    self._set(target, value)
        if not sides["width"] or not sides["height"]:
            self.lose("size", f"{self.binding.graph.name} keeps its own size")
            return wanted
        made = Size(sides["width"], sides["height"])
        if made != wanted:
            self.lose("size", f"it is made in {made}, as its nodes count, for {wanted}")
        return made

    def length(self, frames: int) -> int | None:
        """Sets the number of frames, the next that its nodes take; None where the graph keeps its own."""
        targets = self.binding.of("length")
        if not targets:
            return None
        grid = max((self._grid(target) for target in targets), key=lambda grid: grid.step)
        made = grid.above(frames)
        for target in targets:
            self._set(target, made)
        return made

    def rate(self, film: Fraction) -> Fraction | None:
        """The take's frames a second: the film's where a title or the map says where they go, else the graph's own."""
        if self.binding.is_named("fps"):
            fps = film
            while fps > 30:
                fps /= 2
            if fps != film:
                self.lose("fps", f"it is made at {float(fps):g} frames a second, for {float(film):g}")
            self.put("fps", float(fps))
            return fps
        for node in self.binding.graph.nodes.values():
            for name in ("fps", "frame_rate"):
                value = node.inputs.get(name)
                if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 240:
                    return Fraction(value).limit_denominator(1001)
        return None

    def lose(self, key: str, detail: str) -> None:
        """Notes what is only nearly kept."""
        self.losses.append(Loss(Fate.APPROXIMATED, key, detail))

    def _grid(self, target: Target) -> Grid:
        return grid_of(target.node, target.input, self.kinds)

    def _inputs(self, node_id: str) -> dict[str, Json]:
        node = self.plain[node_id]
        inputs = node["inputs"] if isinstance(node, dict) else None
        if not isinstance(inputs, dict):
            raise GraphError(f"{self.binding.graph.name}: node {node_id} has no inputs")
        return inputs

    def _set(self, target: Target, value: Json) -> None:
        kind = self.kinds.get(target.node.kind)
        socket = kind.inputs.get(target.input) if kind else None
        old = target.node.inputs.get(target.input)
        if socket is None:
            wanted = "INT" if type(old) is int else "FLOAT" if type(old) is float else ""
        else:
            wanted = next((name for name in ("FLOAT", "INT", "BOOLEAN") if name in socket.kinds), "")
        typed = _typed(value, wanted)
        wrong = wrong_value(typed, socket) if socket else ""
        if typed is None or wrong:
            raise GraphError(
                f"{self.binding.graph.name}: {target.node}: '{target.input}' {wrong or f'cannot be {shown(value)}'}",
                remedy="change what the storyboard asks for",
            )
        self._inputs(target.node.id)[target.input] = typed


def _typed(value: Json, wanted: str) -> Json:
    """A value as an input wants it (a storyboard keeps texts); None where it is none."""
    try:
        match wanted:
            case "INT":
                number = float(value) if isinstance(value, str | float) else value
                is_whole = isinstance(number, int | float) and not isinstance(number, bool) and number == int(number)
                return int(value if isinstance(value, int) else number) if is_whole else None  # type: ignore[arg-type]
            case "FLOAT":
                return float(value) if isinstance(value, str | int | float) else None
            case "BOOLEAN":
                return {"true": True, "false": False}.get(str(value).lower())
            case _:
                return value
    except (ValueError, OverflowError):
        return None
