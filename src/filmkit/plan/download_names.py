"""What the name of a downloaded file says: who made it, with which seed, from what words. Pure.

Generators name their downloads by habit. The patterns are those of names found in the wild in 2023 to 2026: Runway
(two habits), Kling, Hailuo, Jimeng and Dreamina, PixVerse, Sora, Gemini and Flow, Pika, Luma, Midjourney, Grok,
Higgsfield, and the counters of ComfyUI. Most put the beginning of the prompt into the name, cut after 10 to 100 signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NameSays:
    """``beginnings`` are the first words of a prompt, or the name of the picture it began with: the name does not tell
    which. ``whole`` is what a person may have called the file, ``label`` the same without the number at its end, where
    it ``is_numbered``. ``is_stranger``: a screenshot, a telephone's clip and the like, which no generator made.
    """

    maker: str = ""
    model: str = ""
    seed: int | None = None
    beginnings: tuple[str, ...] = ()
    whole: str = ""
    label: str = ""
    is_numbered: bool = False
    is_stranger: bool = False


def read_name(name: str) -> NameSays:
    """Reads the name of a file, with or without its ending. Never raises."""
    stem = bare_stem(name)
    if _STRANGERS.match(stem):
        return NameSays(is_stranger=True)
    for pattern, says in _HABITS:
        if (match := pattern.fullmatch(stem)) is not None:
            return says(match)
    label, is_numbered = _label(stem)
    return NameSays(whole=_words(stem), label=label, is_numbered=is_numbered)


def bare_stem(name: str) -> str:
    """A name without its ending and without what browsers and systems add to a second copy."""
    stem = unicodedata.normalize("NFC", name)
    before = ""
    while before != stem:
        before, stem = stem, _COPY.sub("", _ENDING.sub("", stem)).rstrip()
    return stem


_ENDING: Final = re.compile(
    r"\.(?:mp4|mov|m4v|qt|3gp|webm|mkv|avi|mpe?g|m2?ts|ogv|gif|a?png|jpe?g|jfif|webp|part|partial|crdownload"
    r"|download|opdownload|tmp|zip|html?|json|xml)$",
    re.IGNORECASE,
)


_COPY: Final = re.compile(
    r"(?:\s*\(\d{1,3}\)|\s+-\s+(?:copy|kopie|copie|copia|cópia|копия|副本)|\s+(?:copy|kopie|copie|copia|副本)(?:\s\d{1,2})?"
    r"|_watermarked(?:_?[0-9a-f]{6,12})?)$",
    re.IGNORECASE,
)

_STRANGERS: Final = re.compile(
    r"(?:screen[ _-]?shot|screen[ _-]?recording|bildschirm(?:foto|aufnahme)|capture d.écran|enregistrement d.écran"
    r"|captura de (?:pantalla|ecrã|tela)|grabación de pantalla|schermata|schermafbeelding|skärmavbild|zrzut ekranu"
    r"|снимок экрана|ekran görüntüsü|スクリーンショット|画面収録|屏幕截图|屏幕快照|截屏|스크린샷"
    r"|IMG[_-]?\d{3}|VID[_-]\d{6}|PXL_\d{8}|DSC[_N]?\d{3}|MVI_\d{3}|GOPR\d|GX\d{6}|DJI_\d|MAH\d{5}|C\d{4}$|RPReplay"
    r"|IMG-\d{8}-WA|VID-\d{8}-WA|WhatsApp |signal-\d{4}|telegram|GMT\d{8}|zoom_\d|videoplayback|simplescreenrecorder"
    r"|obs |\d{4}-\d\d-\d\d \d\d-\d\d-\d\d$)",
    re.IGNORECASE,
)
"""Names that systems, telephones, cameras and messengers give."""

_RUNWAY: Final = r"(?P<model>Gen-?[2-9](?:\.\d)?(?: (?:Alpha Turbo|Alpha|Turbo|Aleph(?: \d(?:\.\d)?)?))?)"
_UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RUNWAY_MODELS: Final = {
    "gen-3 alpha turbo": "gen3a_turbo", "gen-3 alpha": "gen3a", "gen-4 turbo": "gen4_turbo", "gen-4": "gen4",
    "gen-4.5": "gen4.5", "gen-4 aleph": "gen4_aleph", "gen-4 aleph 2": "aleph2", "gen-4 aleph 2.0": "aleph2",
    "gen-2": "gen2",
}  # fmt: skip


def _runway_old(match: re.Match[str]) -> NameSays:
    """``Gen-3 Alpha 1222913568, Dreamlike clouds in , imagepng, M 5``: prompt and picture, 20 signs each."""
    parts = re.sub(r", M \d+$", "", match["rest"] or "")
    return _runway(match, tuple(part for piece in parts.split(", ") if (part := _spoken(piece))))


def _runway_new(match: re.Match[str]) -> NameSays:
    """``Gen-4 Turbo having so much fun 2494731309``: the prompt, up to a hundred signs, and often the seed."""
    words = _spoken(match["rest"].removeprefix("- "))
    return _runway(match, (words,) if words else ())


def _runway(match: re.Match[str], beginnings: tuple[str, ...]) -> NameSays:
    model = match["model"].lower()
    return NameSays("runway", _RUNWAY_MODELS.get(model, model), _seed(match["seed"]), beginnings)


def _prompted(maker: str) -> Callable[[re.Match[str]], NameSays]:
    def says(match: re.Match[str]) -> NameSays:
        groups = match.groupdict()
        words = _spoken(groups.get("words") or "")
        return NameSays(maker, (groups.get("model") or "").lower(), _seed(groups.get("seed")),
                        (words,) if words else ())  # fmt: skip

    return says


def _comfy(match: re.Match[str]) -> NameSays:
    """``ComfyUI_00012_`` says nothing; another prefix is one that somebody chose, often the shot's name."""
    prefix = match["prefix"]
    is_plain = re.fullmatch(r"(?:video[ _/-])?(?:ComfyUI|AnimateDiff|HunyuanVideo|Wan\w*|LTX\w*|video|img|image)",
                            prefix, re.IGNORECASE)  # fmt: skip
    maker = "comfy" if is_plain or match["tail"] else ""
    return NameSays(maker, label="" if is_plain else _words(prefix), is_numbered=not is_plain)


