"""A segment's arguments: what is in them, what is left out, and that nothing a user wrote is."""

from __future__ import annotations

import pytest

from filmkit.media.picture.colour import colour_of, rgb_to_ycbcr
from filmkit.media.picture.encode import film_timescale, timescale, video_arguments
from filmkit.media.picture.graph import Prepared, segment_arguments
from filmkit.media.picture.planes import Patch
from filmkit.model.recipe import (
    Canvas,
    Codec,
    ColorLayer,
    Conform,
    Fade,
    Overlap,
    SegmentRecipe,
    StillLayer,
    TakeLayer,
    TitleLayer,
)  # fmt: skip

HD = Canvas(width_px=1280, height_px=720, fps="24")
PATCH = Patch(100, 50, 64, 32, b"")


def conform(**changes: object) -> Conform:
    facts: dict[str, object] = {"demuxer": "mov", "stream": 0, "width": 1280, "height": 720}
    return Conform.model_validate({**facts, **changes})


def take(**fields: object) -> TakeLayer:
    known: dict[str, object] = {"kind": "take", "slot": "take0", "conform": conform()}
    return TakeLayer.model_validate({**known, **fields})


def graph_of(recipe: SegmentRecipe, prepared: Prepared | None = None) -> str:
    argv = segment_arguments(recipe, prepared or Prepared({}, {}), ["out:segment.mp4"])
    return argv[argv.index("-filter_complex") + 1]


def segment(*layers: object, **fields: object) -> SegmentRecipe:
    return SegmentRecipe.model_validate({"canvas": HD, "frames": 48, "layers": layers, **fields})


def test_common_path_has_no_useless_filter() -> None:
    graph = graph_of(segment(take(first=0)))
    filters = [part.split("]", 1)[1].split("=")[0] for part in graph.replace("[0:0]", "[in]").split(";")]
    assert filters == ["settb", "setpts", "fps", "sidedata", "setsar", "setparams", "format"]


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        (take(conform=conform(width=1920, height=1080)), "scale="),
        (take(conform=conform(rotation=90, width=720, height=1280)), "transpose="),
        (take(conform=conform(interlaced="tff")), "bwdif="),
        (take(conform=conform(color_transfer="smpte2084")), "tonemap="),
        (take(conform=conform(has_alpha=True)), "premultiply="),
        (take(conform=conform(width=720, height=1280)), "crop="),
        (take(first=5), "trim=start_frame=5"),
        (take(shown_at=(0, 0, 2)), "if("),
        (take(fade=Fade(in_from=0, in_to=12)), "fade="),
    ],
)
def test_filters_come_only_where_needed(layer: TakeLayer, word: str) -> None:
    assert word in graph_of(segment(layer))
    assert word not in graph_of(segment(take()))


def test_a_fade_outside_the_segment_costs_nothing() -> None:
    assert "fade" not in graph_of(segment(take(fade=Fade(in_from=-30, in_to=0, out_from=48, out_to=60))))


def test_sought_take_is_not_trimmed_and_interlaced_is_not_sought() -> None:
    sought = segment_arguments(segment(take(first=30, seek_us=1_229_166)), Prepared({}, {}), ["out:x.mp4"])
    assert sought[sought.index("-ss") + 1] == "1229166us" and "trim" not in " ".join(sought)
    woven = segment(take(first=30, seek_us=1_229_166, conform=conform(interlaced="bff")))
    assert "-ss" not in segment_arguments(woven, Prepared({}, {}), ["out:x.mp4"])
    assert "trim=start_frame=30" in graph_of(woven)


def test_gate_stands_before_foreign_inputs_only() -> None:
    title = TitleLayer(slot="title0", start=0, stop=9)
    recipe = segment(take(), titles=(title,))
    argv = segment_arguments(recipe, Prepared({"title0": PATCH}, {}), ["out:x.mp4"])
    at = {argv[index + 1]: index for index, word in enumerate(argv) if word == "-i"}
    assert argv.count("-xerror") == 1
    gated = argv.index("-xerror")
    before = {name for name, index in at.items() if index < gated}
    assert "in:take0" not in before and at["in:take0"] == min(i for i in at.values() if i > gated)


