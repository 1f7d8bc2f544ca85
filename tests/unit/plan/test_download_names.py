"""What names of downloads say: maker, model, seed and words, as their makers write them."""

from __future__ import annotations

import time

import pytest
from hostilenames import NAMES

from filmkit.plan.download_names import NameSays, bare_stem, read_name

SAID = {
    "Gen-3 Alpha Turbo 3093952672, Gen4  Scene 1 Openin, M 5.mp4": ("runway", "gen3a_turbo", 3093952672,
                                                                    ("Gen4 Scene 1 Openin",)),
    "Gen-3 Alpha 1222913568, Dreamlike clouds in , imagepng, M 5.mp4": ("runway", "gen3a", 1222913568,
                                                                        ("Dreamlike clouds in", "imagepng")),
    "Gen-4 Turbo having so much fun 2494731309.mp4": ("runway", "gen4_turbo", 2494731309, ("having so much fun",)),
    "Gen-4 Turbo  4006709044.mp4": ("runway", "gen4_turbo", 4006709044, ()),
    "Gen-4 Turbo - Animate this scene_ The thousands of.mp4": ("runway", "gen4_turbo", None,
                                                               ("Animate this scene The thousands of",)),
    "Gen-4 Turbo Make this real 2548571146.mp4 (1).gif": ("runway", "gen4_turbo", 2548571146, ("Make this real",)),
    "kling_20250901_Image_to_Video_The_neon_b_900_0.mp4": ("kling", "", None, ("The neon b",)),
    "kling_20250912_Image_to_Video____________5553_0.mp4": ("kling", "", None, ()),
    "kling_20251012_1.png": ("kling", "", None, ()),
    "Hailuo_Video_[Push in]A boat_433373022180130822.mp4": ("hailuo", "", None, ("[Push in]A boat",)),
    "dreamina-2025-07-23-4631-Open with a wide shot of a high-tech fac....mp4": (
        "jimeng", "", None, ("Open with a wide shot of a high-tech fac",)),
    "PixVerse_V6_Extend_360P_mujhe_video_thodi_bdi_.mp4": ("pixverse", "v6", None, ("mujhe video thodi bdi",)),
    "20250407_0946_High-Tech Corporate Event_simple_compose_01jr7kdhtcee3bx75xtzd6q1a7.mp4": (
        "openai", "", None, ("High-Tech Corporate Event",)),
    "Generated video 1.mp4": ("veo", "", None, ()),
    "Gemini_Generated_Image_h7y6jnh7y6jnh7y6.webp": ("google", "", None, ()),
    "ComfyUI_00001_.mp4": ("comfy", "", None, ()),
    "A_boat_seed1234567.mp4": ("", "", 1234567, ("A boat",)),
    "A_boat_202611021412_x2k9.mp4": ("", "", None, ("A boat",)),
    "8f14e45f-ceea-467f-a0a6-1a2b3c4d5e6f.mp4": ("", "", None, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_name_says_what_its_maker_put_there(name: str) -> None:
    says = read_name(name)
    assert (says.maker, says.model, says.seed, says.beginnings) == SAID[name]


@pytest.mark.parametrize(("name", "label", "is_numbered"), [
    ("boat.mp4", "boat", False), ("boat_t02 (1).mp4", "boat", True), ("boat final v3 - Kopie.mov", "boat", True),
    ("harbour_boat_00003_.mp4", "harbour boat", True), ("s010.mp4", "s010", False), ("01.mp4", "01", False),
])  # fmt: skip
def test_label_is_what_a_person_called_it(name: str, label: str, is_numbered: bool) -> None:
    says = read_name(name)
    assert (says.label, says.is_numbered, says.is_stranger) == (label, is_numbered, False)


@pytest.mark.parametrize(
    "name", ["IMG_2031.MOV", "Screenshot 2026.png", "屏幕截图 2026.png", "VID-20260101-WA0003.mp4"]
)
def test_strangers_are_known(name: str) -> None:
    assert read_name(name) == NameSays(is_stranger=True)


@pytest.mark.parametrize("name", ["film.mp4", "film (1).mp4", "film (2) (1).mp4", "film - Copy.mp4", "film copy 2.mp4",
                                  "film.mp4.crdownload", "film_watermarked.mp4"])  # fmt: skip
def test_copies_have_one_stem(name: str) -> None:
    assert bare_stem(name) == "film"


def test_hostile_and_endless_names_are_read_at_once() -> None:
    names = [f"{name}.mp4" for name in NAMES.values()] + ["", ".", "(1)" * 80, "_" * 255, "seed" * 60, "Gen-4 " * 40,
             "kling_20250101_" + "A_" * 120, "- copy" * 40, "0" * 255, "a 1" * 80, "\udcff\udcfe.mp4"]  # fmt: skip
    began = time.process_time()
    assert all(isinstance(read_name(name), NameSays) for name in names)
    assert time.process_time() - began < 1
