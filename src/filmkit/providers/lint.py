"""Prompt lint: words that video models are known to stumble over, before a take is paid for.

Each weakness says which models suffer and how to write it instead. English only. It is advice: nothing is refused for
it, and where it is not sure it is silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from filmkit.model.camera import Move
from filmkit.model.finding import Severity
from filmkit.model.generation import Mode, Words
from filmkit.providers import cameratalk, weaknesses
from filmkit.providers.capability import Capability
from filmkit.providers.prompt import compose_words

_SHORT_S: Final = Fraction(5)
"""Up to here a take has room for one idea."""

_ACTION_S: Final = Fraction(2)
"""Seconds that each further action needs."""

_MOST_WORDS: Final = 100
_LONG_READERS: Final = ("wan", "ltx")
"""Models that like a paragraph."""

_MOST_SUBJECT_WORDS: Final = 9


@dataclass(frozen=True)
class Told:
    """A shot as a model would be told of it; ``seconds`` and ``model`` are None where nobody knows them yet."""

    words: Words
    mode: Mode = Mode.T2V
    seconds: Fraction | None = None
    model: Capability | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        """What is written, by key; ``prompt`` stands in place of the rest."""
        words = self.words
        if words.prompt is not None:
            return {"prompt": words.prompt}
        said = {"subject": words.subject, "action": words.action, "framing": words.framing, "style": words.style}
        return {key: text for key, text in said.items() if text.strip()}

    @property
    def action(self) -> str:
        """The text that has to tell what happens."""
        return self.words.prompt if self.words.prompt is not None else self.words.action


@dataclass(frozen=True, slots=True)
class Weakness:
    """One weak place: ``key`` is the storyboard's, ``message`` quotes it and says who suffers."""

    code: str
    key: str
    message: str
    remedy: str
    severity: Severity = Severity.NOTE


def lint(told: Told) -> tuple[Weakness, ...]:
    """Everything weak in the words of a shot. Pure."""
    return tuple(weakness for rule in _RULES for weakness in rule(told))


def _weak(code: str, key: str, found: str, is_warning: bool = False) -> Weakness:
    suffers, remedy = _ADVICE[code]
    severity = Severity.WARNING if is_warning else Severity.NOTE
    message = f"'{found}': {suffers}" if found else suffers
    return Weakness(f"prompt-{code}", key, message, remedy, severity)


_ADVICE: Final = {
    "no-motion": (
        "nothing is said to move: all models make a still picture of it, or move what they like",
        "say in 'action' what moves: who does what, or wind, light, water, smoke",
    ),
    "words-mixed": (
        "camera and framing stand among other words: all models take them for part of the scene, or hear them twice",
        "move it: the move to 'camera', size and angle to 'framing'",
    ),
    "moves-contradict": (
        "the camera cannot do both at once: all models choose one, or none",
        "keep one move; for one after the other write camera: {move: …, then: …} and give it time",
    ),
    "several-moves": (
        "two camera moves in so short a take: all models blur them, Runway and Kling most",
        "keep one move for each five seconds, or split the shot",
    ),
    "negation": (
        "models read the word and show the thing, Runway, Hailuo and Omni above all",
        "say what is to be seen instead; things that must not appear go to 'avoid'",
    ),
    "hands": (
        "hands and fingers go wrong in all models, in close-ups most",
        "show the face or the thing itself, keep hands small, still or out of the frame, and make more takes",
    ),
    "legible-text": (
        "no model writes reliably; text in a start picture spoils takes of Runway",
        "leave the text out and lay it over as a title ('titles'), or let it be too far away to read",
    ),
    "contact": (
        "things that touch or change hands melt into each other in all models, in Wan and Hailuo most",
        "cut around it: one shot before, one after, or a reaction",
    ),
    "crowd": (
        "faces and limbs of many people go wrong in all models, at low resolution most",
        "show a few people, or the many from behind, far away, out of focus or as shadows",
    ),
    "several-actions": (
        "too much happens for so short a take: all models leave things out or rush",
        "keep one action a shot, about two seconds each, and split the shot for the rest",
    ),
    "redescribes": (
        "the start picture shows this already: told again, Runway above all changes the person or starts anew",
        "say only what changes, and call who is seen 'the subject'",
    ),
    "too-long": (
        "the longer a prompt, the less of it is heard, by all but Wan and LTX",
        "keep subject, one action, one camera move, light: forty words will do",
    ),
    "named-person": (
        "named people are refused by moderation; Runway, Veo and Kling charge for such takes or close accounts",
        "describe how somebody looks, in 'cast' and 'look', without the name",
    ),
}


def _motion(told: Told) -> Iterator[Weakness]:
    if told.mode in {Mode.V2V, Mode.PERFORMANCE}:
        return
    camera = told.words.camera if told.words.prompt is None else None
    if camera is not None and camera.move is not Move.STATIC:
        return
    text, has_subject = told.action, bool(told.words.subject) and told.words.prompt is None
    if not weaknesses.moves(text, has_subject=has_subject) and not cameratalk.is_told_to_move(text):
        yield _weak("no-motion", "prompt" if told.words.prompt is not None else "action", "", is_warning=True)


