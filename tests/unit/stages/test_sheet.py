"""The level picture, measured: cuts, bars and curves stand where the film has them, and no name becomes markup."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from sheets import RATE, Drawn, cue, draw, mix_of, recipe_of, sketch, wave_of

from filmkit.media.drawing.sheet.axes import DUCK, LEFT, LIMIT, PALE, RIGHT, STEM_COLORS, WIDTH
from filmkit.media.drawing.sheet.page import draw_sheet, lanes_of
from filmkit.media.drawing.sheet.voice import COLORS
from filmkit.model.level_recipe import SheetScene, SheetShot
from filmkit.model.shapes import Polygon
from filmkit.plan.steps import VERSIONS

SVG = "{http://www.w3.org/2000/svg}"
SECONDS = 20
PX_A_SECOND = (RIGHT - LEFT) / SECONDS


def film() -> dict[str, Any]:
    """A voice over music that gives way, and an effect."""
    voice = [-20.0 if 40 <= at < 80 else -120.0 for at in range(200)]
    curve = [(0, 0.0), (3 * RATE, 0.0), (4 * RATE, -12.0), (8 * RATE, -12.0), (9 * RATE, 0.0), (20 * RATE, 0.0)]
    cues = (
        cue("hello", "dialogue", 4, 4),
        cue("theme", "music", 0, 20, fade_in=2 * RATE, fade_out=4 * RATE, duck_slot="duck0"),
        cue("horn", "effects", 10, 2),
    )
    waves = {
        "dialogue": wave_of(voice),
        "music": wave_of([-24.0] * 200),
        "effects": wave_of([-30.0 if 100 <= at < 120 else -120.0 for at in range(200)]),
    }
    return {"recipe": recipe_of(cues=cues), "waves": waves, "ducks": {"music-duck0": curve}}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    return draw(tmp_path_factory.mktemp("sheet"), **film())


def texts(svg: str) -> list[str]:
    return [found.text or "" for found in Xml.fromstring(svg).iter(f"{SVG}text")]


def columns_of(drawn: Drawn, color: str, rows: slice = slice(None)) -> list[int]:
    """Pixel columns in which a colour stands, unmixed."""
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return [int(x) for x in np.flatnonzero((drawn.pixels[rows] == wanted).all(axis=2).any(axis=0))]


def polygons(svg: str, color: str) -> list[list[tuple[float, float]]]:
    found = [shape for shape in Xml.fromstring(svg).iter(f"{SVG}polygon") if shape.get("fill") == color]
    return [
        [(float(x), float(y)) for x, y in (pair.split(",") for pair in (shape.get("points") or "").split())]
        for shape in found
    ]


def test_each_cut_is_a_line_at_its_frame_through_all_lanes(drawn: Drawn) -> None:
    """In the picture's own pixels: upright lines are where a column is brighter than its neighbours in most rows."""
    grey = drawn.pixels[200:].astype(int).sum(axis=2)
    brighter = ((grey[:, 1:-1] > grey[:, :-2]) & (grey[:, 1:-1] > grey[:, 2:])).mean(axis=0)
    lines = [int(x) + 1 for x in np.flatnonzero(brighter > 0.5) if LEFT < x + 1 < RIGHT]
    assert lines == [round(LEFT + PX_A_SECOND * at_s) for at_s in (5, 10, 15)]


def test_a_scene_s_first_cut_is_stronger(drawn: Drawn) -> None:
    row = drawn.pixels[drawn.pixels.shape[0] - 140].astype(int).sum(axis=1)
    cut, scene = (row[round(LEFT + PX_A_SECOND * at_s)] for at_s in (5, 10))
    assert scene > cut > row[round(LEFT + PX_A_SECOND * 5) + 3]


def test_every_shot_scene_and_cue_is_named_with_its_first_frame(drawn: Drawn) -> None:
    said = texts(drawn.svg)
    assert {"shot0", "shot1", "shot2", "shot3", "One", "Two", "hello", "theme", "horn", "First Light"} <= {*said}
    assert {"0", "120", "240", "360"} <= {*said}
    assert {"0:00", "0:05", "0:10"} <= {*said}


def test_a_bar_stands_over_its_cue_and_slopes_with_its_fades(drawn: Drawn) -> None:
    bar = polygons(drawn.svg, STEM_COLORS["music"])[-1]
    seconds = [(x - LEFT) / PX_A_SECOND for x, _ in bar]
    assert seconds == pytest.approx([0, 2, 16, 20], abs=0.01)
    assert bar[0][1] == bar[3][1] > bar[1][1] == bar[2][1]


