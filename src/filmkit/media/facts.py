"""Facts of media as JSON and back, for the memo of probes."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from typing import Any

from filmkit.model.run import Json
from filmkit.model.take import AudioFacts, MediaFacts, Pictures, VideoFacts


def facts_to_json(facts: MediaFacts) -> dict[str, Json]:
    """Plain JSON; fractions as text."""
    return {
        "demuxer": facts.demuxer,
        "is_still": facts.is_still,
        "video": _plain(facts.video) if facts.video else None,
        "audio": _plain(facts.audio) if facts.audio else None,
    }


def facts_from_json(value: Json) -> MediaFacts:
    """The facts again. Raises KeyError, TypeError or ValueError for JSON that is none."""
    if not isinstance(value, dict):
        raise TypeError("facts are a mapping")
    video, audio = value["video"], value["audio"]
    return MediaFacts(
        str(value["demuxer"]),
        bool(value["is_still"]),
        _video(video) if isinstance(video, dict) else None,
        AudioFacts(**_with_fractions(audio, "lead")) if isinstance(audio, dict) else None,
    )


def _plain(part: VideoFacts | AudioFacts | Pictures) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Pictures):
            value = _plain(value)
        elif isinstance(value, Fraction):
            value = str(value)
        elif isinstance(value, tuple):
            value = list(value)
        found[field.name] = value
    return found


def _video(value: dict[str, Any]) -> VideoFacts:
    pictures = _with_fractions(value["pictures"], "time_base", "rate")
    pictures["ticks"], pictures["keys"] = tuple(pictures["ticks"]), tuple(pictures["keys"])
    return VideoFacts(**{**_with_fractions(value, "sar", "lead"), "pictures": Pictures(**pictures)})


def _with_fractions(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: Fraction(item) if key in names and item is not None else item for key, item in value.items()}
