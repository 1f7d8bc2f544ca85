"""Ten mistakes students make, and what filmkit answers, word by word: each must read well aloud."""

from __future__ import annotations

import pytest
from storyboards import findings_of, told

HEAD = "filmkit: 1\ntitle: First Light\nscenes:\n  - id: harbour\n    shots:\n"

MISTAKES = {
    "a time without its unit": (
        HEAD + "      - id: boat\n        lasts: 4\n",
        "storyboard.yaml:7:16: harbour/boat: lasts: '4' is not a time. write 4s for seconds or 4f for frames",
    ),
    "a time as on a clock": (
        HEAD + "      - id: boat\n        lasts: 1:30\n",
        "storyboard.yaml:7:16: harbour/boat: lasts: '1:30' is not a time. write 90s, or 00:01:30:00",
    ),
    "a word from another program": (
        HEAD + "      - id: boat\n        duration: 4s\n",
        "storyboard.yaml:7:9: harbour/boat: 'duration' is no key here. filmkit calls it 'lasts'",
    ),
    "a misspelt join": (
        HEAD + "      - {id: boat, lasts: 2s}\n      - {id: keeper, lasts: 2s, join: disolve}\n",
        "storyboard.yaml:7:39: harbour/keeper: join: 'disolve' is not known. did you mean 'dissolve'? valid here: cut, "
        "dissolve, fade, white, wipe-left, wipe-right, wipe-up, wipe-down, slide-left, slide-right, slide-up, "
        "slide-down, iris",
    ),
    "dialogue without quotes": (
        HEAD + "      - id: boat\n        action: he says: wait for me\n",
        "storyboard.yaml:7:17: a text with ': ' in it means something else in YAML. "
        'put the text in quotes: "he says: wait for me"',
    ),
    "a tab": (
        HEAD + "      - id: boat\n\t\tlasts: 2s\n",
        "storyboard.yaml:7:1: a tab stands here where YAML wants spaces. indent with spaces only",
    ),
    "a key twice": (
        HEAD + "      - id: boat\n        lasts: 2s\n        lasts: 3s\n",
        "storyboard.yaml:8:9: 'lasts' stands here twice: on line 7 and on line 8. keep one of them",
    ),
    "a point without spaces": (
        HEAD + "      - {id: boat, lasts: 2s}\ntitles:\n  - {text: FIRST LIGHT, at: boat+1s}\n",
        "storyboard.yaml:8:29: FIRST LIGHT: at: 'boat+1s' is not a point. "
        "put a space on both sides of + and -, as in 'harbour + 1.2s'",
    ),
    "a colour without quotes": (
        HEAD + "      - id: boat\n        lasts: 2s\n        color: #ff0000\n",
        "storyboard.yaml:8:9: 'color' is a key without a value. put the value in quotes: color: '#ff0000'",
    ),
    "a name that is taken": (
        HEAD + "      - {id: boat, lasts: 2s}\nsound:\n  effects:\n    - {id: Boat, file: sfx/horn.wav, at: start}\n",
        "storyboard.yaml:9:12: Boat: the cue 'Boat' has a name that a shot on line 6 has already as 'boat' "
        "(capital letters do not count). rename one of them, such as 'Boat-2'",
    ),
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_mistake_is_answered_in_plain_words(name: str) -> None:
    text, expected = MISTAKES[name]
    [finding] = findings_of(text)
    assert told(finding) == expected
    assert finding.place is not None and finding.place.excerpt == text.split("\n")[finding.place.line - 1]
