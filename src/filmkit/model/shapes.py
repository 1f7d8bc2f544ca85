"""Drawings as plain values: a few kinds of shapes, in the order in which they are laid over each other.

Coordinates are pixels from the top left; colours are ``#rrggbb``; ``opacity`` is from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Points: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled box."""

    x: float
    y: float
    width: float
    height: float
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; ``dash`` is the length of a stroke and of the gap after it, 0 for a whole line."""

    x1: float
    y1: float
    x2: float
    y2: float
    color: str
    width: float = 1.0
    opacity: float = 1.0
    dash: float = 0.0


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points."""

    points: Points
    color: str
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled outline."""

    points: Points
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Band:
    """The area between two curves over the same rising ``xs``."""

    xs: tuple[float, ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    color: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text whose baseline begins, has its middle or ends at (``x``, ``y``). ``width`` is what it takes."""

    x: float
    y: float
    text: str
    size: float
    color: str
    width: float
    align: Literal["start", "middle", "end"] = "start"
    is_bold: bool = False


Shape: TypeAlias = Rect | Line | Polyline | Polygon | Band | Text


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a plain ground."""

    width: int
    height: int
    ground: str
    shapes: tuple[Shape, ...]
    title: str = ""
