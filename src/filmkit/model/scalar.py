"""The scalars of a storyboard, typed from the text as it was written (never by YAML's guesses).

Each type is an ``Annotated`` value that pydantic checks and that describes itself in the exported JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from filmkit.model.point import ID, RESERVED, Point
from filmkit.model.timebase import FrameRate, Time

TIME_PATTERN = r"^\d+(\.\d+)? ?(s|ms|f)$|^\d\d:[0-5]\d:[0-5]\d:\d\d$"
_COLORS = {"black": "#000000", "white": "#ffffff", "grey": "#808080", "red": "#ff0000", "green": "#008000",
           "blue": "#0000ff", "yellow": "#ffff00"}  # fmt: skip


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a single value is expected here, not a list or a mapping")
    return value


def _read(parse: Callable[[str], Any], kind: type) -> Callable[[object], Any]:
    def validate(value: object) -> Any:  # noqa: ANN401 - pydantic hands on whatever the parser returns
        return value if isinstance(value, kind) and not isinstance(value, str) else parse(_text(value))

    return validate


def _number(low: float, high: float, *, what: str = "a number") -> Callable[[object], float]:
    def parse(value: object) -> float:
        text = str(value) if isinstance(value, (int, float)) else _text(value)
        if not re.fullmatch(r"-?\d{1,12}(\.\d{1,12})?", text.strip()) or not low <= float(text) <= high:
            raise ValueError(f"{text!r} is not {what} from {low:g} to {high:g}")
        return float(text)

    return parse


def _whole(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        text = str(value) if isinstance(value, int) else _text(value)
        if not re.fullmatch(r"-?\d{1,12}", text.strip()) or not low <= int(text) <= high:
            raise ValueError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return parse


def _measure(unit: str, low: float, high: float) -> Callable[[object], float]:
    def parse(value: object) -> float:
        if isinstance(value, float):
            return value
        text = _text(value)
        match = re.fullmatch(rf"([+-]?\d{{1,6}}(?:\.\d{{1,6}})?) ?{unit}", text.strip())
        if match is None:
            raise ValueError(f"{text!r} lacks its unit; write it as {low:g} … {high:g} with a unit: '-6 {unit}'")
        if not low <= float(match[1]) <= high:
            raise ValueError(f"{text!r} is outside {low:g} … {high:g} {unit}")
        return float(match[1])

    return parse


def _id(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(ID, text):
        raise ValueError(f"{text!r} is not an id: a letter, then letters, digits, - and _")
    if text.lower() in RESERVED:
        raise ValueError(f"{text!r} is a reserved word; choose another id")
    return text


def _path(value: object) -> str:
    text = _text(value)
    parts = text.replace("\\", "/").split("/")
    if not text or len(text) > 1024 or "\0" in text:
        raise ValueError("a path is expected here")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) or text.startswith(("/", "\\", "~")) or ".." in parts:
        raise ValueError(f"{text!r} leaves the film; paths are relative to the film folder, else to assets/")
    return text


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of the picture in pixels; both even, 16 to 8192."""

    width_px: int
    height_px: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """Reads ``1280x720``."""
        match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a size; write it as 1280x720")
        size = cls(int(match[1]), int(match[2]))
        if size.width_px % 2 or size.height_px % 2 or min(size.width_px, size.height_px) < 16 or size.width_px > 8192:
            raise ValueError(f"{text!r}: width and height must be even, from 16 to 8192 pixels")
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
        """Reads ``20 USD``."""
        match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,4})?) ?([A-Z]{3}|credits)", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a sum of money; write it as 20 USD")
        return cls(Decimal(match[1]), match[2])


def _color(text: str) -> str:
    color = _COLORS.get(text.strip().lower(), text.strip().lower())
    if not re.fullmatch(r"#[0-9a-f]{6}", color):
        raise ValueError(f"{text!r} is not a colour; write #rrggbb (quoted) or one of {', '.join(_COLORS)}")
    return color


def _bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise ValueError(f"{value!r} is not true or false")
    return value == "true"


def _fraction(text: str) -> Fraction:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6})?", text.strip()) or not 0 < Fraction(text.strip()) <= 100:
        raise ValueError(f"{text!r} is not a speed; write a number above 0, such as 0.8 or 2")
    return Fraction(text.strip())


def _schema(kind: str | list[str], **rest: object) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **rest})


TimeT = Annotated[Time, PlainValidator(_read(Time.parse, Time)), _schema("string", pattern=TIME_PATTERN)]
PointT = Annotated[Point, PlainValidator(_read(Point.parse, Point)), _schema("string")]
FpsT = Annotated[FrameRate, PlainValidator(_read(FrameRate.parse, FrameRate)), _schema(["string", "number"])]
SizeT = Annotated[Size, PlainValidator(_read(Size.parse, Size)), _schema("string", pattern=r"^\d+x\d+$")]
MoneyT = Annotated[Money, PlainValidator(_read(Money.parse, Money)), _schema("string")]
SpeedT = Annotated[Fraction, PlainValidator(_read(_fraction, Fraction)), _schema("number", exclusiveMinimum=0)]
ColorT = Annotated[str, PlainValidator(lambda value: _color(_text(value))), _schema("string")]
IdT = Annotated[str, PlainValidator(_id), _schema("string", pattern=f"^{ID}$")]
PathT = Annotated[str, PlainValidator(_path), _schema("string")]
TextT = Annotated[str, PlainValidator(_text), _schema(["string", "number", "boolean"])]
BoolT = Annotated[bool, PlainValidator(_bool), _schema("boolean")]
GainT = Annotated[float, PlainValidator(_measure("dB", -120, 24)), _schema("string", pattern="dB$")]
DepthT = Annotated[float, PlainValidator(_measure("dB", 0, 60)), _schema("string", pattern="dB$")]
LufsT = Annotated[float, PlainValidator(_measure("LUFS", -40, -5)), _schema("string", pattern="LUFS$")]
PeakT = Annotated[float, PlainValidator(_measure("dBTP", -20, 0)), _schema("string", pattern="dBTP$")]
TempoT = Annotated[Fraction, PlainValidator(lambda value: value if isinstance(value, Fraction) else
                                            Fraction(str(_measure("bpm", 20, 400)(value)))),
                   _schema("string", pattern="bpm$")]  # fmt: skip
PanT = Annotated[float, PlainValidator(_number(-1, 1)), _schema("number", minimum=-1, maximum=1)]
UnitT = Annotated[float, PlainValidator(_number(0, 1)), _schema("number", minimum=0, maximum=1)]
ZoomT = Annotated[float, PlainValidator(_number(1, 8)), _schema("number", minimum=1, maximum=8)]
CrfT = Annotated[int, PlainValidator(_whole(0, 51)), _schema("integer", minimum=0, maximum=51)]
CountT = Annotated[int, PlainValidator(_whole(1, 1000)), _schema("integer", minimum=1, maximum=1000)]
SeedT = Annotated[int, PlainValidator(_whole(0, 2**53)), _schema("integer", minimum=0)]
TakeT = Annotated[str, PlainValidator(lambda value: _take(_text(value))), _schema("string", pattern=r"^t\d+$")]
TextsT: TypeAlias = Annotated[
    tuple[TextT, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
]


def _take(text: str) -> str:
    match = re.fullmatch(r"t0*(\d{1,4})", text)
    if match is None or int(match[1]) < 1:
        raise ValueError(f"{text!r} is not a take; write t01, t02 …")
    return f"t{int(match[1]):02}"
