"""Joins, fades and titles, measured in the pixels of lossless segments."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from barcode import decoded_luma, make_numbered
from numpy.typing import NDArray
from PIL import Image
from rendering import SIZE, canvas, render, segment_of, take

from filmkit.model.recipe import ColorLayer, Fade, Overlap, TitleLayer
from filmkit.model.storyboard import JoinKind

DARK = ColorLayer(kind="color", color="#303030")
LIGHT = ColorLayer(kind="color", color="#d0d0d0")
DARK_Y, LIGHT_Y = 57.2, 194.6
JOINS = [kind.value for kind in JoinKind if kind is not JoinKind.CUT]
THROUGH = {"fade": 16.0, "white": 235.0}


def planes(path: Path) -> list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Y', Cb, Cr of every frame as floats."""
    with av.open(str(path)) as container:
        return [_planes(frame) for frame in container.decode(video=0)]


def _planes(frame: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    found = []
    for plane in frame.planes[:3]:
        rows = np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)
        found.append(rows[:, : plane.width].astype(float))
    return found[0], found[1], found[2]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_numbered(tmp_path_factory.mktemp("clip") / "clip.mp4", 40)


@pytest.mark.parametrize("kind", JOINS)
def test_join_takes_over_in_equal_steps(kind: str, tmp_path: Path) -> None:
    frames = 11
    made = render(segment_of(frames, DARK, LIGHT, overlap=Overlap(kind=kind, frames=frames)), tmp_path, {})
    means = np.array([luma.mean() for luma in decoded_luma(made)])
    assert len(means) == frames
    share = (means - DARK_Y) / (LIGHT_Y - DARK_Y)
    wanted = (np.arange(frames) + 1) / (frames + 1)
    if kind in THROUGH:
        between = THROUGH[kind]
        wanted_means = np.where(
            wanted < 0.5, DARK_Y + (between - DARK_Y) * 2 * wanted, between + (LIGHT_Y - between) * (2 * wanted - 1)
        )
        assert means == pytest.approx(wanted_means, abs=1.5)
    elif kind == "iris":
        assert np.all(np.diff(share) > 0)
        assert abs(share[0]) < 0.05 and abs(share[-1] - 1) < 0.05
    else:
        two_pixels = 2 / SIZE[1]  # the steps of a slide; a wipe's soft edge begins outside
        assert share == pytest.approx(wanted, abs=0.007 if kind == "dissolve" else two_pixels)


@pytest.mark.parametrize("kind", JOINS)
@pytest.mark.parametrize("frames", [1, 2])
def test_the_shortest_joins(kind: str, frames: int, tmp_path: Path) -> None:
    made = render(segment_of(frames, DARK, LIGHT, overlap=Overlap(kind=kind, frames=frames)), tmp_path, {})
    assert len(decoded_luma(made)) == frames


@pytest.mark.parametrize(
    ("kind", "corner"),
    [
        ("wipe-left", "right"), ("wipe-right", "left"), ("wipe-up", "bottom"), ("wipe-down", "top"),
        ("slide-left", "right"), ("slide-right", "left"), ("slide-up", "bottom"), ("slide-down", "top"),
    ],
)  # fmt: skip
def test_second_picture_comes_from_the_side_it_moves_away_from(kind: str, corner: str, tmp_path: Path) -> None:
    luma = decoded_luma(render(segment_of(5, DARK, LIGHT, overlap=Overlap(kind=kind, frames=5)), tmp_path, {}))[2]
    sides = {"left": luma[:, :4], "right": luma[:, -4:], "top": luma[:4], "bottom": luma[-4:]}
    lightest = max(sides, key=lambda side: float(sides[side].mean()))
    assert lightest == corner


