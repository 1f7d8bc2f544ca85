"""Which shot a file was made for, by what is known of it: points for each shot, with the reasons. Pure.

Nothing is guessed: a match is sure only where one thing says so by itself (the shot's name with a number, the beginning
of its prompt with three words that mean something, a whole prompt) and no other shot comes near.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, TypeAlias

SURE: Final = 70
"""Points from which a match may be sure."""

MARGIN: Final = 20
"""How many points it has to stand before the next shot."""


@dataclass(frozen=True)
class ShotWords:
    """A shot as files may speak of it: ``harbour/boat``, the prompts that may have been pasted, the parts of them that
    other shots and other films may have as well (subject, looks, framing, style), and the seeds of its takes.
    """

    name: str
    texts: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    seeds: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Clue:
    """What is known of a file: its folders below the inbox, what its name and its metadata say."""

    folders: tuple[str, ...] = ()
    whole: str = ""
    label: str = ""
    is_numbered: bool = False
    beginnings: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True)
class Match:
    """A shot that a file may be for."""

    shot: str
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """All shots that anything speaks for, the likeliest first."""

    matches: tuple[Match, ...] = ()

    @property
    def sure(self) -> Match | None:
        """The one shot this file is for; None where somebody has to be asked."""
        if not self.matches or self.matches[0].points < SURE:
            return None
        second = self.matches[1].points if len(self.matches) > 1 else 0
        return self.matches[0] if self.matches[0].points - second >= MARGIN else None


@dataclass(frozen=True, slots=True)
class _Form:
    """One spelling of a text: without the empty words it begins with, how many of its words tell something, its length
    in signs, and these words.
    """

    text: str
    pithy: str
    weight: int
    length: int
    words: frozenset[str]


_Texts: TypeAlias = tuple[Sequence[_Form], Sequence[_Form]]
"""What a file's name says, and what the prompts in it say."""


@dataclass(frozen=True)
class Slate:
    """The shots of a film, made ready for many questions."""

    shots: tuple[ShotWords, ...]
    _forms: dict[str, tuple[_Form, ...]] = field(default_factory=dict)
    _words: dict[str, frozenset[str]] = field(default_factory=dict)
    _shared: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, shots: Sequence[ShotWords]) -> Slate:
        """Words that stand in more than half of the shots (the film's style) tell nothing of one, and so do texts that
        stand in another shot's (the same subject).
        """
        forms = {shot.name: tuple({form for text in shot.texts for form in _forms_of(text)}) for shot in shots}
        words = {name: frozenset(word for form in own for word in form.words) for name, own in forms.items()}
        counts = Counter(word for own in words.values() for word in own)
        common = {word for word, count in counts.items() if len(shots) > 2 and count * 2 > len(shots)}
        told = {name: tuple(replace(form, words=form.words - common) for form in own) for name, own in forms.items()}
        return cls(tuple(shots), told, words, set(_shared(forms)))

    def verdict(self, clue: Clue) -> Verdict:
        """How much speaks for each shot."""
        said = [form for text in (*clue.beginnings, clue.label) for form in _forms_of(text)]
        told = [form for text in clue.prompts for form in _forms_of(text)]
        words = frozenset(word for form in (*said, *told) for word in form.words)
        found = [match for shot in self.shots if (match := self._match(shot, clue, (said, told), words)) is not None]
        return Verdict(tuple(sorted(found, key=lambda match: -match.points)))

    def _match(self, shot: ShotWords, clue: Clue, texts: _Texts, words: frozenset[str]) -> Match | None:
        evidence = [*_by_folder(shot, clue), *_by_label(shot, clue)]
        if words & self._words[shot.name]:
            for form in texts[0]:
                evidence += self._by_words(shot, form)
            for form in texts[1]:
                evidence += self._by_prompt(self._forms[shot.name], form)
        has_seed = clue.seed is not None and clue.seed in shot.seeds
        is_rare = has_seed and (clue.seed or 0) >= _RARE_SEED
        if not evidence and not is_rare:
            return None
        scored = sorted(evidence, reverse=True)
        points = (scored[0][0] if scored else 0) + (30 if is_rare else 8 if has_seed else 0)
        reasons = [reason for _, reason in scored] + ([f"its seed {clue.seed} is the shot's"] if has_seed else [])
        return Match(shot.name, min(points, 99), tuple(dict.fromkeys(reasons)))

    def _by_words(self, shot: ShotWords, said: _Form) -> Iterator[tuple[int, str]]:
        is_common = any(form.pithy.startswith(said.pithy) for text in shot.openings for form in _forms_of(text))
        for text in self._forms[shot.name]:
            if (scored := self._beginning(text, said)) is not None:
                yield min(scored[0], 55) if is_common else scored[0], scored[1]

    def _beginning(self, text: _Form, said: _Form) -> tuple[int, str] | None:
        """A name that holds the beginning of a prompt, cut anywhere; or, where it is long, its words."""
        quoted = f"its name begins like the prompt: “{said.text[:40].strip()}”"
        if text.text.startswith(said.text) or (said.pithy and text.pithy.startswith(said.pithy)):
            if said.weight >= 3 and _length(said.pithy) >= 14:
                return 85 if said.length >= 40 else 80, quoted
            if said.length >= 8:
                return 45, quoted
        if text.text not in self._shared and _holds(said, text):
            return 80, "its name holds the words of the shot"
        return _alike(text, said, sure=75, most=50)

    def _by_prompt(self, texts: Sequence[_Form], said: _Form) -> Iterator[tuple[int, str]]:
        for text in texts:
            if text.text == said.text:
                yield 99, "it was made from the shot's own prompt"
            elif text.text not in self._shared and _holds(said, text):
                yield 78, "its prompt holds the words of the shot"
            elif (scored := _alike(text, said, sure=78, most=55)) is not None:
                yield scored


