"""Reasons in film words: what a changed field of a step means to somebody who writes a storyboard.

A sentence may use ``{after}``, ``{before}`` and the groups of its pattern, and names the key of the storyboard to look
at. A field without a sentence is told by its own name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from filmkit.model.run import Json
from filmkit.model.timebase import SAMPLE_RATE

Show = Callable[[Json, Fraction], str]
"""How a value is shown; the second argument is the film's frames per second, 0 where the step does not know them."""


def as_is(value: Json, fps: Fraction = Fraction(0)) -> str:
    """The value on one line, digests and long texts cut short."""
    text = "nothing" if value in (None, "", [], {}) else str(value)
    return text[:12] if re.fullmatch(r"[0-9a-f]{64}", text) else text[:60] + "…" * (len(text) > 60)


def _length(value: Json, fps: Fraction) -> str:
    if not isinstance(value, int):
        return as_is(value)
    return f"{value} frames" + (f" ({float(value / fps):.2f} s)" if fps else "")


def _samples(value: Json, fps: Fraction) -> str:
    return f"{value / SAMPLE_RATE:.3f} s" if isinstance(value, int) else as_is(value)


def _decibel(value: Json, fps: Fraction) -> str:
    return f"{value:g} dB" if isinstance(value, (int, float)) else as_is(value)


def _hertz(value: Json, fps: Fraction) -> str:
    return f"{value:g} Hz" if isinstance(value, (int, float)) else as_is(value)


def _presence(value: Json, fps: Fraction) -> str:
    return "gone" if value is None else "new"


def _kind(value: Json, fps: Fraction) -> str:
    return {"take": "a take", "still": "a card or a still", "color": "a plain colour"}.get(str(value), as_is(value))


_WAS: Final = "{after}, it was {before}"
_LAYER: Final = r"segment params\.layers\.\d+\."
_CUE: Final = r"stem params\.cues\.(?P<cue>.+)\."