def test_slide_moves_both_pictures(clip: Path, tmp_path: Path) -> None:
    joined = segment_of(3, take(first=7), LIGHT, overlap=Overlap(kind="slide-left", frames=3))
    alone = decoded_luma(render(segment_of(3, take(first=7)), tmp_path, {"take0": clip}))
    moved = decoded_luma(render(joined, tmp_path, {"take0": clip}))
    for frame in range(3):
        way = SIZE[0] * (frame + 1) // 4 // 2 * 2
        assert np.array_equal(moved[frame][:, : SIZE[0] - way], alone[frame][:, way:])


@pytest.mark.parametrize("kind", JOINS)
def test_join_of_a_take_that_ends_too_soon_is_refused(kind: str, clip: Path, tmp_path: Path) -> None:
    recipe = segment_of(6, LIGHT, take(first=36), overlap=Overlap(kind=kind, frames=6))
    with pytest.raises(Exception, match="frames"):
        render(recipe, tmp_path, {"take0": clip})


FADES = [
    Fade(in_from=0, in_to=8),
    Fade(out_from=12, out_to=20),
    Fade(in_from=0, in_to=8, out_from=12, out_to=20),
    Fade(in_from=3, in_to=4, out_from=4, out_to=19),
]


@pytest.mark.parametrize("fade", FADES)
def test_fade_is_linear_and_reaches_its_ends(fade: Fade, tmp_path: Path) -> None:
    layer = LIGHT.model_copy(update={"fade": fade})
    means = [luma.mean() for luma in decoded_luma(render(segment_of(22, layer), tmp_path, {}))]
    for frame, mean in enumerate(means):
        share = 1.0
        if fade.in_from is not None and fade.in_to is not None:
            share *= min(1.0, max(0.0, (frame - fade.in_from + 1) / (fade.in_to - fade.in_from + 1)))
        if fade.out_from is not None and fade.out_to is not None:
            share *= min(1.0, max(0.0, (fade.out_to - frame) / (fade.out_to - fade.out_from + 1)))
        assert mean == pytest.approx(16 + (195 - 16) * share, abs=1.01), frame


