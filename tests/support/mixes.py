"""Twelve mixes of different character, as sums of stems: what a loudness has to be right on.

Each is made from fixed seeds, stereo, 48 kHz, as long as it is asked for (10 s at least).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from sounds import RATE, Samples, bursts, clicks, noise, tone

Wave = npt.NDArray[np.float64]


def voice(samples: int) -> Samples:
    """Vowel-like: harmonics of a wandering pitch, in syllables, with pauses."""
    time = np.arange(samples) / RATE
    turn = 2 * np.pi * np.cumsum(130 + 20 * np.sin(3 * time)) / RATE
    wave = sum(np.sin(turn * number) / number for number in range(1, 24))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time), 0, 1) * (np.sin(2 * np.pi * 0.4 * time) > -0.4)
    return _both(0.05 * wave * syllables)


def pink(samples: int, rms_db: float) -> Samples:
    """Noise of equal energy an octave above 20 Hz, the two sides independent."""
    spectrum = np.fft.rfft(noise(samples, 0), axis=0)
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20 * samples / RATE))[:, None]
    wave = np.fft.irfft(spectrum, samples, axis=0)
    return (wave / wave.std() * 10 ** (rms_db / 20)).astype(np.float32)


def music(samples: int) -> Samples:
    """Chords over a bass and a beat at 120 BPM, hats to the right."""
    time = np.arange(samples) / RATE
    root = np.array([110.0, 98.0, 130.8, 82.4])[(time // 2).astype(int) % 4]
    chord = sum(np.sin(2 * np.pi * root * ratio * time + ratio) for ratio in (1, 1.25, 1.5, 2, 2.5, 4)) * 0.05
    bass = 0.15 * np.sin(np.pi * root * time) * (1 - (time * 2) % 1)
    beat = bursts(samples, range(0, samples, RATE // 2), -18, 12_000)
    hats = bursts(samples, range(RATE // 4, samples, RATE // 2), -26, 3_000) * np.array([0.4, 1.0], np.float32)
    return _both(chord + bass) + beat + hats


def _drone(samples: int) -> Samples:
    return tone(55, samples, -18) + tone(82.6, samples, -22) + tone(110.3, samples, -26) + tone(331, samples, -34)


def _drums(samples: int) -> Samples:
    time = np.arange(samples) / RATE % 0.5
    kick = 0.7 * np.sin(2 * np.pi * (50 * time + 3 * (1 - np.exp(-time * 30)))) * np.exp(-time * 12)
    snare = bursts(samples, range(RATE // 2, samples, RATE), -10, 9_600)
    return _both(kick) + snare + bursts(samples, range(0, samples, RATE // 8), -28, 2_400)


def _wide(samples: int) -> Samples:
    """Quiet for two thirds, then a rise of 34 dB that stays."""
    place = np.arange(samples) / samples
    level_db = np.interp(place, [0, 0.6, 0.75, 1], [-34, -34, 0, 0])
    return pink(samples, -16) * (10 ** (level_db / 20)).astype(np.float32)[:, None]


def _one_shout(samples: int) -> Samples:
    sound = noise(samples, -66)
    shout = 8 * voice(4 * RATE // 5)
    sound[samples // 2 : samples // 2 + len(shout)] += shout
    return sound


def _swept_bass(samples: int) -> Samples:
    time = np.arange(samples) / RATE
    hz = 30 * (200 / 30) ** ((time / 8) % 1)
    turn = 2 * np.pi * np.cumsum(hz) / RATE
    return _both(0.5 * np.tanh(2 * np.sin(turn)))


def _sparse(samples: int) -> Samples:
    return bursts(samples, range(RATE // 2, samples - RATE, 4 * RATE), -12, RATE)


def _long_fade(samples: int) -> Samples:
    fade = 10 ** (np.linspace(0, -60, samples) / 20)
    return ((pink(samples, -24) + tone(440, samples, -22)) * fade[:, None]).astype(np.float32)


def _film(samples: int) -> Mapping[str, Samples]:
    steps = bursts(samples, range(RATE, samples, 3 * RATE), -16, 9_600)
    return {"dialogue": voice(samples), "music": music(samples) * np.float32(0.3), "effects": steps}


TWELVE: Mapping[str, Callable[[int], Mapping[str, Samples]]] = {
    "speech": lambda samples: {"dialogue": voice(samples)},
    "drone": lambda samples: {"music": _drone(samples)},
    "drum loop": lambda samples: {"music": _drums(samples)},
    "wide dynamics": lambda samples: {"effects": _wide(samples)},
    "one shout": lambda samples: {"dialogue": _one_shout(samples)},
    "clicks": lambda samples: {"effects": clicks(samples, range(1_000, samples, RATE // 2))},
    "dense pink": lambda samples: {"production": pink(samples, -6)},
    "sine": lambda samples: {"music": tone(997, samples, -20)},
    "swept bass": lambda samples: {"music": _swept_bass(samples)},
    "sparse": lambda samples: {"effects": _sparse(samples)},
    "film": _film,
    "long fade": lambda samples: {"music": _long_fade(samples)},
}
"""Stems by name, for a length in samples."""


def _both(wave: Wave | int) -> Samples:
    return np.repeat(np.asarray(wave)[:, None], 2, axis=1).astype(np.float32)
