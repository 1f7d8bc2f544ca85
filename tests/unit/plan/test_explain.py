"""Why a step is stale, in film words: one change of the storyboard, one sentence a student understands."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from films import FIRST_LIGHT, TOOLS, file, first_light, video

from filmkit.model.film import Film
from filmkit.model.take import Take
from filmkit.plan.cut import cut
from filmkit.plan.explain import Remembered, concerned, nameable, remembered, why
from filmkit.plan.graph import Step, WorkGraph
from filmkit.plan.planner import Quality, plan_film
from filmkit.plan.reasons import reason
from filmkit.plan.steps import Tools


def graph_of(film: Film, tools: Tools = TOOLS, quality: Quality = Quality()) -> WorkGraph:
    timeline = cut(film).timeline
    assert timeline is not None
    loudness = film.storyboard.sound.loudness
    return plan_film(
        timeline, film.storyboard.picture, (loudness.target_lufs, loudness.ceiling_dbtp), tools, quality
    ).graph


def kept(graph: WorkGraph) -> Remembered:
    """A graph as it comes back from the film's folder."""
    value: Remembered = json.loads(json.dumps(remembered(graph)))
    return value


BEFORE = kept(graph_of(first_light()))


def told(about: str, *changes: tuple[str, str]) -> list[str]:
    """What ``--why`` says after these changes of the example."""
    text = FIRST_LIGHT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return [str(change) for change in why(graph_of(first_light(text)), BEFORE, about)]


