"""The page's last section: names, scalars, everything at once, exercises, and what is not built yet."""

from __future__ import annotations

from pathlib import Path

import pytest
from cutting import scene
from filmfolders import FilmFolder
from storyboards import board_of, findings_of

from filmkit.load.against import check_against
from filmkit.model.finding import Severity

RESERVED = ["start", "end", "credits", "none", "beat", "downbeat"]


def codes(text: str) -> list[str]:
    return [finding.code for finding in findings_of(text) if finding.severity is Severity.ERROR]


# names


@pytest.mark.parametrize("word", [*RESERVED, "End", "NONE"])
def test_reserved_words_name_nothing(word: str) -> None:
    for text in (
        scene(f"id: {word}, lasts: 1s"),
        scene("id: a, lasts: 1s").replace("id: s\n", f"id: {word}\n"),
        scene("id: a, lasts: 1s", rest=f"sound: {{effects: [{{id: {word}, file: f.wav, at: a}}]}}"),
        scene(f"id: a, lasts: 1s, marks: {{{word}: 1s}}"),
    ):
        [finding] = findings_of(text)
        assert "a word filmkit keeps for itself" in finding.message, finding


@pytest.mark.parametrize("word", ["started", "the-end", "x", "A-1_b", "off", "yes", "true", "null", "on"])
def test_other_words_are_names(word: str) -> None:
    assert findings_of(scene(f"id: {word}, lasts: 1s", rest=f"titles: [{{text: x, at: {word}}}]")) == []


@pytest.mark.parametrize("word", ["2nd", "-a", "a b", "a.b", "a/b", "é", "'a:b'", "''"])
def test_what_is_no_name_is_an_error(word: str) -> None:
    assert codes(scene(f"id: {word}, lasts: 1s")) == ["wrong-value"]


@pytest.mark.parametrize(
    ("scenes", "is_unique"),
    [
        ("{id: p, shots: [{id: a}]}, {id: q, shots: [{id: a}]}", True),
        ("{id: p, shots: [{id: a}, {id: A}]}", False),
        ("{id: p, shots: [{id: P}]}", False),
        ("{id: p, shots: [{id: q}]}, {id: q, shots: [{id: a}]}", False),
        ("{id: p, shots: [{id: a}]}, {id: P, shots: [{id: b}]}", False),
        ("{id: p, shots: [{id: X}]}", False),  # a cue has this name
    ],
)
def test_scenes_shots_and_cues_share_one_set_of_names(scenes: str, is_unique: bool) -> None:
    text = f"filmkit: 1\ntitle: T\nscenes: [{scenes}]\nsound: {{effects: [{{id: x, file: f.wav, at: start}}]}}\n"
    assert codes(text) == ([] if is_unique else ["id-twice"])


# scalars


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("action: off", "action", "off"),
        ("action: 1:30", "action", "1:30"),
        ("action: 012", "action", "012"),
        ("action: 1e3", "action", "1e3"),
        ("action: null", "action", "null"),
        ("action: ~", "action", "~"),
        ("action: 2024-01-01", "action", "2024-01-01"),
        ("action: a#b # a comment", "action", "a#b"),
        ("action: '50 % \\ [x] {y} : ok'", "action", "50 % \\ [x] {y} : ok"),
        ("omit: true", "omit", True),
        ("omit: false", "omit", False),
        ("zoom: 1", "zoom", 1.0),
        ("take: t007", "take", "t07"),
        ("generate: {seed: 012}", "generate", None),
    ],
)
def test_scalar_is_read_as_written(line: str, key: str, value: object) -> None:
    shot = (
        board_of(f"filmkit: 1\ntitle: T\nscenes:\n  - id: s\n    shots:\n      - id: a\n        {line}\n")
        .scenes[0]
        .shots[0]
    )
    if value is None:
        assert shot.generate is not None and shot.generate != "none" and shot.generate.seed == 12
    else:
        assert getattr(shot, key) == value


@pytest.mark.parametrize("value", ["yes", "no", "on", "off", "True", "FALSE", "1", "0", "y"])
def test_booleans_are_true_and_false_only(value: str) -> None:
    [finding] = findings_of(scene(f"id: a, lasts: 1s, omit: {value}"))
    assert "write true or false" in finding.remedy


@pytest.mark.parametrize(
    ("line", "is_comment"),
    [
        ("action: take me to #harbour", False),
        ("lasts: 1s #short", False),
        ("action: a #1 hit", False),
        ("action: a  # a comment", True),
        ("action: 'a' #comment", True),
        ("action: a#b", True),
    ],
)
def test_word_behind_a_hash_is_an_error_that_says_to_quote(line: str, is_comment: bool) -> None:
    text = f"filmkit: 1\ntitle: T\nscenes:\n  - id: s\n    shots:\n      - id: a\n        {line}\n"
    found = [finding for finding in findings_of(text) if finding.code == "hash-in-text"]
    assert len(found) == (not is_comment) and all("quotes" in finding.remedy for finding in found)


