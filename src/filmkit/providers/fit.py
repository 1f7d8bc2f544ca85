"""What a shot wants of a model that the model cannot do, each with the nearest that it can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final

from filmkit.model.camera import Camera
from filmkit.model.generation import Fate, Loss, Mode
from filmkit.model.scalar import Size
from filmkit.providers.camera import camera_words
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import Audio, Capability, PlaceOfWork, Status
from filmkit.providers.settings import typed, what_fits
from filmkit.providers.shapes import is_same_ratio, tier_named


@dataclass(frozen=True)
class Wish:
    """What one shot asks of a model. ``seconds`` is None where nobody knows yet; ``asks_length`` and ``asks_size``:
    the storyboard says the take's own length or size, and not only the film's; ``speaks``: somebody is to be heard.
    """

    mode: Mode
    size: Size
    seconds: Fraction | None = None
    asks_length: bool = False
    asks_size: bool = False
    seed: int | None = None
    has_last: bool = False
    looks: int = 0
    avoid: tuple[str, ...] = ()
    camera: Camera | None = None
    speaks: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


_IMPOSSIBLE: Final = frozenset({"model-retired", "mode-unsupported", "last-unsupported", "length-too-long"})
"""Wishes without which there is no take."""

_WEIGHTS: Final = {
    "model-retiring": 4,
    "size-shape": 6,
    "size-small": 1,
    "seed-unsupported": 2,
    "avoid-unsupported": 2,
    "refs-unsupported": 3,
    "speech-unsupported": 8,
    "setting-unknown": 1,
    "setting-wrong": 1,
}
_CAMERA_WEIGHTS: Final = {Fate.UNSUPPORTED: 3, Fate.IN_PROMPT: 2, Fate.APPROXIMATED: 1}


@dataclass(frozen=True)
class Misfit:
    """One wish that a model does not grant as it is written, and what to write instead."""

    code: str
    loss: Loss
    remedy: str = ""

    @property
    def is_hard(self) -> bool:
        """Whether the model cannot make this take at all."""
        return self.code in _IMPOSSIBLE

    @property
    def weight(self) -> int:
        """How much is lost, to compare models by."""
        if self.code == "camera-approximated":
            return _CAMERA_WEIGHTS[self.loss.fate]
        return _WEIGHTS.get(self.code, 0)


def misfits(wish: Wish, model: Capability) -> tuple[Misfit, ...]:
    """Everything of a wish that this model does not grant. Pure."""
    return tuple(misfit for check in _CHECKS for misfit in check(wish, model))


def _unsupported(code: str, key: str, detail: str, remedy: str = "") -> Misfit:
    return Misfit(code, Loss(Fate.UNSUPPORTED, key, detail), remedy)


def _approximated(code: str, key: str, detail: str, remedy: str = "") -> Misfit:
    return Misfit(code, Loss(Fate.APPROXIMATED, key, detail), remedy)


def day(model: Capability) -> str:
    """``24 September 2026``, or empty."""
    when = model.retires_on
    return f"{when.day} {when:%B} {when.year}" if when else ""


def _status(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if model.status is Status.ACTIVE:
        return
    instead = f"write with: {model.replaced_by.replace('/', ', model: ', 1)}" if model.replaced_by else ""
    if model.status is Status.RETIRED:
        detail = f"{model.name} was shut down on {day(model)}"
        yield _unsupported("model-retired", "generate.model", detail, instead)
        return
    when = f" (announced for {day(model)})" if model.retires_on else ""
    detail = f"{model.name} may stop any day{when}"
    yield _approximated("model-retiring", "generate.model", detail, instead)


_MODE_WORDS: Final = {
    Mode.T2V: "from words (t2v)",
    Mode.I2V: "from a picture (i2v)",
    Mode.V2V: "from a clip (v2v)",
    Mode.PERFORMANCE: "from a performance",
}


def _mode(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.mode in model.modes:
        return
    able = nearest_able(model, "modes", lambda other: wish.mode in other.modes)
    makes = " and ".join(_MODE_WORDS[mode] for mode in model.modes)
    detail = f"{model.id} makes takes {makes}, not {_MODE_WORDS[wish.mode]}"
    is_in_words = wish.mode is Mode.T2V
    remedy = _instead(model, able) + (", or give the shot a picture with 'from'" if is_in_words else "")
    yield _unsupported("mode-unsupported", "generate.model" if is_in_words else "from", detail, remedy)


def _instead(model: Capability, able: Capability | None) -> str:
    if able is None:
        return "choose another model: filmkit models --for this shot"
    return (
        f"write model: {able.id}"
        if able.provider == model.provider
        else f"write with: {able.provider}, model: {able.id}"
    )


def nearest_able(model: Capability, key: str, can: Callable[[Capability], bool]) -> Capability | None:
    """An active model that can do something (``key`` of the table): the provider's own before other services, and
    what is confirmed, with its price, before what is not.
    """

    def doubt(other: Capability) -> tuple[bool, bool, bool, int]:
        return (other.provider != model.provider, key in other.unconfirmed, not other.is_price_confirmed, other.order)

    able = [
        other
        for other in capabilities().models
        if other.status is Status.ACTIVE and not other.is_any and can(other)
        and (other.provider == model.provider or other.place is PlaceOfWork.SERVICE)
    ]  # fmt: skip
    return min(able, key=doubt, default=None)


def _last(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.has_last and not model.has_last:
        able = nearest_able(model, "last", lambda other: other.has_last and wish.mode in other.modes)
        detail = f"{model.id} takes no last picture"
        yield _unsupported("last-unsupported", "last", detail, _instead(model, able))


def seconds_words(seconds: Fraction) -> str:
    """``5s``, as a storyboard writes it."""
    return f"{float(seconds):.4g}s"


def _length(wish: Wish, model: Capability) -> Iterator[Misfit]:
    seconds, lengths = wish.seconds, model.lengths
    if seconds is None or model.is_any:
        return
    if seconds > lengths.most:
        detail = f"{model.id} makes {lengths}, and {seconds_words(seconds)} are needed"
        remedy = f"at most length: {seconds_words(lengths.most)}; or split the shot"
        yield _unsupported("length-too-long", "generate.length", detail, remedy)
    elif wish.asks_length and not lengths.follows_input and not lengths.offers(seconds) and lengths.fps is None:
        nearest = lengths.fitting(seconds)
        detail = (
            f"{model.id} makes {lengths}, not {seconds_words(seconds)}: {seconds_words(nearest)} are made and paid for"
        )
        yield _approximated("length-not-offered", "generate.length", detail, f"write length: {seconds_words(nearest)}")


def need_of(wish: Wish) -> str:
    """What only some tiers of a model can do (``needs_tier`` in the table); a last picture goes before sound."""
    return "last" if wish.has_last else "audio" if wish.speaks else ""


def _tier(wish: Wish, model: Capability) -> Iterator[Misfit]:
    named, able = tier_named(model, wish.settings), model.needs_tier.get(need_of(wish), ())
    if named is None or not able or named[1].name in able:
        return
    name, tier = named
    what = "ends with a picture" if wish.has_last else "has sound"
    detail = f"{model.id} {what} only in {' or '.join(able)}, not in {tier.name}"
    yield _unsupported("setting-wrong", f"generate.settings.{name}", detail, f"write {name}: {able[0]}, or delete it")


def _size(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if model.is_any or wish.mode not in model.modes:
        return
    size = model.shape(wish.size, wish.mode, needs=need_of(wish), seconds=wish.seconds or Fraction(0)).size
    if not is_same_ratio(size, wish.size):
        detail = f"{model.id} makes no picture of the shape of {wish.size}; the nearest is {size}"
        remedy = f"write size: {size}, and 'fit' and 'focus' for what a crop keeps"
        yield _approximated("size-shape", "generate.size", detail, remedy)
    elif wish.asks_size and size != wish.size:
        detail = f"{model.id} makes {size}, not {wish.size}"
        yield _approximated("size-not-offered", "generate.size", detail, f"write size: {size}")
    elif min(size.width_px, size.height_px) < min(wish.size.width_px, wish.size.height_px) * _NEARLY:
        detail = f"{model.id} makes {size} at most, which is scaled up to {wish.size}"
        yield _approximated("size-small", "picture.size", detail)


_NEARLY: Final = 0.95
"""Lines that are fewer by less are not seen: 704 of 720."""


def _seed(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.seed is None:
        return
    if not model.has_seed:
        detail = f"{model.id} takes no seed: no take of it can be made again"
        yield _unsupported("seed-unsupported", "generate.seed", detail, "delete 'seed', or choose a model that has one")
    elif model.seeds is not None and not model.seeds[0] <= wish.seed <= model.seeds[1]:
        least, most = model.seeds
        detail = f"{model.id} takes seeds from {least} to {most}, not {wish.seed}"
        nearest = max(least, min(wish.seed, most))
        yield _unsupported("seed-unsupported", "generate.seed", detail, f"write seed: {nearest}")


def _avoid(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.avoid and not model.has_negative:
        detail = f"{model.id} has no negative prompt: 'avoid' is left out"
        remedy = "say in 'action' what is to be seen instead, or choose a model that has one"
        yield _unsupported("avoid-unsupported", "avoid", detail, remedy)


def _camera(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if model.place is PlaceOfWork.FILMKIT:
        return
    for loss in camera_words(wish.camera, model.camera).losses:
        yield Misfit("camera-approximated", loss)


def _looks(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.looks > model.refs:
        detail = f"{model.id} takes no picture of the cast" if not model.refs else (
            f"{model.id} takes {model.refs} pictures of the cast, not {wish.looks}"
        )  # fmt: skip
        yield _unsupported("refs-unsupported", "cast", detail, "only the words of 'look' go into the prompt")


def _sound(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if wish.speaks and model.audio is Audio.NONE:
        able = nearest_able(
            model, "audio", lambda other: other.audio in {Audio.ALWAYS, Audio.OPTIONAL} and wish.mode in other.modes
        )
        detail = f"takes of {model.id} have no sound: nobody is heard"
        yield _unsupported("speech-unsupported", "action", detail, _instead(model, able))


def _settings(wish: Wish, model: Capability) -> Iterator[Misfit]:
    if model.is_any:
        return
    for name, value in wish.settings.items():
        key, setting = f"generate.settings.{name}", model.settings.get(name)
        if setting is None:
            near = get_close_matches(name, model.settings, n=1)
            guess = f"did you mean '{near[0]}'? " if near else ""
            known = f"valid here: {', '.join(model.settings)}" if model.settings else "it has no settings: delete it"
            yield _unsupported("setting-unknown", key, f"{model.id} has no setting '{name}'", guess + known)
        elif typed(setting, value) is None:
            yield _unsupported("setting-wrong", key, f"'{name}' of {model.id} cannot be '{value}'", what_fits(setting))


_CHECKS: Final[tuple[Callable[[Wish, Capability], Iterator[Misfit]], ...]] = (
    _status, _mode, _last, _length, _size, _seed, _avoid, _camera, _looks, _sound, _tier, _settings,
)  # fmt: skip