SENTENCES = {
    "a trim": (
        ("lamp/flame", ("id: flame,", "id: flame, in: 6f,")),
        ["segment lamp/flame: it begins at picture 6 of its take, it was picture 0 ('in')",
         "stem production: 'lamp/flame' begins 0.250 s into its file, it was 0.000 s ('in')"],
    ),
    "a length": (
        ("lamp/flame", ("lasts: 2s}\ntitles", "lasts: 2.5s}\ntitles")),
        ["segment lamp/flame: it lasts 60 frames (2.50 s), it was 48 frames (2.00 s)",
         "stem production: 'lamp/flame' is heard for 2.500 s, it was 2.000 s ('lasts', 'to')",
         "stem production: the film lasts 17.500 s, it was 17.000 s"],
    ),
    "a title's words": (
        ("lamp/flame", ("at: keeper + 0.5s, lasts: 2s", "at: flame, lasts: 2s"), ("Day one", "Day two")),
        ["segment lamp/flame: it uses title Day two, it was nothing", "segment lamp/flame: its titles lie over other "
         "frames ('titles')", "title Day two: is new"],
    ),
    "a title's style": (("Day one", ("style: lower-third", "style: subtitle")),
                        ["title Day one: its style is subtitle, it was lower-third"]),
    "a join's kind": (
        ("harbour/keeper", ("with: dissolve", "with: iris")),
        ["segment harbour/boat → harbour/keeper: the join is iris, it was dissolve ('join')"],
    ),
    "a gain": (("horn", ("gain: -4 dB", "gain: -5 dB")),
               ["stem effects: the gain of 'horn' is -5 dB, it was -4 dB ('gain')"]),
    "a pan": (("horn", ("pan: -0.3", "pan: 0.5")), ["stem effects: 'pan' of 'horn' is 0.5, it was -0.3"]),
    "a mark that a cue hangs on": (
        ("horn", ("horn: 2.1s", "horn: 2.5s")), ["stem effects: 'horn' begins at 2.000 s, it was 1.600 s ('at')"]
    ),
    "a fade": (
        ("theme", ("to: end, in: 12s", "to: end, in: 12s, fade_out: 2s")),
        ["stem music: 'fade_out' of 'theme' is 2.000 s, it was 0.005 s"],
    ),
    "a sound that goes": (
        ("wind", ("    - {id: wind, file: sfx/wind.wav, at: keeper, to: keeper.end, loop: true, gain: -18 dB}\n", "")),
        ["stem effects: 'wind' is gone here"],
    ),
    "another sound": (
        ("horn", ("file: sfx/horn.wav", "file: sfx/wind.wav")),
        ["stem effects: 'horn' is heard for 3.000 s, it was 2.000 s ('lasts', 'to')",
         "stem effects: 'horn' comes from source sfx/wind.wav, it was source sfx/horn.wav ('file')"],
    ),
    "a camera speed": (
        ("keeper", ("speed: 0.8", "speed: 0.5")),
        ["segment harbour/boat → harbour/keeper: it shows the pictures of its take at other moments ('in', 'speed')"],
    ),
    "words about a shot": (("lamp/flame", ("the lamp takes fire", "the lamp goes out")), []),
    "the frame of the picture": (
        ("lamp/flame", ("size: 1280x720", "size: 1920x1080")),
        ["segment lamp/flame: the height of the picture is 1080, it was 720 ('size')",
         "segment lamp/flame: the width of the picture is 1920, it was 1280 ('size')"],
    ),
    "the film's name": (("master", ("title: First Light", "title: Second Light")),
                        ["master: the film is called Second Light, it was First Light ('title')"]),
    "the credits": (("credits", ("edge of", "end of")), ["card credits: the card says something else"]),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_change_is_told_in_film_words(name: str) -> None:
    (about, *changes), wanted = SENTENCES[name]
    assert told(str(about), *changes)[: len(wanted) or None] == wanted  # type: ignore[arg-type]


def test_a_draft_differs_in_size_and_encoding() -> None:
    changes = why(graph_of(first_light(), quality=Quality(draft=True)), BEFORE, "lamp/flame")
    assert [change.field for change in changes] == [
        "params.canvas.codec.crf", "params.canvas.codec.preset", "params.canvas.height_px", "params.canvas.width_px",
    ]  # fmt: skip
    assert changes[1].says == "it is encoded with preset superfast, it was faster ('picture')"


def test_another_build_of_a_tool_is_named() -> None:
    other = replace(TOOLS, media={"ffmpeg": "newer"})
    changes = why(graph_of(first_light(), other), BEFORE, "segment lamp/flame")
    assert [str(change) for change in changes] == ["segment lamp/flame: ffmpeg is another build: newer, it was test"]


def test_a_tool_that_comes_alone_is_named() -> None:
    step = Step("mix", "mix", 1, {"length": 1, "integrated_lufs": -14.0, "peak_dbtp": -1.0})
    changes = why(WorkGraph([replace(step, tools={"numpy": "2"})]), kept(WorkGraph([step])), "mix")
    assert [change.says for change in changes] == ["numpy is another build: 2, it was nothing"]


def test_another_version_of_a_stage_is_named() -> None:
    graph = WorkGraph([Step("mix", "mix", 4, {"length": 1, "integrated_lufs": -14.0, "peak_dbtp": -1.0})])
    before = kept(WorkGraph([Step("mix", "mix", 3, {"length": 1, "integrated_lufs": -14.0, "peak_dbtp": -1.0})]))
    assert [change.says for change in why(graph, before, "mix")] == [
        "this filmkit makes a mix in a new way: version 4, it was 3"
    ]


def test_another_take_is_named_by_its_file() -> None:
    film = first_light()
    newer = Take("lamp/flame", 2, file("takes/lamp/flame/t02.mp4", video(3)))
    changes = why(graph_of(replace(film, takes={**film.takes, "lamp/flame": (newer,)})), BEFORE, "segment lamp/flame")
    [told] = [change.says for change in changes]
    assert told.startswith("it is made from takes/lamp/flame/t02.mp4 (") and "it was takes/lamp/flame/t01.mp4 (" in told


def test_a_shot_cut_into_other_pieces_says_so() -> None:
    changes = told("segment harbour/keeper 1/3", ("at: keeper + 0.5s, lasts: 2s", "at: keeper + 1.2s, lasts: 1s"))
    assert changes == [
        "segment harbour/keeper 1/3: the shot is cut into other pieces (a title or a join begins elsewhere)"
    ]


def test_what_is_gone_says_so() -> None:
    gone = ("  - {text: Day one, style: lower-third, at: keeper + 0.5s, lasts: 2s}\n", "")
    assert told("Day one", gone) == ["title Day one: is no part of the film any more"]


def test_each_step_is_told_once_and_followed_upstream() -> None:
    lines = told("harbour", ("FIRST LIGHT", "SECOND LIGHT"))
    assert lines.count("title SECOND LIGHT: is new") == 1
    assert len(lines) == len(set(lines))


def test_a_first_plan_is_all_new() -> None:
    graph = graph_of(first_light())
    assert {change.says for change in why(graph, {}, "lamp/flame")} == {"is new"}


def test_a_plan_of_another_filmkit_is_compared_as_it_stands() -> None:
    strange = {name: {**step, "params": {"shape": "round"}, "key": "0"} for name, step in BEFORE.items()}
    changes = why(graph_of(first_light()), strange, "mix")
    assert ("shape is nothing, it was round") in [change.says for change in changes if change.step == "mix"]


def test_two_steps_of_one_name_are_kept_apart() -> None:
    steps = [Step("title", "title A", 1, {"text": text}) for text in ("one", "two")]
    assert list(remembered(WorkGraph(steps))) == ["title A", "title A #2"]


def test_steps_are_found_by_shot_scene_cue_title_and_step() -> None:
    graph = graph_of(first_light())
    assert {step.kind for step in concerned(graph, "harbour/boat")} == {"segment", "stem"}
    assert concerned(graph, "boat") == concerned(graph, "Harbour/Boat") == concerned(graph, "harbour/boat")
    assert len(concerned(graph, "harbour")) > len(concerned(graph, "boat"))
    assert [step.name for step in concerned(graph, "horn")] == ["stem effects"]
    assert [step.name for step in concerned(graph, "Day one")] == ["title Day one"]
    assert [step.name for step in concerned(graph, "mix")] == ["mix"]
    assert concerned(graph, "oat") == []


def test_everything_that_can_be_asked_about_is_listed_once() -> None:
    names = nameable(graph_of(first_light()))
    assert {"harbour", "boat", "harbour/boat", "horn", "theme", "FIRST LIGHT", "credits"} <= set(names)
    assert len(names) == len(set(names))


def test_a_field_nobody_wrote_a_sentence_for_is_told_by_its_name() -> None:
    assert reason("segment", "params.colour_of_the_sea", (None, "blue")) == "colour_of_the_sea is blue, it was nothing"
    assert reason("mix", "sources.x", ("a" * 64, "b" * 64)) == f"it is made from {'b' * 12}, it was {'a' * 12}"
    assert reason("title", "params.text", ("", "x" * 80)) == f"its text is {'x' * 60}…, it was nothing"
