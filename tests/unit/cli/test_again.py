"""``filmkit again`` and ``filmkit vary``: the same seed once more, or others; priced, asked and paid like any take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from stubservice import StubServer

from filmkit.load.lock_write import read_lines, write_lines
from filmkit.model.storyboard import Generate, Generator
from filmkit.plan.requests import Again


@pytest.fixture
def film(desk: Desk, server: StubServer) -> Path:
    """Two shots with a take each; the first seed is 100."""
    assert desk.ask("generate", "--yes", "film").code == 0
    return desk.folder / "film"


def seeds(film: Path, shot: str) -> dict[str, object]:
    return {name.rpartition("/")[2]: line["seed"] for name, line in read_lines(film).items() if f"/{shot}/" in name}


def asked(server: StubServer) -> list[Mapping[str, Any]]:
    """The bodies of all jobs, in the order in which they came."""
    return [call.json for call in server.calls if call.method == "POST" and call.path.endswith("/jobs")]


def test_vary_makes_so_many_more_each_with_a_seed_of_its_own(desk: Desk, server: StubServer, film: Path) -> None:
    answer = desk.ask("vary", "s1", "film", "--seeds", "3", "--yes")
    assert answer.code == 0, answer.err
    assert seeds(film, "s1") == {"t01": 100, "t02": 101, "t03": 102, "t04": 103}
    assert (server.billed, seeds(film, "s2")) == (5, {"t01": 100})


def test_again_sends_the_same_seed_and_the_same_words(desk: Desk, server: StubServer, film: Path) -> None:
    board = film / "storyboard.yaml"
    board.write_text(board.read_text().replace("action number 1", "something else"))
    answer = desk.ask("again", "s1", "t01", "film", "--yes")
    assert answer.code == 0, answer.err
    assert seeds(film, "s1") == {"t01": 100, "t02": 100}
    first, last = (next(body for body in bodies if "number 1" in body["prompt"])
                   for bodies in (asked(server), asked(server)[::-1]))  # fmt: skip
    assert first is not last and (first["seed"], first["prompt"]) == (last["seed"], last["prompt"])
    lines = read_lines(film)
    assert lines["harbour/s1/t02"]["prompt"] == lines["harbour/s1/t01"]["prompt"]


def test_both_show_a_price_and_pay_nothing_with_plan(desk: Desk, server: StubServer, film: Path) -> None:
    answer = desk.ask("vary", "harbour/s2", "film", "--seeds", "2", "--plan")
    assert answer.code == 0 and "2 takes, 1.00 USD" in answer.out
    answer = desk.ask("again", "s2", "1", "film", "--plan")
    assert answer.code == 0 and "harbour/s2  t02  fal/stub-1" in answer.out
    assert server.billed == 2


def test_nobody_to_ask_means_nothing_is_asked_for(desk: Desk, server: StubServer, film: Path) -> None:
    for words in (("vary", "s1", "film"), ("again", "s1", "t01", "film")):
        answer = desk.ask(*words)
        assert answer.code == 2 and "nobody is there to agree" in answer.err
    assert server.billed == 2


def test_a_take_without_a_known_seed_is_not_made_again(desk: Desk, server: StubServer, film: Path) -> None:
    line = {key: value for key, value in read_lines(film)["harbour/s1/t01"].items() if key != "seed"}
    (film / "storyboard.lock").unlink()
    write_lines(film, {"harbour/s1/t01": line})
    answer = desk.ask("again", "s1", "t01", "film", "--yes")
    assert answer.code == 2 and "nobody knows the seed of harbour/s1 t01" in answer.err
    assert desk.ask("again", "s1", "t07", "film", "--yes").code == 2
    assert server.billed == 2


def test_a_take_of_a_web_page_is_made_again_by_its_own_service() -> None:
    by_hand = Generate.model_validate({"with": "manual", "settings": {"x": 1}, "length": "5s"})
    made = Again(7, "runway", "gen4.5").holds(by_hand)
    assert (made.with_, made.model, made.settings, made.length) == (Generator.RUNWAY, "gen4.5", None, by_hand.length)
    unknown = Again(7, "midjourney", None).holds(by_hand)
    assert (unknown.with_, unknown.settings) == (Generator.MANUAL, {"x": 1})
