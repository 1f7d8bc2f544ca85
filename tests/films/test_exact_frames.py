"""Every frame of a film is the one that was planned: numbered pictures, mixed sources and joins, all frame rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from barcode import COLUMNS, ROWS, decoded_luma, make_numbered, make_stamped, read_barcode
from one_piece import frame_digests, write_one_piece
from PIL import Image
from wholefilms import Rendered, first_difference, packets_of, render_film, settings_for, write_film

from filmkit.model.storyboard import JoinKind

RATES = {
    "24": Fraction(24), "25": Fraction(25), "30": Fraction(30),
    "23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001),
}  # fmt: skip
SOURCE_RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001), Fraction(15), Fraction(24000, 1001)]
JOINS = [kind.value for kind in JoinKind if kind is not JoinKind.CUT]
PICTURES = 110
TICKS = [at // 3 * 60 + (0, 20, 50)[at % 3] for at in range(PICTURES)]
"""Where the pictures of the source of variable rate begin, in 1/600 s: they stand 1/30, 1/20 and 1/60 s in turn."""

SAFE = 86, 56
"""The title-safe pixels of the small canvas: a picture of this size is shown as it is."""

Ramp = dict[Fraction, Fraction]
"""Speed by screen seconds: straight between, held outside."""

EVEN: Ramp = {Fraction(0): Fraction(1)}
SPEEDS: dict[int, Ramp] = {
    1: {Fraction(0): Fraction(2)},
    3: {Fraction(0): Fraction(1, 2)},
    5: {Fraction(0): Fraction(3, 2)},
    7: {Fraction(0): Fraction(1), Fraction(1, 5): Fraction(3, 10), Fraction(1, 2): Fraction(2)},
    9: {Fraction(0): Fraction(4, 5)},
}
"""By the place of a shot in a round of thirteen; the others run evenly."""


@dataclass(frozen=True)
class Shot:
    """One shot as the storyboard says it. Where it ``holds``, its take ends before it does."""

    source: int
    in_frames: int
    frames: int
    join: tuple[str, int] | None
    ramp: Ramp
    holds: bool

    def line(self, number: int) -> str:
        words = [f"id: s{number:02}", f"take: t01, in: {self.in_frames}f, lasts: {self.frames}f"]
        if self.ramp != EVEN:
            knots = ", ".join(f"{float(at_s):g}s: {float(speed):g}" for at_s, speed in self.ramp.items())
            words.append(f"speed: {{{knots}}}" if len(self.ramp) > 1 else f"speed: {float(self.ramp[Fraction(0)]):g}")
        words += ["short: hold"] if self.holds else []
        words += [f"join: {{with: {self.join[0]}, lasts: {self.join[1]}f}}"] if self.join else []
        return "      - {" + ", ".join(words) + "}"

    def standing(self, frame: int, rate: Fraction) -> int:
        """The picture that frame ``frame`` shows (storyboard.md, Times)."""
        take_s = self.in_frames / rate + _passed(self.ramp, frame / rate)
        if self.source < len(SOURCE_RATES):
            return min(PICTURES - 1, int(take_s * SOURCE_RATES[self.source]))
        return max(at for at, tick in enumerate(TICKS) if Fraction(tick, 600) <= take_s)


def _passed(ramp: Ramp, screen_s: Fraction) -> Fraction:
    """Seconds of the take that have passed: the area under the ramp."""
    edges = sorted({Fraction(0), screen_s, *(knot for knot in ramp if knot < screen_s)})
    return sum(((b - a) * (_speed(ramp, a) + _speed(ramp, b)) / 2 for a, b in pairwise(edges)), Fraction(0))


def _speed(ramp: Ramp, screen_s: Fraction) -> Fraction:
    knots = list(ramp.items())
    for (a_s, a), (b_s, b) in pairwise(knots):
        if a_s <= screen_s <= b_s:
            return a + (b - a) * (screen_s - a_s) / (b_s - a_s)
    return knots[-1][1]


def make_shots(count: int, rate: Fraction) -> list[Shot]:
    """Lengths, trims, joins, speeds and holds that do not fall into step with each other."""
    shots: list[Shot] = []
    joins = 0
    for at in range(count):
        has_join = at > 0 and at % 3 != 1
        join = (JOINS[joins % len(JOINS)], 1 + at % 6) if has_join else None
        joins += has_join
        source, frames, holds = at % 7, 14 + at * 7 % 13, at % 13 == 11
        ends_s = Fraction(PICTURES) / SOURCE_RATES[source] if source < 6 else Fraction(TICKS[-1], 600)
        in_frames = int(ends_s * rate) - frames + 5 if holds else at * 5 % 17
        shots.append(Shot(source, in_frames, frames, join, SPEEDS.get(at % 13, EVEN), holds))
    return shots


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Takes of six constant rates in several sizes, one of variable rate, and a picture for titles."""
    folder = tmp_path_factory.mktemp("material")
    sizes = [(96, 64), (192, 128), (160, 90), (96, 64), (128, 72), (90, 160)]
    made = [
        make_numbered(folder / f"clip{at}.mp4", PICTURES, rate=rate, size=sizes[at], output=(
            "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-bf", str(at % 3), "-g", str(10 + 20 * at),
            "-pix_fmt", "yuv420p",
        ))
        for at, rate in enumerate(SOURCE_RATES)
    ]  # fmt: skip
    return [*made, make_stamped(folder / "vfr.mp4", TICKS, Fraction(1, 600)), _write_lattice(folder / "lattice.png")]


