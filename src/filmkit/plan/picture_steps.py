"""Steps of the picture: stills and tables made ready, titles and cards drawn, one segment a piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from filmkit.model.finding import Severity
from filmkit.model.recipe import (
    Canvas,
    CardRecipe,
    ColorLayer,
    Conform,
    Fade,
    Layer,
    LutRecipe,
    Overlap,
    PictureRecipe,
    SegmentRecipe,
    StillLayer,
    TakeLayer,
    TitleLayer,
    TitleRecipe,
    Window,
)  # fmt: skip
from filmkit.model.run import Event
from filmkit.model.take import SourceFile, VideoFacts
from filmkit.model.timeline import Clip, ColorMaterial, SlateMaterial, StillMaterial, TakeMaterial, Timeline, TitleClip
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.moves import APPROXIMATED, shake_of, windows_of
from filmkit.plan.pieces import Piece
from filmkit.plan.steps import Tools, add

_SEEKABLE = frozenset({"mov", "matroska"})
"""Demuxers whose index finds a picture exactly; others are decoded from their beginning."""

_PRESET_COST = {
    "ultrafast": 0.4,
    "superfast": 0.7,
    "veryfast": 1.0,
    "faster": 1.5,
    "fast": 1.8,
    "medium": 2.0,
    "slow": 3.0,
}
_FRAME_S = 0.02
"""CPU seconds of one 720p frame at veryfast, measured on two cores in November 2026."""


@dataclass
class PictureSteps:
    """Builds the steps of one film's picture; ``steps`` and ``events`` fill as it goes."""

    timeline: Timeline
    canvas: Canvas
    tools: Tools
    steps: list[Step]
    events: list[Event] = field(default_factory=list)
    _prepared: dict[object, str] = field(default_factory=dict)

    def segment(self, piece: Piece) -> str:
        """The step that encodes a piece; returns its key."""
        parts = _Parts()
        layers = [self._layer(piece, piece.first, parts)]
        if piece.second is not None:
            layers.append(self._layer(piece, piece.second, parts))
        recipe = SegmentRecipe(
            canvas=self.canvas,
            frames=piece.frames,
            layers=tuple(layers),
            overlap=Overlap(kind=piece.second.join.kind.value, frames=piece.frames) if piece.second else None,
            titles=tuple(self._title(title, piece, parts) for title in piece.titles),
        )
        return add(self.steps, Step(
            kind="segment",
            name=f"segment {piece.name}",
            version=self.tools.version("segment"),
            params=recipe.as_params(),
            sources=parts.sources,
            inputs=parts.inputs,
            tools=self._tools_of(recipe),
            about=piece.shots,
            cost=Cost(piece.frames, piece.frames * self._frame_cost() * len(layers)),
        ))  # fmt: skip

    def _tools_of(self, recipe: SegmentRecipe) -> dict[str, str]:
        """ffmpeg; also what makes frames of our own pictures: Pillow resamples stills, numpy makes planes of them."""
        if not recipe.titles and not any(isinstance(layer, StillLayer) for layer in recipe.layers):
            return dict(self.tools.media)
        return {**self.tools.media, **self.tools.sums, "pillow": self.tools.drawing["pillow"]}

    def _frame_cost(self) -> float:
        pixels = self.canvas.width_px * self.canvas.height_px / (1280 * 720)
        return _FRAME_S * pixels * _PRESET_COST.get(self.canvas.codec.preset, 4.0)

    def _layer(self, piece: Piece, clip: Clip, parts: _Parts) -> Layer:
        fade, material = _fade(clip, piece), clip.material
        if isinstance(material, ColorMaterial):
            return ColorLayer(kind="color", color=material.color, fade=fade)
        grade = self._grade(clip, parts) if not isinstance(material, SlateMaterial) else None
        if isinstance(material, TakeMaterial):
            slot = parts.source(f"take{len(parts.sources)}", material.take.file)
            return _take_layer(material, clip, piece, slot).model_copy(update={"grade": grade, "fade": fade})
        windows: tuple[Window, ...] = (Window(), Window())
        if isinstance(material, StillMaterial):
            key, windows = self._picture(material.file), self._windows(clip, material)
        else:
            key = self._card(clip, material)
        return StillLayer(
            kind="still",
            slot=parts.input(f"picture{len(parts.inputs)}", Input(key, "picture")),
            framing=clip.look.framing
            if isinstance(material, StillMaterial)
            else StillLayer.model_fields["framing"].default,
            frames=clip.frames,
            offset=piece.start - clip.start,
            windows=windows,
            shake=shake_of(material.camera) if isinstance(material, StillMaterial) else 0.0,
            grade=grade,
            fade=fade,
        )

    def _windows(self, clip: Clip, material: StillMaterial) -> tuple[Window, ...]:
        video = material.file.facts.video if material.file.facts else None
        width, height = video.upright if video else (16, 9)
        shape = (width / height) / (self.canvas.width_px / self.canvas.height_px)
        if material.camera and material.camera.move in APPROXIMATED:
            event = Event(
                "move-approximated",
                f"'{material.camera.move}' is only hinted at over a still",
                Severity.NOTE,
                clip.shot,
            )
            if event not in self.events:
                self.events.append(event)
        return windows_of(material.camera, shape, clip.look.framing.focus, clip.look.framing.zoom)

    def _grade(self, clip: Clip, parts: _Parts) -> str | None:
        lut = clip.look.lut
        if lut is None:
            return None
        key = self._prepare((lut.sha256, clip.look.lut_strength), Step(
            kind="lut",
            name=f"lut {lut.name}",
            version=self.tools.version("lut"),
            params=LutRecipe(strength=clip.look.lut_strength).as_params(),
            sources={"file": lut},
        ))  # fmt: skip
        return parts.input(f"lut{len(parts.inputs)}", Input(key, "lut"))

    def _picture(self, file: SourceFile) -> str:
        video = file.facts.video if file.facts else None
        demuxer = file.facts.demuxer if file.facts else ""
        return self._prepare((file.sha256, "picture"), Step(
            kind="picture",
            name=f"picture {file.name}",
            version=self.tools.version("picture"),
            params=PictureRecipe(demuxer=demuxer, rotation=video.rotation if video else 0).as_params(),
            sources={"file": file},
            tools=self.tools.media,
            cost=Cost(0, 0.3),
        ))  # fmt: skip

    def _card(self, clip: Clip, material: SlateMaterial) -> str:
        recipe = CardRecipe(
            kind="credits" if material.kind == "credits" else "slate",
            width_px=self.canvas.width_px,
            height_px=self.canvas.height_px,
            lines=material.lines,
        )
        return self._prepare(recipe, Step(
            kind="card",
            name=f"card {clip.shot}",
            version=self.tools.version("card"),
            params=recipe.as_params(),
            tools=self.tools.drawing,
            about=(clip.shot,),
            cost=Cost(0, 0.5),
        ))  # fmt: skip

    def _title(self, title: TitleClip, piece: Piece, parts: _Parts) -> TitleLayer:
        recipe = TitleRecipe(
            width_px=self.canvas.width_px,
            height_px=self.canvas.height_px,
            text=title.title.text,
            has_image=title.image is not None,
            color=title.title.color,
            style=title.title.style,
            place=title.title.place.value if title.title.place else None,
        )
        inputs = {"image": Input(self._picture(title.image), "picture")} if title.image else {}
        key = self._prepare((recipe, title.image and title.image.sha256), Step(
            kind="title",
            name=f"title {title.name}",
            version=self.tools.version("title"),
            params=recipe.as_params(),
            inputs=inputs,
            tools=self.tools.drawing,
            about=(title.name,),
            cost=Cost(0, 0.5),
        ))  # fmt: skip
        return TitleLayer(
            slot=parts.input(f"title{len(parts.inputs)}", Input(key, "picture")),
            start=title.start - piece.start,
            stop=title.stop - piece.start,
            fade_in=title.fade_in_frames,
            fade_out=title.fade_out_frames,
        )

    def _prepare(self, what: object, step: Step) -> str:
        """A step that several segments may share, added once."""
        if what not in self._prepared:
            self._prepared[what] = add(self.steps, step)
        return self._prepared[what]


