"""Takes of every kind come to the canvas with their colours, shape and order: compared with what they were made of."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import numpy as np
import pytest
from barcode import decoded_luma, make_numbered, read_numbers
from numpy.typing import NDArray
from rendering import canvas, numbered, render, segment_of, take

from filmkit.media.drawing.boxes import video_header
from filmkit.media.picture.planes import ycbcr
from filmkit.model.recipe import Canvas, Codec, ColorLayer, Framing

W, H = 96, 64
FFV1 = ("-c:v", "ffv1")


def scene(width: int = W, height: int = H) -> NDArray[np.uint8]:
    """Strong but smooth colours, different in every quarter, so that turns and shifts show."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    u, v = x / (width - 1), y / (height - 1)
    red = 40 + 190 * u
    green = 40 + 190 * v
    blue = 220 - 90 * u - 80 * v
    return np.rint(np.stack([red, green, blue], axis=-1)).astype(np.uint8)


def make(path: Path, picture: NDArray[Any], output: Sequence[str], pixel_format: str = "rgb24") -> Path:
    """Four equal pictures encoded with these output arguments."""
    height, width = picture.shape[:2]
    reading = ["-f", "rawvideo", "-pixel_format", pixel_format, "-video_size", f"{width}x{height}", "-framerate", "24"]
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *reading, "-i", "-", *output, str(path)]
    subprocess.run(argv, input=picture.tobytes() * 4, check=True)
    return path


def tagged(matrix: str, scale: str = "", pixel_format: str = "yuv420p", wide: str = "tv") -> tuple[str, ...]:
    """Arguments that convert by this matrix; ``scale`` may add options."""
    to = f"scale=flags=accurate_rnd+full_chroma_int:out_color_matrix={matrix}:out_range={wide}{scale}"
    return ("-vf", f"{to},format={pixel_format}", *FFV1)


def full(matrix: str) -> tuple[str, ...]:
    """The same in full range, which x264 keeps."""
    return ("-vf", tagged(matrix, wide="pc")[1], "-c:v", "libx264", "-qp", "1", "-color_range", "pc")


