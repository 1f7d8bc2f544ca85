"""The words of a shot, composed for one model: the prompt in its best order, the negative prompt, the camera.

Nothing is cut and nothing vanishes: a prompt that is too long stays whole and is told, ``avoid`` without a field for
it is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from filmkit.model.generation import Fate, Loss, Mode, ShotRequest, Words
from filmkit.providers.camera import CameraWords, camera_words
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import CameraWay, Capability, LimitUnit


@dataclass(frozen=True)
class Composed:
    """What a model is told. ``negative`` is a list of nouns, empty without a field for it; ``over`` is by how much the
    prompt is longer than the model takes (0: it fits).
    """

    prompt: str
    negative: str
    camera: CameraWords
    losses: tuple[Loss, ...]
    over: int = 0


def compose(request: ShotRequest, model: Capability) -> Composed:
    """The words of a request for a model. Pure."""
    return compose_words(request.words, request.mode, model)


def compose_words(words: Words, mode: Mode, model: Capability) -> Composed:
    """The words for a model, with every loss. Pure."""
    losses: list[Loss] = []
    if words.prompt is not None:
        camera, prompt = CameraWords(), words.prompt.strip()
    else:
        camera = camera_words(words.camera, model.camera)
        losses += camera.losses
        parts = _parts(words, mode, camera, losses)
        prompt = _joined([parts[name] for name in order_of(model) if parts.get(name)])
    negative = _negative(words.avoid, model, losses)
    if model.camera is CameraWay.NONE and prompt:
        losses.append(Loss(Fate.UNSUPPORTED, "action", f"{model.id} takes no words: they are left out"))
        prompt = ""
    over = _too_long(prompt, model, losses)
    return Composed(prompt, negative, camera, tuple(losses), over)


def order_of(model: Capability) -> tuple[str, ...]:
    """In which order a prompt's parts are best for this model; brackets go first where nothing else is said."""
    order = capabilities().providers[model.provider].order
    return order if "brackets" in order else ("brackets", *order)


def _parts(words: Words, mode: Mode, camera: CameraWords, losses: list[Loss]) -> dict[str, str]:
    return {
        "brackets": camera.brackets,
        "subject": _told(words, mode, losses),
        "camera": _sentence(camera.phrase),
        "framing": _sentence(words.framing),
        "style": _sentence(words.style),
    }


def _told(words: Words, mode: Mode, losses: list[Loss]) -> str:
    """Subject and action as a sentence, and how people look. Over a start picture their looks are not told again."""
    looks = [look.strip().rstrip(".,;") for look in words.looks if look.strip()]
    if looks and mode is not Mode.T2V:
        detail = "the start picture shows how they look: their looks are not told again"
        losses.append(Loss(Fate.APPROXIMATED, "cast", detail))
        looks = []
    subject, action = words.subject.strip().rstrip(".,;"), words.action.strip()
    if not subject and len(looks) == 1 and _begins_with_verb(action):
        subject, looks = looks[0], []
    if not subject and not looks and words.looks and _begins_with_verb(action):
        subject = "the subject"
    comma = "," if "," in subject else ""
    told = f"{subject}{comma} {action}".strip() if action else subject
    return _joined([_sentence(told), *(_sentence(look) for look in looks)])


_OPENERS: Final = (
    "a an the this that these those his her its their my our your one two three four five some many few all both each "
    "every no he she it they we you i there in on at from over under behind as while when after before and is"
)
_NOT_VERBS: Final = frozenset(_OPENERS.split())
"""Words an action begins with when it has a subject of its own."""


def _begins_with_verb(action: str) -> bool:
    """Whether an action needs a subject: ``climbs a stair`` does, ``the lamp takes fire`` does not."""
    first = re.match(r"[A-Za-z'’]+", action)
    if first is None or first[0][0].isupper():
        return False
    return first[0].lower() not in _NOT_VERBS and (first[0].endswith("s") or first[0].endswith("ing"))


def _sentence(text: str) -> str:
    """With a capital at its beginning and a stop at its end."""
    text = text.strip()
    if not text:
        return ""
    begun = text[0].upper() + text[1:]
    return begun if begun[-1] in ".!?…\"”'’" else begun.rstrip(",;:") + "."


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


_ORDER: Final = re.compile(r"^(?:no|not|without|avoid|don['’]t(?: show)?|do not(?: show)?|never)\s+(?:any\s+)?", re.I)


def _negative(avoid: Sequence[str], model: Capability, losses: list[Loss]) -> str:
    """Nouns after each other: a negative field holds what is not wanted, not orders."""
    nouns = [noun for said in avoid if (noun := _ORDER.sub("", said.strip()).rstrip(".,;"))]
    text = ", ".join(dict.fromkeys(nouns))
    if text and not model.has_negative:
        detail = f"{model.id} has no negative prompt: '{text}' is left out"
        losses.append(Loss(Fate.UNSUPPORTED, "avoid", detail))
        return ""
    return text


_UNIT_WORDS: Final = {LimitUnit.UTF16: "UTF-16 units", LimitUnit.CHARACTERS: "characters"}


def _too_long(prompt: str, model: Capability, losses: list[Loss]) -> int:
    limit = model.prompt_limit
    if limit is None or (length := limit.length(prompt)) <= limit.count:
        return 0
    detail = f"the prompt has {length:,} {_UNIT_WORDS[limit.unit]}, {model.id} takes {limit.count:,}: shorten it"
    losses.append(Loss(Fate.UNSUPPORTED, "prompt", detail))
    return length - limit.count
