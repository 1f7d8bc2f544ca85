"""Which model fits a shot. The first choices of six shots, their reasons and prices were written down by hand, as a
producer would choose from the table, before anything ranked them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest

from filmkit.model.camera import Camera, Move
from filmkit.model.generation import Fate, Mode
from filmkit.model.scalar import Size
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import PlaceOfWork
from filmkit.providers.fit import Wish
from filmkit.providers.ranking import rank

TABLE = capabilities()
HD = Size(1280, 720)


@dataclass(frozen=True)
class Expected:
    """A shot, who should make it, for how much, and why."""

    wish: Wish
    first: str
    price: str
    reason: str


SHOTS = {
    # Between two drawn frames, and no lettering: two pictures and a negative field. Only Kling Pro has both at a price
    # that is known; its maker's own door comes before a reseller's.
    "between two pictures": Expected(
        Wish(Mode.I2V, HD, Fraction(5), has_last=True, avoid=("text",)),
        "kling/kling-v2-5-turbo", "0.35", "ends with the last picture",
    ),
    # She has to be heard, for eight seconds: sound that always comes, at a price that is known.
    "dialogue": Expected(
        Wish(Mode.T2V, HD, Fraction(8), speaks=True), "hailuo/MiniMax-H3", "0.64", "its takes have sound"
    ),
    # A draft of four seconds from a picture: whoever sells single seconds is cheaper than five at the least.
    "cheapest draft": Expected(
        Wish(Mode.I2V, HD, Fraction(4)), "runway/gen4_turbo", "0.20", "the cheapest of"
    ),
    # A clip that was filmed is to become a drawing.
    "restyled clip": Expected(
        Wish(Mode.V2V, HD, Fraction(5)), "runway/aleph2", "1.40", "changes a clip"
    ),
    # The camera must travel to the left, exactly that: a model with commands for it.
    "exact camera": Expected(
        Wish(Mode.T2V, HD, Fraction(6), camera=Camera(move=Move.TRUCK_LEFT)),
        "hailuo/MiniMax-Hailuo-02", "0.27", "the camera is told exactly, by commands in brackets",
    ),
    # An actor's ten seconds carried over to a puppet: there is only one.
    "performance": Expected(
        Wish(Mode.PERFORMANCE, HD, Fraction(10)), "runway/act_two", "0.50", "no other can make it"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOTS)
def test_first_choice_is_the_one_that_was_written_down(name: str) -> None:
    expected = SHOTS[name]
    first = rank(expected.wish, TABLE)[0]
    assert first.model.key == expected.first
    assert first.price is not None
    assert (f"{first.price.amount:.2f}", first.price.currency) == (expected.price, "USD")
    assert expected.reason in "; ".join(first.reasons)


@pytest.mark.parametrize("name", SHOTS)
def test_every_model_is_ranked_once_and_those_that_cannot_come_last(name: str) -> None:
    choices = rank(SHOTS[name].wish, TABLE)
    ranked = {choice.model.key for choice in choices}
    assert len(ranked) == len(choices)
    assert {model.key for model in TABLE.models} - ranked == {"openai/any"}, "what a gateway serves nobody can compare"
    possible = [choice.is_possible for choice in choices]
    assert possible == sorted(possible, reverse=True)
    assert all(choice.losses for choice in choices if not choice.is_possible), "a refusal says why"
    assert all(choice.reasons for choice in choices if choice.is_possible)


def test_less_is_lost_further_up_among_services() -> None:
    for expected in SHOTS.values():
        services = [
            choice.weight
            for choice in rank(expected.wish, TABLE)
            if choice.is_possible and choice.model.place is PlaceOfWork.SERVICE
        ]
        assert services == sorted(services)


def test_what_would_be_lost_is_told() -> None:
    wish = replace(SHOTS["cheapest draft"].wish, seed=7, avoid=("text",), camera=Camera(move=Move.PAN_LEFT))
    choices = {choice.model.key: choice for choice in rank(wish, TABLE)}
    turbo, kling = choices["runway/gen4_turbo"], choices["kling/kling-v2-5-turbo"]
    assert {misfit.loss.key for misfit in turbo.losses} == {"avoid", "camera.move"}
    assert {misfit.loss.key for misfit in kling.losses} == {"generate.seed", "camera.move"}
    assert Fate.UNSUPPORTED in {misfit.loss.fate for misfit in turbo.losses}


def test_retired_model_is_never_offered() -> None:
    for expected in SHOTS.values():
        refused = [choice.model.key for choice in rank(expected.wish, TABLE) if not choice.is_possible]
        assert {"openai/sora-2", "openai/sora-2-pro"} <= set(refused)


def test_shot_of_unknown_length_has_a_price_of_five_seconds() -> None:
    choices = {choice.model.key: choice for choice in rank(Wish(Mode.T2V, HD), TABLE)}
    price = choices["runway/gen4.5"].price
    assert price is not None and f"{price.amount:.2f}" == "0.60"


def test_tier_that_a_setting_names_is_the_one_that_is_paid_for() -> None:
    wish = Wish(Mode.T2V, HD, Fraction(5), settings={"mode": "pro"})
    choices = {choice.model.key: choice for choice in rank(wish, TABLE)}
    pro = choices["kling/kling-v2-5-turbo"]
    assert (str(pro.shape.size), pro.shape.tier) == ("1920x1080", "pro")
    assert pro.price is not None and f"{pro.price.amount:.2f}" == "0.35"