def test_more_pictures_than_frames_are_dropped_before_work_is_spent() -> None:
    many = graph_of(segment(take(conform=conform(width=1920, height=1080), shown_at=tuple(k // 2 for k in range(96)))))
    few = graph_of(segment(take(conform=conform(width=1920, height=1080), shown_at=tuple(range(0, 48, 2)))))
    assert many.index("fps=") < many.index("scale=")
    assert few.index("fps=") > few.index("scale=")


def test_impossible_recipes_are_refused() -> None:
    plain = ColorLayer(kind="color", color="#000000")
    for recipe in (
        segment(take(), plain),
        segment(plain, overlap=Overlap(kind="dissolve", frames=48)),
        segment(plain, plain, overlap=Overlap(kind="dissolve", frames=12)),
        segment(plain, plain, overlap=Overlap(kind="sparkle", frames=48)),
        segment(take(holds=True)),
    ):
        with pytest.raises(ValueError, match=r"join|held take"):
            graph_of(recipe)


def test_equal_colours_on_both_sides_of_a_join_stay_apart() -> None:
    plain = ColorLayer(kind="color", color="#000000")
    graph = graph_of(segment(plain, plain, overlap=Overlap(kind="fade", frames=48)))
    assert graph.count("overlay=") == 2


def test_still_and_colour_are_read_from_drawn_frames() -> None:
    still = StillLayer(kind="still", slot="picture0", frames=48)
    argv = segment_arguments(segment(still), Prepared({}, {}), ["out:x.mp4"])
    assert argv[argv.index("-i") + 1] == "in:still0" and argv[argv.index("-video_size") + 1] == "1280x720"


@pytest.mark.parametrize(("fps", "ticks"), [("24", 24000), ("25", 25000), ("24000/1001", 24000), ("30000/1001", 30000)])
def test_clock_holds_every_frame(fps: str, ticks: int) -> None:
    rate = Canvas(width_px=2, height_px=2, fps=fps).rate
    assert timescale(rate) == ticks and (ticks / rate).denominator == 1
    assert film_timescale(rate) % 48_000 == 0 and (film_timescale(rate) / rate).denominator == 1


def test_encoder_is_told_everything_that_decides_bytes() -> None:
    argv = video_arguments(Canvas(width_px=64, height_px=36, fps="24", codec=Codec(gop_frames=48)), 7)
    told = dict(zip(argv[::2], argv[1::2], strict=True))
    assert told["-frames:v"] == "7" and told["-threads"] == "2" and told["-g"] == "48" and told["-bf"] == "3"
    assert told["-r"] == "24" and told["-fps_mode"] == "cfr" and told["-pix_fmt"] == "yuv420p"


@pytest.mark.parametrize(
    ("facts", "matrix", "is_full"),
    [
        ({}, "bt709", False),
        ({"width": 640, "height": 480}, "smpte170m", False),
        ({"width": 1280, "height": 536}, "bt709", False),
        ({"width": 720, "height": 1280}, "bt709", False),
        ({"color_matrix": "bt470bg", "color_range": "pc"}, "bt470bg", True),
        ({"pixel_format": "yuvj420p"}, "bt709", True),
        ({"is_rgb": True, "pixel_format": "gbrp"}, "gbr", True),
    ],
)
def test_what_is_untagged_is_assumed_as_players_do(facts: dict[str, object], matrix: str, is_full: bool) -> None:
    colour = colour_of(conform(**facts))
    assert (colour.matrix, colour.is_full_range) == (matrix, is_full)


def test_bt709_of_known_colours() -> None:
    assert rgb_to_ycbcr(0, 0, 0) == (16, 128, 128)
    assert rgb_to_ycbcr(255, 255, 255) == (235, 128, 128)
    assert rgb_to_ycbcr(255, 0, 0) == (63, 102, 240)
    assert rgb_to_ycbcr(0, 0, 255) == (32, 240, 118)
