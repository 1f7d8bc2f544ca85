"""Takes that a person makes on a web page: what to paste there, what to choose, and how to call the result. Pure.

Nothing of the storyboard is lost on the way: what the page's model has no field for stands on the sheet all the same,
with what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from filmkit.model.generation import Loss, Mode, Reference, Role, ShotRequest
from filmkit.model.scalar import Size
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import CameraWay, Capability
from filmkit.providers.prompt import compose

_FIELDS: Final = frozenset({CameraWay.FIELD, CameraWay.NODE, CameraWay.LORA})
"""Ways to tell a camera that a page has not: there, words have to do."""

WHAT: Final = {
    Role.FIRST: "start picture",
    Role.LAST: "last picture",
    Role.CLIP: "clip to change",
    Role.PERFORMANCE: "clip that drives",
    Role.LOOK: "picture of the cast",
}


@dataclass(frozen=True)
class Sheet:
    """One take to be made by hand. ``prompt`` is what to paste, ``negative`` what goes into the field for it (empty
    where there is none); ``needs`` is how long the shot needs the take, ``seconds`` the length to choose;
    ``file_name`` is how the result is best called, without its ending; ``hints`` say what to do by hand.
    """

    shot: str
    take: int
    page: str
    mode: Mode
    prompt: str
    negative: str
    avoid: tuple[str, ...]
    needs: Fraction
    seconds: Fraction
    size: Size
    ratio: str
    quality: str
    seed: int | None
    references: tuple[Reference, ...]
    settings: tuple[tuple[str, str], ...]
    losses: tuple[Loss, ...]
    file_name: str
    hints: tuple[str, ...]


def sheet_of(request: ShotRequest) -> Sheet:
    """The sheet for one take: for the model that the storyboard names, whoever serves it; else for any page."""
    model = model_of(request)
    told = replace(model, camera=CameraWay.PROMPT) if model.camera in _FIELDS else model
    words = compose(request, told)
    seconds = request.seconds if model.lengths.follows_input else model.lengths.fitting(request.seconds)
    has_last = any(reference.role is Role.LAST for reference in request.references)
    shape = model.shape(request.size, request.mode, needs="last" if has_last else "", seconds=seconds)
    return Sheet(
        shot=request.shot,
        take=request.take,
        page=_page(request, model),
        mode=request.mode,
        prompt=words.prompt,
        negative=words.negative,
        avoid=request.words.avoid,
        needs=request.seconds,
        seconds=seconds,
        size=shape.size,
        ratio=shape.ratio or _ratio(shape.size),
        quality=shape.tier,
        seed=request.seed,
        references=request.references,
        settings=tuple((name, str(value)) for name, value in request.settings.items()),
        losses=words.losses,
        file_name=f"{request.shot.replace('/', '-')}-{request.take}",
        hints=(*_word_hints(request, model, words.negative), *_hints(request, model)),
    )


def model_of(request: ShotRequest) -> Capability:
    """The model that is named, whoever serves it; where none is, or nobody knows it, what stands for any page."""
    table = capabilities()
    found = table.anywhere(request.model) if request.model else None
    standing = found or table.standing_for("manual")
    assert standing is not None  # the table has a row for it
    return standing


def _page(request: ShotRequest, model: Capability) -> str:
    if model.is_any:
        return request.model or "any page that makes clips"
    return model.name


def _ratio(size: Size) -> str:
    ratio = Fraction(size.width_px, size.height_px)
    return f"{ratio.numerator}:{ratio.denominator}"


def _word_hints(request: ShotRequest, model: Capability, negative: str) -> Iterator[str]:
    """What has to be minded of the words."""
    if model.camera is CameraWay.NONE:
        yield f"{model.name} takes no words"
    elif not (request.words.prompt or request.words.action or request.words.subject):
        yield "nothing is said of what is to be seen: write the shot's `action`"
    if request.words.avoid and not negative:
        yield "there is no field for what to avoid: do not paste it, look for it in the result"


def _hints(request: ShotRequest, model: Capability) -> Iterator[str]:
    """What a person has to mind that no field does."""
    if request.mode not in model.modes:
        yield f"{model.name} makes no takes of this kind ({request.mode.value}): choose another model on the page"
    if model.lengths.fitting(request.seconds) < request.seconds and not model.lengths.follows_input:
        yield f"{model.name} makes at most {float(model.lengths.most):g} s: make two takes, or shorten the shot"
    if request.seed is not None and not model.has_seed:
        yield "there is no field for a seed: this take cannot be made again as it was; write down what the page shows"
    roles = {reference.role for reference in request.references}
    if Role.LAST in roles and not model.has_last:
        yield f"{model.name} takes no last picture: look at it, and describe how the shot ends"
    if Role.LOOK in roles and not model.refs:
        yield f"{model.name} takes no pictures of the cast: what they look like has to stand in the words"