def _write_lattice(path: Path) -> Path:
    """Bars between the cells of a bar code: a title under which numbers can be read."""
    width, height = SAFE
    x = (np.arange(width) + (96 - width) // 2 + 2) % (96 // COLUMNS) < 4
    y = (np.arange(height) + (64 - height) // 2 + 2) % (64 // ROWS) < 4
    seen = x[None, :] | y[:, None]
    picture = np.zeros((height, width, 4), np.uint8)
    picture[seen] = (240, 120, 20, 220)
    Image.fromarray(picture).save(path)
    return path


def make_film(folder: Path, fps: str, shots: Sequence[Shot], material: Sequence[Path], *, is_written_on: bool) -> Path:
    """A film of these shots, with titles that leave the numbers readable; ``is_written_on``: others as well."""
    lines = ["filmkit: 1", "title: Numbers", f"picture: {{size: 96x64, fps: {fps}, preset: ultrafast, crf: 10}}",
             "fit: stretch", "own_sound: mute", "scenes:"]  # fmt: skip
    files = {"titles/lattice.png": material[-1]}
    for at, shot in enumerate(shots):
        if at % 10 == 0:
            lines += [f"  - id: scene{at // 10}", "    shots:"]
        lines.append(shot.line(at))
        files[f"takes/scene{at // 10}/s{at:02}/t01.mp4"] = material[shot.source]
    lines += ["titles:", *_titles(len(shots), is_written_on=is_written_on)]
    return write_film(folder, "\n".join(lines) + "\n", files)


def _titles(shots: int, *, is_written_on: bool) -> Iterator[str]:
    for at in range(2, shots, 7):
        yield f"  - {{image: titles/lattice.png, at: s{at:02} + 5f, lasts: 33f, fade_out: 6f}}"
    for at in range(4, shots if is_written_on else 0, 9):
        yield f'  - {{text: "N {at}", at: s{at:02} + 2f, lasts: 40f, fade_in: 4f}}'


def wanted_numbers(shots: Sequence[Shot], rate: Fraction) -> list[int | None]:
    """The numbers of all frames, from the storyboard's own words; None where a join blends two shots."""
    wanted: list[int | None] = []
    for shot, after in zip(shots, [*shots[1:], None], strict=True):
        head = shot.join[1] if shot.join else 0
        tail = after.join[1] if after and after.join else 0
        wanted += [None] * head
        wanted += [shot.standing(frame, rate) for frame in range(head, shot.frames - tail)]
    return wanted


def check_frames(rendered: Rendered, shots: Sequence[Shot], rate: Fraction) -> None:
    """As many frames as planned, each with its number, at its time, and as its segment has it."""
    wanted = wanted_numbers(shots, rate)
    assert rendered.report.frames == len(wanted)
    pictures = decoded_luma(rendered.film)
    assert len(pictures) == len(wanted), f"{len(pictures)} frames decoded, {len(wanted)} planned"
    found = [None if number is None else read_barcode(luma) for luma, number in zip(pictures, wanted, strict=True)]
    assert first_difference(found, wanted) == ""
    check_times(rendered.film, len(wanted), rate)
    alone = [digest for segment in rendered.outputs("segment") for digest in frame_digests(segment)]
    assert first_difference(frame_digests(rendered.film), alone) == ""


def check_times(film: Path, frames: int, rate: Fraction) -> None:
    """The film begins at 0, each frame stands for exactly one, and decode times rise and never pass the frame's own."""
    packets = packets_of(film)
    shown = sorted(packet.shown_s for packet in packets)
    assert first_difference(shown, [at / rate for at in range(frames)]) == ""
    assert {packet.lasts_s for packet in packets} == {1 / rate}
    assert all(a.decoded_s < b.decoded_s for a, b in pairwise(packets)), "decode times step back"
    assert all(packet.decoded_s <= packet.shown_s for packet in packets), "a frame is shown before it is decoded"


def check_one_piece(film: Path, folder: Path) -> None:
    """In a lossless codec, the film of segments is the film rendered in one piece."""
    rendered = render_film(film, settings_for(folder / "store", lossless=True))
    plan = rendered.job.planned.plan
    named = [step.name.removeprefix("title ") for step in plan.graph if step.kind == "title"]
    titles = dict(zip(named, rendered.outputs("title"), strict=True))
    assert titles.keys() == {title.name for title in plan.timeline.titles}
    whole = write_one_piece(plan.timeline, plan.canvas, folder, titles)
    assert first_difference(frame_digests(rendered.film), frame_digests(whole)) == ""


def test_a_film_of_fourteen_shots_shows_every_frame_as_planned(tmp_path: Path, material: list[Path]) -> None:
    shots = make_shots(14, RATES["29.97"])
    film = make_film(tmp_path / "film", "29.97", shots, material, is_written_on=False)
    check_frames(render_film(film, settings_for(tmp_path / "store")), shots, RATES["29.97"])


def test_a_lossless_film_of_segments_is_the_film_in_one_piece(tmp_path: Path, material: list[Path]) -> None:
    shots = make_shots(14, RATES["25"])
    check_one_piece(make_film(tmp_path / "film", "25", shots, material, is_written_on=True), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("fps", RATES)
def test_sixty_shots_show_every_frame_as_planned(fps: str, tmp_path: Path, material: list[Path]) -> None:
    shots = make_shots(60, RATES[fps])
    assert {shot.join[0] for shot in shots if shot.join} == set(JOINS)
    film = make_film(tmp_path / "film", fps, shots, material, is_written_on=False)
    check_frames(render_film(film, settings_for(tmp_path / "store")), shots, RATES[fps])


@pytest.mark.slow
@pytest.mark.parametrize("fps", RATES)
def test_sixty_lossless_shots_are_the_film_in_one_piece(fps: str, tmp_path: Path, material: list[Path]) -> None:
    shots = make_shots(60, RATES[fps])
    check_one_piece(make_film(tmp_path / "film", fps, shots, material, is_written_on=True), tmp_path)
