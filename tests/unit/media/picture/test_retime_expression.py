"""The table of frames as an expression: evaluated here in Python as ffmpeg does, for every picture and the end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.media.picture.retime import frame_expression


def evaluated(expression: str, picture: int) -> int:
    names = {"if_": lambda test, yes, no: yes if test else no, "lt": lambda a, b: a < b, "N": picture}
    return int(eval(expression.replace("if(", "if_("), {"__builtins__": {}}, names))


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 5))
def test_every_picture_gets_its_frame(steps: list[int], rest: int) -> None:
    table = [0]
    for step in steps:
        table.append(table[-1] + step)
    frames = table[-1] + rest
    expression = frame_expression(table, frames)
    assert [evaluated(expression, picture) for picture in range(len(table))] == table
    assert evaluated(expression, len(table)) == frames


def test_even_steps_are_one_short_expression() -> None:
    assert frame_expression([0, 2, 4, 6], 8) == "N*2"
    assert frame_expression([0, 1, 2], 9) == "if(lt(N,3),N,9)"


def test_a_long_irregular_table_stays_shallow_and_fits_an_argument() -> None:
    random.seed(3)
    table = [0]
    for _ in range(4000):
        table.append(table[-1] + random.choice([0, 1, 1, 2]))
    expression = frame_expression(table, table[-1] + 1)
    depth = longest = 0
    for sign in expression:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        longest = max(longest, depth)
    assert longest < 30
    assert len(expression.replace(",", "\\,")) < 100_000  # one argument may have 131,072 bytes


@pytest.mark.parametrize("table", [[1, 2], [0, 2, 1], [0, 5]])
def test_impossible_tables_are_refused(table: list[int]) -> None:
    with pytest.raises(ValueError, match="shown_at"):
        frame_expression(table, 5)