def rendered(clip: Path, facts: dict[str, object], folder: Path, on: Canvas | None = None, **layer: Any) -> Any:
    """Y', Cb and Cr of the first frame, chroma repeated to full size."""
    conform = numbered(**{"demuxer": "matroska", "width": W, "height": H, "color_matrix": "unknown", **facts})
    recipe = segment_of(2, take(conform, **layer), on=on)
    with av.open(str(render(recipe, folder, {"take0": clip}))) as container:
        frame = next(iter(container.decode(video=0)))
        assert frame.colorspace == 1
        planes = [
            np.frombuffer(bytes(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
            for plane in frame.planes
        ]
    return planes[0].astype(float), *(plane.repeat(2, 0).repeat(2, 1).astype(float) for plane in planes[1:])


def distance(planes: Any, picture: NDArray[Any]) -> float:
    """The largest of the three planes' mean absolute differences from the picture's true BT.709 values."""
    truth = ycbcr(picture.astype(np.float32))
    return max(float(np.abs(plane - true).mean()) for plane, true in zip(planes, truth, strict=True))


COLOURS = {
    "untagged small is 601": (tagged("smpte170m"), {}),
    "tagged 601": (tagged("smpte170m"), {"color_matrix": "smpte170m"}),
    "tagged 709": (tagged("bt709"), {"color_matrix": "bt709"}),
    "full range": (full("bt709"), {"color_matrix": "bt709", "color_range": "pc"}),
    "yuvj": (full("smpte170m"), {"pixel_format": "yuvj420p"}),
    "2020 matrix": (tagged("bt2020nc"), {"color_matrix": "bt2020nc"}),
    "444": (tagged("bt709", pixel_format="yuv444p"), {"color_matrix": "bt709", "pixel_format": "yuv444p"}),
    "422 10 bit": (tagged("bt709", "", "yuv422p10le"), {"color_matrix": "bt709", "pixel_format": "yuv422p10le"}),
    "12 bit": (tagged("bt709", pixel_format="yuv444p12le"), {"color_matrix": "bt709", "pixel_format": "yuv444p12le"}),
    "gbrp": (("-pix_fmt", "gbrp", *FFV1), {"pixel_format": "gbrp", "is_rgb": True}),
    "bgr0": (("-pix_fmt", "bgr0", *FFV1), {"pixel_format": "bgr0", "is_rgb": True}),
}


@pytest.mark.parametrize("kind", COLOURS)
def test_colours_are_not_shifted(kind: str, tmp_path: Path) -> None:
    output, facts = COLOURS[kind]
    clip = make(tmp_path / "clip.mkv", scene(), output)
    assert distance(rendered(clip, {**facts}, tmp_path), scene()) < 0.9  # 0.6 of it is where chroma sits


def test_untagged_large_pictures_are_709_and_untouched(tmp_path: Path) -> None:
    large = scene(1280, 720)
    clip = make(tmp_path / "clip.mkv", large, tagged("bt709"))
    on = canvas(size=(1280, 720))
    planes = rendered(clip, {"width": 1280, "height": 720}, tmp_path, on)
    assert distance(planes, large) < 0.8
    with av.open(str(clip)) as container:
        frame = next(iter(container.decode(video=0)))
        luma = np.frombuffer(bytes(frame.planes[0]), np.uint8).reshape(720, -1)[:, :1280]
    assert np.array_equal(planes[0], luma)


@pytest.mark.parametrize("pixel_format", ["yuva420p", "yuva444p10le", "bgra"])
def test_alpha_is_seen_over_black(pixel_format: str, tmp_path: Path) -> None:
    alpha = np.linspace(0, 255, W).astype(np.uint8)[None, :, None].repeat(H, 0)
    rgba = np.concatenate([scene(), alpha], axis=-1)
    is_rgb = pixel_format == "bgra"
    output = ("-pix_fmt", "bgra", *FFV1) if is_rgb else tagged("bt709", pixel_format=pixel_format)
    clip = make(tmp_path / "clip.mkv", rgba, output, "rgba")
    facts = {"pixel_format": pixel_format, "has_alpha": True, "is_rgb": is_rgb, "color_matrix": "bt709"}
    assert distance(rendered(clip, facts, tmp_path), scene() * (alpha / 255.0)) < 1.2


def stored(turn: int) -> NDArray[np.uint8]:
    """The scene as a camera held sideways stores it: ``turn`` degrees clockwise stand it upright."""
    return np.ascontiguousarray(np.rot90(scene(), turn // 90))


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("has_matrix", [True, False])
def test_rotation_is_done_once(turn: int, has_matrix: bool, tmp_path: Path) -> None:
    picture = stored(turn)
    clip = make(tmp_path / "plain.mp4", picture, ("-vf", tagged("bt709")[1], "-c:v", "libx264", "-qp", "4"))
    if has_matrix:
        turned = tmp_path / "turned.mp4"
        argv = ["-display_rotation", str(-turn), "-i", str(clip), "-c", "copy", str(turned)]
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *argv], check=True)
        clip = turned
    facts = {"demuxer": "mov", "color_matrix": "bt709", "rotation": turn}
    planes = rendered(clip, {**facts, "width": picture.shape[1], "height": picture.shape[0]}, tmp_path)
    assert distance(planes, scene()) < 1.5


def test_the_made_file_carries_no_rotation(tmp_path: Path) -> None:
    clip = make(tmp_path / "plain.mp4", scene(), ("-vf", tagged("bt709")[1], "-c:v", "libx264", "-qp", "4"))
    turned = tmp_path / "turned.mp4"
    argv = ["-display_rotation", "-90", "-i", str(clip), "-c", "copy", str(turned)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *argv], check=True)
    recipe = segment_of(2, take(numbered(rotation=90)), on=canvas(codec=Codec(preset="ultrafast")))
    with av.open(str(render(recipe, tmp_path, {"take0": turned}))) as container:
        assert next(iter(container.decode(video=0))).rotation == 0


def test_anamorphic_pictures_are_widened(tmp_path: Path) -> None:
    narrow = ("-vf", f"{tagged('bt709', f':w={W // 2}:h={H}')[1]},setsar=2", *FFV1)
    clip = make(tmp_path / "clip.mkv", scene(), narrow)
    planes = rendered(clip, {"width": W // 2, "sar": "2", "color_matrix": "bt709"}, tmp_path)
    assert distance(planes, scene()) < 1.5


def test_odd_sizes_and_scaling_keep_the_picture(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mkv", scene(145, 97), tagged("bt709", pixel_format="yuv444p"))
    facts = {"width": 145, "height": 97, "pixel_format": "yuv444p", "color_matrix": "bt709"}
    assert distance(rendered(clip, facts, tmp_path), scene()) < 1.6


@pytest.mark.parametrize(
    ("framing", "window"),
    [
        (Framing(), (48, 0, 240, 128)),
        (Framing(focus=(0.0, 0.5)), (0, 0, 192, 128)),
        (Framing(focus=(1.0, 0.5)), (96, 0, 288, 128)),
        (Framing(zoom=2.0, focus=(0.75, 0.25)), (168, 0, 264, 64)),
        (Framing(fit="stretch"), (0, 0, 288, 128)),
    ],
    ids=str,
)
def test_fit_focus_and_zoom_keep_the_right_part(framing: Framing, window: tuple[int, ...], tmp_path: Path) -> None:
    picture = scene(288, 128)
    clip = make(tmp_path / "clip.mkv", picture, tagged("bt709"))
    facts = {"width": 288, "height": 128, "color_matrix": "bt709"}
    planes = rendered(clip, facts, tmp_path, framing=framing)
    left, top, right, bottom = window
    u = (np.linspace(left, right, W, endpoint=False) + (right - left) / W / 2 - 0.5) / 287
    v = (np.linspace(top, bottom, H, endpoint=False) + (bottom - top) / H / 2 - 0.5) / 127
    across, down = np.meshgrid(u, v)
    truth = np.stack([40 + 190 * across, 40 + 190 * down, 220 - 90 * across - 80 * down], axis=-1)
    assert distance(planes, truth) < 1.2


def test_pad_lays_bars(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mkv", scene(192, 64), tagged("bt709"))
    facts = {"width": 192, "height": 64, "color_matrix": "bt709"}
    luma, blueness, _ = rendered(clip, facts, tmp_path, framing=Framing(fit="pad"))
    assert np.all(luma[:16] == 16) and np.all(luma[48:] == 16) and np.all(blueness[:16] == 128)
    assert luma[17:47].min() > 30


HDR = {"color_matrix": "bt2020nc", "color_primaries": "bt2020", "color_transfer": "smpte2084"}


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_hdr_becomes_a_picture_with_the_same_headers(transfer: str, tmp_path: Path) -> None:
    to_hdr = f"zscale=tin=709:pin=709:min=709:rin=tv:t={transfer}:p=2020:m=2020_ncl,format=yuv420p10le"
    light = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    x265 = ("-c:v", "libx265", "-x265-params", f"log-level=none:hdr10=1:{light}")
    clip = make(
        tmp_path / "clip.mkv", scene(), ("-vf", f"{tagged('bt709', pixel_format='yuv444p')[1]},{to_hdr}", *x265)
    )
    facts = {"pixel_format": "yuv420p10le", **HDR, "color_transfer": transfer}
    luma, _, redness = rendered(clip, facts, tmp_path)
    assert luma[:, 70:].mean() > luma[:, :20].mean() + 10  # the light side stays the light side
    assert redness[:, 70:].mean() > redness[:, :20].mean() + 15
    assert luma.max() < 236 and luma.min() > 16


def test_interlaced_pictures_keep_their_numbers(tmp_path: Path) -> None:
    woven = ("-vf", "setfield=tff", "-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ilme+ildct", "-f", "vob")
    clip = make_numbered(tmp_path / "clip.mpg", 20, rate=25, output=woven)
    conform = numbered(demuxer="mpeg", interlaced="tff")
    for first in (0, 9):
        layer = take(conform, first=first, seek_us=max(0, first * 40_000 - 20_000))
        made = render(segment_of(4, layer), tmp_path, {"take0": clip})
        assert read_numbers(made) == list(range(first, first + 4))


def test_all_segments_of_a_film_have_the_same_headers(tmp_path: Path) -> None:
    on = canvas(codec=Codec(preset="veryfast", crf=20))
    clips = {
        "plain": (tagged("bt709"), {"color_matrix": "bt709"}),
        "444": (tagged("smpte170m", pixel_format="yuv444p"), {"pixel_format": "yuv444p"}),
        "rgb": (("-pix_fmt", "gbrp", *FFV1), {"pixel_format": "gbrp", "is_rgb": True}),
        "sar": ((*tagged("bt709")[:1], f"{tagged('bt709')[1]},setsar=404/405", *FFV1), {"sar": "404/405"}),
        "hdr": (("-vf", "zscale=t=smpte2084:p=2020:m=2020_ncl:pin=709:tin=709:min=709,format=yuv420p10le", *FFV1), {
            "pixel_format": "yuv420p10le", **HDR,
        }),
    }  # fmt: skip
    headers = [video_header(render(segment_of(1, ColorLayer(kind="color", color="#123456"), on=on), tmp_path, {}))]
    for name, (output, facts) in clips.items():
        clip = make(tmp_path / f"{name}.mkv", scene(), output)
        conform = numbered(**{"demuxer": "matroska", "color_matrix": "unknown", **facts})
        headers.append(video_header(render(segment_of(3, take(conform), on=on), tmp_path, {"take0": clip})))
    assert all(header == headers[0] for header in headers)
    assert {"avcC", "colr", "pasp"} <= headers[0].keys()


def test_grade_is_applied_and_an_identity_changes_nothing_visible(tmp_path: Path) -> None:
    clip = make(tmp_path / "clip.mkv", scene(), tagged("bt709"))
    steps = [0.0, 0.25, 0.5, 0.75, 1.0]
    points = [(r, g, b) for b in steps for g in steps for r in steps]
    for name, change in {"same": lambda v: v, "dim": lambda v: v / 2}.items():
        rows = "\n".join(" ".join(f"{change(v):.6f}" for v in point) for point in points)
        (tmp_path / f"{name}.cube").write_text(f"LUT_3D_SIZE 5\n{rows}\n")
    for name, share in (("same", 1.0), ("dim", 0.5)):
        conform = numbered(demuxer="matroska")
        recipe = segment_of(1, take(conform, grade="lut0"))
        luma = decoded_luma(render(recipe, tmp_path, {"take0": clip}, {"lut0": tmp_path / f"{name}.cube"}))[0]
        truth = ycbcr(scene().astype(np.float32) * share)[0]
        assert np.abs(luma - truth).mean() < 0.6
