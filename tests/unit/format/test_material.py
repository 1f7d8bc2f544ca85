"""What a shot shows: its take, another shot's, a colour, a still, or a card; and which keys go with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cutting import clip, cut_of, filmed, found_in, frames, heard, only, pictures, scene
from films import file, still, video
from storyboards import findings_of

from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.take import MediaFacts, Take
from filmkit.model.timeline import ColorMaterial, SlateMaterial, StillMaterial, TakeMaterial, Timeline
from filmkit.plan.cut import cut

PICTURES = {"a.png": still(), "b.png": still(), "x.cube": video(1)}


def with_takes(text: str, **takes: dict[int, float]) -> Film:
    """A film whose shots have several takes: seconds by number."""
    found = {
        f"s/{shot}": tuple(
            Take(f"s/{shot}", number, file(f"takes/s/{shot}/t{number:02}.mp4", video(seconds)))
            for number, seconds in sorted(numbers.items())
        )
        for shot, numbers in takes.items()
    }
    return replace(filmed(text, {}), takes=found)


def shown_take(film: Film, shot: str) -> str:
    made = cut(film)
    assert made.timeline is not None, [finding.message for finding in made.findings]
    material = clip(made.timeline, shot).material
    assert isinstance(material, TakeMaterial)
    return f"{material.take.shot} {material.take.label}"


def timeline_of(text: str, takes: dict[str, float | MediaFacts] | None = None) -> Timeline:
    made = cut(filmed(text, takes or {}, PICTURES))
    assert made.timeline is not None, [finding.message for finding in made.findings]
    return made.timeline


# takes


def test_circled_take_is_shown_else_the_highest_number() -> None:
    assert shown_take(with_takes(scene("id: a, lasts: 1s"), a={1: 2, 2: 2, 11: 2}), "a") == "s/a t11"
    assert shown_take(with_takes(scene("id: a, lasts: 1s, take: t2"), a={1: 2, 2: 2, 11: 2}), "a") == "s/a t02"


def test_circled_take_that_is_not_there_is_an_error_and_without_any_a_card() -> None:
    missing = only(list(cut(with_takes(scene("id: a, lasts: 1s, take: t03"), a={1: 2})).findings), "take-missing")
    assert missing.severity is Severity.ERROR and "has t01" in missing.message
    none_yet = cut(with_takes(scene("id: a, lasts: 1s, take: t03")))
    assert none_yet.timeline is not None and none_yet.timeline.clips[0].is_placeholder
    assert only(list(none_yet.findings), "take-missing").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("key", "line"),
    [("in", "in: 1s"), ("marks", "marks: {m: 1s}"), ("sync", "sync: {m: start}, marks: {m: 1s}"), ("", "speed: 0.5")],
)
def test_times_measured_on_some_take_are_warned_of(key: str, line: str) -> None:
    text = scene(f"id: a, lasts: 1s, {line}")
    found = [finding for finding in cut(with_takes(text, a={1: 4, 2: 4})).findings if finding.code == "take-guessed"]
    assert [(finding.severity, finding.path[-1] in line) for finding in found] == (
        [(Severity.WARNING, True)] if key else []
    )
    for only_one in (1, 7):  # it can be no other
        assert cut(with_takes(text, a={only_one: 4})).findings == ()
    assert cut(with_takes(text.replace("id: a", "id: a, take: t01"), a={1: 4, 2: 4})).findings == ()


# of


def test_of_shows_the_circled_take_with_its_marks_and_look() -> None:
    look = "grade: {lut: x.cube}, fit: pad, focus: [0.1, 0.2]"
    sing = f"id: a, take: t01, in: 1s, lasts: 1s, marks: {{m: 2s}}, {look}, speed: 2"
    text = scene(sing, "id: b, of: a, in: 0.5s, lasts: 2s", rest="titles: [{text: x, at: b.m, lasts: 1f}]")
    film = with_takes(text, a={1: 5, 2: 5})
    assert shown_take(film, "b") == "s/a t01"
    timeline = cut(replace(film, files={"x.cube": file("x.cube", video(1))})).timeline
    assert timeline is not None
    assert pictures(timeline, "b") == list(range(12, 60))  # its own in and lasts, at its own speed
    assert timeline.titles[0].start == 24 + 36  # the mark of a at 2 s, from b's in
    assert clip(timeline, "b").look == clip(timeline, "a").look and clip(timeline, "b").look.lut is not None


def test_of_may_choose_another_take_of_that_folder() -> None:
    film = with_takes(scene("id: a, take: t01, lasts: 1s", "id: b, of: a, take: t02, lasts: 1s"), a={1: 5, 2: 5})
    assert (shown_take(film, "a"), shown_take(film, "b")) == ("s/a t01", "s/a t02")


def test_of_has_a_zoom_join_and_own_sound_of_its_own() -> None:
    shots = [
        "id: a, lasts: 1s, zoom: 2, own_sound: mute",
        "id: b, of: a, lasts: 1s, own_sound: {gain: -6 dB}, join: fade",
    ]
    timeline = cut_of(scene(*shots), a=3)
    assert (clip(timeline, "a").look.framing.zoom, clip(timeline, "b").look.framing.zoom) == (2.0, 1.0)
    assert [(sound.id, sound.shape.gain_db) for sound in timeline.sounds] == [("s/b", -6.0)]
    assert clip(timeline, "b").join.frames == 12


def test_of_an_omitted_shot_shows_it() -> None:
    timeline = cut_of(scene("id: a, omit: true, lasts: 1s", "id: b, of: a, lasts: 1s"), a=3)
    assert frames(timeline) == {"b": (0, 24)} and pictures(timeline, "b")[0] == 0


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ("from: a.png, generate: {with: still}, camera: {move: pan-left}", StillMaterial),
        ("color: red", ColorMaterial),
        ("from: a.png", StillMaterial),
        ("action: waits", SlateMaterial),
    ],
)
def test_of_shows_whatever_the_other_shows(shown: str, kind: type) -> None:
    timeline = timeline_of(scene(f"id: a, lasts: 1s, {shown}", "id: b, of: a, lasts: 2s"))
    first, second = timeline.clips
    assert isinstance(first.material, kind) and second.material == first.material
    assert second.is_placeholder == first.is_placeholder


def test_of_is_made_as_the_other_is_made() -> None:
    """The film's default maker is `still`; the shot that is shown has a take made by hand."""
    rest = "generate: {with: still}"
    timeline = timeline_of(scene("id: a, lasts: 1s, generate: {with: manual}", "id: b, of: a, lasts: 1s", rest=rest),
                           {"s/a": 3})  # fmt: skip
    assert [type(shown.material) for shown in timeline.clips] == [TakeMaterial, TakeMaterial]
    planned = cut(filmed(scene("id: a, generate: {length: 4s}", "id: b, of: a", "id: c, of: a, speed: 2"), {})).timeline
    assert planned is not None and frames(planned) == {"a": (0, 96), "b": (96, 192), "c": (192, 240)}