def _seed(text: str | None) -> int | None:
    return int(text) if text and len(text) <= 20 else None


def _spoken(text: str) -> str:
    """Words of a name as they were typed, as far as that can be told."""
    text = re.sub(r"[._…]+$", "", text)
    return re.sub(r"[\s_]+", " ", text).strip(" ,-")


def _words(text: str) -> str:
    return re.sub(r"[\s_./+-]+", " ", text).strip()


_HABITS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], NameSays]], ...]] = (
    (re.compile(_RUNWAY + r" +(?P<seed>\d{6,12})(?:, (?P<rest>.*))?"), _runway_old),
    (re.compile(_RUNWAY + r"(?: +(?P<rest>.*?))(?: +(?P<seed>\d{6,12}))?"), _runway_new),
    (re.compile(r"kling_\d{8}_(?:[A-Z][A-Za-z]*_(?:to|and|of)_[A-Za-z]+_|[A-Z][A-Za-z]+(?:_[A-Z][a-z]+)?_)?"
                r"(?P<words>.*?)_?(?:\d{1,5}_)?\d{1,2}", re.IGNORECASE), _prompted("kling")),
    (re.compile(r"Hailuo_(?:Video|Image)_(?P<words>.*)_\d{12,20}", re.IGNORECASE), _prompted("hailuo")),
    (re.compile(r"(?:jimeng|dreamina)-\d{4}-\d\d-\d\d-\d+(?:-(?P<words>.*))?", re.IGNORECASE), _prompted("jimeng")),
    (re.compile(r"PixVerse_(?P<model>V[\d.]+)_[A-Za-z_]+?_\d{3,4}P(?:_(?P<words>.*))?", re.IGNORECASE),
     _prompted("pixverse")),
    (re.compile(r"\d{8}_\d{4}_(?P<words>.*)_(?:simple_compose|remix|blend|storyboard|recut|loop)\w*_01[0-9a-z]{20,}"
                r"(?:_\d+)?", re.IGNORECASE), _prompted("openai")),
    (re.compile(r"Gemini_Generated_Image[ _]?\w*", re.IGNORECASE), _prompted("google")),
    (re.compile(r"(?:Generated[ _]video|Gemini_Generated_Video)[ _]?\w*", re.IGNORECASE), _prompted("veo")),
    (re.compile(r"veo[-_ ]?(?P<model>[23](?:\.\d)?)?(?:[-_ ](?:fast|quality|lite))?(?:[-_ ](?P<words>.*))?",
                re.IGNORECASE), _prompted("veo")),
    (re.compile(r"(?P<words>.+)_20\d{10}(?:_[0-9a-z]{4,6})?", re.IGNORECASE), _prompted("")),
    (re.compile(r"Pika(?:[-_ ](?P<model>\d(?:\.\d)?))?(?:[-_ ](?P<words>.*?))?(?:[-_ ]?seed[-_ ]?(?P<seed>\d{3,20}))?",
                re.IGNORECASE), _prompted("pika")),
    (re.compile(r"(?:luma|dream[-_ ]?machine|ray[-_ ]?[23])(?:[-_ ](?P<words>.*))?", re.IGNORECASE),
     _prompted("luma")),
    (re.compile(rf"(?:grok-(?:video|image)-|hf_\d{{8}}_\d{{6}}_)?{_UUID}(?:_\d+)?", re.IGNORECASE), _prompted("")),
    (re.compile(rf"(?P<words>.+)_{_UUID}(?:_\d+)?", re.IGNORECASE), _prompted("")),
    (re.compile(r"(?P<prefix>.+?)_\d{5}(?P<tail>_?(?:-audio)?)"), _comfy),
    (re.compile(r"(?P<words>.+?)[-_ ]seed[-_ ]?(?P<seed>\d{3,20})(?:_\d+)?", re.IGNORECASE), _prompted("")),
)  # fmt: skip
"""Habits, the surest first. Most were seen in many public folders; those of Pika and Luma are told by few, and a name
that several makers give (Flow's words with a time behind them, words with a seed) names none.
"""

_NUMBER: Final = re.compile(r"(?:^|[\s_.-])(?:take|tk|t|v|ver|version|var|no|#)?[\s_.-]?\d{1,4}$", re.IGNORECASE)
_NOISE: Final = re.compile(
    r"(?:^|[\s_.-])(?:final|neu|new|ok|best|good|edit(?:ed)?|upscaled?|4k|1080p|720p)$", re.IGNORECASE
)


def _label(stem: str) -> tuple[str, bool]:
    """A name without take numbers and words of praise at its end; and whether a number stood there."""
    is_numbered, before = False, ""
    while before != stem:
        before = stem
        stem = _NOISE.sub("", stem)
        if _NUMBER.search(stem) and not stem.isdigit():
            stem, is_numbered = _NUMBER.sub("", stem), True
    return _words(stem), is_numbered
