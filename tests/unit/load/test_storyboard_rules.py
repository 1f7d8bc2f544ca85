"""Every rule of the storyboard page: what is right loads, what is wrong is said with what to write instead."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from repository import ROOT
from storyboards import SECOND, SHOT, board_of, findings_of, told

from filmkit.model.finding import Severity
from filmkit.model.storyboard import Fit, Generator, JoinKind
from filmkit.model.timebase import FrameRate

TWO = SHOT + SECOND
PAGE = ROOT / "docs" / "storyboard.md"

RIGHT = [
    "lasts: 4s",
    "lasts: 0.5s",
    "lasts: 250ms",
    "lasts: 12f",
    "lasts: 00:00:04:12",
    "lasts: 4 s",
    "to: end",
    "to: start + 4s",
    "to: boat.horn - 6f",
    "to: harbour/boat.end",
    "speed: 0.8",
    "speed: {0s: 1, 0.8s: 1, 1.2s: 0.3}",
    "fit: none",
    "focus: [0.4, 0.5]",
    "focus: auto",
    "own_sound: mute",
    "own_sound: none",
    "own_sound: {gain: -6 dB, lead: 4f}",
    "grade: none",
    "generate: none",
    "cut_on: none",
    "avoid: none",
    "avoid: [text, hands]",
    "avoid: text",
    "zoom: 1.2",
    "camera: {move: static}",
    "camera: {move: push-in, pace: slow, then: static}",
    "short: hold",
    "omit: true",
    "omit: false",
    "color: black",
    "color: '#d8a23c'",
    "marks: {horn: 2.1s}",
    "from: reference/a.png",
    "from: {file: a.png, mode: i2v}",
    "take: t02",
    "take: t2",
    "sync: {horn: start + 1s}",
    "fade_in: 12f",
    "subject: 012",
    "subject: off",
    "subject: 1:30",
    "subject: 'He said: \"Why?\"'",
    "note: |\n          two\n          lines",
    "sketch: a.png",
    "style: 35 mm",
    "generate: {with: comfy, workflow: w.json, settings: {steps: 30, deep: {a: [b]}}, bind: {prompt: '6.text'}}",
]


@pytest.mark.parametrize("line", RIGHT)
def test_right_line_is_found_right(line: str) -> None:
    key = line.partition(":")[0]
    text = SHOT.replace("        lasts: 2s\n", "") if key in {"lasts", "to"} else SHOT
    errors = [told(found) for found in findings_of(f"{text}        {line}\n") if found.severity is Severity.ERROR]
    assert errors == []


WRONG = {
    # times
    "lasts: 4": "write 4s for seconds or 4f for frames",
    "lasts: 1:30": "write 90s, or 00:01:30:00",
    "lasts: 012": "write 012s",
    "lasts: 4 seconds": "write 4s, 0.5s, 250ms, 12f",
    "lasts: 2.5f": "write 12f, or seconds such as 0.5s",
    "lasts: -1s": "write 4s",
    "lasts: 1e3s": "write 4s",
    "lasts: [2s]": "one value is expected here",
    "lasts: 00:00:61:00": "write 4s",
    # points
    "to: 4s": "write 'start + 4s'",
    "to: boat+1s": "put a space on both sides",
    "to: boat + 1": "write 1s for seconds",
    "to: boat.start": "write boat",
    "to: theme.beat": "write theme.beat(1)",
    "to: theme.beat(0)": "beats count from 1",
    "to: two words": "write a scene, shot or cue",
    # words and numbers
    "fit: zoom": "valid here: crop, pad, stretch",
    "join: disolve": "did you mean 'dissolve'?",
    "join: {with: wipe}": "did you mean 'wipe-",
    "camera: push-in": "write it as {key: value}; valid keys: ",
    "camera: {move: push_in}": "did you mean 'push-in'?",
    "camera: {move: pan}": "pan-left, pan-right",
    "camera: {pace: slow}": "say which move",
    "omit: yes": "write true or false",
    "omit: True": "write true or false",
    "omit: off": "write true or false",
    "zoom: 12": "write a number from 1 to 8",
    "zoom: big": "write a number from 1 to 8",
    "zoom: nan": "write a number from 1 to 8",
    "focus: [0.5]": "write two numbers",
    "focus: [0.5, 0.5, 0.5]": "keep 2 of them",
    "focus: center": "valid here: auto, none",
    "speed: 0": "write a number above 0",
    "speed: fast": "write a number above 0",
    "speed: {0s: 1, 0ms: 2}": "the same time stands here twice",
    "speed: {}": "write a time and its value",
    "take: 2": "write t01, t02",
    "take: t00": "write t01, t02",
    "color: bleu": "black, white",
    "short: loop": "valid here: hold",
    "own_sound: -6 dB": "write mute, none, or {gain: -6 dB}",
    "own_sound: {gain: -6}": "write '-6 dB'",
    "own_sound: {gain: -6 db}": "write '-6 dB'",
    "own_sound: {gain: −6 dB}": "write '-6 dB'",
    "own_sound: {gain: -6 LUFS}": "write '-6 dB'",
    "own_sound: {gain: 1e9 dB}": "'1e9 dB' is not a number with its unit",
    "own_sound: {gain: 99999999 dB}": "write -120 to 24 dB",
    "own_sound: {gain: 40 %}": "write -120 to 24 dB",
    "own_sound: {gain: 1; 2}": "gain: '1; 2' is not a number with its unit",
    "own_sound: {gain: 60 dB}": "write -120 to 24 dB",
    "own_sound: {mute: true}": "write own_sound: mute",
    "marks: {horn: 2}": "write 2s for seconds",
    "marks: {end: 2s}": "choose another name",
    "marks: {2nd: 2s}": "write a letter, then letters",
    "marks: {Horn: 1s, horn: 2s}": "rename one of them",
    "grade: luts/x.cube": "valid keys: lut, strength",
    "grade: {strength: 1}": "lut: luts/dawn.cube",
    "grade: {lut: a.cube, strength: 2}": "write a number from 0 to 1",
    "sync: horn": "write it as {verse: theme.verse}",
    "generate: {with: runwy}": "did you mean 'runway'?",
    "generate: {takes: 0}": "write a whole number from 1 to 1000",
    "generate: {size: 1279x720}": "make width and height even",
    "generate: {size: 720p}": "write it as 1280x720",
    # unknown keys, and what other programs call them
    "lenght: 2s": "filmkit calls it 'lasts'",
    "duration: 2s": "filmkit calls it 'lasts'",
    "transition: dissolve": "filmkit calls it 'join'",
    "framming: wide": "did you mean 'framing'?",
    "in_: 2s": "did you mean 'in'?",
    "Speed: 2": "did you mean 'speed'?",
    # contradictions
    "to: end": "keep one of them",
    "from: {file: a.png, shot: boat}": "name a file or a shot",
    "from: {at: boat.end}": "name a file or a shot",
    "from: {file: a.png, at: boat.end}": "name the shot",
    # paths
    "from: ../secret.png": "copy the file into the film folder",
    "from: /etc/passwd": "copy the file into the film folder",
    "from: C:\\a.png": "copy the file into the film folder",
    "from: https://example.org/a.png": "copy the file into the film folder",
    "from: ~/a.png": "copy the file into the film folder",
    "sketch: ''": "write a file's path",
    # names
    "of: boatt": "valid here: boat, keeper",
    "cast: [nobody]": "add the name to the film's 'cast'",
    "cut_on: {music: theme, within: 4f}": "no music is called 'theme'",
    "cut_on: {within: 4f}": "name a cue of the music",
    "cut_on: {within: 4}": "write 4s for seconds or 4f for frames",
}


@pytest.mark.parametrize("line", sorted(WRONG))
def test_wrong_line_says_what_to_write(line: str) -> None:
    text = TWO.removesuffix("        lasts: 2s\n") if line.startswith("lasts") else TWO
    found = findings_of(f"{text}        {line}\n")
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert len(errors) == 1, [told(finding) for finding in errors]
    assert WRONG[line] in f"{errors[0].message}; {errors[0].remedy}"
    place = errors[0].place
    assert place is not None and place.line == text.count("\n") + 1 and place.excerpt.strip() == line
    assert 9 <= place.column <= 8 + len(line)
    assert errors[0].about == "harbour/keeper"
    assert not re.search(r"pydantic|validat|Input should|type=|valid (string|integer)", told(errors[0]))


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (SHOT.replace("filmkit: 1", "filmkit: 2"), "1:10", "write filmkit: 1, or update filmkit"),
        (SHOT.replace("filmkit: 1\n", ""), "1:1", "begin the file with filmkit: 1"),
        (SHOT.replace("title: T\n", "titel: T\n"), "2:1", "did you mean 'title'?"),
        (SHOT.replace("title: T\n", ""), "1:1", "give the film a title"),
        ("filmkit: 1\ntitle: T\nscenes: []\n", "3:9", "add one"),
        ("filmkit: 1\ntitle: T\nscenes: harbour\n", "3:9", "a line beginning with '- '"),
        ("filmkit: 1\ntitle: T\n", "1:1", "add scenes:"),
        (SHOT + "picture: 1280x720\n", "8:10", "valid keys: size, fps, preset, crf"),
        (SHOT + "picture: {fps: 500}\n", "8:16", "outside 1 to 240"),
        (SHOT + "picture: {fps: film}\n", "8:16", "write 24, 25, 30"),
        (SHOT + "picture: {size: 20000x20000}\n", "8:17", "8192x4320 in all"),
        (SHOT + "picture: {preset: quick}\n", "8:19", "ultrafast"),
        (SHOT + "picture: {crf: 99}\n", "8:16", "write a whole number from 0 to 51"),
        (SHOT + "budget: {limit: 20}\n", "8:17", "write it as 20 USD"),
        (SHOT + "deliver: [youtube]\n", "8:11", "did you mean 'youtube-1080p'?"),
        (SHOT + "captions: {burn: [vertical]}\n", "8:19", "did you mean 'vertical-1080'?"),
        (SHOT + "fixed: [pictures]\n", "8:9", "did you mean 'picture'?"),
        (SHOT + "titles:\n  - {at: boat}\n", "9:5", "give it 'text', 'image' or 'color'"),
        (SHOT + "titles:\n  - {text: a, color: red, at: boat}\n", "9:22", "make two titles of it"),
        (SHOT + "titles:\n  - {text: a}\n", "9:5", "say where it begins"),
        (SHOT + "titles:\n  - {text: a, at: boat, place: left}\n", "9:32", "top-left"),
        (SHOT + "titles:\n  - {text: [a], at: boat}\n", "9:12", "put the text in quotes"),
        (SHOT + "sound: {music: {file: a.wav}}\n", "8:16", "a list is expected here"),
        (SHOT + "sound: {musik: []}\n", "8:9", "did you mean 'music'?"),
        (SHOT + "sound:\n  music:\n    - {file: a.wav}\n", "10:7", "say where it begins"),
        (SHOT + "sound:\n  dialogue:\n    - {at: boat}\n", "10:7", "give it 'file', 'line' or both"),
        (SHOT + "sound:\n  dialogue:\n    - {at: boat, line: hello}\n", "10:24", "say how long it stands"),
        (
            SHOT + "sound:\n  effects:\n    - {at: boat, file: a.wav, pan: left}\n",
            "10:36",
            "write a number from -1 to 1",
        ),
        (SHOT + "sound: {loudness: {integrated: -14}}\n", "8:32", "write '-14 LUFS'"),
        (SHOT + "sound: {loudness: you-tube}\n", "8:19", "did you mean 'youtube'?"),
        (SHOT + "sound: {loudness: netflix}\n", "8:19", "choose 'cinema-ish'"),
        (SHOT + "sound: {loudness: {for: Netflix, peak: -2 dBTP}}\n", "8:25", "choose 'cinema-ish'"),
        (
            SHOT + "sound:\n  music:\n    - {id: m, at: boat, file: a.wav, duck: {under: [talk]}}\n",
            "10:53",
            "dialogue, music",
        ),
        (
            SHOT + "sound:\n  music:\n    - {id: m, at: boat, file: a.wav, beats: {tempo: 97}}\n",
            "10:53",
            "write '97 bpm'",
        ),
        (
            SHOT + "sound:\n  music:\n    - {id: m, at: boat, file: a.wav, duck: {under: [m]}}\n",
            "10:53",
            "name another cue",
        ),
        (SHOT + "        join: dissolve\n", "8:15", "use 'fade_in'"),
        (SHOT + "        of: boat\n", "8:13", "name another shot"),
        (SHOT + "        generate: {with: still}\n", "6:9", "give it a picture"),
        (SHOT + "        from: a.png\n        take: t01\n        generate: {with: still}\n", "9:15", "delete 'take'"),
        (SHOT.replace("boat", "beat"), "6:13", "choose another name"),
        (SHOT.replace("boat", "2nd"), "6:13", "write a letter, then letters"),
        (SHOT.replace("boat", "Harbour"), "6:13", "capital letters do not count"),
        (SHOT + "      - {id: BOAT, lasts: 1s}\n", "8:14", "on line 6 has already"),
        (SHOT + "sound: {effects: [{id: boat, file: a.wav, at: start}]}\n", "8:24", "a shot on line 6 has already"),
        (SHOT + "  - {id: harbour, lasts: 1s}\n", "8:10", "a scene on line 4 has already"),
        (SHOT + "titles:\n  - {id: a, text: x, at: boat}\n  - {id: A, text: y, at: boat}\n", "10:10", "line 9"),
    ],
)
def test_wrong_film_says_where_and_what_to_do(text: str, place: str, says: str) -> None:
    errors = [finding for finding in findings_of(text) if finding.severity is Severity.ERROR]
    assert [str(finding.place) for finding in errors][:1] == [f"storyboard.yaml:{place}"], [told(e) for e in errors]
    assert says in f"{errors[0].message}; {errors[0].remedy}"


def test_shots_of_two_scenes_may_have_one_name() -> None:
    text = SHOT + "  - id: lamp\n    shots:\n      - {id: boat, lasts: 1s}\n"
    assert findings_of(text) == []
    [ambiguous] = findings_of(text + "      - {id: again, of: boat}\n")
    assert (ambiguous.code, "harbour/boat or lamp/boat" in ambiguous.remedy) == ("ambiguous-id", True)
    assert findings_of(text + "      - {id: again, of: lamp/boat}\n") == []


def test_shot_of_a_shot_of_a_shot_is_refused() -> None:
    [finding] = findings_of(TWO + "        of: boat\n      - {id: again, of: keeper}\n")
    assert (finding.code, finding.remedy) == ("of-of", "name the shot whose take it is: of: boat")


def test_join_on_a_shot_that_is_first_by_omission_is_a_warning() -> None:
    [finding] = findings_of(SHOT + "        omit: true\n" + SECOND + "        join: dissolve\n")
    assert (finding.code, finding.severity) == ("join-on-first", Severity.WARNING)
    assert findings_of(TWO + "        join: dissolve\n") == []


def test_everything_wrong_is_found_at_once() -> None:
    found = findings_of(
        f"{SHOT}        lenght: 2s\n        zoom: 12\n{SECOND}        fit: zoom\ntitles: [{{text: x}}]\n"
    )
    assert [(finding.code, finding.about) for finding in found] == [
        ("unknown-key", "harbour/boat"),
        ("wrong-value", "harbour/boat"),
        ("unknown-word", "harbour/keeper"),
        ("missing-key", "x"),
    ]


def test_scalars_are_read_as_written_and_typed_by_the_schema() -> None:
    board = board_of(
        "filmkit: 1\ntitle: 1984\nlogline: off\npicture: {fps: 23.976}\nteam: {Sound: [no, 012], Director: 1:30}\n"
        "scenes:\n  - id: on\n    shots:\n"
        "      - {id: y, lasts: 00:00:01:12, join: cut, fit: pad, speed: {0s: 1, 2s: 0.5}}\n"
    )
    shot = board.scenes[0].shots[0]
    assert (board.title, board.logline, board.team) == ("1984", "off", {"Sound": ("no", "012"), "Director": ("1:30",)})
    assert (board.scenes[0].id, shot.id, shot.fit) == ("on", "y", Fit.PAD)
    assert board.picture.fps == FrameRate(Fraction(24000, 1001))
    assert shot.lasts is not None and shot.lasts.in_frames(board.picture.fps) == 36
    assert isinstance(shot.speed, dict) and list(shot.speed.values()) == [1, Fraction(1, 2)]
    assert shot.join is not None and shot.join.with_ is JoinKind.CUT


def test_complete_example_of_the_page_loads() -> None:
    blocks = re.findall(r"^```yaml\n(filmkit: 1\n.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert blocks, "the page has no complete example"
    board = board_of(blocks[0])
    assert [finding for finding in findings_of(blocks[0]) if finding.severity is not Severity.NOTE] == []
    assert board.generate != "none" and board.generate is not None and board.generate.with_ is Generator.MANUAL


def test_capabilities_to_come_are_one_note_each() -> None:
    found = findings_of(
        TWO + "        generate: {with: runway}\n        focus: auto\n        from: {shot: boat, mode: performance}\n"
        "      - {id: last, lasts: 1s, generate: {with: veo}, focus: auto, cut_on: {music: m, within: 2f}}\n"
        "      - {id: far, lasts: 1s, generate: {with: still}, from: {shot: boat}}\n"
        "sound:\n  music:\n    - {id: m, file: a.wav, at: start, duck: {under: [dialogue]}}\n"
        "    - {id: n, file: a.wav, at: start, duck: {under: [dialogue]}}\n"
        "captions: {style: subtitle, burn: [vertical-1080]}\n"
        "deliver: [archive, youtube-1080p, master]\nreview: {reviewers: 3}\n"
    )
    assert {finding.severity for finding in found} == {Severity.NOTE}
    assert sorted(finding.code for finding in found) == [
        "not-built-captions",
        "not-built-deliver",
        "not-built-focus",
        "not-built-frame-of-shot",
        "not-built-review",
    ]
    assert all(
        finding.place is not None and finding.place.line > 7 and "not built yet" in finding.message
        for finding in found
        if finding.code != "not-built-deliver"
    )


def test_what_is_built_needs_no_note() -> None:
    assert findings_of(TWO + "        generate: {with: manual}\ndeliver: [master]\n") == []