@pytest.mark.parametrize(
    "line",
    ["from: a.png", "last: a.png", "sketch: a.png", "marks: {m: 1s}", "grade: {lut: x.cube}", "fit: pad",
     "focus: auto", "generate: {with: runway}"],
)  # fmt: skip
def test_of_says_which_keys_mean_nothing_there(line: str) -> None:
    found = [finding for finding in findings_of(scene("id: a, lasts: 1s", f"id: b, of: a, lasts: 1s, {line}"))
             if finding.severity is Severity.WARNING]  # fmt: skip
    assert [(finding.code, finding.about) for finding in found] == [("key-useless", "s/b")]
    assert f"'{line.partition(':')[0]}' means nothing here" in found[0].message


def test_missing_take_of_another_shot_is_asked_for_in_its_folder() -> None:
    found = [finding for finding in found_in(scene("id: a, lasts: 1s", "id: b, of: a, lasts: 1s"))]
    assert [finding.remedy for finding in found] == ["put its take into takes/s/a/ as t01.mp4"] * 2


# colours, stills, cards


def test_color_needs_no_take() -> None:
    timeline = cut_of(
        scene("id: a, color: black, lasts: 1s, marks: {m: 0.5s}", rest="titles: [{text: x, at: a.m}]"), a=3
    )
    assert clip(timeline, "a").material == ColorMaterial("#000000") and timeline.titles[0].start == 12
    assert not clip(timeline, "a").is_placeholder and timeline.sounds == ()
    assert frames(cut_of(scene("id: a, color: red, generate: {length: 2s}"))) == {"a": (0, 48)}