def _mixed(told: Told) -> Iterator[Weakness]:
    texts = told.texts
    for key in ("subject", "action"):
        text = texts.get(key, "")
        if found := cameratalk.camera_in(text) or cameratalk.framing_in(text):
            yield _weak("words-mixed", key, found)
    if found := cameratalk.camera_in(texts.get("framing", "")):
        yield _weak("words-mixed", "framing", found)


def _moves(told: Told) -> Iterator[Weakness]:
    camera = told.words.camera if told.words.prompt is None else None
    for key, text in told.texts.items():
        if found := cameratalk.contradiction(text, camera):
            yield _weak("moves-contradict", key, found, is_warning=True)
            return
    is_short = told.seconds is not None and told.seconds <= _SHORT_S
    if camera is not None and camera.then is not None and is_short and camera.then.move is not Move.STATIC:
        yield _weak("several-moves", "camera", f"{camera.move}, then {camera.then.move}")


def _by_words(
    code: str, find: Callable[[str], str], *, is_warning: bool = False
) -> Callable[[Told], Iterator[Weakness]]:
    """A rule that looks for words in every text, and tells the first place of each key."""

    def rule(told: Told) -> Iterator[Weakness]:
        for key, text in told.texts.items():
            if found := find(text):
                yield _weak(code, key, found, is_warning=is_warning)

    return rule


def _contact(told: Told) -> Iterator[Weakness]:
    key = "prompt" if told.words.prompt is not None else "action"
    if found := weaknesses.contact(told.action, told.words.subject):
        yield _weak("contact", key, found)


_THEN: Final = re.compile(
    r"(?<!and )(?<!now )(?<!back )(?<!until )(?<!since )(?<!even )\bthen\b|\band then\b|\bafter that\b|\bafterwards\b"
    r"|\bbefore\s+(?:he|she|it|they|\w+ing)\b|\bfinally\b",
    re.IGNORECASE,
)


def _actions(told: Told) -> Iterator[Weakness]:
    if told.seconds is None or told.seconds > _SHORT_S:
        return
    text = weaknesses.unquoted(told.action)
    if told.words.prompt is not None:
        text = ". ".join(part for part in re.split(r"[.!?]\s*", text) if not cameratalk.camera_in(part))
    key = "prompt" if told.words.prompt is not None else "action"
    if (found := _THEN.search(text)) is not None:
        yield _weak("several-actions", key, found[0])
        return
    verbs = list(_verbs(_BESIDE.sub(" ", text)))
    if len(verbs) > 1 + told.seconds / _ACTION_S:
        yield _weak("several-actions", key, ", ".join(verbs))


def _verbs(text: str) -> Iterator[str]:
    """What is done after each other: the first verb of each sentence, and those that follow a comma or ``and``."""
    lists = weaknesses.word_lists()
    for sentence in re.split(r"[.!?]\s+", text):
        words = weaknesses.words_in(sentence)
        first = next((word for word in words if word in lists["acting"] and word not in lists["things"]), None)
        if first is None:
            continue
        yield first
        rest = sentence[sentence.lower().index(first) + len(first) :]
        for found in _FURTHER.finditer(rest):
            if found[1].lower() in lists["acting"]:
                yield found[1].lower()


_FURTHER: Final = re.compile(
    r"(?:[,;]|\band\b)\s+(?:and\s+|then\s+|\w+ly\s+|he\s+|she\s+|it\s+)*(\w+s)\b", re.IGNORECASE
)
_BESIDE: Final = re.compile(r"\b(?:while|as|where|until|that|which|who)\b[^,.;]*", re.IGNORECASE)
"""What goes on beside the action is not a further one."""


def _described(told: Told) -> Iterator[Weakness]:
    if told.mode is not Mode.I2V:
        return
    for key in ("subject", "action", "prompt"):
        if found := weaknesses.looks(told.texts.get(key, "")):
            yield _weak("redescribes", key, found)
            return
    subject = told.texts.get("subject", "")
    if len(subject.split()) > _MOST_SUBJECT_WORDS:
        yield _weak("redescribes", "subject", subject)


def _long(told: Told) -> Iterator[Weakness]:
    model = told.model
    if model is not None and model.id.lower().startswith(_LONG_READERS):
        return
    prompt = compose_words(told.words, told.mode, model).prompt if model is not None else " ".join(told.texts.values())
    if (count := len(prompt.split())) > _MOST_WORDS:
        yield _weak("too-long", "prompt" if told.words.prompt is not None else "action", f"{count} words")


_RULES: Final[tuple[Callable[[Told], Iterator[Weakness]], ...]] = (
    _motion,
    _mixed,
    _moves,
    _by_words("negation", weaknesses.negation, is_warning=True),
    _by_words("hands", weaknesses.hands),
    _by_words("legible-text", weaknesses.legible_text),
    _contact,
    _by_words("crowd", weaknesses.crowd),
    _actions,
    _described,
    _long,
    _by_words("named-person", weaknesses.named_person, is_warning=True),
)
