"""``python -m bench``: prints the tables. ``--quick`` is small and rough, ``--only NAME`` one table, ``--rounds N``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from bench import ROOT
from bench.compare import (
    Bench,
    Rows,
    as_a_user_has_it,
    measure_cold,
    measure_growth,
    measure_prefect,
    measure_start,
    measure_warm,
)  # fmt: skip
from bench.corpus import make_corpus
from bench.cues import measure_cues
from bench.film import Shape
from bench.loud import measure_loudness
from bench.measure import machine
from bench.outcome import measure_peers, measure_size
from bench.rhythm import measure_beats

TABLES: dict[str, Callable[[Bench], Rows]] = {
    "start": measure_start,
    "cold": measure_cold,
    "warm": measure_warm,
    "prefect": measure_prefect,
    "size": measure_size,
    "growth": measure_growth,
    "cues": measure_cues,
    "loudness": measure_loudness,
    "beats": measure_beats,
    "peers": measure_peers,
}
"""In the order they are printed."""

_NOT_QUICK = {"peers", "prefect"}


def main() -> None:
    """Makes the corpus where it is missing, measures, prints Markdown."""
    asked = _arguments()
    as_a_user_has_it()
    folder = ROOT / "bench" / "work"
    _say([f"Measured on {machine()}.", "Making the corpus, where it is not there yet …", ""])
    corpus = make_corpus(folder / "corpus")
    shape = Shape(10) if asked.quick else Shape()
    bench = Bench(folder, corpus, shape, asked.rounds or (1 if asked.quick else 3), asked.quick)
    rounds = f"medians of {bench.rounds} alternating rounds" if bench.rounds > 1 else "one round"
    _say([f"The film: {shape.shots} shots, {shape.frames} frames, 1280×720; {rounds}.", ""])
    for name in [asked.only] if asked.only else [name for name in TABLES if not (asked.quick and name in _NOT_QUICK)]:
        measure = TABLES[name]
        _say([f"## {name}", "", (measure.__doc__ or "").strip(), "", *_lines(measure(bench)), ""])
    memory = "Memory is the highest sum of PSS (RSS where the kernel hides it) over the tree of processes, every 50 ms."
    _say([memory, f"At the end: {machine()}."])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a film of 10 shots, one round, no peers")
    parser.add_argument("--rounds", type=int, help="alternating rounds (3; 1 when quick)")
    parser.add_argument("--only", choices=sorted(TABLES), help="only this table")
    return parser.parse_args()


def _lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns line up in a terminal too."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return "| " + " | ".join(padded) + " |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return [line(rows[0]), f"|{rule}|", *(line(row) for row in rows[1:])]


def _say(lines: Sequence[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
