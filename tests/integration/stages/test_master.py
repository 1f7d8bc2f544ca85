"""The master: segments of any length joined without a lost, doubled or moved frame, and everything else refused."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from barcode import decoded_luma, make_numbered, read_numbers
from rendering import LOSSLESS, QUICK, canvas, join, render, segment_of, take

from filmkit.errors import StepFailed
from filmkit.media.picture.encode import timescale
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.soundcoding import encode_aac
from filmkit.media.tools import find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import Canvas, Chapter, Codec, MasterRecipe, Overlap
from filmkit.model.timebase import FrameRate

LENGTHS = (1, 2, 3, 1, 9, 4)
HOSTILE = "= ; # \\ [CHAPTER]\nzweite Zeile 🎬 'q' %s"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_numbered(tmp_path_factory.mktemp("clip") / "clip.mp4", 60)


def sound_of(samples: int, folder: Path) -> Path:
    """A silent m4a of exactly this length, as the mix makes it."""
    place = folder / "sound"
    place.mkdir()
    (place / "mix.f32").write_bytes(bytes(8 * samples))
    bench = Workbench(folder=place, inputs={}, sources={}, ffmpeg=find_ffmpeg())
    encode_aac(bench, SoundFile(place / "mix.f32"), 96, lambda heard: heard.samples)
    return place / "sound.m4a"


def film(on: Canvas, lengths: Sequence[int], **fields: object) -> MasterRecipe:
    frames = sum(lengths)
    samples = FrameRate(on.rate).samples(frames)
    known = {"canvas": on, "frames": frames, "segment_frames": tuple(lengths), "samples": samples, "title": "A film"}
    return MasterRecipe.model_validate({**known, **fields})


def segments(on: Canvas, lengths: Sequence[int], clip: Path, folder: Path) -> list[Path]:
    starts = np.cumsum([0, *lengths]).tolist()
    return [
        render(segment_of(length, take(first=start), on=on), folder, {"take0": clip})
        for start, length in zip(starts, lengths, strict=False)
    ]


@pytest.mark.parametrize("fps", ["24", "25", "30", "24000/1001", "30000/1001"])
def test_frames_times_and_length_are_exact(fps: str, clip: Path, tmp_path: Path) -> None:
    on = canvas(fps, QUICK)
    recipe = film(on, LENGTHS)
    made = join(recipe, tmp_path, segments(on, LENGTHS, clip, tmp_path), sound_of(recipe.samples, tmp_path))
    assert read_numbers(made) == list(range(sum(LENGTHS)))
    with av.open(str(made)) as container:
        video, sound = container.streams.video[0], container.streams.audio[0]
        assert video.time_base == Fraction(1, timescale(on.rate)) and video.average_rate == on.rate
        packets = [packet for packet in container.demux(video) if packet.pts is not None]
        assert [p.dts for p in packets] == sorted({p.dts for p in packets})
        assert all(packet.pts >= packet.dts for packet in packets)
        assert Fraction(video.duration or 0) * video.time_base == recipe.frames / on.rate
        assert Fraction(sound.duration or 0) * (sound.time_base or 0) == Fraction(recipe.samples, 48000)
        assert container.duration == pytest.approx(recipe.frames / on.rate * 1_000_000, abs=20)


def test_sixty_segments_at_23_976_stay_regular(clip: Path, tmp_path: Path) -> None:
    on = canvas("24000/1001", QUICK)
    pair = segments(on, (7, 5), clip, tmp_path)
    recipe = film(on, (7, 5) * 30)
    made = join(recipe, tmp_path, pair * 30, sound_of(recipe.samples, tmp_path))
    with av.open(str(made)) as container:
        ticks = sorted(p.pts for p in container.demux(video=0) if p.pts is not None)
    assert ticks == [1001 * frame for frame in range(360)]


def test_lossless_film_equals_one_piece(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=LOSSLESS)
    recipe = film(on, LENGTHS)
    joined = join(recipe, tmp_path, segments(on, LENGTHS, clip, tmp_path), sound_of(recipe.samples, tmp_path))
    whole = render(segment_of(recipe.frames, take(), on=on), tmp_path, {"take0": clip})
    assert np.array_equal(decoded_luma(joined), decoded_luma(whole))


def test_joined_frames_equal_those_of_the_segments(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=Codec(preset="veryfast", crf=24, gop_frames=6))
    recipe = film(on, LENGTHS)
    parts = segments(on, LENGTHS, clip, tmp_path)
    made = join(recipe, tmp_path, parts, sound_of(recipe.samples, tmp_path))
    alone = [luma for part in parts for luma in decoded_luma(part)]
    assert np.array_equal(decoded_luma(made), alone)


def test_title_and_chapters_are_as_written(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=QUICK)
    chapters = (Chapter(title=HOSTILE, start=0, stop=6), Chapter(title="שלום", start=6, stop=20))
    recipe = film(on, LENGTHS, title=HOSTILE, chapters=chapters)
    made = join(recipe, tmp_path, segments(on, LENGTHS, clip, tmp_path), sound_of(recipe.samples, tmp_path))
    with av.open(str(made)) as container:
        assert container.metadata["title"] == HOSTILE
        found = container.chapters()
        assert [chapter["metadata"]["title"] for chapter in found] == [HOSTILE, "שלום"]
        assert [chapter["start"] * chapter["time_base"] for chapter in found] == [0, Fraction(6, 24)]
        assert set(container.metadata) == {"major_brand", "minor_version", "compatible_brands", "title"}


def test_index_stands_first_and_bytes_are_reproducible(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=QUICK)
    recipe = film(on, LENGTHS, chapters=(Chapter(title="one", start=0, stop=20),))
    parts, sound = segments(on, LENGTHS, clip, tmp_path), sound_of(recipe.samples, tmp_path)
    first, second = (join(recipe, tmp_path / name, parts, sound).read_bytes() for name in ("a", "b"))
    assert first == second
    assert first.index(b"moov") < first.index(b"mdat")
    assert b"x264 - core" not in first
    assert b"Lavf" not in first and b"Lavc6" not in first


def test_segments_of_other_settings_are_refused(clip: Path, tmp_path: Path) -> None:
    on, other = canvas(codec=QUICK), canvas(codec=Codec(preset="medium"))
    parts = [segments(which, (5,), clip, tmp_path)[0] for which in (on, other)]
    recipe = film(on, (5, 5))
    with pytest.raises(StepFailed, match="segment 1 was encoded otherwise than the first"):
        join(recipe, tmp_path, parts, sound_of(recipe.samples, tmp_path))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"frames": 21}, "20 frames instead of 21"),
        ({"samples": 39_000}, "40000 samples of sound instead of 39000"),
        ({"canvas": canvas(codec=QUICK, size=(98, 64))}, "96×64 pixels instead of 98×64"),
    ],
)
def test_what_was_not_planned_is_refused(changes: dict[str, object], said: str, clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=QUICK)
    parts = segments(on, LENGTHS, clip, tmp_path)
    sound = sound_of(film(on, LENGTHS).samples, tmp_path)
    with pytest.raises(StepFailed, match=said):
        join(film(on, LENGTHS, **changes), tmp_path, parts, sound)


def test_a_segment_of_another_length_is_refused(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=QUICK)
    parts = segments(on, (5, 6, 5), clip, tmp_path)
    recipe = film(on, (5, 5, 6))
    with pytest.raises(StepFailed, match="frame"):
        join(recipe, tmp_path, parts, sound_of(recipe.samples, tmp_path))


def test_joins_and_cuts_alternate(clip: Path, tmp_path: Path) -> None:
    on = canvas(codec=LOSSLESS)
    over = segment_of(3, take(first=5), take(slot="take1", first=20), on=on, overlap=Overlap(kind="dissolve", frames=3))
    parts = [
        render(segment_of(5, take(), on=on), tmp_path, {"take0": clip}),
        render(over, tmp_path, {"take0": clip, "take1": clip}),
        render(segment_of(4, take(first=23), on=on), tmp_path, {"take0": clip}),
    ]
    recipe = film(on, (5, 3, 4))
    frames = decoded_luma(join(recipe, tmp_path, parts, sound_of(recipe.samples, tmp_path)))
    assert len(frames) == 12
