"""The table of models: every field of the right kind, every date, name and price in order; and what is looked up."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field
from repository import PACKAGE

from filmkit.model.generation import Mode
from filmkit.model.scalar import Money, Size
from filmkit.model.storyboard import Generator
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import Capability, Lengths, Status

VALUE = tomllib.loads((PACKAGE / "providers" / "capabilities.toml").read_text(encoding="utf-8"))
TABLE = capabilities()
MODELS = [pytest.param(model, id=model.key) for model in TABLE.models]

ModeWord = Literal["t2v", "i2v", "v2v", "performance"]
Ratio = Annotated[str, Field(pattern=r"any|[1-9][0-9]?:[1-9][0-9]?")]
SizeWord = Annotated[str, Field(pattern=r"[1-9][0-9]{2,3}x[1-9][0-9]{2,3}")]
Key = Annotated[str, Field(pattern=r"[a-z]+/[A-Za-z0-9._-]+")]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Range(Strict):
    from_: int = Field(alias="from", ge=0)
    to: int = Field(gt=0)
    step: int = 1


class Frames(Range):
    fps: int = Field(ge=8, le=60)


class TierEntry(Strict):
    name: str
    lines: int = Field(ge=360, le=2160)
    modes: list[ModeWord] = []
    most_s: int = Field(default=0, ge=0)


class PriceEntry(Strict):
    amount: str = Field(pattern=r"[0-9]{1,3}(\.[0-9]{1,4})?")
    per: Literal["second", "take"]
    tier: str = ""


class Limit(Strict):
    limit: int = Field(gt=100)
    unit: Literal["utf16", "characters"]


class SettingEntry(Strict):
    type: Literal["number", "integer", "boolean", "choice", "text"]
    from_: float = Field(default=0, alias="from")
    to: float = 0
    of: list[str] = []
    at: str = Field(default="", pattern=r"|(/[A-Za-z0-9_]+)+")


class FieldsEntry(Strict):
    length: Literal["text", "seconds", "frames"] = "text"
    first: str = "image_url"
    last: str = ""
    clip: str = ""
    fps: str = ""
    size: str = ""
    resolution: list[ModeWord] = []
    ratio: list[ModeWord] = []
    always: dict[str, bool] = {}


class Entry(Strict):
    """A model as the table has to say it."""

    provider: Generator
    id: str = Field(pattern=r"[A-Za-z0-9][A-Za-z0-9._-]*")
    name: str
    aliases: list[str] = []
    status: Status
    retires_on: date | None = None
    replaced_by: Key | None = None
    checked_on: date | None = None
    modes: list[ModeWord] = Field(min_length=1)
    endpoints: dict[ModeWord | Literal["last"], str] = {}
    seconds: list[int] | Range | None = None
    frames: Frames | None = None
    input: Range | None = None
    sizes: list[SizeWord] | dict[ModeWord, list[SizeWord]] | None = None
    tiers: list[TierEntry] = []
    ratios: list[Ratio] = []
    follows_picture: list[ModeWord] = []
    size_step: int = 0
    seed: bool | Range
    negative: bool
    first: bool
    last: bool
    needs_tier: dict[Literal["last", "audio"], list[str]] = {}
    refs: int = Field(ge=0, le=14)
    audio: Literal["none", "optional", "always", "kept"]
    camera: Literal["field", "brackets", "node", "lora", "prompt", "none"]
    prompt: Limit | None = None
    price: list[PriceEntry] = []
    currency: Literal["USD", ""] = ""
    fields: FieldsEntry | None = None
    settings: dict[str, SettingEntry] = {}
    unconfirmed: list[str] = []
    is_any: bool = False
    note: str = ""
    source: str


class ProviderEntry(Strict):
    """A provider as the table has to say it."""

    name: str
    place: Literal["service", "own machine", "by hand", "filmkit"]
    is_open: bool = False
    defaults: dict[ModeWord, str]
    order: list[Literal["brackets", "subject", "camera", "framing", "style"]]
    notice: str = ""
    credit: Annotated[str, Field(pattern=r"[0-9.]+ USD")] | None = None


@pytest.mark.parametrize("said", [pytest.param(said, id=said["id"]) for said in VALUE["models"]])
def test_model_is_written_as_the_table_has_it(said: dict[str, Any]) -> None:
    entry = Entry.model_validate(said, strict=False)
    assert entry.source in VALUE["sources"]
    lengths = [entry.seconds, entry.frames, entry.input]
    assert entry.is_any or sum(length is not None for length in lengths) == 1
    tiers = {tier.name for tier in entry.tiers}
    named = {price.tier for price in entry.price} | {tier for needed in entry.needs_tier.values() for tier in needed}
    assert named - {""} <= tiers
    assert {*entry.unconfirmed} <= {*Entry.model_fields}
    assert {*entry.endpoints} - {"last"} <= {*entry.modes}
    assert all(setting.of for setting in entry.settings.values() if setting.type == "choice")
    assert not entry.price or entry.currency


@pytest.mark.parametrize("name", list(VALUE["providers"]))
def test_provider_is_written_as_the_table_has_it(name: str) -> None:
    entry = ProviderEntry.model_validate(VALUE["providers"][name])
    assert {"subject", "camera", "framing", "style"} <= {*entry.order}, "nothing of a shot is forgotten"
    for mode, model in entry.defaults.items():
        found = TABLE.find(name, model)
        assert found is not None and found.status is Status.ACTIVE, "a default is a model that answers"
        assert Mode(mode) in found.modes


def test_every_maker_has_models() -> None:
    assert set(TABLE.providers) == {maker.value for maker in Generator} == {model.provider for model in TABLE.models}


@pytest.mark.parametrize("model", MODELS)
def test_model_that_goes_says_when_and_what_replaces_it(model: Capability) -> None:
    assert date(2026, 1, 1) <= model.checked_on <= date(2100, 1, 1)
    if model.status is Status.RETIRED:
        assert model.retires_on is not None and model.retires_on <= model.checked_on
    if model.status is Status.ACTIVE:
        assert model.retires_on is None and model.replaced_by is None
        return
    assert model.replaced_by is not None, f"{model.key} goes, and nothing is named in its place"
    other = TABLE.by_key(model.replaced_by)
    assert other is not None and other.status is Status.ACTIVE


@pytest.mark.parametrize("model", MODELS)
def test_every_word_for_a_model_finds_it(model: Capability) -> None:
    for word in model.words:
        for written in (word, word.upper()):
            found = TABLE.find(model.provider, written)
            assert found is model, f"{model.provider} {written} is {found.key if found else 'nobody'}"


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("wanted", [Size(1280, 720), Size(1080, 1920), Size(640, 640), Size(3840, 1646)], ids=str)
def test_nearest_picture_is_one_that_can_be_made(model: Capability, wanted: Size) -> None:
    for mode in model.modes:
        shape = model.shape(wanted, mode)
        assert shape.size.width_px % 2 == 0 and shape.size.height_px % 2 == 0
        if mode in model.sizes:
            assert shape.size in model.sizes[mode]
        elif model.tiers:
            assert shape.tier in {tier.name for tier in model.tiers}
        else:
            assert shape.size.width_px % model.size_step == 0


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seconds", [Fraction(1, 2), Fraction(4), Fraction(17, 4), Fraction(9), Fraction(60)], ids=str)
def test_fitting_length_is_the_shortest_that_is_long_enough(model: Capability, seconds: Fraction) -> None:
    length = model.lengths.fitting(seconds)
    assert model.lengths.least <= length <= model.lengths.most
    assert model.lengths.offers(length)
    assert length >= seconds or length == model.lengths.most
    shorter = length - Fraction(1, 100)
    if length > seconds > model.lengths.least:
        assert model.lengths.fitting(shorter) == length, "a shorter one would have done"


PRICED = [
    ("runway", "gen4.5", "5", "1280x720", "0.60"),
    ("runway", "gen4_turbo", "10", "1280x720", "0.50"),
    ("runway", "aleph", "5", "1280x720", "1.40"),
    ("veo", "veo-3.1", "8", "1280x720", "3.20"),
    ("veo", "veo-3.1", "8", "3840x2160", "4.80"),
    ("veo", "veo-3.1-fast", "8", "1920x1080", "0.96"),
    ("kling", "2.5", "5", "1280x720", "0.21"),
    ("kling", "2.5", "5", "1920x1080", "0.35"),
    ("kling", "2.5", "7", "1920x1080", "0.70"),  # only 5 and 10 s are made
    ("hailuo", "02", "5", "1280x720", "0.27"),
    ("hailuo", "h3", "8", "1280x720", "0.64"),
    ("fal", "ltx-2.3", "6", "2560x1440", "0.72"),
    ("still", "still", "6", "1280x720", "0"),
]


@pytest.mark.parametrize(("provider", "word", "seconds", "size", "amount"), PRICED)
def test_price_of_a_take(provider: str, word: str, seconds: str, size: str, amount: str) -> None:
    model = TABLE.find(provider, word)
    assert model is not None
    price = model.price(Fraction(seconds), Size.parse(size), model.modes[0])
    assert price is not None and (price.amount, price.currency) == (Decimal(amount), "USD")


def test_price_that_nobody_says_is_none() -> None:
    model = TABLE.find("kling", "3.0")
    assert model is not None and not model.is_price_confirmed
    assert model.price(Fraction(5), Size(1280, 720)) is None


def test_last_picture_needs_the_better_tier() -> None:
    model = TABLE.find("kling", None, Mode.I2V)
    assert model is not None
    shape = model.shape(Size(1280, 720), Mode.I2V, needs="last")
    assert (shape.tier, model.price(Fraction(5), shape)) == ("pro", Money(Decimal("0.35"), "USD"))


def test_long_take_is_not_made_in_a_tier_that_is_short() -> None:
    model = TABLE.find("hailuo", "hailuo-02")
    assert model is not None
    assert model.shape(Size(1920, 1080), Mode.T2V, seconds=Fraction(6)).tier == "1080P"
    assert model.shape(Size(1920, 1080), Mode.T2V, seconds=Fraction(10)).tier == "768P"


def test_models_of_frames_count_them_by_their_rule() -> None:
    wan, ltx = TABLE.find("comfy", "wan2.2"), TABLE.find("comfy", "ltx2.3")
    assert wan is not None and ltx is not None
    for tenths in range(5, 100):
        frames, more = wan.lengths.frames(Fraction(tenths, 10)), ltx.lengths.frames(Fraction(tenths, 10))
        assert frames is not None and frames % 4 == 1
        assert more is not None and more % 8 == 1
    assert (wan.lengths.frames(Fraction(5)), ltx.lengths.frames(Fraction(5))) == (81, 121)


@pytest.mark.parametrize(
    ("lengths", "text"),
    [
        (Lengths(Fraction(5), Fraction(10), listed=(Fraction(5), Fraction(10))), "5, 10 s"),
        (Lengths(Fraction(2), Fraction(10), Fraction(1)), "2–10 s"),
        (Lengths(Fraction(3), Fraction(30), follows_input=True), "as its input, 3–30 s"),
    ],
)
def test_lengths_in_words(lengths: Lengths, text: str) -> None:
    assert str(lengths) == text


def test_prompt_limit_counts_in_the_services_unit() -> None:
    runway, hailuo = TABLE.find("runway", "gen4.5"), TABLE.find("hailuo", "02")
    assert runway is not None and hailuo is not None
    assert runway.prompt_limit is not None and hailuo.prompt_limit is not None
    assert runway.prompt_limit.length("🌊 sea") == 6
    assert hailuo.prompt_limit.length("🌊 sea") == 5


def test_retired_model_is_known_with_its_day() -> None:
    sora = TABLE.find("openai", "sora-2")
    assert sora is not None
    assert (sora.status, sora.retires_on) == (Status.RETIRED, date(2026, 9, 24))


def test_own_service_is_found_before_one_that_resells() -> None:
    found = TABLE.anywhere("kling-2.5-turbo")
    assert found is not None and found.provider == "kling"
    assert TABLE.anywhere("no such model") is None
