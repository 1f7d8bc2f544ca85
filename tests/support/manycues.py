"""A film with many cues whose places are known to the sample; and what placing them costs, in a process of its own.

``python manycues.py FOLDER SECONDS CUES`` decodes, places and sums such a film and prints what that took as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sounds import RATE, Samples, write_wav

FILES = 20
LENGTH = RATE // 10
SHOT_S = 10


@dataclass(frozen=True)
class Cost:
    """``cpu_s`` of the process and what it started, ``peak_mib`` of the process itself (its VmHWM)."""

    cpu_s: float
    peak_mib: float


def signature(number: int) -> Samples:
    """A tenth of a second of noise that nothing else sounds like, loud from its first sample on."""
    drawn = np.random.default_rng(100 + number).standard_normal((LENGTH, 2)) * np.exp(-np.arange(LENGTH) / 800)[:, None]
    drawn[0] = 2.0
    return (drawn / np.abs(drawn).max() * 0.9).astype(np.float32)


def write_signatures(folder: Path) -> list[Path]:
    """The files that the cues play, one after the other and again from the first."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_wav(folder / f"hit{number:02}.wav", signature(number), bits=24) for number in range(FILES)]


def places(seconds: int, cues: int) -> list[int]:
    """The sample of the film at which each cue begins; no two overlap."""
    apart = seconds * RATE / cues
    spread = np.random.default_rng(1).random(cues)
    return [int((number + 0.1 + 0.5 * spread[number]) * apart) for number in range(cues)]


def storyboard(seconds: int, cues: int) -> str:
    """Colour shots of ten seconds; each cue hangs on the shot that it falls into."""
    shots = [
        f"{{id: s{at:03}, color: {'grey' if at % 2 else 'blue'}, lasts: {SHOT_S}s}}" for at in range(seconds // SHOT_S)
    ]
    lines = []
    for number, place in enumerate(places(seconds, cues)):
        shot, after = divmod(place, SHOT_S * RATE)
        at = f"s{shot:03} + {after / RATE:.7f}s"
        lines.append(f"    - {{id: c{number:04}, file: sound/hit{number % FILES:02}.wav, at: {at}, gain: -6 dB}}")
    return "\n".join([
        "filmkit: 1", "title: Many cues", "picture: {size: 32x32, fps: 24, preset: ultrafast, crf: 40}",
        f"scenes: [{{id: s, shots: [{', '.join(shots)}]}}]", "sound:", "  effects:", *lines, "",
    ])  # fmt: skip


def cost_of(folder: Path, seconds: int, cues: int) -> Cost:
    """Measured in a fresh process."""
    write_signatures(folder / "sound")
    command = [sys.executable, str(Path(__file__).resolve()), str(folder), str(seconds), str(cues)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Cost(**json.loads(said))


def _place(folder: Path, seconds: int, cues: int) -> None:
    """What the steps of such a film do: each file decoded once, the cues placed and summed, the stems summed."""
    from soundsteps import decode_source

    from filmkit.media.sound.samples import SoundFile
    from filmkit.model.recipe import PlacedCue, SourceRecipe, StemRecipe
    from filmkit.stages.mix import write_sum
    from filmkit.stages.stem import write_stem

    recipe = SourceRecipe(demuxer="wav", stream=0, channels=2, layout="stereo")
    inputs = {
        f"source{number}": Path(decode_source(folder, recipe, file)[1].outputs["sound"])
        for number, file in enumerate(sorted((folder / "sound").iterdir()))
    }
    placed = tuple(
        PlacedCue(id=f"c{number}", slot=f"source{number % FILES}", start=place, length=LENGTH, gain_db=-6.0)
        for number, place in enumerate(places(seconds, cues))
    )
    length = seconds * RATE
    write_stem(StemRecipe(stem="effects", length=length, cues=placed), inputs, folder / "stem.f32")
    write_sum([SoundFile(folder / "stem.f32")], length, folder / "mix.f32")


def _peak_mib() -> float:
    """Of this process alone: what ``getrusage`` says holds the memory of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) / 1024


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    import soundsteps  # noqa: F401 - what is imported is not counted

    began_s = _cpu_s()
    _place(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"cpu_s": _cpu_s() - began_s, "peak_mib": _peak_mib()}))  # noqa: T201
