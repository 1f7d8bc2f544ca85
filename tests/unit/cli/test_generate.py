"""``filmkit generate`` and ``filmkit cost`` as a person meets them."""

from __future__ import annotations

import pytest
from desk import Desk
from paidfilm import FAKE_CLIP, WORD
from PIL import Image
from providerserver import Fault
from stubservice import KEY, StubServer

from filmkit.cli import generate as command
from filmkit.providers.registry import provider_of


def _unlimited(desk: Desk) -> None:
    board = desk.folder / "film" / "storyboard.yaml"
    board.write_text("".join(line for line in board.read_text().splitlines(True) if not line.startswith("budget")))


def test_the_plan_has_prices_and_pays_nothing(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "--plan", "film")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "harbour/s1  t01  fal/stub-1  5 s  0.50 USD",
        "harbour/s2  t01  fal/stub-1  5 s  0.50 USD",
        "2 takes, 1.00 USD; spent 0.00 USD of 100.00 USD, 100.00 USD left",
    ]
    assert server.calls == []
    value = desk.ask("generate", "--plan", "--json", "film").json
    assert (value["price"], value["left"], len(value["takes"])) == ("1.00 USD", "100 USD", 2)


def test_nobody_to_ask_means_nothing_is_asked_for(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "film")
    assert answer.code == 2 and "nobody is there to agree" in answer.err and "--yes" in answer.err
    assert server.calls == []


@pytest.mark.parametrize(("said", "code", "billed"), [("y", 0, 2), ("", 2, 0), ("no", 2, 0)])
def test_a_person_is_asked(
    desk: Desk, server: StubServer, monkeypatch: pytest.MonkeyPatch, said: str, code: int, billed: int
) -> None:
    monkeypatch.setattr(command, "is_somebody_there", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: said)
    assert desk.ask("generate", "film").code == code
    assert server.billed == billed


def test_yes_needs_a_limit(desk: Desk, server: StubServer) -> None:
    _unlimited(desk)
    answer = desk.ask("generate", "--yes", "film")
    assert answer.code == 2 and "--yes needs a limit" in answer.err
    assert server.calls == []
    assert desk.ask("generate", "--yes", "--max", "1 USD", "film").code == 0


def test_takes_come_home_and_what_they_cost_is_told(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "--yes", "film")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[-3:] == [
        "harbour/s1 t01  made  0.50 USD",
        "harbour/s2 t01  made  0.50 USD",
        "spent 1.00 USD of 100.00 USD, 99.00 USD left",
    ]
    assert "harbour/s1 t01: running" in answer.err or "harbour/s1 t01: queued" in answer.err
    assert (desk.folder / "film/takes/harbour/s1/t01.mp4").read_bytes() == FAKE_CLIP
    again = desk.ask("generate", "--yes", "film")
    assert (again.code, server.billed) == (0, 2)
    assert again.out.startswith("nothing new to ask for; spent 1.00 USD")


def test_a_run_for_machines_is_json_alone(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "--yes", "--json", "film", "s1")
    assert (answer.code, answer.err) == (0, "")
    (job,) = answer.json["jobs"]
    assert (job["shot"], job["take"], job["state"], job["cost"]) == ("harbour/s1", 1, "used", "0.5 USD")


def test_beyond_the_limit_of_a_run_nothing_is_asked_for(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "--yes", "--max", "0.60 USD", "film")
    assert answer.code == 1 and "of this run's limit of 0.60 USD 0.10 USD is left → raise --max" in answer.err
    assert server.billed == 1


def test_the_plan_says_where_its_price_is_more_than_may_be_spent(desk: Desk, server: StubServer) -> None:
    assert "that is more than may be spent" in desk.ask("generate", "--plan", "--max", "0.60 USD", "film").out
    assert "that is more than may be spent" not in desk.ask("generate", "--plan", "--max", "1 USD", "film").out


def test_a_run_for_machines_that_goes_wrong_is_one_json_value(desk: Desk, server: StubServer) -> None:
    answer = desk.ask("generate", "--yes", "--max", "0.60 USD", "--json", "film")
    assert (answer.code, answer.err) == (1, "")
    assert [job["state"] for job in answer.json["jobs"]] == ["used"]
    assert (answer.json["exit_code"], len(answer.json["not_asked_for"])) == (1, 1)
    assert answer.json["error"] == "1 of the takes not asked for"


def test_shots_whose_maker_nobody_named_are_named_with_what_to_write(desk: Desk, server: StubServer) -> None:
    board = desk.folder / "film" / "storyboard.yaml"
    board.write_text("".join(line for line in board.read_text().splitlines(True) if not line.startswith("generate")))
    answer = desk.ask("generate", "film")
    assert "does not say who makes the takes of harbour/s1, harbour/s2" in answer.err
    assert "generate: {with: manual}" in answer.err and "filmkit models --for harbour/s1" in answer.err
    assert server.calls == []


def test_a_held_take_ends_with_5_and_its_question_and_is_settled_by_an_answer(
    desk: Desk, server: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_of(WORD), "finds", "nothing")
    server.fail("submit", Fault.RESET_AFTER)
    answer = desk.ask("generate", "--yes", "film", "s1")
    assert answer.code == 5
    assert "did a job begin after" in answer.err and "=no" in answer.err
    ref = next(line for line in answer.err.splitlines() if "=no" in line).split()[-1].removesuffix("=no")
    assert desk.ask("generate", "--yes", "film", "s1").code == 5, "it stays held"
    settled = desk.ask("generate", "--yes", "film", "s1", "--answer", f"{ref}=job0001")
    assert settled.code == 0 and server.billed == 1, settled.err
    assert (desk.folder / "film/takes/harbour/s1/t01.mp4").is_file()


