"""The small dialogue: what may be answered, what is shown, and how one leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from filmfolders import CLIP

from filmkit.cli.asking import ask_all, chosen
from filmkit.engine.survey import Candidate
from filmkit.load.inbox import InboxFile
from filmkit.load.provenance import Provenance
from filmkit.plan.download_names import NameSays
from filmkit.plan.likeness import Match, Verdict

SHOTS = ["harbour/boat", "harbour/gulls", "tower/flame", "tower/boat"]


def candidate(name: str, *shots: str) -> Candidate:
    verdict = Verdict(tuple(Match(shot, 45, ("it looks like it",)) for shot in shots))
    file = InboxFile(Path(name), name, 1, 0)
    return Candidate(file, NameSays(), "ab" * 32, CLIP, Provenance({"provider": "runway", "seed": 7}), verdict)


def asked(candidates: list[Candidate], *answers: str) -> list[tuple[str, str]]:
    """What the dialogue yields for these answers; every answer has to be used."""
    left: Iterator[str] = iter(answers)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    found = [(one.name, shot) for one, shot in ask_all(candidates, SHOTS, ask)]
    assert list(left) == []
    return found


def test_number_name_and_own_name_choose_a_shot() -> None:
    three = [candidate("a.mp4", "tower/flame", "harbour/boat"), candidate("b.mp4"), candidate("c.mp4")]
    assert asked(three, "2", "gulls", "Tower/Boat") == [
        ("a.mp4", "harbour/boat"), ("b.mp4", "harbour/gulls"), ("c.mp4", "tower/boat"),
    ]  # fmt: skip


def test_return_skips_and_q_ends_and_nobody_there_ends(capsys: pytest.CaptureFixture[str]) -> None:
    files = [candidate(name) for name in ("a.mp4", "b.mp4", "c.mp4")]
    assert asked(files, "", "flame", "q") == [("b.mp4", "tower/flame")]
    assert asked(files, "flame") == [("a.mp4", "tower/flame")]
    assert "a.mp4  (3 s, 64x36, 24 fps, runway, seed 7)" in capsys.readouterr().out


def test_likely_ones_are_asked_first_and_shown_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked([candidate("a.mp4"), candidate("b.mp4", "tower/flame")], "1", "") == [("b.mp4", "tower/flame")]
    out = capsys.readouterr().out
    assert out.index("b.mp4") < out.index("a.mp4") and "   1  tower/flame  it looks like it" in out


def test_wrong_word_is_told_and_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked([candidate("a.mp4")], "flmae", "9", "boat", "flame") == [("a.mp4", "tower/flame")]
    out = capsys.readouterr().out
    assert out.count("there is no such shot") == 3 and "did you mean 'flame'?" in out


def test_more_and_the_list_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked([candidate("a.mp4", "tower/flame")], "i", "l", "2") == [("a.mp4", "harbour/gulls")]
    out = capsys.readouterr().out
    assert "seed: 7" in out and "sha256 abab" in out and "   4  tower/boat" in out


@pytest.mark.parametrize("said", ["0", "5", "-1", "1e3", "", "9" * 30])
def test_numbers_out_of_the_list_choose_nothing(said: str) -> None:
    assert chosen(said, SHOTS, SHOTS) is None
