"""Which model fits a shot: all that can make it, the best first, each with its price, its reasons and its losses.

Services come before machines of one's own, those before filmkit's moving pictures, and handwork comes last. Among them
the least is lost first (see the weights of ``fit``), then the price that is lower, then the order of the table. A price
that nobody says weighs 2, one that no first-hand page says 1: what cannot be planned with is a loss too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from filmkit.model.generation import Mode
from filmkit.model.scalar import Money
from filmkit.providers.camera import camera_words
from filmkit.providers.capabilities import Table
from filmkit.providers.capability import Audio, Capability, PlaceOfWork, Shape
from filmkit.providers.fit import Misfit, Wish, misfits, need_of
from filmkit.providers.shapes import in_tier, tier_named

_PLACES: Final = (PlaceOfWork.SERVICE, PlaceOfWork.OWN, PlaceOfWork.FILMKIT, PlaceOfWork.HAND)
_UNKNOWN_PRICE, _UNCONFIRMED_PRICE = 2, 1
_SHORTEST: Final = Fraction(5)
"""Seconds of a take where nobody knows yet how long the shot is."""


@dataclass(frozen=True)
class Choice:
    """One model for one shot: what it would make, what that costs, why it, and what would be lost."""

    model: Capability
    shape: Shape
    seconds: Fraction
    price: Money | None
    reasons: tuple[str, ...]
    losses: tuple[Misfit, ...]
    weight: int

    @property
    def is_possible(self) -> bool:
        """Whether the model can make the take at all."""
        return not any(misfit.is_hard for misfit in self.losses)


def rank(wish: Wish, table: Table) -> tuple[Choice, ...]:
    """All models, the best for this wish first; those that cannot make it last, in the order of the table. Pure."""
    choices = [_choice(wish, model) for model in table.models if not _is_unlisted(model)]
    able = sorted((choice for choice in choices if choice.is_possible), key=_place)
    return (*_with_reasons(wish, able), *(choice for choice in choices if not choice.is_possible))


def _is_unlisted(model: Capability) -> bool:
    """Whether it stands for what some gateway serves: nothing of that can be compared."""
    return model.is_any and model.place is PlaceOfWork.SERVICE


def _choice(wish: Wish, model: Capability) -> Choice:
    found = misfits(wish, model)
    seconds = model.lengths.fitting(_SHORTEST if wish.seconds is None else wish.seconds)
    if model.lengths.follows_input and wish.seconds is not None:
        seconds = wish.seconds
    shape = model.shape(wish.size, wish.mode, needs=need_of(wish), seconds=seconds)
    if (named := tier_named(model, wish.settings)) is not None:
        shape = in_tier(shape, named[1])
    price = model.price(seconds, shape, wish.mode)
    doubt = _UNKNOWN_PRICE if price is None else 0 if model.is_price_confirmed else _UNCONFIRMED_PRICE
    is_paid = model.place is PlaceOfWork.SERVICE
    weight = sum(misfit.weight for misfit in found) + (doubt if is_paid else 0)
    return Choice(model, shape, seconds, price, (), found, weight)


def _place(choice: Choice) -> tuple[int, bool, int, Decimal, int]:
    model = choice.model
    price = choice.price.amount if choice.price is not None else Decimal("Infinity")
    return (_PLACES.index(model.place), model.is_any, choice.weight, price, model.order)


def _with_reasons(wish: Wish, able: list[Choice]) -> Iterator[Choice]:
    for at, choice in enumerate(able):
        reasons = [*_granted(wish, choice)]
        if at == 0 and (rest := _why_first(choice, able)):
            reasons.append(rest)
        yield Choice(
            choice.model, choice.shape, choice.seconds, choice.price, tuple(reasons), choice.losses, choice.weight
        )


def _why_first(first: Choice, able: list[Choice]) -> str:
    """What sets the first apart from the other services."""
    served = [choice for choice in able if choice.model.place is first.model.place]
    equal = [choice for choice in served if choice.weight == first.weight]
    if len(served) == 1:
        return "no other can make it"
    if len(equal) == 1:
        return "nobody loses less"
    return f"the cheapest of {len(equal)} that lose no more"


_MODE_REASONS: Final = {
    Mode.T2V: "makes it from words",
    Mode.I2V: "begins with the picture",
    Mode.V2V: "changes a clip",
    Mode.PERFORMANCE: "carries a performance over",
}


def _granted(wish: Wish, choice: Choice) -> Iterator[str]:
    """Each wish that is kept, in a few words."""
    model, lost = choice.model, {misfit.code for misfit in choice.losses}
    yield _MODE_REASONS[wish.mode]
    if wish.has_last:
        yield "ends with the last picture"
    if wish.speaks and model.audio is not Audio.NONE:
        yield "its takes have sound"
    if wish.avoid and model.has_negative:
        yield "has a field for 'avoid'"
    if wish.seed is not None and "seed-unsupported" not in lost:
        yield "keeps the seed"
    if wish.looks and "refs-unsupported" not in lost:
        yield "takes the pictures of the cast"
    if wish.camera is not None and model.place is not PlaceOfWork.FILMKIT:
        words = camera_words(wish.camera, model.camera)
        if not words.losses:
            yield f"the camera is told exactly, by {_CAMERA_REASONS[model.camera.value]}"


_CAMERA_REASONS: Final = {"field": "a field", "brackets": "commands in brackets", "node": "a node", "lora": "a LoRA"}
