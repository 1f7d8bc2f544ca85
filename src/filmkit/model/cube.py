"""Colour lookup tables in the .cube format (Adobe Cube LUT Specification 1.0), read strictly and written in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 8 << 20
"""A 65³ table with long numbers fits; more is no lookup table."""

MOST_VALUE = 65_504.0
"""The highest number of a half float, which tables for high dynamic range are made in."""

_NUMBER = re.compile(r"[+-]?([0-9]{1,6}(\.[0-9]{0,12})?|\.[0-9]{1,12})([eE][+-]?[0-9]{1,2})?")

Triple = tuple[float, float, float]
_BLACK: Triple = (0.0, 0.0, 0.0)
_WHITE: Triple = (1.0, 1.0, 1.0)
_DOMAIN = {"DOMAIN_MIN", "DOMAIN_MAX", "LUT_3D_INPUT_RANGE"}


@dataclass(frozen=True, slots=True)
class Cube:
    """A 3D table of ``size``³ colours, red running fastest; input from ``low`` to ``high``."""

    size: int
    colors: tuple[Triple, ...]
    low: Triple = _BLACK
    high: Triple = _WHITE

    @classmethod
    def from_bytes(cls, data: bytes) -> Cube:
        """The table in a file's bytes, of which at most ``MOST_BYTES`` + 1 are needed. Raises ValueError as ``parse``
        does, and for more than ``MOST_BYTES``.
        """
        if len(data) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")  # titles of old tables; the numbers are ASCII in any case
        return cls.parse(text)

    @classmethod
    def parse(cls, text: str) -> Cube:
        """Raises ValueError that says what is wrong, with the line's number."""
        size, domain = 0, (_BLACK, _WHITE)
        colors: list[Triple] = []
        for number, line in enumerate(text.splitlines(), 1):
            word, *rest = line.split("#", 1)[0].split() or ("TITLE",)
            if word == "LUT_3D_SIZE":
                size = _size(rest, number)
            elif word in _DOMAIN:
                domain = _domain(domain, word, rest, number)
            elif word == "LUT_1D_SIZE":
                raise ValueError("it is a 1D table; export a 3D one (LUT_3D_SIZE 33)")
            elif word != "TITLE":
                colors.append(_triple([word, *rest], number))
        if not size or len(colors) != size**3:
            raise ValueError(f"it has {len(colors)} colours where LUT_3D_SIZE {size} needs {size**3}")
        if any(low >= high for low, high in zip(*domain, strict=True)):
            raise ValueError("its DOMAIN_MIN is not below its DOMAIN_MAX")
        return cls(size, tuple(colors), *domain)

    def at_strength(self, strength: float) -> Cube:
        """Mixed with the table that changes nothing: 1 is the whole table, 0 none of it."""
        last = self.size - 1
        mixed = []
        for at, color in enumerate(self.colors):
            steps = (at % self.size, at // self.size % self.size, at // self.size**2)
            same = [
                low + step / last * (high - low) for low, high, step in zip(self.low, self.high, steps, strict=True)
            ]
            r, g, b = (a + (c - a) * strength for a, c in zip(same, color, strict=True))
            mixed.append((r, g, b))
        return Cube(self.size, tuple(mixed), self.low, self.high)

    def text(self) -> str:
        """The table as a .cube file of our own."""
        head = [f"LUT_3D_SIZE {self.size}", _line("DOMAIN_MIN ", self.low), _line("DOMAIN_MAX ", self.high)]
        return "\n".join([*head, *(_line("", color) for color in self.colors)]) + "\n"


def _size(words: list[str], number: int) -> int:
    if len(words) != 1 or not re.fullmatch("[0-9]{1,3}", words[0]) or not 2 <= int(words[0]) <= 65:
        raise ValueError(f"line {number}: LUT_3D_SIZE is 2 to 65")
    return int(words[0])


def _domain(before: tuple[Triple, Triple], word: str, rest: list[str], number: int) -> tuple[Triple, Triple]:
    """The input's range after one of ``_DOMAIN``; some programs write a range for all channels in place of the two."""
    if word != "LUT_3D_INPUT_RANGE":
        given = _triple(rest, number)
        return (given, before[1]) if word == "DOMAIN_MIN" else (before[0], given)
    if len(rest) != 2:
        raise ValueError(f"line {number}: LUT_3D_INPUT_RANGE is two numbers")
    return _triple([rest[0]] * 3, number), _triple([rest[1]] * 3, number)


def _triple(words: list[str], number: int) -> Triple:
    if len(words) != 3 or not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError(f"line {number}: three numbers are expected, found {' '.join(words)[:40]!r}")
    r, g, b = (float(word) for word in words)
    most = max(r, g, b, key=abs)
    if abs(most) > MOST_VALUE:
        raise ValueError(f"line {number}: a colour of {most:g} is none")
    return r, g, b


def _line(before: str, color: Triple) -> str:
    return before + " ".join(f"{value:.6f}" for value in color)
