"""A storyboard file as a tree that remembers where every key and value stands.

Values are text as written: nothing is typed here. Positions are indices of characters in the file's text; they become
lines and columns only where a finding needs them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from filmkit.model.finding import Place

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
"""A tree without its places: what the model is validated from."""

_LONGEST_EXCERPT = 160
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True, eq=False)
class Scalar:
    """One value; ``at`` is the index of its first character (the quote, where it has one)."""

    text: str
    at: int
    is_quoted: bool = False


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys and values in order; ``keys`` says where each key stands. An empty value (an error) has no item."""

    at: int
    is_flow: bool
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Sequence:
    """Values in order."""

    at: int
    is_flow: bool
    items: list[Node] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence


@dataclass(frozen=True)
class Source:
    """The text of a file, and its name for messages."""

    file: str
    text: str

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.text))]

    def line_of(self, at: int) -> int:
        """The line (from 1) that the character at an index stands on, as editors count."""
        return bisect_right(self._line_starts, at)

    def line_text(self, line: int) -> str:
        """A line (from 1) without its end."""
        starts = self._line_starts
        stop = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : stop].rstrip("\r\n")

    def line_start(self, line: int) -> int:
        """The index of the first character of a line (from 1)."""
        return self._line_starts[line - 1]

    def place(self, at: int) -> Place:
        """Line, column and excerpt of the character at an index."""
        at = max(0, min(at, len(self.text)))
        line = self.line_of(at)
        return Place(self.file, line, at - self.line_start(line) + 1, excerpt(self.line_text(line)))


def excerpt(line: str) -> str:
    """A line as it may be shown: not too long, and without marks that turn the terminal's writing direction."""
    visible = _DIRECTION_MARKS.sub(lambda mark: f"\\u{ord(mark[0]):04x}", line)
    return visible if len(visible) <= _LONGEST_EXCERPT else visible[: _LONGEST_EXCERPT - 1] + "…"


@dataclass(frozen=True)
class Tree:
    """A whole file, read."""

    source: Source
    root: Mapping

    def plain(self) -> dict[str, Plain]:
        """The tree as dicts, lists and texts, for the model."""
        return {key: _plain(value) for key, value in self.root.items.items()}

    def node(self, path: Iterable[str | int]) -> Node | None:
        """The value at a path of keys and numbers, or None."""
        here: Node | None = self.root
        for step in path:
            here = _child(here, step)
        return here

    def has(self, path: tuple[str | int, ...]) -> bool:
        """Whether something is written under this path, if only a key without a value."""
        above = self.node(path[:-1])
        return self.node(path) is not None or (isinstance(above, Mapping) and path[-1] in above.keys)

    def place(self, path: Iterable[str | int], *, at_key: bool = False) -> Place:
        """Where the value at a path stands, or the nearest above it that is written.

        A block of lines is shown by its key; so is anything with ``at_key``.
        """
        here: Node = self.root
        at = self.root.at
        for step in path:
            key_at = here.keys.get(str(step)) if isinstance(here, Mapping) else None
            child = _child(here, step)
            if child is None:
                return self.source.place(at if key_at is None else key_at)
            is_block = not isinstance(child, Scalar) and not child.is_flow
            at = key_at if key_at is not None and (at_key or is_block) else child.at
            here = child
        return self.source.place(at)


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.items.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def _plain(node: Node) -> Plain:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items.items()}
    return [_plain(value) for value in node.items]