@pytest.mark.parametrize("line", ["from: a.png", "take: t01", "in: 1s", "speed: 2", "short: hold", "fit: pad"])
def test_color_says_which_keys_mean_nothing_there(line: str) -> None:
    [finding] = findings_of(scene(f"id: a, color: red, lasts: 1s, {line}"))
    assert (finding.code, finding.severity) == ("key-useless", Severity.WARNING)


def test_still_is_a_real_shot_over_its_picture() -> None:
    text = scene("id: a, from: a.png, sketch: b.png, generate: {with: still}, camera: {move: push-in}, lasts: 2s")
    timeline = timeline_of(text, {"s/a": 3})
    [shown] = timeline.clips
    assert isinstance(shown.material, StillMaterial) and shown.material.file.name == "a.png"
    assert (shown.frames, shown.is_placeholder, timeline.sounds) == (48, False, ())


@pytest.mark.parametrize("key", ["take: t01", "in: 1s", "speed: 2", "sync: {m: start}, marks: {m: 1s}"])
def test_still_has_no_take_to_trim(key: str) -> None:
    found = findings_of(scene(f"id: a, from: a.png, generate: {{with: still}}, lasts: 1s, {key}"))
    assert [(finding.code, finding.severity) for finding in found] == [("still-has-no-take", Severity.ERROR)]


def test_still_needs_a_length_of_its_own() -> None:
    text = scene("id: a, from: a.png, generate: {with: still, length: 5s}")
    assert findings_of(text) == []
    assert only(list(cut(filmed(text, {}, PICTURES)).findings), "no-length").about == "s/a"
    assert timeline_of(scene("id: a, from: a.png, generate: {with: still}, to: start + 3s")).frames == 72


def test_still_over_the_frame_of_a_shot_is_a_placeholder_until_it_is_built() -> None:
    text = scene("id: a, lasts: 1s", "id: b, from: {shot: a}, generate: {with: still}, lasts: 1s")
    timeline = cut_of(text, a=2)
    assert clip(timeline, "b").is_placeholder  # a film with a slate in it is never called finished
    assert "no picture to move over" in only(found_in(text, a=2), "placeholder").message


def test_card_shows_the_sketch_else_the_start_else_a_slate() -> None:
    text = scene("id: a, from: a.png, sketch: b.png, lasts: 1s", "id: b, from: a.png, lasts: 1s",
                 'id: c, subject: a boat, action: leaves, framing: wide, camera: {move: push-in, pace: slow}, note: "calm", lasts: 1s')  # fmt: skip # noqa: E501
    timeline = timeline_of(text)
    first, second, third = (clip.material for clip in timeline.clips)
    assert isinstance(first, StillMaterial) and first.file.name == "b.png"
    assert isinstance(second, StillMaterial) and second.file.name == "a.png"
    assert isinstance(third, SlateMaterial) and third.lines == (
        ("heading", "s"), ("shot", "s/c"), ("action", "a boat leaves"), ("framing", "wide"),
        ("camera", "push-in, slow"), ("note", "calm"),
    )  # fmt: skip
    assert all(clip.is_placeholder for clip in timeline.clips)


def test_missing_take_is_one_warning_that_says_where_it_goes() -> None:
    finding = only(found_in(scene("id: a, lasts: 1s", "id: b, lasts: 1s"), b=2), "placeholder")
    assert (finding.severity, finding.about) == (Severity.WARNING, "s/a")
    assert finding.remedy == "put its take into takes/s/a/ as t01.mp4"


def scenes_without_shots(first: str) -> list[Finding]:
    return list(
        cut(filmed(f"filmkit: 1\ntitle: T\nscenes:\n  - {{id: p{first}}}\n  - {{id: q, lasts: 1s}}\n", {})).findings
    )


