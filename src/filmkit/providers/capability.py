"""What one model can do, as values: what it is asked for, the lengths and sizes it makes, and what a take costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from filmkit.model.generation import Mode
from filmkit.model.run import Json
from filmkit.model.scalar import Money, Size


class Status(StrEnum):
    """Whether a model answers: ``retiring`` may stop any day."""

    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


class Audio(StrEnum):
    """Whether takes have sound: never, if asked, always, or that of the clip that was handed in."""

    NONE = "none"
    OPTIONAL = "optional"
    ALWAYS = "always"
    KEPT = "kept"


class CameraWay(StrEnum):
    """How a model is told what its camera does."""

    FIELD = "field"
    BRACKETS = "brackets"
    NODE = "node"
    LORA = "lora"
    PROMPT = "prompt"
    NONE = "none"


class PlaceOfWork(StrEnum):
    """Who works: a service that is paid, a machine of one's own, a person, or filmkit."""

    SERVICE = "service"
    OWN = "own machine"
    HAND = "by hand"
    FILMKIT = "filmkit"


class LimitUnit(StrEnum):
    """What the length of a prompt is counted in."""

    UTF16 = "utf16"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class PromptLimit:
    """The longest prompt a model takes."""

    count: int
    unit: LimitUnit

    def length(self, text: str) -> int:
        """How long a text is in the limit's unit."""
        return len(text.encode("utf-16-le")) // 2 if self.unit is LimitUnit.UTF16 else len(text)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The lengths of takes, in seconds: those of ``listed``; else ``least`` to ``most`` by ``step`` (0: any length).

    ``fps`` is said where a model counts frames; ``follows_input``: a take is as long as the clip that is handed in.
    """

    least: Fraction
    most: Fraction
    step: Fraction = Fraction(0)
    listed: tuple[Fraction, ...] = ()
    fps: Fraction | None = None
    follows_input: bool = False

    def fitting(self, seconds: Fraction) -> Fraction:
        """The shortest length that is at least so long, or the longest there is."""
        if self.listed:
            return next((length for length in self.listed if length >= seconds), self.listed[-1])
        if seconds <= self.least:
            return self.least
        if not self.step:
            return min(seconds, self.most)
        steps = -((self.least - seconds) // self.step)  # rounded up
        return min(self.least + steps * self.step, self.most)

    def offers(self, seconds: Fraction) -> bool:
        """Whether exactly this length can be had."""
        return self.fitting(seconds) == seconds

    def frames(self, seconds: Fraction) -> int | None:
        """How many frames to ask for, where a model counts them."""
        return None if self.fps is None else round(self.fitting(seconds) * self.fps)

    def __str__(self) -> str:
        if self.listed:
            return ", ".join(_number(length) for length in self.listed) + " s"
        between = f"{_number(self.least)}–{_number(self.most)} s"
        return f"as its input, {between}" if self.follows_input else between


def _number(value: Fraction) -> str:
    return f"{float(value):.3g}"


@dataclass(frozen=True, slots=True)
class Tier:
    """A quality by name (``720p``, ``pro``): ``lines`` is the short side; ``modes`` empty: all; ``most_s`` 0: any."""

    name: str
    lines: int
    modes: tuple[Mode, ...] = ()
    most_s: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Shape:
    """The picture to ask for: its ``size``, and the tier and ratio (``16:9``, or empty) where a model knows those."""

    size: Size
    tier: str = ""
    ratio: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` for a second or a take; ``tier`` empty: for all that have no price of their own."""

    amount: Decimal
    is_per_second: bool
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What only one model knows: ``kind`` is number, integer, boolean, choice or text; ``at`` a JSON pointer."""

    kind: str
    least: float = 0
    most: float = 0
    choices: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True)
class Capability:
    """One model of one provider, as it was on ``checked_on``. ``unconfirmed`` names the keys that no first-hand page
    says; ``follows_picture`` are modes whose take has the ratio of the picture that is handed in; ``seeds`` is the
    range of seeds where it is known; ``is_any``: it stands for models that nobody lists. ``fields`` is what a service
    with many models calls things in requests of this one.
    """

    provider: str
    id: str
    name: str
    status: Status
    modes: tuple[Mode, ...]
    lengths: Lengths
    camera: CameraWay
    audio: Audio
    checked_on: date
    source: str
    place: PlaceOfWork = PlaceOfWork.SERVICE
    order: int = 0
    aliases: tuple[str, ...] = ()
    retires_on: date | None = None
    replaced_by: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[Mode, tuple[Size, ...]] = field(default_factory=dict)
    tiers: tuple[Tier, ...] = ()
    ratios: tuple[str, ...] = ()
    follows_picture: tuple[Mode, ...] = ()
    size_step: int = 0
    has_seed: bool = False
    seeds: tuple[int, int] | None = None
    has_negative: bool = False
    has_first: bool = False
    has_last: bool = False
    needs_tier: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refs: int = 0
    prompt_limit: PromptLimit | None = None
    prices: tuple[Price, ...] = ()
    currency: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    fields: Mapping[str, Json] = field(default_factory=dict)
    unconfirmed: frozenset[str] = frozenset()
    is_any: bool = False
    note: str = ""

    @property
    def key(self) -> str:
        """``runway/gen4.5``."""
        return f"{self.provider}/{self.id}"

    @property
    def words(self) -> tuple[str, ...]:
        """All that a storyboard may call it."""
        return (self.id, *self.aliases)

    def shape(self, wanted: Size, mode: Mode, *, needs: str = "", seconds: Fraction = Fraction(0)) -> Shape:
        """The offered picture that is nearest to ``wanted``: first in its ratio, then the smallest that is no smaller,
        else the largest. ``needs`` (``last``, ``audio``) leaves out tiers that cannot do that, ``seconds`` those that
        are not made so long.
        """
        from filmkit.providers.shapes import nearest_shape

        return nearest_shape(self, wanted, mode, needs, seconds)

    def price(self, seconds: Fraction, size: Size | Shape | None = None, mode: Mode | None = None) -> Money | None:
        """What a take costs of at least ``seconds`` (the next length that is offered); None where nobody says.

        For a Size it is that of the nearest shape; without one that of the first tier.
        """
        shape = size if isinstance(size, Shape) else self._shape_of(size, mode or self.modes[0], seconds)
        price = next((price for price in self.prices if price.tier == shape.tier), None) or next(
            (price for price in self.prices if not price.tier), None
        )
        if price is None:
            return None
        length = self.lengths.fitting(seconds)
        count = Decimal(length.numerator) / Decimal(length.denominator) if price.is_per_second else Decimal(1)
        return Money((price.amount * count).quantize(Decimal("0.0001")).normalize(), self.currency)

    def _shape_of(self, size: Size | None, mode: Mode, seconds: Fraction) -> Shape:
        smallest = Size(16, 16) if size is None else size
        return self.shape(smallest, mode, seconds=seconds)

    @property
    def is_price_confirmed(self) -> bool:
        """Whether a first-hand page says the price."""
        return bool(self.prices) and "price" not in self.unconfirmed
