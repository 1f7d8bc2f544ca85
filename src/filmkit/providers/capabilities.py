"""The table of models (``capabilities.toml``): read once, looked up by provider and model.

All facts stand in the table, with the day on which they were looked up; nothing here knows a model by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from filmkit.model.generation import Mode
from filmkit.model.scalar import Money, Size
from filmkit.providers.capability import (
    Audio,
    CameraWay,
    Capability,
    Lengths,
    LimitUnit,
    PlaceOfWork,
    Price,
    PromptLimit,
    Setting,
    Status,
    Tier,
)

_ANY_LENGTH: Final = Lengths(Fraction(1, 10), Fraction(3600))


@dataclass(frozen=True)
class ProviderFacts:
    """What is known of a provider as a whole. ``defaults`` is the model it uses for a mode where none is named;
    ``is_open``: it also makes takes with models that are not in the table; ``notice`` is for whoever opens an account;
    ``order`` is that of a prompt's parts. ``credit`` is what one of its credits costs, where it counts in them.
    """

    id: str
    name: str
    place: PlaceOfWork
    defaults: Mapping[Mode, str]
    is_open: bool
    notice: str
    order: tuple[str, ...]
    credit: Money | None = None


@dataclass(frozen=True)
class Table:
    """All providers and models, and where each fact comes from."""

    checked_on: date
    sources: Mapping[str, str]
    providers: Mapping[str, ProviderFacts]
    models: tuple[Capability, ...]

    def of(self, provider: str) -> tuple[Capability, ...]:
        """The models of a provider, in the order of the table."""
        return tuple(model for model in self.models if model.provider == provider)

    def find(self, provider: str, model: str | None, mode: Mode = Mode.T2V) -> Capability | None:
        """A model by its id or another word for it, ignoring case; without a word, the provider's own choice for this
        mode. None where the table does not know it.
        """
        word = model if model is not None else self._default(provider, mode)
        own = self.of(provider)
        if word is None:
            return None
        named = (found for found in own if found.id.lower() == word.lower())
        called = (found for found in own if word.lower() in (alias.lower() for alias in found.aliases))
        return next(named, None) or next(called, None)

    def standing_for(self, provider: str) -> Capability | None:
        """What stands for a provider's models that nobody lists (``manual``, a workflow of one's own)."""
        return next((model for model in self.of(provider) if model.is_any), None)

    def anywhere(self, word: str) -> Capability | None:
        """A model by name, whoever serves it (for takes made by hand); services that own it first."""
        return next((found for name in self.providers if (found := self.find(name, word)) is not None), None)

    def by_key(self, key: str) -> Capability | None:
        """``runway/gen4.5``."""
        return next((model for model in self.models if model.key == key), None)

    def _default(self, provider: str, mode: Mode) -> str | None:
        facts = self.providers.get(provider)
        return facts.defaults.get(mode) if facts else None


@lru_cache(maxsize=1)
def capabilities() -> Table:
    """The table that ships with filmkit."""
    text = files("filmkit.providers").joinpath("capabilities.toml").read_text(encoding="utf-8")
    return table_from(tomllib.loads(text))


def table_from(value: Mapping[str, Any]) -> Table:
    """A table from what TOML holds. Raises KeyError or ValueError for what does not fit (a test reads ours)."""
    providers = {name: _provider(name, said) for name, said in value["providers"].items()}
    models = tuple(
        _model(said, order, value["checked_on"], providers[said["provider"]])
        for order, said in enumerate(value["models"])
    )
    return Table(value["checked_on"], value["sources"], providers, models)


def _provider(name: str, said: Mapping[str, Any]) -> ProviderFacts:
    defaults = {Mode(mode): model for mode, model in said["defaults"].items()}
    place = PlaceOfWork(said["place"])
    is_open, notice = said.get("is_open", False), said.get("notice", "")
    credit = Money.parse(said["credit"]) if "credit" in said else None
    return ProviderFacts(name, said["name"], place, defaults, is_open, notice, tuple(said["order"]), credit)


def _model(said: Mapping[str, Any], order: int, checked_on: date, provider: ProviderFacts) -> Capability:
    modes = tuple(Mode(mode) for mode in said["modes"])
    seed = said["seed"]
    return Capability(
        provider=said["provider"],
        id=said["id"],
        name=said["name"],
        status=Status(said["status"]),
        modes=modes,
        lengths=_lengths(said),
        camera=CameraWay(said["camera"]),
        audio=Audio(said["audio"]),
        checked_on=said.get("checked_on", checked_on),
        source=said["source"],
        place=provider.place,
        order=order,
        aliases=tuple(said.get("aliases", ())),
        retires_on=said.get("retires_on"),
        replaced_by=said.get("replaced_by"),
        endpoints=said.get("endpoints", {}),
        sizes=_sizes(said.get("sizes"), modes),
        tiers=tuple(_tier(tier) for tier in said.get("tiers", ())),
        ratios=tuple(said.get("ratios", ())),
        follows_picture=tuple(Mode(mode) for mode in said.get("follows_picture", ())),
        size_step=said.get("size_step", 0),
        has_seed=bool(seed),
        seeds=(seed["from"], seed["to"]) if isinstance(seed, dict) else None,
        has_negative=said["negative"],
        has_first=said["first"],
        has_last=said["last"],
        needs_tier={need: tuple(tiers) for need, tiers in said.get("needs_tier", {}).items()},
        refs=said["refs"],
        prompt_limit=_limit(said.get("prompt")),
        prices=tuple(_price(price) for price in said.get("price", ())),
        currency=said.get("currency", ""),
        settings={name: _setting(setting) for name, setting in said.get("settings", {}).items()},
        fields=said.get("fields", {}),
        unconfirmed=frozenset(said.get("unconfirmed", ())),
        is_any=said.get("is_any", False),
        note=said.get("note", ""),
    )


def _lengths(said: Mapping[str, Any]) -> Lengths:
    if "input" in said:
        return Lengths(Fraction(said["input"]["from"]), Fraction(said["input"]["to"]), follows_input=True)
    if "frames" in said:
        frames = said["frames"]
        fps = Fraction(frames["fps"])
        least, most, step = (Fraction(frames[key]) / fps for key in ("from", "to", "step"))
        return Lengths(least, most, step, fps=fps)
    seconds = said.get("seconds")
    if seconds is None:
        return _ANY_LENGTH
    if isinstance(seconds, list):
        listed = tuple(Fraction(length) for length in seconds)
        return Lengths(listed[0], listed[-1], listed=listed)
    return Lengths(Fraction(seconds["from"]), Fraction(seconds["to"]), Fraction(seconds["step"]))


def _sizes(said: Any, modes: tuple[Mode, ...]) -> dict[Mode, tuple[Size, ...]]:  # noqa: ANN401 - a list, or one a mode
    if said is None:
        return {}
    by_mode = (
        {Mode(mode): sizes for mode, sizes in said.items()} if isinstance(said, dict) else dict.fromkeys(modes, said)
    )
    return {mode: tuple(Size.parse(size) for size in sizes) for mode, sizes in by_mode.items()}


def _tier(said: Mapping[str, Any]) -> Tier:
    modes = tuple(Mode(mode) for mode in said.get("modes", ()))
    return Tier(said["name"], said["lines"], modes, Fraction(said.get("most_s", 0)))


def _limit(said: Mapping[str, Any] | None) -> PromptLimit | None:
    return PromptLimit(said["limit"], LimitUnit(said["unit"])) if said else None


def _price(said: Mapping[str, Any]) -> Price:
    return Price(Decimal(said["amount"]), said["per"] == "second", said.get("tier", ""))


def _setting(said: Mapping[str, Any]) -> Setting:
    return Setting(said["type"], said.get("from", 0), said.get("to", 0), tuple(said.get("of", ())), said.get("at", ""))