@dataclass
class _Parts:
    """What one segment reads, by slot."""

    sources: dict[str, SourceFile] = field(default_factory=dict)
    inputs: dict[str, Input] = field(default_factory=dict)

    def source(self, slot: str, file: SourceFile) -> str:
        self.sources[slot] = file
        return slot

    def input(self, slot: str, given: Input) -> str:
        self.inputs[slot] = given
        return slot


def _fade(clip: Clip, piece: Piece) -> Fade | None:
    """The clip's fades in the piece's own frames; None where they do not touch it."""
    begin, end = clip.start - piece.start, clip.stop - piece.start
    fades_in = clip.fade_in_frames > 0 and begin + clip.fade_in_frames > 0
    fades_out = clip.fade_out_frames > 0 and end - clip.fade_out_frames < piece.frames
    if not fades_in and not fades_out:
        return None
    return Fade(
        in_from=begin if fades_in else None,
        in_to=begin + clip.fade_in_frames if fades_in else None,
        out_from=end - clip.fade_out_frames if fades_out else None,
        out_to=end if fades_out else None,
    )


def _take_layer(material: TakeMaterial, clip: Clip, piece: Piece, slot: str) -> TakeLayer:
    facts = material.take.file.facts
    assert facts is not None and facts.video is not None
    shown = material.pictures[piece.start - clip.start : piece.stop - clip.start]
    first, shown_at = shown[0], _shown_at(shown)
    holds = clip.stop - material.held_frames < piece.stop
    return TakeLayer(
        kind="take",
        slot=slot,
        conform=conform_of(facts.demuxer, facts.video),
        framing=clip.look.framing,
        first=first,
        shown_at=shown_at,
        holds=holds and bool(shown_at),  # a piece of a single frame repeats nothing
        seek_us=_seek_us(facts.demuxer, facts.video, first),
    )


