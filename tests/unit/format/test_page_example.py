"""The complete example of docs/storyboard.md is cut exactly as the page says."""

from __future__ import annotations

import re
from dataclasses import replace

import yaml
from films import file, film, sound, still, video
from repository import ROOT, fenced_blocks
from storyboards import findings_of

from filmkit.model.film import Film
from filmkit.model.finding import Severity
from filmkit.model.take import Take
from filmkit.plan.cut import cut

PAGE = ROOT / "docs" / "storyboard.md"
[EXAMPLE] = ["\n".join(block) for block in fenced_blocks(PAGE, "yaml")]


def first_light(text: str = EXAMPLE) -> Film:
    """The example with takes of five seconds; the circled one of the boat is its second."""
    made = film(
        text,
        {"harbour/boat": video(5), "harbour/keeper": video(5, "25"), "lamp/flame": video(3)},
        {"music/dawn.ogg": sound(100), "sfx/horn.wav": sound(2), "sfx/wind.wav": sound(3), "sound/k1.wav": sound(1.5),
         "reference/harbour.png": still()},
    )  # fmt: skip
    takes = [Take("harbour/boat", number, file(f"t0{number}.mp4", video(5))) for number in (1, 2)]
    return replace(made, takes={**made.takes, "harbour/boat": tuple(takes)})


def test_example_is_cut_to_the_frame_and_sample() -> None:
    timeline = cut(first_light()).timeline
    assert timeline is not None
    assert (timeline.frames, timeline.samples) == (408, 17 * 48_000)
    assert {clip.shot: (clip.start, clip.stop) for clip in timeline.clips} == {
        "harbour/boat": (0, 96), "harbour/keeper": (84, 168), "lamp/flame": (168, 216), "credits": (216, 408),
    }  # fmt: skip
    assert {title.name: (title.start, title.stop) for title in timeline.titles} == {
        "FIRST LIGHT": (24, 96), "Day one": (96, 144),
    }  # fmt: skip
    starts = {cue.id: cue.start for cue in timeline.sounds}
    assert (starts["horn"], starts["wind"], starts["late"]) == (76_800, 168_000, 206_400)
    [wind] = [cue for cue in timeline.sounds if cue.id == "wind"]
    assert wind.start + wind.length == 7 * 48_000 and wind.shape.loop


def test_page_states_these_numbers() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = {cells[1]: cells[2:] for line in lines if len(cells := [cell.strip() for cell in line.split("|")]) == 5}
    timeline = cut(first_light()).timeline
    assert timeline is not None
    placed = {clip.shot.rpartition("/")[2]: (clip.start, clip.stop) for clip in timeline.clips}
    placed |= {title.name: (title.start, title.stop) for title in timeline.titles}
    ranges = {name: re.fullmatch(r"(\d+) up to (\d+)", cells[0]) for name, cells in rows.items()}
    assert {name: (int(found[1]), int(found[2])) for name, found in ranges.items() if found} == placed
    for cue in ("horn", "late"):
        sample = next(sound.start for sound in timeline.sounds if sound.id == cue)
        assert f"at {sample / 48_000:g} s, sample {sample:,}" in rows[cue][1], rows[cue]
    assert rows["wind"][1] == "from 3.5 s to 7 s"


def test_cut_on_finds_no_beat_in_reach_and_says_so() -> None:
    """97 bpm from 0.04 s, heard from 12 s: the beats around frame 168 fall on 158 and 173."""
    made = cut(first_light())
    [note] = [finding for finding in made.findings if finding.code == "cut-stays"]
    assert note.severity is Severity.NOTE and note.about == "lamp/flame"
    assert "nearest beat is 5 frames away, further than 4" in note.message
    wider = cut(first_light(EXAMPLE.replace("within: 4f", "within: 5f"))).timeline
    assert wider is not None and [(moved.shot, moved.frames) for moved in wider.moved] == [("lamp/flame", 5)]
    assert [clip.start for clip in wider.clips] == [0, 84, 173, 221]


def test_example_keeps_its_promise_of_17_seconds() -> None:
    found = {finding.code for finding in cut(first_light()).findings if finding.severity is not Severity.NOTE}
    assert found == {"lead-too-long"}  # the keeper's take is shown from its first sample: it has none to lead with
    made = cut(first_light(EXAMPLE.replace("lasts: 2s}", "lasts: 49f}")))
    [promise] = [finding for finding in made.findings if finding.code == "promise"]
    assert "409 frames" in promise.message and "1 more" in promise.message


def test_example_has_one_note_for_each_capability_to_come() -> None:
    assert sorted((finding.code, finding.severity) for finding in findings_of(EXAMPLE)) == [
        (f"not-built-{what}", Severity.NOTE) for what in ("captions", "deliver", "review")
    ]


def test_example_is_plain_data() -> None:
    """The page may be read by any YAML parser: no tags, anchors or merges stand in it."""
    kinds = {type(token).__name__ for token in yaml.scan(EXAMPLE)}
    assert not kinds & {"TagToken", "AnchorToken", "AliasToken", "DirectiveToken"}