def test_a_moderated_take_says_why_and_ends_with_1(desk: Desk, server: StubServer) -> None:
    server.fates.append("moderated")
    answer = desk.ask("generate", "--yes", "film", "s1")
    assert answer.code == 1
    assert "harbour/s1 t01  moderated  0.50 USD: it shows a named person" in answer.out
    assert "other words" in answer.out


def test_no_key_is_told_before_anything_is_asked_for(
    desk: Desk, server: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY)
    monkeypatch.setenv("FILMKIT_KEYS", str(desk.folder / "keys"))
    answer = desk.ask("generate", "--yes", "film")
    assert answer.code == 1 and "STUB_KEY is not set" in answer.err and str(desk.folder / "keys") in answer.err
    assert desk.ask("cost", "film").out.startswith("no take of this film was asked for")


def test_costs_are_counted_by_what_one_asks_for(desk: Desk, server: StubServer) -> None:
    desk.ask("generate", "--yes", "--takes", "2", "film")
    by = {what: desk.ask("cost", "--by", what, "film").out for what in ("shot", "take", "model", "person", "day")}
    assert by["shot"].splitlines() == [
        "harbour/s1      1.00 USD  2 of 2 came home",
        "harbour/s2      1.00 USD  2 of 2 came home",
        "in all          2.00 USD",
        "spent 2.00 USD of 100.00 USD, 98.00 USD left",
    ]
    assert by["model"].startswith("fal/stub-1") and by["person"].startswith("Mina")
    assert len(by["take"].splitlines()) == 6 and by["day"].startswith("20")
    value = desk.ask("cost", "--json", "film").json
    assert (value["spent"], value["left"], len(value["jobs"])) == ("2.0 USD", "98.0 USD", 4)
    assert len(desk.ask("cost", "--by", "job", "film").out.splitlines()) == 5


@pytest.mark.parametrize("words", [("--max", "5"), ("--max", "5 EUR", "--yes"), ("--until", "25:00", "--yes")])
def test_a_wrong_limit_or_hour_is_told(desk: Desk, server: StubServer, words: tuple[str, ...]) -> None:
    answer = desk.ask("generate", *words, "film")
    assert answer.code in {1, 2} and answer.err.startswith("error: ")
    assert server.billed == 0


def test_the_name_of_a_person_stands_in_no_file_of_the_film(desk: Desk, server: StubServer) -> None:
    desk.ask("generate", "--yes", "film")
    files = [path for path in (desk.folder / "film").rglob("*") if path.is_file()]
    assert len(files) >= 4 and not any(b"Mina" in path.read_bytes() for path in files)


HAND = """\
filmkit: 1
title: By hand
picture: {size: 96x64, fps: 24}
generate: {with: manual, model: gen4.5, takes: 2}
scenes:
  - id: harbour
    shots:
      - {id: boat, action: a boat leaves, lasts: 8f}
      - {id: quay, from: quay.png, generate: {with: still}, lasts: 8f}
      - {id: sky, color: blue, lasts: 8f}
"""


@pytest.fixture
def by_hand(desk: Desk) -> Desk:
    film = desk.folder / "film"
    (film / "takes" / "harbour" / "boat").mkdir(parents=True)
    (film / "storyboard.yaml").write_text(HAND)
    Image.new("RGB", (96, 64)).save(film / "quay.png")
    return desk


def test_takes_made_by_hand_get_a_page_and_ask_nobody(by_hand: Desk) -> None:
    answer = by_hand.ask("generate", "film")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "2 takes to make by hand: harbour/boat",
        "harbour/quay: nothing has to be generated; its picture is moved by `filmkit render` (still)",
        "  what to paste: open film/out/prompts/index.html",
        "  when the clips are downloaded: filmkit gather film --inbox ~/Downloads",
    ]
    page = (by_hand.folder / "film" / "out" / "prompts" / "index.html").read_text()
    assert "A boat leaves." in page and "harbour-boat-2.mp4" in page


def test_the_plan_of_takes_made_by_hand_writes_nothing(by_hand: Desk) -> None:
    answer = by_hand.ask("generate", "--plan", "film")
    assert answer.code == 0 and "2 takes to make by hand" in answer.out
    assert not (by_hand.folder / "film" / "out").exists()
    value = by_hand.ask("generate", "--json", "film").json
    assert (value["by_hand"], value["by_render"]) == (["harbour/boat/t01", "harbour/boat/t02"], ["harbour/quay"])


def test_a_shot_made_by_render_is_no_mistake_to_name_and_one_without_takes_is(by_hand: Desk) -> None:
    answer = by_hand.ask("generate", "film", "quay")
    assert answer.code == 0 and answer.out.startswith("harbour/quay: nothing has to be generated")
    assert by_hand.ask("generate", "film", "sky").code == 3


def test_a_shot_that_is_named_gets_a_sheet_even_if_nobody_is_said_to_make_it(by_hand: Desk) -> None:
    board = by_hand.folder / "film" / "storyboard.yaml"
    board.write_text(HAND.replace("generate: {with: manual, model: gen4.5, takes: 2}\n", ""))
    assert "by hand" not in by_hand.ask("generate", "film").out
    answer = by_hand.ask("generate", "film", "boat")
    assert answer.code == 0 and "1 take to make by hand: harbour/boat" in answer.out


def test_a_page_is_not_written_through_a_link_out_of_the_film(by_hand: Desk) -> None:
    outside = by_hand.folder / "outside"
    outside.mkdir()
    (by_hand.folder / "film" / "out").mkdir()
    (by_hand.folder / "film" / "out" / "prompts").symlink_to(outside)
    answer = by_hand.ask("generate", "film")
    assert answer.code != 0 and "leaves the film" in answer.err and list(outside.iterdir()) == []