def _shown_at(shown: Sequence[int]) -> tuple[int, ...]:
    """For each picture from the first shown to the last, the frame at which it begins to stand."""
    if isinstance(shown, range):
        return ()
    frames: list[int] = []
    for frame, picture in enumerate(shown):
        while len(frames) <= picture - shown[0]:
            frames.append(frame)
    return () if frames == list(range(len(shown))) else tuple(frames)


def _seek_us(demuxer: str, video: VideoFacts, first: int) -> int:
    """Microseconds between picture ``first - 1`` and ``first``, where a key frame lies on the way; else 0."""
    if demuxer not in _SEEKABLE or video.is_interlaced or not any(0 < key <= first for key in video.pictures.keys):
        return 0
    between_s = (video.pictures.shown_at(first - 1) + video.pictures.shown_at(first)) / 2
    return round((video.lead + between_s) * 1_000_000)


def conform_of(demuxer: str, video: VideoFacts) -> Conform:
    """What of a take's facts decides how it is brought to the canvas."""
    order = {"tt": "tff", "tb": "tff", "bb": "bff", "bt": "bff"}.get(video.field_order, "")
    return Conform.model_validate({
        "demuxer": demuxer,
        "stream": video.stream,
        "width": video.width,
        "height": video.height,
        "sar": str(Fraction(video.sar)),
        "rotation": video.rotation,
        "pixel_format": video.pixel_format,
        "has_alpha": video.has_alpha,
        "is_rgb": video.is_rgb,
        "interlaced": order,
        "color_range": video.color_range,
        "color_matrix": video.color_matrix,
        "color_primaries": video.color_primaries,
        "color_transfer": video.color_transfer,
    })  # fmt: skip
