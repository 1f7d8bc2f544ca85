"""The scalars of a storyboard, typed from the text as it was written (never by YAML's guesses).

Each type is an ``Annotated`` value that pydantic checks and that describes itself in the exported JSON Schema. The text
of an error is what was found, then ``; ``, then what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from filmkit.model import patterns
from filmkit.model.point import ID, RESERVED, Each, Point
from filmkit.model.timebase import FrameRate, Time

MOST_PIXELS = 8192 * 4320
"""The largest picture of a film, in pixels."""

_COLORS = {"black": "#000000", "white": "#ffffff", "grey": "#808080", "red": "#ff0000", "green": "#008000",
           "blue": "#0000ff", "yellow": "#ffff00"}  # fmt: skip
_URL = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:[\\/]|(?:{patterns.PROTOCOLS}):", re.I)


def _text(value: object) -> str:
    if isinstance(value, dict):
        raise ValueError("one value is expected here, not a mapping; put the text in quotes")
    if not isinstance(value, str):
        raise ValueError("one value is expected here, not a list; put the text in quotes")
    return value


def _read(parse: Callable[[str], Any], kind: type) -> Callable[[object], Any]:
    def validate(value: object) -> Any:  # noqa: ANN401 - pydantic hands on whatever the parser returns
        return value if isinstance(value, kind) and not isinstance(value, str) else parse(_text(value))

    return validate


def _number(low: float, high: float) -> Callable[[object], float]:
    def parse(value: object) -> float:
        text = str(value) if isinstance(value, (int, float)) else _text(value)
        if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,12})?", text.strip()):
            raise ValueError(f"{text!r} is not a number; write a number from {low:g} to {high:g}, such as 0.5")
        if not low <= float(text) <= high:
            raise ValueError(f"{text!r} is out of range; write a number from {low:g} to {high:g}")
        return float(text)

    return parse


def _whole(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        text = str(value) if isinstance(value, int) else _text(value)
        if not re.fullmatch(r"-?[0-9]{1,16}", text.strip()) or not low <= int(text) <= high:
            raise ValueError(f"{text!r} does not fit here; write a whole number from {low} to {high}")
        return int(text)

    return parse


def _measure(unit: str, low: float, high: float) -> Callable[[object], float]:
    def parse(value: object) -> float:
        if isinstance(value, float):
            return value
        text = _text(value)
        match = re.fullmatch(r"([+-]?[0-9]{1,6}(?:\.[0-9]{1,6})?) ?([^0-9]*)", text.strip().replace("\u2212", "-"))
        if match is None:
            raise ValueError(f"{text!r} is not a number with its unit; write {low:g} to {high:g} {unit}")
        if match[2] != unit or "\u2212" in text:
            what = f"has the wrong unit or sign, it should be in {unit}" if match[2] else "lacks its unit"
            meant = _meant(match[1], match[2], unit)
            raise ValueError(f"{text!r} {what}; write " + (f"'{meant}'" if meant else f"{low:g} to {high:g} {unit}"))
        if not low <= float(match[1]) <= high:
            raise ValueError(f"{text!r} is out of range; write {low:g} to {high:g} {unit}")
        return float(match[1])

    return parse


_LEVELS = {"db", "dbfs", "dbtp", "lufs", "lkfs", "lu"}
"""Units of which one is as large as the other."""


def _meant(number: str, found: str, unit: str) -> str:
    """What was probably meant by a number in another unit; empty where nobody can tell."""
    one, other = found.strip().lower(), unit.lower()
    if one in {"", other} or {one, other} <= _LEVELS:
        return f"{number} {unit}"
    return f"{(Decimal(number) * 1000).normalize():f} {unit}" if (one, other) == ("khz", "hz") else ""


def _id(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(ID, text):
        raise ValueError(f"{text!r} is not a name filmkit can use; write a letter, then letters, digits, - and _")
    if text.lower() in RESERVED:
        raise ValueError(f"{text!r} is a word filmkit keeps for itself; choose another name")
    return text


def _path(value: object) -> str:
    text = _text(value)
    if not text.strip() or len(text) > 1024:
        raise ValueError("a path is expected here; write a file's path, from the film folder on")
    parts = text.replace("\\", "/").split("/")
    if _URL.match(text) or text.startswith(("/", "\\", "~")) or ".." in parts:
        raise ValueError(f"{text!r} leaves the film; copy the file into the film folder (or assets/) "
                         "and write its path from there")  # fmt: skip
    return text


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of the picture in pixels; both even, 16 to 8192."""

    width_px: int
    height_px: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """Reads ``1280x720``. Raises ValueError with what to write."""
        match = re.fullmatch(r"([0-9]{1,5}) ?[x×] ?([0-9]{1,5})", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a size; write it as 1280x720")
        size = cls(int(match[1]), int(match[2]))
        if size.width_px % 2 or size.height_px % 2:
            raise ValueError(f"{text!r} has an odd number of pixels; make width and height even, as in 1280x720")
        short, long = sorted((size.width_px, size.height_px))
        if short < 16 or long > 8192 or short * long > MOST_PIXELS:
            raise ValueError(f"{text!r} is out of range; write 16 to 8192 pixels a side, 8192x4320 in all at most")
        return size

    def __str__(self) -> str:
        return f"{self.width_px}x{self.height_px}"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, or in a provider's credits."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, text: str) -> Money:
        """Reads ``20 USD``. Raises ValueError with what to write."""
        match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,4})?) ?([A-Z]{3}|credits)", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a sum of money; write it as 20 USD")
        return cls(Decimal(match[1]), match[2])


