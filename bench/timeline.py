"""The timeline of a film folder, and its title as a picture: what the rivals are made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.film import TITLE
from filmkit.engine.job import check_film, open_shop
from filmkit.engine.settings import Settings
from filmkit.model.recipe import Codec
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut
from filmkit.plan.planner import Quality, canvas_of


@dataclass(frozen=True, slots=True)
class Rival:
    """What a rival gets: the timeline, the codec of the film, the title as a picture with alpha."""

    timeline: Timeline
    codec: Codec
    title: Path | None


def rival_of(film: Path, store: Path) -> Rival:
    """Loads and cuts a film as filmkit does. Raises ValueError with the findings where it cannot be rendered."""
    settings = Settings(store=str(store))
    loaded, findings = check_film(film, settings, open_shop(settings, film))
    if loaded.film is None:
        raise ValueError("\n".join(finding.message for finding in findings))
    timeline = cut(loaded.film).timeline
    if timeline is None:
        raise ValueError("\n".join(finding.message for finding in findings))
    codec = canvas_of(timeline, loaded.film.storyboard.picture, Quality()).codec
    size = timeline.size.width_px, timeline.size.height_px
    return Rival(timeline, codec, _draw_title(film.parent / "title.png", size) if timeline.titles else None)


def _draw_title(path: Path, size: tuple[int, int]) -> Path:
    """The title's text in white, in the lower part of the picture, clear of the bar codes."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGBA", size, (0, 0, 0, 0))
    font = ImageFont.load_default(size=size[1] // 9)
    ImageDraw.Draw(picture).text((size[0] // 2, size[1] * 4 // 5), TITLE, "white", font, anchor="mm")
    picture.save(path)
    return path