_SENTENCES: Final[tuple[tuple[str, str, Show], ...]] = (
    (r"\w+ params\.(canvas\.)?(?P<side>width|height)_px", f"the {{side}} of the picture is {_WAS} ('size')", as_is),
    (r"\w+ params\.canvas\.fps", f"the film has another frame rate: {_WAS} ('fps')", as_is),
    (r"\w+ params\.canvas\.codec\.(?P<key>\w+)", f"it is encoded with {{key}} {_WAS} ('picture')", as_is),
    (r"segment params\.frames|" + _LAYER + "frames", f"it lasts {_WAS}", _length),
    (_LAYER + "kind", "it shows {after} where {before} was", _kind),
    (_LAYER + "first", "it begins at picture {after} of its take, it was picture {before} ('in')", as_is),
    (_LAYER + r"(shown_at|seek_us)\b.*", "it shows the pictures of its take at other moments ('in', 'speed')", as_is),
    (_LAYER + r"conform\..*", "its take is another kind of file ('take')", as_is),
    (_LAYER + r"framing\.(?P<key>fit|focus|zoom).*", f"'{{key}}' is {_WAS}", as_is),
    (_LAYER + "holds", f"its last picture is held: {_WAS} ('short')", as_is),
    (_LAYER + "grade", "it is graded otherwise ('grade')", as_is),
    (_LAYER + "fade.*", "it fades otherwise ('fade_in', 'fade_out')", as_is),
    (_LAYER + "offset", "it begins {after} into its shot, it was {before}", _length),
    (_LAYER + r"(windows|shake)\b.*", "its camera moves otherwise ('camera', 'focus', 'zoom')", as_is),
    (_LAYER + "color", f"its colour is {_WAS} ('color')", as_is),
    (r"segment params\.overlap\.kind", f"the join is {_WAS} ('join')", as_is),
    (r"segment params\.overlap\.frames", f"the join lasts {_WAS} ('join')", _length),
    (r"segment params\.titles\b.*", "its titles lie over other frames ('titles')", as_is),
    (r"\w+ sources\..+", f"it is made from {_WAS}", as_is),
    (r"\w+ inputs\..+", f"it uses {_WAS}", as_is),
    (_CUE + "start", f"'{{cue}}' begins at {_WAS} ('at')", _samples),
    (_CUE + "length", f"'{{cue}}' is heard for {_WAS} ('lasts', 'to')", _samples),
    (_CUE + "source_start", "'{cue}' begins {after} into its file, it was {before} ('in')", _samples),
    (_CUE + "source", f"'{{cue}}' comes from {_WAS} ('file')", as_is),
    (_CUE + "gain_db", f"the gain of '{{cue}}' is {_WAS} ('gain')", _decibel),
    (_CUE + r"(?P<key>fade_in|fade_out)", f"'{{key}}' of '{{cue}}' is {_WAS}", _samples),
    (_CUE + r"(?P<key>fade_in|fade_out)_curve", f"the curve of '{{cue}}' is {_WAS} ('{{key}}', or its 'join')", as_is),
    (_CUE + "splices", "'{cue}' repeats other bars ('fit')", as_is),
    (_CUE + "reversed_samples", "another part of '{cue}' is played backwards ('reverse')", as_is),
    (_CUE + r"(?P<key>pan|loop)", f"'{{key}}' of '{{cue}}' is {_WAS}", as_is),
    (_CUE + "duck", f"'{{cue}}' gives way otherwise: {_WAS} ('duck')", as_is),
    (_CUE[:-2], "'{cue}' is {after} here", _presence),
    (r"stem params\.bus_gain_db", f"the gain of its bus is {_WAS} ('stems')", _decibel),
    (r"stem params\.high_pass_hz", f"the high-pass of its bus is {_WAS} ('high_pass')", _hertz),
    (r"duck params\.by_db", f"the level falls by {_WAS} ('by')", _decibel),
    (r"duck params\.(?P<key>attack|release|look_ahead)", f"'{{key}}' is {_WAS}", _samples),
    (r"duck params\.starts\b.*", "what presses begins at another time ('at')", as_is),
    (r"duck inputs\..+", f"it listens to {_WAS} ('under')", as_is),
    (r"(duck|stem|mix) params\.length", f"the film lasts {_WAS}", _samples),
    (r"mix params\.(integrated_lufs|peak_dbtp)", f"its loudness is {_WAS} ('loudness')", as_is),
    (r"master params\.(frames|samples|segment_frames)\b.*", "the film has other pieces or another length", as_is),
    (r"master params\.chapters\b.*", "its scenes begin elsewhere, or have other titles", as_is),
    (r"master params\.title", f"the film is called {_WAS} ('title')", as_is),
    (r"title params\.(?P<key>text|style|place|color)", f"its {{key}} is {_WAS}", as_is),
    (r"card params\.lines\b.*", "the card says something else", as_is),
    (r"lut params\.strength", f"the grade's strength is {_WAS} ('strength')", as_is),
    (r"speech params\.parts\b.*", "its scratch voice says something else ('line')", as_is),
    (r"speech params\.(?P<key>voice|speed)", f"the {{key}} of its scratch voice is {_WAS} ('scratch')", as_is),
    (r"source params\.pieces\b.*", "its sound is stretched otherwise ('speed')", as_is),
    (r"(?P<kind>\w+) version", f"this filmkit makes a {{kind}} in a new way: version {_WAS}", as_is),
    (r"\w+ tools\.(?P<tool>.+)", f"{{tool}} is another build: {_WAS}", as_is),
)  # fmt: skip


def reason(kind: str, field: str, values: tuple[Json, Json], fps: Fraction = Fraction(0)) -> str:
    """A sentence for a changed field of a kind of step; ``values`` are those before and after."""
    for pattern, sentence, show in _SENTENCES:
        if match := re.fullmatch(pattern, f"{kind} {field}"):
            before, after = (show(value, fps) for value in values)
            return sentence.format(**match.groupdict(), before=before, after=after)
    return f"{field.removeprefix('params.')} is {as_is(values[1])}, it was {as_is(values[0])}"
