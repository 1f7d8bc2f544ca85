"""The lanes of a mix in a terminal: as wide as it is, with what it can show, each thing at its time."""

from __future__ import annotations

from typing import Any

import pytest

from filmkit.report.lanes import Terminal, lane_lines, voice_lines

RATE = 48_000


def levels(**changes: Any) -> dict[str, Any]:
    """Ten seconds, two shots; a voice in the third second under music that gives way from 2 s to 4 s."""
    voice = [-6.0 if 20 <= at < 30 else -120.0 for at in range(100)]
    curve = [[0, 0.0], [RATE, 0.0], [2 * RATE, -12.0], [4 * RATE, -12.0], [5 * RATE, 0.0], [10 * RATE, 0.0]]
    line = {"id": "hello", "start": 2 * RATE, "length": RATE, "duck_slot": ""}
    theme = {"id": "theme", "start": 0, "length": 10 * RATE, "duck_slot": "duck0"}
    made = {
        "length": 10 * RATE, "frames": 240, "integrated_lufs": -16.0,
        "voice": [[2 * RATE, 2 * RATE + 24_000, "covered"], [2 * RATE + 24_000, 3 * RATE, "clear"]],
        "shots": [{"name": "s/boat", "start": 0}, {"name": "s/keeper", "start": 120}],
        "mix": {"column_samples": 4_800, "short_term_lufs": [None] * 29 + [-16.0] * 71,
                "limiter_db": [-6.0 if at == 50 else 0.0 for at in range(100)]},
        "stems": {
            "dialogue": {"column_samples": 4_800, "peak_db": voice, "ducks": {}, "cues": [line]},
            "music": {"column_samples": 4_800, "peak_db": [-24.0] * 100, "ducks": {"duck0": curve}, "cues": [theme]},
        },
    }  # fmt: skip
    return {**made, **changes}


WIDE = Terminal(113)
"""A hundred columns for the film: ten a second."""


def lanes(terminal: Terminal = WIDE, **changes: Any) -> dict[str, str]:
    """Each line by its name, without it; the ruler is ``0``, the shots ``1``."""
    lines = list(lane_lines(levels(**changes), terminal))
    return {line[:12].strip() or str(at): line[13:] for at, line in enumerate(lines)}


def test_each_thing_stands_at_its_time() -> None:
    found = lanes()
    assert found["dialogue"] == " " * 20 + "▇" * 10
    assert found["over rest"] == " " * 20 + "!!!!!" + "====="
    assert found["music"] == "▄" * 100
    assert found["1"].index("│boat") == 0 and found["1"].index("│keeper") == 50
    assert found["0"].index("0:05") == 50
    assert found["limiter"].index("▄") == 50 and len(found["limiter"]) == 51
    assert found["mix LUFS"].index("▅") == 14, "at the middle of its three seconds"


def test_what_gives_way_is_shown_between_its_breakpoints_too() -> None:
    found = lanes()["gives way"]
    assert found[:10].strip() == "" and found[20:40] == "▄" * 20 and found[50:].strip() == ""
    assert found[10:20] == "▁▁▁▂▂▂▃▃▄▄"


@pytest.mark.parametrize("width", [20, 40, 80, 113, 1_000])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    lines = list(lane_lines(levels(), Terminal(width)))
    assert max(map(len, lines)) <= max(29, min(width, 240))


def test_a_terminal_without_blocks_gets_ascii() -> None:
    lines = list(lane_lines(levels(), Terminal(113, has_blocks=False)))
    assert all(line.isascii() for line in lines)
    assert any("@" in line or "#" in line for line in lines)


def test_colours_are_there_only_where_they_are_wanted() -> None:
    assert not any("\033" in line for line in lane_lines(levels(), WIDE))
    colored = "\n".join(lane_lines(levels(), Terminal(113, is_colored=True)))
    assert "\033[31m!!!!!\033[0m" in colored and "\033[32m=====\033[0m" in colored


def test_names_cannot_steer_the_terminal() -> None:
    shots = [{"name": "s/\033[2Jboat\u202e", "start": 0}]
    assert all(char.isprintable() for line in lane_lines(levels(shots=shots), WIDE) for char in line)


def test_the_voice_is_summed_up_with_the_lines_that_are_covered() -> None:
    assert list(voice_lines(levels())) == [
        "  voice    1.0 s: clear (=) 0.5 s, less than 7 LU over the rest (~) 0.0 s, covered (!) 0.5 s (hello)"
    ]
    assert list(voice_lines(levels(voice=[]))) == []


def test_many_short_shots_are_marked_without_names() -> None:
    shots = [{"name": f"s/shot{at}", "start": at} for at in range(240)]
    line = lanes(shots=shots)["1"]
    assert len(line) <= 100 and set(line) == {"│"}
