"""A request measured against one model: what is really ordered, and what of the wish is lost.

ShotRequest + the table of models ─▶ Order(length, picture, seed, references, losses) ─▶ one service's words
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Loss, Mode, Reference, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers.base import Compiled, Upload
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import CameraWay, Capability, Shape, Status
from filmkit.providers.prompt import compose
from filmkit.providers.settings import check_setting, typed
from filmkit.providers.shapes import in_tier, is_same_ratio, tier_named

_NEEDS = {Mode.I2V: Role.FIRST, Mode.V2V: Role.CLIP, Mode.PERFORMANCE: Role.PERFORMANCE}
_WHAT = {
    Role.FIRST: "a picture to start from",
    Role.LAST: "a picture to end on",
    Role.CLIP: "a clip to change",
    Role.PERFORMANCE: "a clip that drives",
    Role.LOOK: "a picture of the character",
}
_NAME_IT = "name a file in the shot's `from`, or a picture in the cast"


@dataclass(frozen=True)
class Order:
    """What is asked of ``model``: a length it offers, a picture it makes, a seed if it takes one (else None), the
    references it can use, the words as it wants them (``negative`` and ``camera`` for their fields), and all losses.
    """

    request: ShotRequest
    model: Capability
    seconds: Fraction
    shape: Shape
    seed: int | None
    references: tuple[Reference, ...]
    losses: tuple[Loss, ...]
    prompt: str = ""
    negative: str = ""
    camera: Mapping[str, Json] = field(default_factory=dict)

    def of(self, role: Role) -> Reference | None:
        """The first reference of a role; None where there is none, or the model cannot use it."""
        return next(iter(self.all_of(role)), None)

    def needed(self, role: Role) -> Reference:
        """The same where there has to be one. Raises UsageError."""
        found = self.of(role)
        if found is None:
            raise UsageError(f"shot {self.request.shot}: {self.model.name} needs {_WHAT[role]}", remedy=_NAME_IT)
        return found

    def all_of(self, role: Role) -> tuple[Reference, ...]:
        """All references of a role, in order."""
        return tuple(reference for reference in self.references if reference.role is role)

    def compiled(
        self, body: Mapping[str, Json], uploads: Sequence[Upload], *, path: str = "", losses: tuple[Loss, ...] = ()
    ) -> Compiled:
        """The order in a service's words: ``path`` where it is not the mode's own, ``losses`` besides those so far."""
        path = path or self.model.endpoints[self.request.mode.value]
        provider, model, told = self.model.provider, self.model.id, (*self.losses, *losses)
        return Compiled(provider, model, path, body, tuple(uploads), told, self.price, self.exact_seconds)

    @property
    def price(self) -> Money | None:
        """What it will probably cost; None where nobody says."""
        return self.model.price(self.seconds, self.shape, self.request.mode)

    @property
    def exact_seconds(self) -> Decimal:
        """The length as the journal keeps it."""
        return Decimal(self.seconds.numerator) / Decimal(self.seconds.denominator)

    def settings(self) -> Iterator[tuple[str, Json]]:
        """The settings of the storyboard: where each goes in the request (a JSON pointer), and its value."""
        for name, value in self.request.settings.items():
            setting = self.model.settings[name]
            if setting.at:
                yield setting.at, typed(setting, value)


def order_for(
    request: ShotRequest, provider: str, model: str, able: frozenset[Role], *, is_open: bool = False
) -> Order:
    """``able`` are the roles of references that the adapter can send. ``is_open``: others than the provider serve its
    models, so that retired ones are taken, and ones that nobody lists.

    Raises UsageError for what cannot be asked at all: an unknown or retired model, a mode it has not, a reference that
    is missing, a setting it does not know, a prompt it does not take.
    """
    found = _model(provider, model, request.mode, is_open=is_open)
    where = f"shot {request.shot}: {found.name}"
    _check_mode(request, found, where)
    for name, value in request.settings.items():
        check_setting(found, name, value, where)
    words = compose(request, found)
    if words.over:
        raise UsageError(f"{where}: {words.losses[-1].detail}", remedy="shorten what the shot and the film say")
    if not words.prompt and found.camera is not CameraWay.NONE:
        raise UsageError(f"{where}: nothing is said of what is to be seen", remedy="write the shot's `action`")
    usable = {role for role in able if _is_usable(role, found, request.mode)}
    references = tuple(reference for reference in request.references if reference.role in usable)
    seconds = _seconds(request, found, where)
    shape = _shape(request, found, references, seconds)
    seed = request.seed if _takes_seed(request, found) else None
    losses = (*words.losses, *_lost_references(request, found, usable), *_other_losses(request, found, seconds, shape))
    return Order(
        request, found, seconds, shape, seed, references, losses, words.prompt, words.negative, words.camera.control
    )


def _model(provider: str, word: str, mode: Mode, *, is_open: bool) -> Capability:
    table = capabilities()
    found = table.find(provider, word, mode)
    if found is None and is_open and word and (any_model := table.standing_for(provider)) is not None:
        return replace(any_model, id=word, name=word)
    if found is None:
        known = ", ".join(model.id for model in table.of(provider))
        raise UsageError(f"{provider} has no model {word!r}", remedy=f"write one of {known}")
    if found.status is Status.RETIRED and not is_open:
        since = f" since {found.retires_on}" if found.retires_on else ""
        raise UsageError(f"{found.name} is retired{since}", remedy=f"use {found.replaced_by or 'another model'}")
    return found


def _check_mode(request: ShotRequest, model: Capability, where: str) -> None:
    if request.mode not in model.modes:
        able = ", ".join(mode.value for mode in model.modes)
        raise UsageError(f"{where} cannot do {request.mode.value}", remedy=f"it can do {able}; or use another model")
    role = _NEEDS.get(request.mode)
    if role is not None and not any(reference.role is role for reference in request.references):
        raise UsageError(f"{where} needs {_WHAT[role]}", remedy=_NAME_IT)


def _seconds(request: ShotRequest, model: Capability, where: str) -> Fraction:
    """The length to ask for; that of the clip that goes in, where the model follows it: nothing else is paid."""
    lengths = model.lengths
    if lengths.follows_input and not lengths.least <= request.seconds <= lengths.most:
        raise UsageError(
            f"{where} takes clips of {float(lengths.least):g} to {float(lengths.most):g} s; this one has "
            f"{float(request.seconds):.3g} s",
            remedy="cut a piece out of the clip, and name that in the shot's `from`",
        )
    return request.seconds if lengths.follows_input else lengths.fitting(request.seconds)


def _is_usable(role: Role, model: Capability, mode: Mode) -> bool:
    return {
        Role.FIRST: model.has_first and mode is Mode.I2V,
        Role.LAST: model.has_last and mode is Mode.I2V,
        Role.LOOK: model.refs > 0,
        Role.CLIP: mode is Mode.V2V,
        Role.PERFORMANCE: mode is Mode.PERFORMANCE,
    }[role]


def _shape(request: ShotRequest, model: Capability, references: tuple[Reference, ...], seconds: Fraction) -> Shape:
    """The picture to ask for; a tier that a setting names (Kling's ``mode: pro``) counts as named. Raises UsageError
    where that tier cannot do what is wanted.
    """
    need = _need(request, references)
    shape = model.shape(request.size, request.mode, needs=need, seconds=seconds)
    named = tier_named(model, request.settings)
    if named is None or named[1].name == shape.tier:
        return shape
    tier, able = named[1], model.needs_tier.get(need, ())
    if able and tier.name not in able:
        what = "ends with a picture" if need == "last" else "has sound"
        raise UsageError(f"shot {request.shot}: {model.id} {what} only in {' or '.join(able)}, not in {tier.name}",
                         remedy=f"write mode: {able[0]}, or leave it out")  # fmt: skip
    return in_tier(shape, tier)


def _need(request: ShotRequest, references: tuple[Reference, ...]) -> str:
    """What only some tiers can do (``needs_tier`` in the table); a last picture goes before sound."""
    if any(reference.role is Role.LAST for reference in references):
        return "last"
    return "audio" if str(request.settings.get("sound", "")) == "on" else ""


def _takes_seed(request: ShotRequest, model: Capability) -> bool:
    low, high = model.seeds or (0, 1 << 53)
    return model.has_seed and request.seed is not None and low <= request.seed <= high


_LEFT_OUT = {
    Role.FIRST: ("from", "the picture to start from is left out"),
    Role.LAST: ("last", "the picture to end on is left out"),
    Role.LOOK: ("cast", "pictures of looks are left out"),
}


def _lost_references(request: ShotRequest, model: Capability, usable: set[Role]) -> Iterator[Loss]:
    held = [reference.role for reference in request.references]
    for role, (key, what) in _LEFT_OUT.items():
        if role in held and role not in usable:
            yield Loss(Fate.UNSUPPORTED, key, f"{model.id} cannot use it in {request.mode.value}: {what}")
    if Role.LOOK in usable and held.count(Role.LOOK) > model.refs:
        detail = f"{model.id} takes {model.refs} pictures of looks: the further ones are left out"
        yield Loss(Fate.APPROXIMATED, "cast", detail)


def _other_losses(request: ShotRequest, model: Capability, seconds: Fraction, shape: Shape) -> Iterator[Loss]:
    if request.seed is not None and not _takes_seed(request, model):
        what = f"seeds from {model.seeds[0]} to {model.seeds[1]} only" if model.seeds else "no seed"
        yield Loss(Fate.UNSUPPORTED, "seed", f"{model.id} takes {what}: this take cannot be made again as it was")
    if seconds < request.seconds:
        yield Loss(Fate.APPROXIMATED, "length", f"{model.id} makes {float(seconds):g} s at most, and the shot needs "
                   f"{float(request.seconds):g} s")  # fmt: skip
    if model.lengths.follows_input:
        return
    if not is_same_ratio(shape.size, request.size):
        yield Loss(Fate.APPROXIMATED, "size", f"{model.id} makes {shape.size}, which has another shape than "
                   f"{request.size}: the edges are cut off, or bars are seen")  # fmt: skip
    elif shape.size.height_px < request.size.height_px and shape.size.width_px < request.size.width_px:
        yield Loss(Fate.APPROXIMATED, "size", f"{model.id} makes {shape.size}: it is enlarged to {request.size}")
