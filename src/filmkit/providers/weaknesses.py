"""Single weaknesses of a text, found by words: pure functions from a text to the words that show the weakness.

English only, and made to be silent rather than wrong: each pattern has its innocents taken out first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

_QUOTED: Final = re.compile(r"[\"“][^\"“”]*[\"”]")
_WORD: Final = re.compile(r"[A-Za-zÀ-ÿ]+(?:[-'’][A-Za-zÀ-ÿ]+)*")


@lru_cache(maxsize=1)
def word_lists() -> dict[str, frozenset[str]]:
    """The lists of ``lint.toml``, and ``moving`` and ``acting``: the forms of their verbs."""
    text = files("filmkit.providers").joinpath("lint.toml").read_text(encoding="utf-8")
    lists = {name: frozenset(str(said).split()) for name, said in tomllib.loads(text).items()}
    resting = lists["resting"] | {word.removesuffix("s") for word in lists["resting"]}
    busy = lists["motion"] | {verb for verb in lists["actions"] if verb not in resting}
    moving = {form for verb in busy for form in _forms(verb)} | (lists["motion"] - lists["nouns_too"])
    moving = (moving | lists["moving_things"]) - lists["still_ing"]
    acting = {_third(verb) for verb in lists["motion"] | lists["actions"]}
    return {**lists, "resting": resting, "moving": frozenset(moving), "acting": frozenset(acting)}


def _third(verb: str) -> str:
    """``catches``, ``carries``, ``runs``."""
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def _forms(verb: str) -> Iterator[str]:
    """Forms in -s, -ing and -ed; also with the last consonant doubled, whether English does that or not."""
    yield _third(verb)
    if verb.endswith("e"):
        yield from (verb + "d", verb[:-1] + "ing")
    elif re.search(r"[^aeiou]y$", verb):
        yield from (verb[:-1] + "ied", verb + "ing")
    else:
        yield from (verb + "ed", verb + "ing", verb + verb[-1] + "ed", verb + verb[-1] + "ing")


def unquoted(text: str) -> str:
    """A text without what is spoken in it."""
    return _QUOTED.sub(" ", text)


def words_in(text: str) -> list[str]:
    """Its words in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


_OPENERS: Final = re.compile(r"(?:a|an|the|his|her|its|their|some|every|each|no|in|on|at|as|of|with|two|three)\b", re.I)


_DOING: Final = frozenset(["painting", "drawing", "opening", "landing", "building", "clearing", "setting", "lighting"])
"""Things that are also something one does."""

_NAMED_ING: Final = re.compile(r"\b(?:an?|the|his|her|its|this|that)\s+\w+ing\b", re.IGNORECASE)
"""``a drawing``, ``the opening``: things, not what happens."""


def moves(action: str, *, has_subject: bool = False) -> bool:
    """Whether something moves or changes in an action. ``has_subject``: it stands elsewhere, so that the action begins
    with its verb.
    """
    lists = word_lists()
    text = unquoted(action)
    found = words_in(_NAMED_ING.sub(" ", text))
    if any(word in lists["moving"] for word in found) or _bare_verb(found):
        return True
    if any(word.endswith("ing") and len(word) > 4 and word not in lists["still_ing"] for word in found):
        return True
    if any(
        word in _DOING and (before in lists["persons"] or before in {"is", "are"}) for before, word in pairwise(found)
    ):
        return True
    first = found[0] if found and not _OPENERS.match(text.strip()) else ""
    is_verb = (first.endswith("s") and not first.endswith("ss")) or (has_subject and not first.endswith("ly"))
    return bool(first) and is_verb and first not in lists["resting"]


_MANY_OF: Final = frozenset(["they", "who", "we", "people", "children", "men", "women"])


def _bare_verb(found: list[str]) -> bool:
    """Whether a verb that is more often a noun stands where only a verb can: first, or after several of something."""
    both = word_lists()["nouns_too"]
    after_many = (
        before in _MANY_OF or (before.endswith("s") and not before.endswith(("ss", "'s", "’s"))) for before in found
    )
    return bool(found) and (
        found[0] in both or any(is_many and word in both for is_many, word in zip(after_many, found[1:], strict=False))
    )


