"""The nearest of shot, scene and film wins: mappings key by key, lists and texts whole; `none` switches off."""

from __future__ import annotations

import pytest
from cutting import clip, cut_of, scene
from storyboards import board_of, findings_of

from filmkit.model.finding import Severity
from filmkit.model.storyboard import Fit, Generator
from filmkit.plan.inherit import Inheritance, inherited


def holds(film: str = "", scene_line: str = "", shot: str = "") -> Inheritance:
    """What a shot inherits from lines of the film, of its scene, and of its own."""
    board = board_of(
        f"filmkit: 1\ntitle: T\n{film}\nscenes:\n  - id: s\n    title: S\n    {scene_line}\n    shots:\n"
        f"      - id: a\n        lasts: 1s\n        {shot}\n"
    )
    return inherited(board, board.scenes[0], board.scenes[0].shots[0])


@pytest.mark.parametrize(
    ("film", "scene_line", "shot", "style"),
    [
        ("style: f", "", "", "f"),
        ("style: f", "style: s", "", "s"),
        ("style: f", "style: s", "style: a", "a"),
        ("style: f", "", "style: none", None),
        ("style: f", "style: none", "", None),
        ("style: f", "style: none", "style: a", "a"),
    ],
)
def test_text_of_the_nearest_level_counts_whole(film: str, scene_line: str, shot: str, style: str | None) -> None:
    assert holds(film, scene_line, shot).style == style


def test_list_counts_whole() -> None:
    assert holds("avoid: [text, hands]", "", "avoid: [rain]").avoid == ("rain",)
    assert holds("avoid: [text, hands]", "", "").avoid == ("text", "hands")
    assert holds("avoid: [text]", "avoid: none", "").avoid == ()


def test_mapping_counts_key_by_key() -> None:
    own = holds("own_sound: {gain: -6 dB, lead: 4f}", "own_sound: {lead: 8f}", "own_sound: {trail: 2f}").own_sound
    assert (own.gain, own.lead.frames, own.trail.frames) == (-6, 8, 2)
    grade = holds("grade: {lut: x.cube, strength: 0.8}", "", "grade: {strength: 0.3}").grade
    assert grade is not None and (grade.lut, grade.strength) == ("x.cube", 0.3)
    other = holds("grade: {lut: x.cube, strength: 0.8}", "", "grade: {lut: y.cube}").grade
    assert other is not None and (other.lut, other.strength) == ("y.cube", 0.8)
    music = "sound: {music: [{id: m, file: m.wav, at: start, beats: {tempo: 120 bpm}}]}"
    cut_on = holds(f"cut_on: {{music: m, within: 4f}}\n{music}", "", "cut_on: {within: 9f}").cut_on
    assert cut_on is not None and cut_on.within is not None and (cut_on.music, cut_on.within.frames) == ("m", 9)


def test_key_that_no_level_says_is_missing_once() -> None:
    text = scene("id: a, lasts: 1s, grade: {strength: 0.5}", "id: b, lasts: 1s", rest="cut_on: {within: 4f}")
    assert {(finding.code, str(finding.place), finding.message) for finding in findings_of(text)} == {
        ("missing-key", "storyboard.yaml:4:9", "'music' is missing"),
        ("missing-key", "storyboard.yaml:8:35", "'lut' is missing"),
    }
    assert len(findings_of(text)) == 2
    said = scene("id: a, lasts: 1s, grade: {strength: 0.5}", rest="cut_on: {within: 4f}\ngrade: {lut: x.cube}")
    assert findings_of(said.replace("lasts: 1s", "lasts: 1s, cut_on: none")) == []


@pytest.mark.parametrize("key", ["grade", "cut_on", "generate"])
def test_none_switches_a_mapping_off_and_what_is_above_it(key: str) -> None:
    film = "grade: {lut: x.cube, strength: 0.8}\ncut_on: {music: m, within: 4f}\ngenerate: {with: veo, seed: 7}\n"
    film += "sound: {music: [{id: m, file: m.wav, at: start}]}"
    off = holds(film, "", f"{key}: none")
    assert {name for name in ("grade", "cut_on") if getattr(off, name) is None} == {key} - {"generate"}
    assert (off.generate.with_ is None) == (key == "generate")
    again = holds(film, "generate: none", "generate: {takes: 3}").generate
    assert (again.with_, again.seed, again.takes) == (None, None, 3)


def test_none_restores_the_default_of_a_word() -> None:
    assert holds("fit: pad", "", "fit: none").fit is Fit.CROP
    assert holds("focus: [0.1, 0.9]", "", "focus: none").focus == (0.5, 0.5)
    assert holds("focus: [0.1, 0.9]", "", "").focus == (0.1, 0.9)


@pytest.mark.parametrize(
    ("shot", "is_mute"), [("", True), ("own_sound: {gain: -3 dB}", False), ("own_sound: none", True)]
)
def test_sound_is_heard_again_where_the_nearer_level_shapes_it(shot: str, is_mute: bool) -> None:
    assert holds("own_sound: mute", "", shot).own_sound.mute is is_mute
    assert holds("", "", "own_sound: mute").own_sound.mute


def test_new_maker_drops_what_only_the_old_one_knows() -> None:
    film = (
        "generate: {with: comfy, model: m, size: 640x360, settings: {steps: 3}, workflow: w.json, "
        "bind: {prompt: '6.text'}, seed: 5, takes: 2, length: 4s}"
    )
    new = holds(film, "", "generate: {with: veo}").generate
    assert (new.model, new.size, new.settings, new.workflow, new.bind) == (None,) * 5
    assert (new.with_, new.seed, new.takes, str(new.length)) == (Generator.VEO, 5, 2, "4s")
    same = holds(film, "", "generate: {with: comfy, seed: 6}").generate
    assert (same.model, same.workflow, same.seed) == ("m", "w.json", 6)
    assert holds(film, "", "generate: {with: veo, model: n}").generate.model == "n"


@pytest.mark.parametrize("key", ["workflow: w.json", "bind: {prompt: '6.text'}"])
def test_what_only_comfy_reads_is_an_error_elsewhere(key: str) -> None:
    found = findings_of(scene(f"id: a, lasts: 1s, generate: {{with: manual, {key}}}"))
    assert [(finding.code, finding.severity) for finding in found] == [("comfy-only", Severity.ERROR)]
    assert findings_of(scene(f"id: a, lasts: 1s, generate: {{with: comfy, {key}}}")) == []


def test_inherited_look_reaches_the_timeline() -> None:
    timeline = cut_of(
        scene("id: a, lasts: 1s", "id: b, lasts: 1s, fit: stretch", rest="fit: pad\nown_sound: mute"), a=2, b=2
    )
    assert [clip(timeline, shot).look.framing.fit for shot in "ab"] == ["pad", "stretch"]
    assert timeline.sounds == ()
