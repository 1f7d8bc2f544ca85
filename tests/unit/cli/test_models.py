"""``models``: the table with its dates, and what fits a shot, for people and for machines."""

from __future__ import annotations

import pytest
from desk import Desk

FILM = """\
filmkit: 1
title: T
generate: {with: runway, takes: 2, seed: 1000}
scenes:
  - id: harbour
    shots:
      - {id: boat, action: leaves the harbour, lasts: 4s}
      - {id: keeper, action: 'she says: "Late again."', lasts: 6s, generate: {with: openai, model: sora-2}}
"""


def test_table_says_when_it_was_looked_up_and_what_is_unsure(desk: Desk) -> None:
    answer = desk.ask("models")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert "as of 22 November 2026" in lines[0]
    [gen] = [line for line in lines if line.strip().startswith("gen4.5")]
    assert gen.split() == [
        "gen4.5",
        "active",
        "t2v",
        "i2v",
        "2–10",
        "s",
        "1280x720",
        "and",
        "5",
        "more",
        "seed",
        "0.12/s",
    ]
    [sora] = [line for line in lines if line.strip().startswith("sora-2 ")]
    assert "retired 24 September 2026" in sora
    [pika] = [line for line in lines if line.strip().startswith("pika-2.2")]
    assert pika.endswith("0.04/s 720p?")


def test_table_for_machines_has_every_model(desk: Desk) -> None:
    value = desk.ask("models", "--json").json
    keys = {(model["provider"], model["model"]) for model in value["models"]}
    assert len(keys) == len(value["models"]) >= 30
    assert ("runway", "aleph2") in keys
    assert all(model["source"] in value["sources"] and model["checked_on"] for model in value["models"])


def test_ranking_of_a_shot_has_price_reason_and_loss(desk: Desk) -> None:
    film = desk.film(FILM)
    answer = desk.ask("models", "--for", "boat", film)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert lines[0] == "harbour/boat: t2v, 4s, 1280x720, seed 1000, 2 takes"
    assert lines[1] == (
        "   1. runway gen4.5: 0.48 USD a take, 0.96 USD in all; 4s, 1280x720  (the storyboard's choice)"
    )
    assert "keeps the seed" in lines[2]
    [lost] = [line for line in lines if "lost: kling-v2-5-turbo" in line]
    assert "takes no seed" in lost


def test_choice_that_cannot_make_it_is_told_why(desk: Desk) -> None:
    film = desk.film(FILM)
    out = desk.ask("models", "--for", "harbour/keeper", film).out
    assert "the storyboard's choice, openai sora-2, cannot: OpenAI Sora 2 was shut down on 24 September 2026" in out


def test_ranking_for_machines(desk: Desk) -> None:
    film = desk.film(FILM)
    value = desk.ask("models", "--for", "keeper", "--json", film).json
    assert (value["shot"], value["chosen"]) == ("harbour/keeper", "openai/sora-2")
    first = value["choices"][0]
    assert (first["provider"], first["model"], first["price"]) == ("hailuo", "MiniMax-H3", "0.48")
    assert first["possible"] and first["reasons"]


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        (("--for", "bot"), "there is no shot 'bot'", "did you mean 'boat'?"),
        ((), "the same for all films", "--for"),
    ],
)
def test_wrong_question_is_answered_with_the_right_one(
    words: tuple[str, ...], message: str, remedy: str, desk: Desk
) -> None:
    film = desk.film(FILM)
    answer = desk.ask("models", *words, film)
    assert answer.code == 2
    assert message in answer.err and remedy in answer.err