def _alike(text: _Form, said: _Form, *, sure: int, most: int) -> tuple[int, str] | None:
    """How many of the words that tell something are the same, of those of the shorter one. The shot's own have none
    that stand in most shots.
    """
    both = text.words & said.words
    if not both:
        return None
    share = len(both) / min(len(text.words), len(said.words))
    reason = f"words of the shot: {', '.join(sorted(both, key=said.text.find)[:6])}"
    if share >= 0.8 and len(both) >= 5:
        return sure, reason
    return round(most * share * min(1.0, len(both) / 3)), reason


def _shared(forms: dict[str, tuple[_Form, ...]]) -> Iterator[str]:
    """Texts of a shot that stand in one of another shot's."""
    every = {name: "\n".join(f" {form.text} " for form in own) for name, own in forms.items()}
    for name, own in forms.items():
        others = "\n".join(texts for other, texts in every.items() if other != name)
        yield from (form.text for form in own if f" {form.text} " in others)


_RARE_SEED: Final = 10_000
"""Smaller ones are chosen by people, and come again."""


def _by_folder(shot: ShotWords, clue: Clue) -> Iterator[tuple[int, str]]:
    """Folders in the inbox that are called like scene and shot."""
    folders = [_form(folder) for folder in clue.folders]
    scene, own = (_form(part) for part in shot.name.split("/"))
    if folders[-2:] == [scene, own] or folders[-1:] == [f"{scene} {own}"]:
        yield 95, f"it lies in a folder called {shot.name}"
    elif folders[-1:] == [own]:
        yield 60, f"it lies in a folder called {shot.name.rpartition('/')[2]}"


def _by_label(shot: ShotWords, clue: Clue) -> Iterator[tuple[int, str]]:
    """A file that is called like the shot. With the scene's name, or with a number, that is no accident."""
    for said, is_numbered in ((clue.label, clue.is_numbered), (clue.whole, False)):
        if label := _form(said):
            yield from _called(shot, label, is_numbered=is_numbered)


def _called(shot: ShotWords, label: str, *, is_numbered: bool) -> Iterator[tuple[int, str]]:
    scene, own = (_form(part) for part in shot.name.split("/"))
    if label in {f"{scene} {own}", f"takes {scene} {own}"}:
        yield 95, f"it is called {shot.name}"
    elif f" {scene} {own} " in f" {label} ":
        yield 60, f"its name holds {shot.name}"
    elif label == own:
        yield (75 if is_numbered and len(own) >= 3 else 60), f"it is called {shot.name.rpartition('/')[2]}"
    elif f" {own} " in f" {label} ":
        yield 35, f"its name holds the word {shot.name.rpartition('/')[2]}"


def _holds(said: _Form, text: _Form) -> bool:
    """Whether a longer text holds a shot's words one after the other, and enough of them."""
    return text.weight >= 4 and text.length >= 20 and f" {text.text} " in f" {said.text} "


@lru_cache(8192)
def _forms_of(text: str) -> tuple[_Form, ...]:
    """A text as files may spell it: with its letters, without their accents, and without foreign letters at all."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    ascii_only = re.sub(r"[^\x00-\x7f]", " ", text)
    forms = dict.fromkeys(_form(form) for form in (text, bare, ascii_only))
    return tuple(
        _Form(form, _pithy(form), _weight(form), _length(form), frozenset(_content(form))) for form in forms if form
    )


@lru_cache(8192)
def _form(text: str) -> str:
    """Small letters and figures with one blank between words."""
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))


def _content(form: str) -> list[str]:
    """Words that tell something; of scripts without blanks, pairs of signs."""
    words: list[str] = []
    for word in form.split(" "):
        if _DENSE.search(word):
            words += [word[at : at + 2] for at in range(len(word) - 1)]
        elif len(word) >= 3 and word not in _EMPTY:
            words.append(word)
    return words


def _pithy(form: str) -> str:
    """Without the empty words it begins with: the same prompt is often given another camera."""
    words = form.split(" ")
    while words and (len(words[0]) < 3 or words[0] in _EMPTY) and not _DENSE.search(words[0]):
        words.pop(0)
    return " ".join(words)


def _weight(form: str) -> int:
    """How many words tell something; two signs of a dense script count as one."""
    dense = len(_DENSE.findall(form)) // 2
    plain = {word for word in form.split(" ") if not _DENSE.search(word) and len(word) >= 3 and word not in _EMPTY}
    return dense + len(plain)


def _length(form: str) -> int:
    """Signs; those of a dense script count double."""
    return len(form) + len(_DENSE.findall(form))


_DENSE: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EMPTY_WORDS: Final = """
    the and with from into onto over under for its his her their our your that this these those are was were has have
    der die das und mit von ein eine einem einen auf les des une dans avec sur los las una del con para por uno che per
    cinematic shot wide close closeup medium extreme slow slowly fast motion camera view scene video clip create make
    generate animate animated image picture photo frame realistic photorealistic ultra hyper high quality detailed
    style lighting low angle aerial drone static push pull pan tilt zoom dolly tracking handheld left right down
    keep still very real film movie footage moving moves movement beautiful epic dramatic dreamlike smooth smoothly
"""
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())
"""Words without meaning of their own in prompts: articles, and what stands in every prompt."""
