"""Which of a model's pictures comes nearest to a wanted size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import log

from filmkit.model.generation import Mode
from filmkit.model.scalar import Size
from filmkit.providers.capability import Capability, Shape, Tier

ANY = "any"
"""The ratio of what is handed in, or of what is asked for."""

_SAME_RATIO = 0.06
"""Ratios whose logarithms differ less are the same to the eye: 1366x768 is 16:9, and so is 1280x704 (0.022)."""


def nearest_shape(model: Capability, wanted: Size, mode: Mode, needs: str, seconds: Fraction) -> Shape:
    """The offered picture nearest to ``wanted`` (see ``Capability.shape``)."""
    offered = list(shapes_of(model, wanted, mode, needs, seconds))
    return min(offered, key=lambda shape: _farness(shape.size, wanted)) if offered else Shape(wanted)


def shapes_of(
    model: Capability, wanted: Size, mode: Mode, needs: str = "", seconds: Fraction = Fraction(0)
) -> Iterator[Shape]:
    """All pictures a model offers; for one that makes any size, the wanted one on its grid."""
    allowed = model.needs_tier.get(needs, ())
    tiers = [tier for tier in model.tiers if _fits(tier, mode, seconds) and (not allowed or tier.name in allowed)]
    if mode in model.sizes:
        for size in model.sizes[mode]:
            yield Shape(size, _tier_of(size, tiers), _ratio_of(size))
    elif tiers:
        ratios = (ANY,) if mode in model.follows_picture else model.ratios
        yield from (_shape(tier, ratio, wanted) for tier in tiers for ratio in ratios)
    elif model.size_step:
        yield Shape(Size(*(_on_grid(side, model.size_step) for side in (wanted.width_px, wanted.height_px))))


def tier_named(model: Capability, settings: Mapping[str, object]) -> tuple[str, Tier] | None:
    """The setting that names a tier (Kling's ``mode: pro``), and that tier."""
    by_name = {tier.name: tier for tier in model.tiers}
    return next(((name, by_name[str(value)]) for name, value in settings.items() if str(value) in by_name), None)


def in_tier(shape: Shape, tier: Tier) -> Shape:
    """The same picture in another tier."""
    wide = Fraction(shape.size.width_px, shape.size.height_px)
    return Shape(_sized(tier, wide), tier.name, shape.ratio)


def _sized(tier: Tier, wide: Fraction) -> Size:
    width, height = (tier.lines * wide, tier.lines) if wide >= 1 else (tier.lines, tier.lines / wide)
    return Size(_even(width), _even(height))


def _fits(tier: Tier, mode: Mode, seconds: Fraction) -> bool:
    return (not tier.modes or mode in tier.modes) and (not tier.most_s or seconds <= tier.most_s)


def _shape(tier: Tier, ratio: str, wanted: Size) -> Shape:
    if ratio == ANY:
        wide = Fraction(wanted.width_px, wanted.height_px)
    else:
        across, down = ratio.split(":")
        wide = Fraction(int(across), int(down))
    return Shape(_sized(tier, wide), tier.name, "" if ratio == ANY else ratio)


def _even(side: Fraction | int) -> int:
    return 2 * round(Fraction(side) / 2)


def _on_grid(side: int, step: int) -> int:
    return max(step, round(side / step) * step)


def _tier_of(size: Size, tiers: list[Tier]) -> str:
    """The largest tier a listed size reaches."""
    short = min(size.width_px, size.height_px)
    reached = [tier.name for tier in tiers if tier.lines <= short]
    return reached[-1] if reached else ""


def _ratio_of(size: Size) -> str:
    ratio = Fraction(size.width_px, size.height_px)
    return f"{ratio.numerator}:{ratio.denominator}"


def is_same_ratio(one: Size, other: Size) -> bool:
    """Whether two pictures have the same shape to the eye."""
    return _unlike(one, other) <= _SAME_RATIO


def _unlike(one: Size, other: Size) -> float:
    return abs(log(one.width_px / one.height_px) - log(other.width_px / other.height_px))


def _farness(size: Size, wanted: Size) -> tuple[float, bool, int]:
    """Another shape weighs most, then being too small; of those that are large enough, the smallest is nearest."""
    unlike = _unlike(size, wanted)
    short, needed = min(size.width_px, size.height_px), min(wanted.width_px, wanted.height_px)
    is_small = short < needed
    return (0.0 if unlike <= _SAME_RATIO else unlike, is_small, needed - short if is_small else short)