_NEGATION: Final = re.compile(
    r"""\b(?:no|not|never|without|nobody|nothing|none|neither|(?:do|does|is|are|ca|wo|should|must)n['’]t|cannot)\b
        (?!-)(?:\s+\w+)?
      | (?:^|[.;,]\s*)avoid(?:ing)?\s+\w+""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_NEGATION: Final = re.compile(
    r"""\bin\s+no\s+time\b | \bno\s+(?:longer|sooner|matter|doubt|less|other\s+than)\b | \bno\.\s*\d | \bno-man
      | \bnot\s+(?:only|far|long|quite|yet|just|unlike)\b | \bnothing\s+(?:but|less|short)\b | \bnon-?stop\b
      | \bcannot\s+help\b | \bcan['’]t\s+(?:help|stop|wait)\b | \bsecond\s+to\s+none\b | \bif\s+not\b
      | \bwithout\s+(?:end|warning|haste|hurry|effort|stopping|pause|a\s+(?:sound|word|trace|break|pause|sign|ripple))\b
      | \bnever[-\s]?(?:ending|failing)\b | \blike\s+nothing\s+else\b""",
    re.IGNORECASE | re.VERBOSE,
)


def negation(text: str) -> str:
    """What is denied: ``no cars``."""
    found = _NEGATION.search(_NO_NEGATION.sub(" ", unquoted(text)))
    return found[0].strip(" ,.;") if found else ""


_NO_HANDS: Final = re.compile(
    r"""\b(?:in|at|on|by|to|off|out\s+of|under|over)\s+hand\b
      | \bhand-?(?:held|made|cart|rail|some|writ|drawn|painted)\w*
      | \b(?:second|first|left|right|other|minute|hour|upper|under|before)[-\s]?hand(?:s|ed)?\b(?!\s+(?:up|on|over|in))
      | \bhands?\s+of\s+(?:a|an|the|his|her)\s+(?:\S+\s+){0,2}(?:clock|watch)\b | \b(?:clock|watch)(?:['’]s)?\s+hands?\b
      | \b(?:farm|deck|stage|factory|old)[-\s]?hands?\b | \bhand\s+(?:in\s+hand\s+with|grenade|luggage|mirror|puppet)\b
      | \bhands\s+(?:him|her|them|over|out|a|an|the|his|their)\b | \bhands-?free\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HANDS: Final = re.compile(
    r"\b(?:hands?|fingers?|fingertips?|thumbs?|knuckles|fists?|palms?\s+(?:of|up|down|open)|(?:his|her|their)\s+palms?)\b",
    re.IGNORECASE,
)


def hands(text: str) -> str:
    """Hands and fingers that are to be seen."""
    found = _HANDS.search(_NO_HANDS.sub(" ", unquoted(text)))
    return found[0] if found else ""


_TEXT: Final = re.compile(
    r"""\b(?:sign|banner|poster|headline|label|letter|note|screen|plaque|newspaper|billboard|shirt|page|inscription|
        title|graffiti|tombstone|gravestone|ticket|menu|display|board|tattoo|it|that|which)\s+
        (?:that\s+|which\s+|on\s+it\s+)?(?:reads?|spells?)\b(?=[^.]{0,12}["“A-Z])
      | \b(?:sign|banner|poster|headline|label|note|screen|plaque|billboard|shirt|display)\s+
        (?:that\s+|which\s+)?(?:says|saying|reading)\b
      | \bthe\s+words?\s+["“A-Z] | \bspell(?:s|ing)?\s+out\b | \bheadlines?\b | \bsubtitles?\b | \btitle\s+cards?\b
      | \b(?:on-?screen|legible|readable|written|printed)\s+(?:text|words?|letters|message|name)\b | \bhandwrit\w+
      | \b(?:text|words?|letters)\s+(?:appears?|written|printed|fades?\s+in|on\s+(?:the|a)\s+(?:screen|wall|sign))
      | \btext\s+messages?\b | \blogos?\b | \blettering\b | \bwritten\s+(?:on|across|over)\b
      | \b(?:licen[sc]e|number)\s+plates?\b""",
    re.VERBOSE,
)


def legible_text(text: str) -> str:
    """Words that are to be read in the picture."""
    found = _TEXT.search(text)
    return found[0].strip(' "“') if found else ""


_TOUCH: Final = re.compile(
    r"(?<!['’]s )\b(?:hug|embrac|kiss|cuddl|wrestl|punch|slap|tackl|grappl|strangl|shov)(?:e|es|s|ed|d|ing|ging)?\b"
    r"(?!\s+(?:of|the\s+(?:unexpected|moment|rain|day|shore|night|silence|horizon|coast\w*|cold|light|wind)))",
    re.IGNORECASE,
)
_HAND_OVER: Final = re.compile(
    r"""\bshak(?:e|es|ing)\s+(?:\w+\s+)?hands\b | \bhold(?:s|ing)?\s+hands\b | \b(?:hand\s+in\s+hand|arm\s+in\s+arm)\b
      | \b(?:high-?five|handshake)s?\b | \bhand(?:s|ing)?\s+(?:him|her|them)\b
      | \b(?:hands|handing|gives?|giving|pass(?:es|ing)?|toss(?:es|ing)?|throws?)\s+(?:a|an|the|his|her|over)\s+
        (?!(?:\w+\s+)?(?:presentation|speech|lecture|talk|look|nod|smile|glance|wave|signal|concert|shadow)\b)
        (?:\w+\s+){1,4}?(?:to|over)\s+(?:a|an|the|his|her|him|them)\b
      | \bgiv(?:es?|ing)\s+(?:him|her|them|(?:his|her|the|a)\s+\w+)\s+(?:a|an|the|his|her)\b
      | \b(?:catch(?:es|ing)?|grabs?|grabbing|snatch(?:es|ing)?|picks?\s+up|picking\s+up)\s+(?:a|an|the|his|her|its)\s+
        (?!(?:\w+\s+)?(?:lights?|sun|sunlight|moonlight|wind|breeze|glow|fire|eye|scent|rain|last\s+light|first\s+light)\b)
      | \bt(?:ies|ying)\s+(?:a\s+knot|(?:his|her|the|a)\s+(?:\w+\s+)?(?:shoe)?(?:laces?|tie|ribbon|knot))\b
      | \bexchang(?:e|es|ing)\s+(?:\w+\s+)?(?:rings|gifts|letters|money|bags|keys|cards|briefcases|presents)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def contact(text: str, about: str = "") -> str:
    """People who touch, and things that go from hand to hand. ``about`` is the subject, where it stands elsewhere."""
    said = unquoted(text)
    if (found := _HAND_OVER.search(said)) is not None:
        return found[0].strip()
    touch = _TOUCH.search(said)
    who = {*words_in(about), *words_in(said)}
    return touch[0] if touch is not None and who & word_lists()["persons"] else ""


_MANY: Final = re.compile(
    r"(?<!like )(?<!like a )(?<!like an )"
    r"\b(crowds?|throngs?|masses|mobs?|hordes?|army|armies|processions?|parades?|dozens|hundreds|thousands|swarms?)"
    r"(?:\s+of\s+((?:[\w-]+\s+){0,2}[\w-]+))?(?=[\s.,;]|$)",
    re.IGNORECASE,
)
_ALONE: Final = frozenset(["crowd", "crowds", "throng", "throngs", "mob", "mobs", "army", "armies", "procession"])
_CROWDED: Final = re.compile(
    r"""\b(?:crowded|packed|busy|bustling|teeming)\s+(?:[\w-]+\s+){0,2}?(?:streets?|markets?|platforms?|stations?|bars?|
        squares?|halls?|beach|trains?|bus|clubs?|stadiums?|theat(?:re|er)s?|restaurants?|dance\s?floors?|bazaars?|pubs?|
        caf[eé]s?|airports?|arenas?)\b
      | \b(?:audience|spectators|onlookers|protesters|demonstrators|commuters|marching\s+band)\b
      | \b(?:\d{2,}|twenty|thirty|forty|fifty|(?:a|two|three)\s+(?:hundred|thousand)|many|countless)\s+(?:[\w-]+\s+)?
        (?:people|soldiers|dancers|men|women|children|fans|guests|runners|students|tourists)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def crowd(text: str) -> str:
    """Many people at once; a crowd of gulls is none."""
    said, people = unquoted(text), word_lists()["people"]
    for found in _MANY.finditer(said):
        of = words_in(found[2] or "")
        if (of and people & set(of)) or (not of and found[1].lower() in _ALONE):
            return found[0].strip()
    other = _CROWDED.search(said)
    return other[0] if other else ""


def named_person(text: str) -> str:
    """A person by name: a known one, or a given name with another after it that is no place."""
    lists = word_lists()
    for found in re.finditer(
        r"\b([A-ZÀ-Þ][\w'’-]+)\s+(?:(?:de|da|van|von|del|la)\s+)?([A-ZÀ-Þ][\w-]+)", unquoted(text)
    ):
        first, second = found[1].lower(), found[2].lower()
        if first in lists["given"] and second not in lists["not_surnames"]:
            return found[0]
    famous = (word for word in _WORD.findall(unquoted(text)) if word[0].isupper() and word.lower() in lists["famous"])
    return next(famous, "")


_LOOKS: Final = re.compile(
    r"""\b(?:wearing|dressed\s+in|clad\s+in)\b
      | \bwith\s+(?:\w+\s+){0,2}(?:long|short|dark|blond|blonde|red|grey|gray|white|black|brown|curly|blue|green)\s+
        (?:\w+\s+)?(?:hair|beard|eyes|moustache|braids?)\b
      | \bin\s+an?\s+(?:\w+\s+){1,3}(?:coat|dress|suit|jacket|shirt|cloak|uniform|oilskin|sweater|gown|hat)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def looks(text: str) -> str:
    """How somebody looks: hair, clothes."""
    found = _LOOKS.search(text)
    return found[0] if found else ""