@pytest.mark.parametrize(
    "text", ["@home", "*star", "!bang", "'tis late", "%d seconds", "[left] he goes", "`x`", "Why?"]
)
@pytest.mark.parametrize("form", ["        action: {}\n", "      - {{id: b, action: {}, lasts: 1s}}\n"])
def test_free_text_the_parser_stumbles_over_is_to_be_quoted(text: str, form: str) -> None:
    head = "filmkit: 1\ntitle: T\nscenes:\n  - id: s\n    shots:\n      - id: a\n"
    found = findings_of(head + form.format(text))
    if text == "Why?" and "{" not in form[:12]:
        assert found == []  # a question is only one in braces
        return
    [finding] = found
    assert "quotes" in finding.remedy, finding.remedy
    assert finding.place is not None and finding.place.line == 7
    assert "id: b" not in finding.remedy and "lasts" not in finding.remedy  # of the text, not of its neighbours


@pytest.mark.parametrize("line", ["{id: b, color: #ff0000, lasts: 1s}", "{id: b, avoid: [hands, #text]}"])
def test_colour_in_braces_is_to_be_quoted(line: str) -> None:
    found = findings_of(f"filmkit: 1\ntitle: T\nscenes:\n  - id: s\n    shots:\n      - {line}\n")
    word = "#ff0000" if "color" in line else "#text"
    [finding] = found
    assert (finding.code, finding.remedy) == ("hash-in-text", f"put it in quotes: '{word}'")
    assert finding.place is not None and finding.place.excerpt[finding.place.column - 1 :].startswith(word)


# all at once


def test_mistakes_of_every_kind_are_told_at_once(tmp_path: Path) -> None:
    """A wrong value, an unknown key, an unknown id, a lost file, a bad path and a twin take: one reading finds all."""
    text = scene(
        "id: a, lasts: 4, from: gone.png", "id: b, of: nobody, lasts: 1s", "id: c, lenght: 1s, lasts: 1s",
        "id: d, lasts: 1s, sketch: ../x.png",
        rest="deliver: [master, mastr]\ntitles: [{text: x, at: a, style: mian}]",
    )  # fmt: skip
    (tmp_path / "film").mkdir()
    film = FilmFolder(tmp_path / "film").write(
        {"storyboard.yaml": text, "takes/s/c/t01.mp4": "x", "takes/s/c/t1.mov": "y"}
    )
    loaded = film.load()
    errors = [(finding.code, finding.place.line if finding.place else 0) for finding in loaded.findings
              if finding.severity is Severity.ERROR]  # fmt: skip
    assert loaded.film is None
    assert errors == [
        ("unknown-word", 4), ("unknown-id", 5), ("wrong-value", 9), ("file-missing", 9), ("unknown-id", 10),
        ("unknown-key", 11), ("wrong-value", 12), ("take-twice", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        scene(
            "id: a, lasts: 1s",
            rest="sound: {effects: [{id: beat, file: f.wav, at: a}],\n"
            "  music: [{file: f.wav, at: a, duck: {under: beat}}]}",
        ),
        scene("id: 2nd, lasts: 1s", "id: b, of: 2nd, lasts: 1s"),
        scene("id: a, lasts: 1s", rest="cut_on: {music: m, within: 4f}\nsound: {musik: [{id: m, file: m.wav, at: a}]}"),
        scene("id: a, lasts: 1s", rest="titles: [{text: x, at: a, lasts: 3}]\nsound: {effects: {id: x}}"),
    ],
)
def test_nobody_is_told_what_only_follows_from_another_mistake(text: str) -> None:
    assert "unknown-id" not in codes(text) and codes(text)


# exercises


TEMPLATE = """\
filmkit: 1
title: Exercise
fixed: [picture, sound, titles, cut_on]
picture: {fps: 25}
cut_on: {music: m, within: 4f}
scenes:
  - {id: p, lasts: 2s, shots: [{id: a, cut_on: {within: 2f}, lasts: 2s}]}
  - {id: q, lasts: 1s}
sound: {music: [{id: m, file: m.wav, at: start, gain: -8 dB}]}
titles: [{text: One, at: p}]
"""


