"""A module that grows past its limit shows that a room is missing. There is no list of exceptions."""

from __future__ import annotations

from repository import ROOT, modules

LIMIT_LINES = 400


def test_module_length_stays_within_limit() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert len(lengths) > 10
    assert {name: lines for name, lines in lengths.items() if lines > LIMIT_LINES} == {}


def test_start_stays_a_page() -> None:
    assert len((ROOT / "start.py").read_text(encoding="utf-8").splitlines()) <= 150
