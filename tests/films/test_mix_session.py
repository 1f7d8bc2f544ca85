"""The sound session on a real film: its stems are the mix, as long as the film, and no picture is made for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from sounds import Samples, read_f32, tone, write_wav
from twelvedoors import STORYBOARD, make_small_material
from wholefilms import Rendered, render_film, settings_for, write_film

from filmkit.engine.job import finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Session
from filmkit.plan.bounces import Bounces

SAMPLES = 66 * 2_000
"""16 + 14 + 12 + 9 frames less two joins of 5 and 4, and a second of credits, at 24 frames a second."""

DUCKED = STORYBOARD.replace("fade_out: 1s}", "fade_out: 1s, duck: {under: dialogue, by: 6 dB}}")
QUIET = (
    DUCKED.replace("sound:\n", "sound:\n  loudness: {integrated: -30 LUFS}\n")
    + """\
    - {id: thud, file: sound/thud.wav, at: s03, gain: -3 dB, pan: -0.2}
  dialogue:
    - {id: hello, file: sound/voice.wav, at: s01 + 4f, speaker: Ada, line: Hello}
"""
)
"""So low that the limiter has nothing to do."""

KINDS = {"source": 6, "duck": 1, "stem": 4, "mix": 1, "bounce": 5, "waveform": 4, "sheet": 1}
STEMS = ("dialogue", "music", "effects", "production")


@dataclass(frozen=True)
class Desk:
    """A film in a folder, and the store of its sound."""

    film: Path
    store: Path

    def mix(self, **bounces: Any) -> Rendered:
        """One ``filmkit mix`` on the local engine."""
        settings = settings_for(self.store, bounces=Bounces(**bounces))
        job = run_job(open_job(self.film, settings, Session.SOUND), run_local, Listeners())
        return Rendered(job, finish_job(job, "local"))

    def wave(self, name: str) -> Samples:
        """A WAV in ``out/``, as another program reads it."""
        return decoded(self.film / "out" / name)

    def stem(self, name: str) -> Samples:
        return self.wave(f"stems/{self.film.name}.{name}.wav")

    def solo(self, name: str) -> Samples:
        self.mix(solo=tuple(name.split("+")))
        return self.wave(f"{self.film.name}.solo-{name.replace('/', '-')}.wav")

    def change(self, old: str, new: str) -> None:
        board = self.film / "storyboard.yaml"
        text = board.read_text(encoding="utf-8")
        assert text.count(old) == 1
        board.unlink()
        board.write_text(text.replace(old, new), encoding="utf-8")


def decoded(file: Path) -> Samples:
    with av.open(str(file)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    sides = [frame.reshape(-1, 2) if len(frame) == 1 else frame.T for frame in frames]
    return np.concatenate(sides).astype(np.float32)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sounds")
    voice = write_wav(folder / "voice.wav", tone(210, 30_000, -20))
    thud = write_wav(folder / "thud.wav", tone(70, 14_000, -9))
    return {**make_small_material(folder), "sound/voice.wav": voice, "sound/thud.wav": thud}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, sounds: dict[str, Path]) -> Desk:
    """Mixed once with all stems; nothing in it is changed."""
    folder = tmp_path_factory.mktemp("desk")
    made = Desk(write_film(folder / "doors", QUIET, sounds), folder / "store")
    made.mix(stems=True)
    return made


@pytest.fixture
def own_desk(tmp_path: Path, sounds: dict[str, Path]) -> Desk:
    """A film that a test may change."""
    return Desk(write_film(tmp_path / "doors", QUIET, sounds), tmp_path / "store")


def gain_of(desk: Desk) -> float:
    return float(desk.mix().report.facts["gain_db"])  # type: ignore[arg-type]


def test_every_file_is_as_long_as_the_film(desk: Desk) -> None:
    lengths = {name: len(desk.stem(name)) for name in (*STEMS, "m-and-e")}
    assert lengths == dict.fromkeys((*STEMS, "m-and-e"), SAMPLES)
    with av.open(str(desk.film / "out" / "doors.mix.m4a")) as container:
        assert container.streams.audio[0].duration == SAMPLES


def test_stems_add_up_to_the_mix_before_its_limiter(desk: Desk) -> None:
    """The mix before its limiter: what the stem steps left, summed here in float64, times the gain that is reported."""
    rendered = desk.mix()
    wanted = sum(read_f32(path).astype(np.float64) for path in rendered.outputs("stem"))
    wanted *= 10 ** (gain_of(desk) / 20)
    total = sum(desk.stem(name).astype(np.float64) for name in STEMS)
    assert np.abs(wanted).max() > 0.02
    assert np.abs(total - wanted).max() < 4e-8, "four roundings of float32 below 0.25"
    assert all(desk.stem(name).any() for name in STEMS)


def test_the_mix_that_is_heard_is_the_sum_of_the_stems(desk: Desk) -> None:
    """Nothing is limited here, so only the codec stands between them."""
    assert desk.mix().report.facts["limited"] is False
    heard = decoded(desk.film / "out" / "doors.mix.m4a")[:SAMPLES].astype(np.float64)
    total = sum(desk.stem(name).astype(np.float64) for name in STEMS)
    error_db = 10 * np.log10(np.square(heard - total).mean() / np.square(total).mean())
    assert error_db < -22, f"{error_db:.1f} dB"


def test_music_and_effects_are_those_two_to_the_bit(desk: Desk) -> None:
    assert np.array_equal(desk.stem("m-and-e"), desk.stem("music") + desk.stem("effects"))


@pytest.mark.parametrize("stem", STEMS)
def test_a_solo_of_a_stem_is_the_stem(desk: Desk, stem: str) -> None:
    assert np.array_equal(desk.solo(stem), desk.stem(stem))


def test_solos_of_single_cues_add_up_to_their_stem_at_its_level(desk: Desk) -> None:
    knock, thud = desk.solo("knock"), desk.solo("thud")
    assert knock.any() and thud.any() and not np.array_equal(knock, thud)
    assert np.abs(knock + thud - desk.stem("effects")).max() < 3e-8
    own = [desk.solo("arrival/s01"), desk.solo("arrival/s02")]
    assert np.abs(own[0] + own[1] - desk.stem("production")).max() < 3e-8


def test_a_solo_of_what_gives_way_gives_way_as_it_does_in_the_mix(desk: Desk) -> None:
    """The voice is not heard in the solo, and presses all the same: 6 dB while it speaks, on a tone of −18 dBFS that
    the storyboard takes down by 12.
    """
    theme = desk.solo("theme")
    assert np.array_equal(theme, desk.stem("music"))
    heard_db = 20 * np.log10(np.abs(theme[20_000:30_000]).max())
    assert heard_db == pytest.approx(-18 - 12 - 6 + gain_of(desk), abs=0.05)


def test_a_solo_across_stems_is_their_sum(desk: Desk) -> None:
    assert np.array_equal(desk.solo("dialogue+thud"), desk.stem("dialogue") + desk.solo("thud"))


def test_no_step_of_the_picture_runs(own_desk: Desk) -> None:
    made = own_desk.mix(stems=True)
    assert made.report.made == KINDS and made.report.film == ""
    assert {kind: tally.count for kind, tally in made.job.shop.store.stats().kinds.items()} == KINDS
    assert [path.name for path in (own_desk.film / "out").iterdir() if path.suffix == ".mp4"] == []


def test_a_second_run_makes_nothing_and_writes_nothing(desk: Desk) -> None:
    desk.mix(stems=True)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (desk.film / "out").rglob("*")}
    again = desk.mix(stems=True)
    assert again.report.made == {} and again.report.hits == KINDS
    after = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (desk.film / "out").rglob("*")}
    assert after == before


def test_a_gain_makes_its_stem_the_mix_and_what_is_taken_out_of_it_anew(own_desk: Desk) -> None:
    own_desk.mix(stems=True)
    own_desk.change("gain: -3 dB", "gain: -9 dB")
    changed = own_desk.mix(stems=True)
    assert changed.report.made == {"stem": 1, "mix": 1, "bounce": 5, "waveform": 1, "sheet": 1}
    assert sum(step.name.startswith("stem") for step in changed.job.todo.missing) == 1


def test_the_mix_is_the_sound_of_the_film_packet_for_packet(own_desk: Desk) -> None:
    own_desk.mix()
    film = render_film(own_desk.film, settings_for(own_desk.store))
    assert "mix" not in film.report.made, "the film takes the mix from the store"
    heard, mixed = (sound_packets(path) for path in (film.film, own_desk.film / "out" / "doors.mix.m4a"))
    assert heard == mixed and len(mixed) > SAMPLES // 1024


def sound_packets(file: Path) -> list[bytes]:
    with av.open(str(file)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_own_files_are_replaced_and_foreign_ones_set_aside_also_without_the_store(
    own_desk: Desk, tmp_path: Path
) -> None:
    """Another store knows none of the files; what the manifest knows is ours all the same."""
    own_desk.mix(stems=True)
    stems = own_desk.film / "out" / "stems"
    (stems / "doors.music.wav").write_bytes(b"an editor's own")
    own_desk.change("gain: -3 dB", "gain: -9 dB")
    Desk(own_desk.film, tmp_path / "other-store").mix(stems=True)
    kept = [path for path in (own_desk.film / "out").rglob("*kept*")]
    assert [path.name for path in kept] == ["doors.music.kept-1.wav"]
    assert kept[0].read_bytes() == b"an editor's own"
    assert len(own_desk.stem("music")) == SAMPLES


def test_the_manifest_says_the_same_wherever_and_whenever_it_is_made(own_desk: Desk, desk: Desk) -> None:
    own_desk.mix(stems=True)
    desk.mix(stems=True)
    mine, other = (json.loads((made.film / "out" / "doors.mix.json").read_text()) for made in (own_desk, desk))
    shared = mine["files"].keys()
    assert {**mine, "files": None} == {**other, "files": None}
    assert mine["files"] == {file: other["files"][file] for file in shared} and len(shared) == 9
    assert mine["inputs"].keys() == {
        "sound/theme.wav", "sound/Tür.wav", "sound/thud.wav", "sound/voice.wav",
        "takes/arrival/s01/t01.mp4", "takes/arrival/s02/t01.mp4",
    }  # fmt: skip
