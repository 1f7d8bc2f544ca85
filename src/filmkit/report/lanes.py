"""A mix in the terminal: a line of blocks for each stem under the film's cuts, and how the voice stands over the rest.

``levels`` are the numbers of the level picture (``<name>.levels.json``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from filmkit.model.timebase import SAMPLE_RATE
from filmkit.report.text import clock, columns_of, listed, plain

_BLOCKS, _ASCII = " ▁▂▃▄▅▆▇█", " .:-=+*#@"
_NAMES = 12
_FLOOR_DB, _DUCK_DB = 48.0, 24.0
_HALF_WINDOW = 15
"""Short-term loudness is that of the 3 s before each 100 ms; it is shown at the middle of them."""

_COLORS = {"dialogue": "34", "music": "35", "effects": "33", "production": "32", "gives way": "31", "limiter": "33"}
_STATES = {"covered": ("!", "31"), "thin": ("~", "33"), "clear": ("=", "32")}


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal can show: ``width`` columns, blocks (or only ASCII), colours."""

    width: int = 80
    has_blocks: bool = True
    is_colored: bool = False

    @property
    def columns(self) -> int:
        """How many columns the film has, beside the names."""
        return max(16, min(self.width, 240) - _NAMES - 1)

    def bar(self, share: float) -> str:
        """A sign as high as a share of the line, 0 to 1; anything above nothing shows."""
        signs = _BLOCKS if self.has_blocks else _ASCII
        return signs[0 if share <= 0 else max(1, min(8, round(share * 8)))]

    def tinted(self, text: str, color: str | None) -> str:
        """The text in a colour, where there are any."""
        return f"\033[{color}m{text}\033[0m" if self.is_colored and color and text.strip() else text


def lane_lines(levels: Mapping[str, Any], terminal: Terminal) -> Iterator[str]:
    """Seconds, shots, stems, ducking, loudness and limiter, one below the other, all over the same time."""
    columns, samples = terminal.columns, levels["length"]
    yield _named("", _ruler(samples, columns))
    yield _named("", _shots(levels, columns, "│" if terminal.has_blocks else "|"))
    for stem, lane in levels["stems"].items():
        heard = _spread(lane["peak_db"], lane["column_samples"], samples, columns)
        yield _lane(stem, [(value + _FLOOR_DB) / _FLOOR_DB for value in heard], terminal)
        if lane["ducks"]:
            yield _lane("gives way", _ducked(lane, samples, columns), terminal)
        if stem == "dialogue":
            yield _named("  over rest", _voice(levels, terminal))
    yield from _mix(levels, terminal)


def voice_lines(levels: Mapping[str, Any]) -> Iterator[str]:
    """For how long the voice is covered, and in which lines."""
    length_s = {state: 0.0 for state in _STATES}
    covered: list[str] = []
    for start, stop, state in levels["voice"]:
        length_s[state] += (stop - start) / SAMPLE_RATE
        covered += _lines_in(levels, start, stop) if state == "covered" else []
    if levels["voice"]:
        spoken = sum(length_s.values())
        told = f"  voice    {spoken:.1f} s: clear (=) {length_s['clear']:.1f} s, less than 7 LU over the rest (~) "
        told += f"{length_s['thin']:.1f} s, covered (!) {length_s['covered']:.1f} s"
        yield plain(told + (f" ({listed([*dict.fromkeys(covered)])})" if covered else ""))


def _lines_in(levels: Mapping[str, Any], start: int, stop: int) -> list[str]:
    cues = levels["stems"]["dialogue"]["cues"]
    return [cue["id"] for cue in cues if cue["start"] < stop and cue["start"] + cue["length"] > start]


def _named(name: str, line: str) -> str:
    return f"{name:<{_NAMES}} {line}".rstrip()


def _lane(name: str, shares: Sequence[float], terminal: Terminal) -> str:
    shown = f"  {name}" if name == "gives way" else name
    return _named(shown, terminal.tinted("".join(map(terminal.bar, shares)), _COLORS.get(name)))