def test_an_outline_is_as_high_as_its_level(drawn: Drawn) -> None:
    """Half a lane is 46 px for 48 dB: peaks at −14 dBFS and a loudness of −24 LUFS from the middle on."""
    for outline, level in zip(polygons(drawn.svg, STEM_COLORS["music"])[:2], (-14.0, -24.0), strict=True):
        heights = {round(y, 1) for _, y in outline}
        assert max(heights) - min(heights) == pytest.approx(2 * 46 * (48 + level) / 48, abs=0.1)


def test_the_ducking_curve_hangs_from_its_lane_where_it_lowers(drawn: Drawn) -> None:
    (curve,) = polygons(drawn.svg, DUCK)
    top = min(y for _, y in curve)
    at = {round((x - LEFT) / PX_A_SECOND, 2): y - top for x, y in curve[1:-1]}
    assert at == pytest.approx({0: 0, 3: 0, 4: 45, 8: 45, 9: 0, 20: 0}, abs=0.1), "12 of 24 dB on 90 px"


def test_the_strip_under_the_voice_tells_how_it_stands(tmp_path: Path) -> None:
    """Bed at −24; the voice 4 LU over it, 9 LU over it, 4 LU under it, a second each, with pauses."""
    said = {2: -20.0, 4: -15.0, 6: -28.0}
    voice = [said.get(at // 10, -120.0) for at in range(200)]
    waves = {"dialogue": wave_of(voice), "music": wave_of([-24.0] * 200)}
    drawn = draw(tmp_path, recipe_of(cues=(cue("line", "dialogue", 2, 5),)), waves)
    assert drawn.numbers["voice"] == [
        [2 * RATE, 3 * RATE, "thin"], [4 * RATE, 5 * RATE, "clear"], [6 * RATE, 7 * RATE, "covered"],
    ]  # fmt: skip
    for start_s, state in ((2, "thin"), (4, "clear"), (6, "covered")):
        found = [x for x in columns_of(drawn, COLORS[state], slice(0, -70)) if x]
        assert (found[0], found[-1]) == (LEFT + PX_A_SECOND * start_s, LEFT + PX_A_SECOND * (start_s + 1) - 1)


def test_a_voice_alone_is_clear_and_silence_is_nothing(tmp_path: Path) -> None:
    alone = {"dialogue": wave_of([-30.0] * 50 + [-120.0] * 150)}
    assert draw(tmp_path, recipe_of(), alone).numbers["voice"] == [[0, 5 * RATE, "clear"]]
    assert draw(tmp_path, recipe_of(), {"dialogue": wave_of([-120.0] * 200)}).numbers["voice"] == []


def test_a_short_pause_belongs_to_what_is_said(tmp_path: Path) -> None:
    voice = [-120.0 if at in (10, 20, 21, 22) else -20.0 for at in range(30)] + [-120.0] * 170
    runs = draw(tmp_path, recipe_of(), {"dialogue": wave_of(voice)}).numbers["voice"]
    assert [(start / 4_800, stop / 4_800) for start, stop, _ in runs] == [(0, 20), (23, 30)]


def test_the_limiter_hangs_down_where_it_holds() -> None:
    limiter = [-6.0 if 60 <= at < 70 else 0.0 for at in range(200)]
    svg = sketch(recipe_of(), {}, mix_of(limiter_db=limiter))
    (taken,) = polygons(svg, LIMIT)
    top = min(y for _, y in taken)
    low = [(x - LEFT) / PX_A_SECOND for x, y in taken if y - top > 18.9]
    assert min(low) == pytest.approx(6.05, abs=0.01) and max(low) == pytest.approx(6.95, abs=0.01)
    assert max(y for _, y in taken) - top == pytest.approx(76 * 6 / 24, abs=0.1)


def test_short_term_loudness_stands_at_the_middle_of_its_three_seconds() -> None:
    loudness = [None] * 29 + [-10.0 if at == 99 else -16.0 for at in range(29, 200)]
    svg = sketch(recipe_of(), {}, mix_of(short_term_lufs=loudness))
    (curve,) = polygons(svg, PALE)
    highest = min(curve, key=lambda point: point[1])
    assert (highest[0] - LEFT) / PX_A_SECOND == pytest.approx(10.0 - 1.5, abs=0.01)
    assert (curve[0][0] - LEFT) / PX_A_SECOND == pytest.approx(1.5, abs=0.01)


HOSTILE = ["<script>alert(1)</script>", "]]>", "&amp;", '" onload="x', "'--><svg/onload=1>", "a\0b\x1bc\ufffed", "ok"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_and_never_markup(name: str) -> None:
    recipe = recipe_of(
        title=name, cues=(cue(name, "effects", 1, 18),), scenes=(SheetScene(title=name, start=0),)
    )  # fmt: skip
    svg = sketch(recipe, {"effects": wave_of([-30.0] * 200)})
    root = Xml.fromstring(svg)
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "rect", "line", "polyline", "polygon", "text"}
    allowed = {"x", "y", "width", "height", "fill", "opacity", "points", "stroke", "x1", "x2", "y1", "y2"}
    allowed |= {"stroke-width", "stroke-dasharray", "stroke-linejoin", "font-size", "font-weight", "text-anchor"}
    allowed |= {"textLength", "lengthAdjust", "viewBox", "font-family"}
    assert {key for element in root.iter() for key in element.attrib} <= allowed
    shown = name.replace("\0", "").replace("\x1b", "").replace("\ufffe", "\ufffd")
    assert texts(svg).count(shown) == 3, "the film, its scene and its cue"


def test_a_film_without_any_sound_has_a_picture_too(tmp_path: Path) -> None:
    silent = mix_of(
        integrated_lufs=None, true_peak_dbtp=-200.0, true_peak_db=[-200.0] * 200, short_term_lufs=[None] * 200
    )  # fmt: skip
    drawn = draw(tmp_path, recipe_of(), {}, silent)
    assert texts(drawn.svg).count("nothing") == 4 and drawn.pixels.shape[1] == WIDTH


def test_a_thousand_cues_take_four_rows_and_lose_none() -> None:
    cues = tuple(cue(f"c{at}", "effects", at * 0.02, 1.5) for at in range(1_000))
    recipe = recipe_of(cues=cues)
    lanes = lanes_of(recipe, 0.0, {"effects": wave_of([-30.0] * 200)}, {})
    shapes = draw_sheet(recipe, mix_of(), lanes).shapes
    bars = [shape for shape in shapes if isinstance(shape, Polygon) and shape.color == STEM_COLORS["effects"]]
    assert len(bars) == 1_000 and len({bar.points[0][1] for bar in bars}) == 4


def test_the_numbers_are_those_of_the_picture(drawn: Drawn) -> None:
    told = drawn.numbers
    assert (told["length"], told["frames"], told["integrated_lufs"]) == (20 * RATE, 480, -16.0)
    assert [found["id"] for found in told["stems"]["music"]["cues"]] == ["theme"]
    assert told["stems"]["music"]["ducks"]["duck0"][2] == [4 * RATE, -12.0]
    assert told["stems"]["music"]["loudness_lufs"] == [-24.0] * 200


def test_stems_stand_at_the_level_of_the_mix(tmp_path: Path) -> None:
    drawn = draw(tmp_path, recipe_of(), {"music": wave_of([-24.0] * 200)}, mix_of(gain_db=5.5))
    assert drawn.numbers["stems"]["music"]["loudness_lufs"] == [-18.5] * 200


def test_bytes_of_this_version_are_known(drawn: Drawn) -> None:
    """Another digest means another picture of the same film: raise the version in plan/steps.py."""
    svg = hashlib.sha256(drawn.svg.encode()).hexdigest()[:16]
    pixels = hashlib.sha256(drawn.pixels.tobytes()).hexdigest()[:16]
    assert (VERSIONS["sheet"], svg, pixels) == (3, "c43a26d6413f3d7f", "390b831ea31e9777")


@pytest.mark.parametrize(("frames", "samples"), [(1, 2_000), (2, 4_004), (259_200, 518_400_000)])
def test_films_of_any_length_have_a_picture(frames: int, samples: int) -> None:
    shots = (SheetShot(name="s/only", start=0, stop=frames),)
    recipe = recipe_of(cues=(), frames=frames, length=samples, scenes=(), shots=shots)
    tenths = -(-samples // 4_800)
    mix = mix_of(limiter_db=[0.0] * tenths, true_peak_db=[-6.0] * tenths, short_term_lufs=[None] * tenths)
    columns = min(2_000, -(-samples // 96))
    size = -(-samples // columns // 96) * 96
    wave = {"samples": samples, "column_samples": size, "peak_db": [-6.0] * columns, "loudness_lufs": [-20.0] * columns}
    svg = sketch(recipe, {"music": wave}, mix)
    (peaks, _) = polygons(svg, STEM_COLORS["music"])
    assert (min(x for x, _ in peaks), max(x for x, _ in peaks)) == (LEFT, RIGHT)
    ticks = [text for text in texts(svg) if ":" in text and "," not in text and text != "First Light: levels"]
    assert 1 <= len(ticks) <= 22 and ticks[0] == "0:00"
    assert len(svg) < 300_000, "what cannot be seen is not written down"