def _color(value: object) -> str:
    text = _text(value)
    color = _COLORS.get(text.strip().lower(), text.strip().lower())
    if not re.fullmatch(r"#[0-9a-f]{6}", color):
        raise ValueError(f"{text!r} is not a colour; write one of {', '.join(_COLORS)}, or '#rrggbb' in quotes")
    return color


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value)
    if text not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false; write true or false")
    return text == "true"


def _speed(text: str) -> Fraction:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,6})?", text.strip()) or not 0 < Fraction(text.strip()) <= 100:
        raise ValueError(f"{text!r} is not a speed; write a number above 0 and up to 100, such as 0.8 or 2")
    return Fraction(text.strip())


def _pace(text: str) -> Fraction:
    wanted = "write a number from 0.25 to 4"
    try:
        speed = _speed(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a speed of a sound; {wanted}") from None
    if not Fraction(1, 4) <= speed <= 4:
        raise ValueError(f"{text!r} is too far from the sound's own speed; {wanted}")
    return speed


def _take(value: object) -> str:
    text = _text(value)
    match = re.fullmatch(r"t0*([0-9]{1,4})", text)
    if match is None or int(match[1]) < 1:
        raise ValueError(f"{text!r} is not a take; write t01, t02 …")
    return f"t{int(match[1]):02}"


def _voice(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(patterns.VOICE, text):
        raise ValueError(f"{text!r} is not the name of a voice; write one such as en-gb, de or en-us+f3")
    return text


def _tempo(value: object) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(str(_measure("bpm", 20, 400)(value)))


def _schema(kind: str | list[str], **rest: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **rest})


def _measured(unit: str, example: str) -> WithJsonSchema:
    return _schema("string", pattern=patterns.measure(unit), examples=[example])


_TIMES = ["4s", "0.5s", "250ms", "12f", "00:00:04:12"]
_EACH = ["harbour.cuts", "theme.downbeats", "theme.beats - 2f"]
_POINTS = ["harbour", "boat.end", "boat.horn + 1.2s", "theme.beat(17)"]
_RATES = [24, 25, 30, 23.976, "30000/1001"]
_SIZES = ["1280x720", "1920x1080"]
TimeT = Annotated[
    Time, PlainValidator(_read(Time.parse, Time)), _schema("string", pattern=patterns.TIME, examples=_TIMES)
]
PointT = Annotated[
    Point, PlainValidator(_read(Point.parse, Point)), _schema("string", pattern=patterns.POINT, examples=_POINTS)
]
EachT = Annotated[
    Each, PlainValidator(_read(Each.parse, Each)), _schema("string", pattern=patterns.EACH, examples=_EACH)
]
FpsT = Annotated[
    FrameRate,
    PlainValidator(_read(FrameRate.parse, FrameRate)),
    _schema(["string", "number"], pattern=patterns.FPS, minimum=1, maximum=240, examples=_RATES),
]
SizeT = Annotated[
    Size, PlainValidator(_read(Size.parse, Size)), _schema("string", pattern=patterns.SIZE, examples=_SIZES)
]
MoneyT = Annotated[
    Money, PlainValidator(_read(Money.parse, Money)), _schema("string", pattern=patterns.MONEY, examples=["20 USD"])
]
SpeedT = Annotated[
    Fraction, PlainValidator(_read(_speed, Fraction)), _schema("number", exclusiveMinimum=0, maximum=100)
]
PaceT = Annotated[Fraction, PlainValidator(_read(_pace, Fraction)), _schema("number", minimum=0.25, maximum=4)]
"""The speed of a sound whose pitch is kept: further from 1, no stretching sounds like the original any more."""
ColorT = Annotated[
    str,
    PlainValidator(_color),
    _schema("string", pattern=patterns.color(list(_COLORS)), examples=[*_COLORS, "#d8a23c"]),
]
IdT = Annotated[str, PlainValidator(_id), _schema("string", pattern=patterns.NAME)]
PathT = Annotated[
    str, PlainValidator(_path), _schema("string", pattern=patterns.PATH, examples=["reference/harbour.png"])
]
TextT = Annotated[str, PlainValidator(_text), _schema(["string", "number", "boolean"])]
BoolT = Annotated[bool, PlainValidator(_bool), _schema("boolean")]
GainT = Annotated[float, PlainValidator(_measure("dB", -120, 24)), _measured("dB", "-6 dB")]
DepthT = Annotated[float, PlainValidator(_measure("dB", 0, 60)), _measured("dB", "9 dB")]
QuietT = Annotated[float, PlainValidator(_measure("dB", -120, -10)), _measured("dB", "-50 dB")]
HertzT = Annotated[float, PlainValidator(_measure("Hz", 10, 1000)), _measured("Hz", "80 Hz")]
LufsT = Annotated[float, PlainValidator(_measure("LUFS", -40, -5)), _measured("LUFS", "-14 LUFS")]
PeakT = Annotated[float, PlainValidator(_measure("dBTP", -20, 0)), _measured("dBTP", "-1 dBTP")]
TempoT = Annotated[Fraction, PlainValidator(_tempo), _measured("bpm", "97 bpm")]
PanT = Annotated[float, PlainValidator(_number(-1, 1)), _schema("number", minimum=-1, maximum=1)]
UnitT = Annotated[float, PlainValidator(_number(0, 1)), _schema("number", minimum=0, maximum=1)]
ZoomT = Annotated[float, PlainValidator(_number(1, 8)), _schema("number", minimum=1, maximum=8)]
CrfT = Annotated[int, PlainValidator(_whole(0, 51)), _schema("integer", minimum=0, maximum=51)]
CountT = Annotated[int, PlainValidator(_whole(1, 1000)), _schema("integer", minimum=1, maximum=1000)]
SeedT = Annotated[int, PlainValidator(_whole(0, 2**53)), _schema("integer", minimum=0, maximum=2**53)]
TakeT = Annotated[str, PlainValidator(_take), _schema("string", pattern=patterns.TAKE, examples=["t01"])]
VoiceT = Annotated[
    str, PlainValidator(_voice), _schema("string", pattern=patterns.VOICE, examples=["en-gb", "de", "en-us+f3"])
]
VoiceSpeedT = Annotated[float, PlainValidator(_number(0.5, 2.5)), _schema("number", minimum=0.5, maximum=2.5)]


def as_list(value: object) -> object:
    """A single text stands for a list of one."""
    return (value,) if isinstance(value, str) else value


TextsT: TypeAlias = Annotated[
    tuple[TextT, ...], BeforeValidator(as_list, json_schema_input_type=TextT | tuple[TextT, ...])
]
PathsT: TypeAlias = Annotated[
    tuple[PathT, ...], BeforeValidator(as_list, json_schema_input_type=PathT | tuple[PathT, ...])
]
