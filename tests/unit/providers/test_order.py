"""A request measured against a model: lengths, pictures, seeds, settings as a storyboard writes them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from services import shot

from filmkit.errors import UsageError
from filmkit.model.generation import Mode, Role, Words
from filmkit.model.scalar import Money, Size
from filmkit.providers.order import Order, order_for


def _order(folder: Path, mode: Mode, key: str, **more: Any) -> Order:
    provider, model = key.split("/")
    return order_for(shot(folder, mode, model, provider, **more), provider, model, frozenset(Role))


@pytest.mark.parametrize(("key", "setting", "written", "sent"), [
    ("runway/act_two", "body_control", "true", True),
    ("runway/act_two", "body_control", False, False),
    ("runway/act_two", "expression_intensity", "3", 3),
    ("fal/kling-2.5", "cfg_scale", "0.25", 0.25),
    ("fal/kling-2.5", "cfg_scale", 1, 1),
    ("runway/gen4.5", "public_figure_threshold", "low", "low"),
    ("fal/ltx-2.3", "fps", "25", "25"),
])  # fmt: skip
def test_a_setting_is_typed_from_what_was_written(
    tmp_path: Path, key: str, setting: str, written: Any, sent: Any
) -> None:
    mode = Mode.PERFORMANCE if "act_two" in key else Mode.T2V
    ((_, value),) = _order(tmp_path, mode, key, settings={setting: written}).settings()
    assert value == sent and type(value) is type(sent)


@pytest.mark.parametrize(("setting", "written"), [
    ("cfg_scale", "1.5"), ("cfg_scale", "much"), ("cfg_scale", True), ("cfg_scale", "nan"), ("cfg_scale", [1]),
    ("cfg_scal", "1"),
])  # fmt: skip
def test_a_setting_that_does_not_fit_is_refused_with_what_does(tmp_path: Path, setting: str, written: Any) -> None:
    with pytest.raises(UsageError) as caught:
        _order(tmp_path, Mode.T2V, "fal/kling-2.5", settings={setting: written})
    assert "cfg_scale" in caught.value.remedy + caught.value.message
    assert "from 0 to 1" in caught.value.remedy or "its settings" in caught.value.remedy


@pytest.mark.parametrize(("wanted", "asked", "is_short"), [("1", "4", False), ("5.2", "6", False), ("9", "8", True)])
def test_a_length_is_the_next_that_is_made(tmp_path: Path, wanted: str, asked: str, is_short: bool) -> None:
    order = _order(tmp_path, Mode.T2V, "fal/veo-3.1", seconds=Fraction(wanted))
    assert order.seconds == Fraction(asked)
    assert ("length" in {loss.key for loss in order.losses}) is is_short


@pytest.mark.parametrize(("size", "tier", "told"), [
    (Size(1280, 720), "std", ""),
    (Size(1920, 1080), "pro", ""),
    (Size(3840, 2160), "pro", "enlarged to 3840x2160"),
    (Size(1024, 768), "pro", "another shape than 1024x768"),
])  # fmt: skip
def test_a_picture_that_is_not_made_is_told(tmp_path: Path, size: Size, tier: str, told: str) -> None:
    order = _order(tmp_path, Mode.T2V, "kling/kling-v2-5-turbo", size=size)
    assert order.shape.tier == tier
    said = [loss.detail for loss in order.losses if loss.key == "size"]
    assert (told in said[0]) if told else said == []


def test_a_named_tier_decides_picture_and_price(tmp_path: Path) -> None:
    order = _order(tmp_path, Mode.T2V, "kling/kling-v2-5-turbo", settings={"mode": "pro"})
    assert (order.shape.tier, order.shape.size, order.price) == ("pro", Size(1920, 1080), Money(Decimal("0.35"), "USD"))


@pytest.mark.parametrize(("seed", "kept"), [(0, True), (4_294_967_295, True), (4_294_967_296, False), (None, False)])
def test_a_seed_the_model_does_not_take_is_left_out_and_told(tmp_path: Path, seed: int | None, kept: bool) -> None:
    order = _order(tmp_path, Mode.T2V, "veo/veo-3.1", seed=seed)
    assert order.seed == (seed if kept else None)
    assert ("seed" in {loss.key for loss in order.losses}) is (seed is not None and not kept)


def test_a_prompt_that_is_too_long_is_refused_not_cut(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"1,001 UTF-16 units") as caught:
        _order(tmp_path, Mode.T2V, "runway/gen4.5", words=Words(prompt="é" * 999 + "🚀"))
    assert caught.value.remedy


def test_a_retired_model_is_refused_with_its_heir(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is retired since 2026-09-24") as caught:
        _order(tmp_path, Mode.T2V, "openai/sora-2")
    assert "omni/gemini-omni-1.2-flash" in caught.value.remedy


def test_a_picture_to_start_from_has_to_be_there(tmp_path: Path) -> None:
    request = shot(tmp_path, Mode.T2V, "gen4.5")
    object.__setattr__(request, "mode", Mode.I2V)
    with pytest.raises(UsageError, match="needs a picture to start from"):
        order_for(request, "runway", "gen4.5", frozenset(Role))


@pytest.mark.parametrize(("more", "tier"), [
    ({"settings": {"sound": "on"}}, "pro"),
    ({"settings": {"sound": "off"}}, "std"),
    ({"settings": {"sound": "on", "mode": "pro"}}, "pro"),
])  # fmt: skip
def test_sound_needs_a_tier_that_has_it(tmp_path: Path, more: dict[str, Any], tier: str) -> None:
    assert _order(tmp_path, Mode.T2V, "kling/kling-v2-6", **more).shape.tier == tier


@pytest.mark.parametrize(("more", "said"), [
    ({"settings": {"sound": "on", "mode": "std"}}, "has sound only in pro, not in std"),
    ({"settings": {"mode": "std"}, "roles": (Role.LAST,)}, "ends with a picture only in pro, not in std"),
])  # fmt: skip
def test_a_named_tier_that_cannot_do_it_is_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _order(tmp_path, Mode.I2V, "kling/kling-v2-6", **more)


def test_a_shot_of_which_nothing_is_said_is_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is said") as caught:
        _order(tmp_path, Mode.T2V, "runway/gen4.5", words=Words(avoid=("text",)))
    assert "action" in caught.value.remedy