def test_scene_without_shots_is_one_card_of_its_length() -> None:
    text = "filmkit: 1\ntitle: T\nscenes:\n  - {id: p, title: The sea, note: later, lasts: 2s}\n"
    text += "  - {id: q, shots: [{id: a, lasts: 1s, join: fade}]}\ntitles: [{text: x, at: p.end, lasts: 1f}]\n"
    timeline = cut(filmed(text, {"q/a": 2})).timeline
    assert timeline is not None and [(clip.start, clip.stop) for clip in timeline.clips] == [(0, 48), (36, 60)]
    assert timeline.clips[0].material == SlateMaterial((("heading", "The sea"), ("note", "later")))
    assert timeline.titles[0].start == 48
    assert only(scenes_without_shots(", lasts: 1s")[:1], "placeholder").remedy == "add its shots"
    assert "nothing says how long p is" in only(scenes_without_shots(""), "no-length").message


def test_lasts_of_a_scene_with_shots_is_a_promise() -> None:
    shots = "{id: a, lasts: 1s}, {id: b, lasts: 2s, join: cut}"
    text = f"filmkit: 1\ntitle: T\nscenes:\n  - {{id: p, lasts: 4s, shots: [{shots}]}}\n"
    promise = only(list(cut(filmed(text, {"p/a": 2, "p/b": 2})).findings), "promise")
    assert "scene p is 72 frames" in promise.message and "24 fewer" in promise.message
    assert (promise.severity, promise.path) == (Severity.WARNING, ("scenes", 0, "lasts"))
    assert cut(filmed(text.replace("lasts: 4s", "lasts: 3s"), {"p/a": 2, "p/b": 2})).findings == ()


def test_omitted_shots_are_out_of_the_cut() -> None:
    timeline = cut_of(
        scene("id: a, lasts: 1s", "id: b, omit: true, lasts: 9s, take: t07", "id: c, lasts: 1s"), a=2, c=2
    )
    assert frames(timeline) == {"a": (0, 24), "c": (24, 48)}


def test_film_without_any_shot_left_is_an_error() -> None:
    """All are omitted: said once, and nothing breaks."""
    found = found_in(
        scene("id: a, omit: true", rest="titles: [{text: x, at: start}]\nsound: {effects: [{file: f.wav, at: start}]}")
    )
    assert "no-shots" in {finding.code for finding in found}


def test_take_that_is_no_clip_is_an_error() -> None:
    found = list(cut(filmed(scene("id: a, lasts: 1s"), {"s/a": still()})).findings)
    assert "is a still picture" in only(found, "take-not-video").message


# own sound


def test_lead_and_trail_come_from_the_spare_sound() -> None:
    shots = [
        "id: a, lasts: 2s",
        "id: b, in: 1s, lasts: 2s, own_sound: {lead: 4f, trail: 0.25s, gain: -3 dB}",
        "id: c, lasts: 2s",
    ]
    sound = heard(cut_of(scene(*shots), a=3, b=4, c=3), "b")
    assert (sound.start, sound.length, sound.source_start) == (96_000 - 8000, 96_000 + 8000 + 12_000, 48_000 - 8000)


@pytest.mark.parametrize(("key", "has"), [("lead", "0.50 s before"), ("trail", "0.50 s after")])
def test_take_without_spare_sound_is_warned_of(key: str, has: str) -> None:
    shots = ["id: a, lasts: 2s", f"id: b, in: 0.5s, lasts: 2s, own_sound: {{{key}: 1s}}", "id: c, lasts: 2s"]
    finding = only(found_in(scene(*shots), a=3, b=3, c=3), f"{key}-too-long")
    assert finding.severity is Severity.WARNING and has in finding.message
    assert finding.path == ("scenes", 0, "shots", 1, "own_sound", key)


def test_lead_before_the_film_is_an_error() -> None:
    finding = only(found_in(scene("id: a, in: 1s, lasts: 1s, own_sound: {lead: 1f}"), a=3), "lead-before-start")
    assert finding.severity is Severity.ERROR


def test_trail_past_the_end_of_the_film_is_cut() -> None:
    sound = heard(cut_of(scene("id: a, lasts: 1s, own_sound: {trail: 999999999s}, speed: {0s: 1, 1s: 0.5}"), a=9), "a")
    assert (sound.start, sound.length, sound.shape.fade_out) == (0, 48_000, 240)