@pytest.mark.parametrize(
    ("old", "new", "fixed"),
    [
        ("", "", []),
        ("title: Exercise", "title: Mine", []),
        ("fixed: [picture, sound, titles, cut_on]\n", "", []),
        ("id: q, lasts: 1s", "id: q, lasts: 1000ms, shots: [{id: x, lasts: 1s}]", []),
        ("gain: -8 dB", "gain: -8.0 dB", []),
        ("fps: 25", "fps: 24", ["picture"]),
        ("fps: 25", "fps: 25, crf: 20", ["picture"]),
        ("-8 dB", "-7 dB", ["sound"]),
        ("One", "Two", ["titles"]),
        ("within: 4f", "within: 5f", ["cut_on"]),
        ("cut_on: {within: 2f}, ", "", ["cut_on"]),
        ("lasts: 2s}]", "lasts: 2s}, {id: b, lasts: 1s, cut_on: none}]", ["cut_on"]),
        ("id: q, lasts: 1s", "id: q, lasts: 1s, cut_on: none", ["cut_on"]),
        ("id: q, lasts: 1s", "id: q, lasts: 2s", ["'lasts' of scene q"]),
        ("id: q", "id: r", ["the scenes are p, r"]),
        ("fps: 25}", "fps: 24}\nlasts: 3s", ["picture"]),
    ],
)
def test_exercise_names_each_fixed_part_that_differs(tmp_path: Path, old: str, new: str, fixed: list[str]) -> None:
    assert not old or old in TEMPLATE
    (tmp_path / "film").mkdir()
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    film = FilmFolder(tmp_path / "film").write({"storyboard.yaml": TEMPLATE.replace(old, new) if old else TEMPLATE,
                                                "m.wav": "x"})  # fmt: skip
    found = check_against(film.load(), tmp_path / "template.yaml")
    assert len(found) == len(fixed), [finding.message for finding in found]
    for finding, part in zip(found, fixed, strict=True):
        assert part in finding.message and finding.severity is Severity.ERROR and finding.place is not None


# points that the cut never resolves


@pytest.mark.parametrize(
    ("shot", "says"),
    [
        ("from: {shot: a, at: a.horm}", "did you mean 'horn'?"),
        ("last: {shot: a, at: b.horn}", "'b' has no mark 'horn'"),
        ("from: {shot: a, at: nobody.horn}", "nothing here is called 'nobody'"),
        ("omit: true, to: nobody", "nothing here is called 'nobody'"),
        ("omit: true, sync: {x: a.nothing}", "'a' has no mark 'nothing'"),
    ],
)
def test_point_that_is_never_used_still_has_to_name_something(shot: str, says: str) -> None:
    text = scene("id: a, lasts: 1s, marks: {horn: 0.5s}", f"id: b, {shot}")
    [finding] = [finding for finding in findings_of(text) if finding.severity is Severity.ERROR]
    assert finding.code == "unknown-id" and says in f"{finding.message}; {finding.remedy}"
    assert finding.place is not None and finding.place.line == 9


@pytest.mark.parametrize("at", ["a.horn", "a.HORN - 2f", "a.end - 1f", "s/a + 1s", "theme.beat(2)", "start + 2s"])
def test_frame_of_another_shot_may_be_any_point_that_is_there(at: str) -> None:
    rest = "sound: {music: [{id: theme, file: m.wav, at: start}]}"
    text = scene("id: a, lasts: 1s, marks: {horn: 0.5s}", f"id: b, lasts: 1s, from: {{shot: a, at: {at}}}", rest=rest)
    assert [finding.code for finding in findings_of(text)] == ["not-built-frame-of-shot"]


# what is not built yet


MUSIC = "sound: {music: [{id: m, file: m.wav, at: start%s}]}"


@pytest.mark.parametrize(
    ("capability", "shots", "rest"),
    [
        ("focus", ["focus: auto", ""], "focus: auto"),
        ("frame-of-shot", ["", "from: {shot: x0}"], ""),
        ("frame-of-shot", ["", "last: {shot: x0, at: x0.end - 1f}", "from: {shot: x0}, generate: {with: still}"], ""),
        ("captions", [""], "captions: {}"),
        (
            "captions",
            [""],
            "captions: {burn: [vertical-1080]}\nsound: {dialogue: [{at: start, lasts: 1s, line: hello}]}",
        ),
        ("captions", [""], "sound: {dialogue: [{at: start, lasts: 1s, line: {0s: hello, 1s: you}}]}"),
        ("deliver", [""], "deliver: [youtube-1080p, vertical-1080, archive]"),
        ("deliver", [""], "deliver: archive"),
        ("review", [""], "review: {reviewers: 3}"),
    ],
)
def test_capability_to_come_is_answered_with_exactly_one_note(capability: str, shots: list[str], rest: str) -> None:
    text = scene(*(f"id: x{at}, lasts: 1s{', ' + shot if shot else ''}" for at, shot in enumerate(shots)), rest=rest)
    [finding] = findings_of(text)
    assert (finding.code, finding.severity) == (f"not-built-{capability}", Severity.NOTE)
    assert "built yet" in finding.message and finding.place is not None and finding.place.line > 3


@pytest.mark.parametrize(
    "rest",
    ["generate: {with: manual, takes: 2, seed: 1000, length: 5s}", "generate: {with: runway}",
     "generate: {with: still}", "deliver: master",
     f"cut_on: {{music: m, within: 4f}}\n{MUSIC % ', beats: {tempo: 97 bpm}'}",
     f"cut_on: {{music: m, within: 4f}}\n{MUSIC % ''}", "focus: [0.1, 0.2]",
     "sound: {dialogue: [{at: start, file: f.wav, line: hello}]}"],
)  # fmt: skip
def test_what_is_built_needs_no_note(rest: str) -> None:
    assert findings_of(scene("id: a, lasts: 1s, from: a.png", rest=rest)) == []
