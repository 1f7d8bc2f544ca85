from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.model.timebase import FrameRate, Time, round_half_up, samples

RATES = [FrameRate.parse(text) for text in ("24", "25", "30", "23.976", "29.97", "59.94")]


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        ("24", Fraction(24)),
        ("23.976", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rate_is_read_exactly(text: str, fps: Fraction) -> None:
    assert FrameRate.parse(text).fps == fps


@pytest.mark.parametrize("text", ["0", "241", "24fps", "1/0", "nan", "-24", ""])
def test_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        FrameRate.parse(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4s", 4),
        ("0.5 s", Fraction(1, 2)),
        ("250ms", Fraction(1, 4)),
        ("12f", Fraction(1, 2)),
        ("00:00:04:12", Fraction(9, 2)),
    ],
)
def test_time_is_read_as_written(text: str, seconds: Fraction) -> None:
    assert Time.parse(text).at(FrameRate.parse("24")) == seconds


def test_timecode_counts_at_the_nominal_rate() -> None:
    assert Time.parse("00:00:01:00").in_frames(FrameRate.parse("23.976")) == 24


@pytest.mark.parametrize(
    ("text", "advice"), [("4", "write 4s"), ("1:30", "write 90s"), ("1.5f", "write 12f"), ("soon", "write 4s")]
)
def test_time_without_unit_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        Time.parse(text)


def test_halves_round_up() -> None:
    assert [round_half_up(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


@given(st.sampled_from(RATES), st.integers(0, 10**7))
def test_a_frame_survives_seconds_and_back(rate: FrameRate, frame: int) -> None:
    assert rate.frames(rate.seconds(frame)) == frame


@given(st.sampled_from(RATES), st.integers(0, 10**6))
def test_a_frame_is_within_half_a_sample_of_its_sample(rate: FrameRate, frame: int) -> None:
    assert abs(Fraction(rate.samples(frame), 48000) - rate.seconds(frame)) <= Fraction(1, 96000)


@given(st.fractions(min_value=0, max_value=10**5))
def test_samples_are_the_nearest(seconds: Fraction) -> None:
    assert abs(samples(seconds) - seconds * 48000) <= Fraction(1, 2)