@pytest.mark.parametrize("fade", FADES)
def test_fade_in_pieces_equals_one_piece(fade: Fade, clip: Path, tmp_path: Path) -> None:
    whole = planes(render(segment_of(22, take(fade=fade)), tmp_path, {"take0": clip}))
    cuts = [0, 1, 3, 10, 13, 22]
    for start, stop in pairwise(cuts):
        moved = Fade(**{name: at - start for name, at in fade if at is not None})
        part = planes(render(segment_of(stop - start, take(first=start, fade=moved)), tmp_path, {"take0": clip}))
        for one, other in zip(part, whole[start:stop], strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An orange disc with a soft edge, straight alpha, whose clear pixels are green: halo would show."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width]
    alpha = np.clip(12.5 - np.hypot(x - 40, y - 30), 0, 1) * 255
    rgba = np.zeros((height, width, 4), np.uint8)
    rgba[..., 1] = 255
    rgba[alpha > 0] = (255, 128, 0, 0)
    rgba[..., 3] = np.rint(alpha)
    path = tmp_path_factory.mktemp("drawn") / "title.png"
    Image.fromarray(rgba).save(path)
    return path


def test_title_leaves_all_else_alone(clip: Path, drawn: Path, tmp_path: Path) -> None:
    plain = planes(render(segment_of(20, take()), tmp_path, {"take0": clip}))
    titled = segment_of(20, take(), titles=(TitleLayer(slot="title0", start=5, stop=12, fade_in=2),))
    with_title = planes(render(titled, tmp_path, {"take0": clip}, {"title0": drawn}))
    for frame in range(20):
        same = all(np.array_equal(a, b) for a, b in zip(plain[frame], with_title[frame], strict=True))
        assert same is not (5 <= frame < 12)
        far_y, far_c = plain[frame][0][:, 60:], plain[frame][1][:, 30:]
        assert np.array_equal(with_title[frame][0][:, 60:], far_y)
        assert np.array_equal(with_title[frame][1][:, 30:], far_c)


def test_title_has_its_colour_and_clean_edges(drawn: Path, tmp_path: Path) -> None:
    grey = ColorLayer(kind="color", color="#808080")
    recipe = segment_of(2, grey, titles=(TitleLayer(slot="title0", start=-3, stop=9),))
    luma, blueness, redness = planes(render(recipe, tmp_path, {}, {"title0": drawn}))[0]
    assert (luma[30, 40], blueness[15, 20], redness[15, 20]) == pytest.approx((141, 59, 189), abs=1)
    # Between grey and orange every mixture lies on one line: green from clear pixels would leave it.
    share = (128 - blueness) / (128 - 59)
    assert np.abs((redness - 128) / (189 - 128) - share).max() < 0.05


@pytest.mark.parametrize("cuts", [[0, 2, 9, 20], [0, 5, 20], [0, 13, 20]])
def test_title_in_pieces_equals_one_piece(cuts: list[int], clip: Path, drawn: Path, tmp_path: Path) -> None:
    def rendered(start: int, stop: int) -> list[tuple[NDArray[Any], ...]]:
        title = TitleLayer(slot="title0", start=3 - start, stop=17 - start, fade_in=4, fade_out=6)
        recipe = segment_of(stop - start, take(first=start), titles=(title,))
        return list(planes(render(recipe, tmp_path, {"take0": clip}, {"title0": drawn})))

    whole = rendered(0, 20)
    pieces = [frame for start, stop in pairwise(cuts) for frame in rendered(start, stop)]
    for one, other in zip(pieces, whole, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_title_fades_in_equal_steps_and_later_ones_lie_on_top(drawn: Path, tmp_path: Path) -> None:
    white = tmp_path / "white.png"
    Image.new("RGBA", SIZE, (255, 255, 255, 255)).save(white)
    rising = TitleLayer(slot="title0", start=1, stop=12, fade_in=4, fade_out=3)
    means = [luma.mean() for luma in decoded_luma(
        render(segment_of(13, DARK, titles=(rising,)), tmp_path, {}, {"title0": white})
    )]  # fmt: skip
    wanted = [0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0]
    assert means == pytest.approx([57 + (235 - 57) * share for share in wanted], abs=1.01)
    both = (TitleLayer(slot="title0", start=0, stop=2), TitleLayer(slot="title1", start=0, stop=2))
    files = {"title0": white, "title1": drawn}
    luma = decoded_luma(render(segment_of(2, DARK, titles=both), tmp_path, {}, files))[0]
    assert luma[30, 40] == pytest.approx(141, abs=1) and luma[2, 2] == 235


@pytest.mark.parametrize("fade", [0, 3])
def test_title_over_a_take_that_ends_too_soon_is_refused(fade: int, clip: Path, drawn: Path, tmp_path: Path) -> None:
    title = TitleLayer(slot="title0", start=0, stop=9, fade_in=fade)
    recipe = segment_of(9, take(first=32), titles=(title,))
    with pytest.raises(Exception, match="frames"):
        render(recipe, tmp_path, {"take0": clip}, {"title0": drawn})


def test_an_empty_title_changes_nothing(clip: Path, tmp_path: Path) -> None:
    clear = tmp_path / "clear.png"
    Image.new("RGBA", SIZE, (255, 0, 0, 0)).save(clear)
    recipe = segment_of(3, take(), titles=(TitleLayer(slot="title0", start=0, stop=3),))
    assert np.array_equal(
        decoded_luma(render(recipe, tmp_path, {"take0": clip}, {"title0": clear})),
        decoded_luma(render(segment_of(3, take()), tmp_path, {"take0": clip})),
    )


def test_canvas_size_of_a_title_is_checked(tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    Image.new("RGBA", (10, 10), (255, 0, 0, 255)).save(small)
    recipe = segment_of(3, DARK, on=canvas(), titles=(TitleLayer(slot="title0", start=0, stop=3),))
    with pytest.raises(Exception, match="10×10"):
        render(recipe, tmp_path, {}, {"title0": small})
