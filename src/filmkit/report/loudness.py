"""What was measured of the delivered sound, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from filmkit.model.run import Json

_WORDS = {
    "integrated_lufs": "{:.1f} LUFS",
    "true_peak_dbtp": "true peak {:.1f} dBTP",
    "range_lu": "range {:.1f} LU",
    "short_term_lufs": "loudest 3 s {:.1f} LUFS",
    "momentary_lufs": "loudest 0.4 s {:.1f} LUFS",
}


def sound_words(facts: Mapping[str, Json]) -> Iterator[str]:
    """Loudness, true peak, range and the loudest moments from a mix's facts; nothing of a film without loudness."""
    if isinstance(facts.get("integrated_lufs"), (int, float)):
        for key, words in _WORDS.items():
            if isinstance(value := facts.get(key), (int, float)):
                yield words.format(value)
