"""Titles, credits and captions as the storyboard writes them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from filmkit.model.board import Board, contradiction
from filmkit.model.scalar import ColorT, IdT, PathT, PointT, TextsT, TextT, TimeT, as_list
from filmkit.model.timebase import Time

TITLE_STYLES: Final = ("main", "lower-third", "subtitle", "slate")
"""The styles of titles; those of ``assets/titles/`` are not built yet."""

Deliverable = Literal["master", "youtube-1080p", "vertical-1080", "archive"]
"""What a film can be delivered as."""

DeliverablesT: TypeAlias = Annotated[
    tuple[Deliverable, ...], BeforeValidator(as_list, json_schema_input_type=Deliverable | tuple[Deliverable, ...])
]
StyleT: TypeAlias = Annotated[TextT, WithJsonSchema({"enum": list(TITLE_STYLES)})]


class TitlePlace(StrEnum):
    """Where a title stands; None is its style's own place."""

    TOP = "top"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    MIDDLE = "middle"
    MIDDLE_LEFT = "middle-left"
    MIDDLE_RIGHT = "middle-right"
    BOTTOM = "bottom"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


class Title(Board):
    """A text, an image or a colour over the picture, from ``at`` for ``lasts`` or ``to`` (3 s if neither is said)."""

    id: IdT | None = None
    text: TextT | None = None
    image: PathT | None = None
    color: ColorT | None = None
    style: StyleT = "main"
    place: TitlePlace | None = None
    at: PointT
    lasts: TimeT | None = None
    to: PointT | None = None
    fade_in: TimeT = Time()
    fade_out: TimeT = Time()

    @model_validator(mode="after")
    def _one_content(self) -> Title:
        given = [key for key in ("text", "image", "color") if getattr(self, key) is not None]
        if len(given) > 1:
            raise contradiction(given[1], f"this title has both '{given[0]}' and '{given[1]}'", "make two titles of it")
        if not given:
            raise contradiction("text", "this title shows nothing", "give it 'text', 'image' or 'color'")
        if self.lasts is not None and self.to is not None:
            raise contradiction("to", "this title has both 'lasts' and 'to'", "keep one of them")
        return self


class Credits(Board):
    """The credits after the last shot, on black: own lines, then team, cast, models, music and licences."""

    lasts: TimeT = Time.parse("8s")
    lines: TextsT = ()


class Captions(Board):
    """How lines are captioned, and the deliverables they are burned into."""

    style: StyleT = "subtitle"
    burn: DeliverablesT = ()