def _mix(levels: Mapping[str, Any], terminal: Terminal) -> Iterator[str]:
    mix, samples, columns = levels["mix"], levels["length"], terminal.columns
    low = levels["integrated_lufs"] - 18
    loudness = [low if value is None else value for value in mix["short_term_lufs"]]
    loudness = loudness[_HALF_WINDOW:] + [low] * _HALF_WINDOW
    heard = _spread(loudness, mix["column_samples"], samples, columns)
    yield _lane("mix LUFS", [(value - low) / 27 for value in heard], terminal)
    taken = _spread([-value for value in mix["limiter_db"]], mix["column_samples"], samples, columns)
    if any(value >= 0.1 for value in taken):
        yield _lane("limiter", [value / 12 for value in taken], terminal)


def _ducked(lane: Mapping[str, Any], samples: int, columns: int) -> list[float]:
    """How far each column is lowered at the most, as a share of 24 dB; 0 where no ducked cue sounds."""
    found = [0.0] * columns
    for slot, curve in lane["ducks"].items():
        lowest = _lowest(curve, samples, columns)
        for cue in lane["cues"]:
            if cue["duck_slot"] == slot:
                for at in _columns(cue["start"], cue["start"] + cue["length"], samples, columns):
                    found[at] = max(found[at], -lowest[at] / _DUCK_DB)
    return found


def _lowest(curve: Sequence[tuple[int, float]], samples: int, columns: int) -> list[float]:
    """The lowest level of a curve, straight between its breakpoints, in each column."""
    found = [0.0] * columns
    for (start, level), (stop, after) in pairwise(curve):
        for at in _columns(start, max(stop, start + 1), samples, columns):
            ends = (max(start, at * samples // columns), min(stop, (at + 1) * samples // columns))
            slope = (after - level) / (stop - start) if stop > start else 0.0
            found[at] = min(found[at], *(level + slope * (end - start) for end in ends))
    return found


def _columns(start: int, stop: int, samples: int, columns: int) -> range:
    """The columns that a range of samples touches."""
    return range(max(0, start * columns // samples), min(columns, -(-stop * columns // samples)))


def _spread(values: Sequence[float], column_samples: int, samples: int, columns: int) -> list[float]:
    """The highest of the values that fall into each column of the terminal."""
    found = []
    for at in range(columns):
        first = at * samples // columns // column_samples
        last = max(first + 1, -(-((at + 1) * samples // columns) // column_samples))
        found.append(max(values[first:last], default=-200.0))
    return found


def _voice(levels: Mapping[str, Any], terminal: Terminal) -> str:
    """The worst state in each column."""
    line = [" "] * terminal.columns
    for wanted in ("clear", "thin", "covered"):
        for start, stop, state in levels["voice"]:
            if state == wanted:
                for at in _columns(start, stop, levels["length"], terminal.columns):
                    line[at] = _STATES[wanted][0]
    colors = dict(_STATES.values())
    return "".join(terminal.tinted("".join(run), colors.get(sign)) for sign, run in groupby(line))


def _ruler(samples: int, columns: int) -> str:
    """Times, as many as have room."""
    line = ""
    step_s = next(
        (
            step
            for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
            if step * SAMPLE_RATE * columns / samples >= 8
        ),
        3600,
    )
    for at_s in range(0, samples // SAMPLE_RATE + 1, step_s):
        place, word = at_s * SAMPLE_RATE * columns // samples, clock(at_s).removesuffix(".0")
        if place >= len(line) + bool(line) and place + len(word) <= columns:
            line = line.ljust(place) + word
    return line


def _shots(levels: Mapping[str, Any], columns: int, mark: str) -> str:
    """A mark at each cut, and as much of the shot's name as fits before the next."""
    frames = levels["frames"]
    places = [shot["start"] * columns // frames for shot in levels["shots"]]
    line = ""
    for shot, place, following in zip(levels["shots"], places, [*places[1:], columns], strict=True):
        if place >= len(line):
            name = plain(shot["name"].rpartition("/")[2])
            room = following - place - 1
            line = line.ljust(place) + (mark + (name if columns_of(name) == len(name) else "")[: max(0, room)])
    return line[:columns]
