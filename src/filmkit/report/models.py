"""Models in plain lines and as JSON: the whole table, and which of them fits a shot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers.capabilities import Table
from filmkit.providers.capability import Audio, CameraWay, Capability, PlaceOfWork, Price, Status
from filmkit.providers.fit import Wish, day, seconds_words
from filmkit.providers.ranking import Choice
from filmkit.report.text import columns_of, listed, plain

_UNSURE: Final = "?"
"""Behind everything that no first-hand page says."""

_HEADS: Final = ("model", "state", "makes", "length", "picture", "knows", "price")
_SHOWN: Final = 5


def table_lines(table: Table) -> Iterator[str]:
    """A line a model, by provider; ``?`` marks what nobody confirmed."""
    yield f"  as of {_date(table.checked_on)}; {_UNSURE} marks what no first-hand page confirms; prices in USD"
    rows = {model.key: _row(model, table) for model in table.models}
    widths = [max(columns_of(row[at]) for row in (*rows.values(), _HEADS)) for at in range(len(_HEADS))]
    yield _line(_HEADS, widths)
    for name, facts in table.providers.items():
        yield plain(f"{name}: {facts.name}" + (f" ({facts.notice})" if facts.notice else ""))
        for model in table.of(name):
            yield _line(rows[model.key], widths)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
    return plain("  " + "  ".join(cells).rstrip())


def _date(when: date) -> str:
    return f"{when.day} {when:%B} {when.year}"


def _row(model: Capability, table: Table) -> tuple[str, ...]:
    checked = "" if model.checked_on == table.checked_on else f", checked {_date(model.checked_on)}"
    return (
        model.id,
        _state(model) + checked,
        " ".join(model.modes),
        _sure(model, "any" if model.is_any else str(model.lengths), "seconds", "frames"),
        _sure(model, pictures_of(model), "tiers", "sizes", "size_step"),
        knows(model),
        prices_of(model),
    )


def _sure(model: Capability, text: str, *keys: str) -> str:
    return text + (_UNSURE if model.unconfirmed & {*keys} else "")


def _state(model: Capability) -> str:
    text = model.status.value
    if model.retires_on is not None:
        text = f"retired {day(model)}" if model.status is Status.RETIRED else f"retiring ({day(model)})"
    return _sure(model, text, "status")


def pictures_of(model: Capability) -> str:
    """``720p 1080p``, ``1280x720 and 5 more``, or that any can be had."""
    if model.tiers:
        return " ".join(tier.name for tier in model.tiers)
    sizes = list(dict.fromkeys(size for of_mode in model.sizes.values() for size in of_mode))
    if not sizes:
        return "as its input" if model.lengths.follows_input else "any"
    return f"{sizes[0]}" + (f" and {len(sizes) - 1} more" if len(sizes) > 1 else "")


_CAMERA: Final = {CameraWay.PROMPT: "", CameraWay.NONE: "no words"}


def knows(model: Capability) -> str:
    """What it can be told besides its words: ``seed, avoid, last picture, camera by brackets``."""
    found = []
    for is_known, word, key in (
        (model.has_seed, "seed", "seed"),
        (model.has_negative, "avoid", "negative"),
        (model.has_last, "last picture", "last"),
        (model.refs > 0, f"looks {model.refs}", "refs"),
        (model.audio is not Audio.NONE, f"sound {model.audio.value}", "audio"),
    ):
        if is_known:
            found.append(_sure(model, word, key))
    if model.place is PlaceOfWork.SERVICE or model.camera is CameraWay.NODE:
        camera = _CAMERA.get(model.camera, f"camera by {model.camera.value}")
        found += [_sure(model, camera, "camera")] if camera else []
    return ", ".join(found)


def prices_of(model: Capability) -> str:
    """``0.12/s``, ``0.045/s, 0.08/s 1080P?``."""
    if not model.prices:
        return {PlaceOfWork.SERVICE: _UNSURE, PlaceOfWork.OWN: "electricity"}.get(model.place, "nothing")
    if all(not price.amount for price in model.prices):
        return "nothing"
    return _sure(model, ", ".join(_price(price) for price in model.prices), "price")


def _price(price: Price) -> str:
    return f"{price.amount}{'/s' if price.is_per_second else ' each'}" + (f" {price.tier}" if price.tier else "")


def ranking_lines(about: str, wish: Wish, choices: Sequence[Choice], *, own: str = "", takes: int = 1) -> Iterator[str]:
    """The first choices for a shot with price, reasons and losses; ``own`` is the model that the storyboard names."""
    yield plain(f"{about}: {wish_words(wish)}" + (f", {takes} takes" if takes > 1 else ""))
    able = [choice for choice in choices if choice.is_possible]
    chosen = _worth_showing(able, own)
    for choice in chosen:
        number = able.index(choice) + 1
        model = choice.model
        made = f"{seconds_words(choice.seconds)}, {choice.shape.size}"
        mark = "  (the storyboard's choice)" if model.key == own else ""
        yield plain(f"  {number:>2}. {model.provider} {model.id}: {price_words(choice, takes)}; {made}{mark}")
        yield plain(f"      {', '.join(choice.reasons)}")
        yield from (plain(f"      lost: {misfit.loss.detail}") for misfit in choice.losses)
    if len(able) > len(chosen):
        yield f"  {len(able) - len(chosen)} more can make it: --json lists them all"
    if own and own not in {choice.model.key for choice in able}:
        yield from _refused(own, choices)
    yield plain(f"  cannot make it: {listed([c.model.key for c in choices if not c.is_possible], 12)}")


def _refused(own: str, choices: Sequence[Choice]) -> Iterator[str]:
    for choice in choices:
        if choice.model.key == own:
            why = "; ".join(misfit.loss.detail for misfit in choice.losses if misfit.is_hard)
            yield plain(f"  the storyboard's choice, {own.replace('/', ' ')}, cannot: {why}")


def _worth_showing(able: Sequence[Choice], own: str) -> list[Choice]:
    """The first services, the first of every other place, and what the storyboard names."""
    services = [choice for choice in able if choice.model.place is PlaceOfWork.SERVICE][:_SHOWN]
    others: dict[PlaceOfWork, Choice] = {}
    for choice in able:
        if choice.model.place is not PlaceOfWork.SERVICE:
            others.setdefault(choice.model.place, choice)
    named = [choice for choice in able if choice.model.key == own]
    return [choice for choice in able if choice in (*services, *others.values(), *named)]


def price_words(choice: Choice, takes: int = 1) -> str:
    """``0.35 USD a take``, ``about`` where nobody confirmed it, and the sum of several takes."""
    if choice.price is None:
        is_paid = choice.model.place is PlaceOfWork.SERVICE
        return "nobody says its price" if is_paid else "costs no money"
    if not choice.price.amount:
        return "costs no money"
    about = "" if choice.model.is_price_confirmed else "about "
    whole = Money(choice.price.amount * takes, choice.price.currency)
    return f"{about}{money(choice.price)} a take" + (f", {money(whole)} in all" if takes > 1 else "")


def money(amount: Money) -> str:
    """``0.35 USD``: two decimals, more where they say more."""
    text = f"{amount.amount:.4f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest:0<2} {amount.currency}"


def wish_words(wish: Wish) -> str:
    """What a shot wants, in a line."""
    said = [wish.mode.value]
    said.append(f"{seconds_words(wish.seconds)}" if wish.seconds is not None else "length not known yet")
    said.append(str(wish.size))
    if wish.has_last:
        said.append("a last picture")
    if wish.speaks:
        said.append("somebody speaks")
    if wish.camera is not None:
        said.append(f"camera {wish.camera.move}" + (f", then {wish.camera.then.move}" if wish.camera.then else ""))
    said += [f"seed {wish.seed}"] if wish.seed is not None else []
    said += ["avoid"] if wish.avoid else []
    said += [f"{wish.looks} pictures of looks"] if wish.looks else []
    return ", ".join(said)


def model_value(model: Capability) -> dict[str, Json]:
    """A model for machines."""
    return {
        "provider": model.provider,
        "model": model.id,
        "aliases": [*model.aliases],
        "status": model.status.value,
        "retires_on": model.retires_on.isoformat() if model.retires_on else None,
        "replaced_by": model.replaced_by,
        "checked_on": model.checked_on.isoformat(),
        "source": model.source,
        "unconfirmed": [*sorted(model.unconfirmed)],
        "modes": [mode.value for mode in model.modes],
        "seconds": str(model.lengths),
        "pictures": pictures_of(model),
        "seed": model.has_seed,
        "negative": model.has_negative,
        "last": model.has_last,
        "refs": model.refs,
        "audio": model.audio.value,
        "camera": model.camera.value,
        "price": [
            {"amount": str(price.amount), "per": "second" if price.is_per_second else "take", "tier": price.tier}
            for price in model.prices
        ],
        "currency": model.currency,
        "settings": [*model.settings],
        "note": model.note,
    }


def choice_value(choice: Choice) -> dict[str, Json]:
    """A choice for machines."""
    return {
        "provider": choice.model.provider,
        "model": choice.model.id,
        "possible": choice.is_possible,
        "seconds": float(choice.seconds),
        "size": str(choice.shape.size),
        "price": str(choice.price.amount) if choice.price else None,
        "currency": choice.price.currency if choice.price else "",
        "price_confirmed": choice.model.is_price_confirmed,
        "reasons": [*choice.reasons],
        "losses": [
            {"fate": misfit.loss.fate.value, "key": misfit.loss.key, "detail": misfit.loss.detail}
            for misfit in choice.losses
        ],
        "weight": choice.weight,
    }
