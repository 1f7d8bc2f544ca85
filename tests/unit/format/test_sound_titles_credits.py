"""Cues, titles and credits: where they begin and end, how they are shaped, and in which order they stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cutting import FILES, cut_of, filmed, found_in, heard, only, scene
from films import file, sound, video
from storyboards import board_of, findings_of

from filmkit.model.finding import Severity
from filmkit.model.sound import Curve
from filmkit.model.take import Take
from filmkit.model.timeline import SlateMaterial, Timeline
from filmkit.plan.cut import cut
from filmkit.plan.pieces import pieces


def effect(inside: str, shots: str = "id: a, lasts: 4s") -> str:
    return scene(shots, rest=f"sound: {{effects: [{{id: x, file: f.wav, {inside}}}]}}")


def titled(*titles: str, rest: str = "") -> str:
    return scene("id: a, lasts: 4s", rest="titles: [" + ", ".join(f"{{{title}}}" for title in titles) + f"]\n{rest}")


# loudness


@pytest.mark.parametrize(
    ("said", "lufs", "dbtp"),
    [
        ("podcast", -16.0, -1.0),
        ("{for: atsc-a85}", -24.0, -2.0),
        ("{for: ebu-r128, peak: -3 dBTP}", -23.0, -3.0),
        ("{for: ebu-r128, integrated: -20 LUFS}", -20.0, -1.0),
        ("{integrated: -18 LUFS, peak: -4 dBTP}", -18.0, -4.0),
        ("{peak: -2 dBTP}", -14.0, -2.0),
    ],
)
def test_a_number_that_is_said_wins_over_that_of_the_place(said: str, lufs: float, dbtp: float) -> None:
    loudness = board_of(scene("id: a, lasts: 4s", rest=f"sound: {{loudness: {said}}}")).sound.loudness
    assert (loudness.target_lufs, loudness.ceiling_dbtp) == (lufs, dbtp)


# cues


@pytest.mark.parametrize(
    ("inside", "start", "length", "source"),
    [
        ("at: a", 0, 192_000, 0),  # ten seconds of sound, cut at the end of the film
        ("at: a + 1s, lasts: 0.5s", 48_000, 24_000, 0),
        ("at: a + 1s, to: a.end - 0.5s", 48_000, 120_000, 0),
        ("at: a, in: 9.5s", 0, 24_000, 456_000),  # plays out
        ("at: a, in: 9.5s, lasts: 2s, loop: true", 0, 96_000, 456_000),
    ],
)
def test_cue_is_heard_from_its_point_to_its_end(inside: str, start: int, length: int, source: int) -> None:
    cue = heard(cut_of(effect(inside), a=4), "x")
    assert (cue.start, cue.length, cue.source_start) == (start, length, source)


@pytest.mark.parametrize(
    ("inside", "code", "says"),
    [
        ("at: start - 1ms", "cue-before-start", "0.001 s before the film"),
        ("at: end", "cue-silent", "at or after the film's end"),
        ("at: a + 2s, to: a + 1s", "cue-silent", "ends before it begins"),
        ("at: a, in: 10s", "cue-silent", "its file gives nothing after 'in'"),
        ("at: a, loop: true", "loop-without-end", "loops without an end"),
    ],
)
def test_cue_that_cannot_be_heard_is_an_error(inside: str, code: str, says: str) -> None:
    finding = only(found_in(effect(inside), a=4), code)
    assert finding.severity is Severity.ERROR and says in finding.message


def test_cue_longer_than_its_file_is_warned_of() -> None:
    finding = only(found_in(effect("at: a, in: 9s, lasts: 3s"), a=4), "sound-too-short")
    assert finding.severity is Severity.WARNING and "over 2.00 s before its end" in finding.message


def test_every_sound_has_a_declick_of_five_milliseconds() -> None:
    plain = heard(cut_of(effect("at: a"), a=4), "x").shape
    assert (plain.gain_db, plain.pan, plain.fade_in, plain.fade_out) == (0.0, 0.0, 240, 240)
    shaped = heard(cut_of(effect("at: a, gain: -4 dB, pan: -0.3, fade_in: 1s, fade_out: 1ms"), a=4), "x").shape
    assert (shaped.gain_db, shaped.pan, shaped.fade_in, shaped.fade_out) == (-4.0, -0.3, 48_000, 240)


def test_fades_have_named_curves() -> None:
    plain = heard(cut_of(effect("at: a, fade_in: 1s, fade_out: {lasts: 2s, curve: exponential}"), a=4), "x").shape
    assert (plain.fade_in, plain.curve_in, plain.fade_out, plain.curve_out) == (
        48_000, Curve.LINEAR, 96_000, Curve.EXPONENTIAL,
    )  # fmt: skip
    own = "own_sound: {fade_in: {lasts: 0.5s, curve: smooth}, fade_out: 10ms}"
    shape = heard(cut_of(scene(f"id: a, lasts: 2s, {own}"), a=4), "a").shape
    assert (shape.fade_in, shape.curve_in, shape.fade_out, shape.curve_out) == (24_000, "smooth", 480, "linear")


def test_fades_that_leave_nothing_between_them_are_warned_of() -> None:
    """Not the declick of a short sound, and not two fades that meet."""
    fades = "at: a, lasts: 2s, fade_in: 1s, fade_out: {}"
    finding = only(found_in(effect(fades.format("1.5s")), a=4), "fades-too-long")
    assert finding.severity is Severity.WARNING
    assert "1.00 s in and 1.50 s out, and 2.00 s of it are heard" in finding.message
    assert found_in(effect(fades.format("1s")), a=4) == found_in(effect("at: a, lasts: 1ms"), a=4) == []


@pytest.mark.parametrize(
    ("fade", "says"),
    [
        ("{lasts: 1s, curve: bezier}", "'bezier' is not known"),
        ("{curve: smooth}", "'lasts' is missing"),
        ("5", "'5' is not a time"),
        ("{lasts: 1s, shape: smooth}", "'shape' is no key here"),
    ],
)
def test_fade_that_is_none_is_an_error_at_its_place(fade: str, says: str) -> None:
    [finding] = findings_of(effect(f"at: a, fade_out: {fade}"))
    assert says in finding.message, finding.message
    assert finding.place is not None and finding.place.line == 4


# speed and reverse: the part of a file of ten seconds


@pytest.mark.parametrize(
    ("inside", "length", "source", "pieces", "backwards"),
    [
        ("at: a, in: 8s, speed: 0.8", 120_000, 0, ((384_000, 96_000, 120_000),), 0),  # plays out
        ("at: a, in: 1s, lasts: 1s, speed: 2", 48_000, 0, ((48_000, 96_000, 48_000),), 0),
        ("at: a + 3s, in: 1s, lasts: 2s, speed: 0.5", 48_000, 0, ((48_000, 24_000, 48_000),), 0),  # the film ends
        ("at: a, in: 8s, lasts: 4s, speed: 2, loop: true", 192_000, 0, ((384_000, 96_000, 48_000),), 0),
        ("at: a, in: 8s, reverse: true", 96_000, 384_000, (), 96_000),
        ("at: a, in: 1s, lasts: 2s, reverse: true", 96_000, 48_000, (), 96_000),
        ("at: a + 3s, in: 1s, lasts: 2s, reverse: true", 48_000, 48_000, (), 96_000),  # from its own end all the same
        ("at: a, in: 8s, lasts: 4s, reverse: true, loop: true", 192_000, 384_000, (), 96_000),
        ("at: a, in: 1s, lasts: 1s, speed: 0.5, reverse: true", 48_000, 0, ((48_000, 24_000, 48_000),), 48_000),
    ],
)
def test_speed_and_reverse_use_the_part_from_in_on(
    inside: str, length: int, source: int, pieces: tuple[object, ...], backwards: int
) -> None:
    cue = heard(cut_of(effect(inside), a=4), "x")
    assert (cue.length, cue.source_start, cue.pieces, cue.reversed_samples) == (length, source, pieces, backwards)


@pytest.mark.parametrize("speed", ["0.2", "5", "0", "fast", "{0s: 1}"])
def test_speed_that_no_sound_stands_is_an_error(speed: str) -> None:
    [finding] = findings_of(effect(f"at: a, speed: {speed}"))
    assert (finding.code, finding.place and finding.place.line) == ("wrong-value", 4)
    assert "100" not in finding.remedy  # that is for pictures


def test_a_cue_without_an_id_has_one_name_everywhere() -> None:
    text = effect("at: a, in: 10s").replace("id: x, ", "")
    assert only(found_in(text, a=4), "cue-silent").about == "effects 1"
    [finding] = findings_of(text.replace("in: 10s", "gain: 6"))
    assert finding.about == "effects 1"


def test_fast_cue_is_over_sooner_and_that_is_warned_of() -> None:
    finding = only(found_in(effect("at: a, in: 9s, lasts: 3s, speed: 2"), a=4), "sound-too-short")
    assert "over 2.50 s before its end" in finding.message


def test_line_without_a_file_is_placed_but_not_heard() -> None:
    line = "{id: late, at: a + 1s, lasts: 1.5s, speaker: somebody, line: You are late.}"
    rest = f"sound: {{dialogue: [{line}]}}\ntitles: [{{text: x, at: late, to: late.end}}]"
    timeline = cut_of(scene("id: a, lasts: 4s", rest=rest))
    assert timeline.sounds == () and [(title.start, title.stop) for title in timeline.titles] == [(24, 60)]


def test_stems_are_those_of_the_page_and_production_is_the_takes_own() -> None:
    groups = ", ".join(
        f"{group}: [{{id: {group[0]}1, file: f.wav, at: a}}]" for group in ("music", "effects", "dialogue")
    )
    timeline = cut_of(scene("id: a, lasts: 4s", rest=f"sound: {{{groups}}}"), a=4)
    assert {sound.id: sound.stem.value for sound in timeline.sounds} == {
        "m1": "music", "e1": "effects", "d1": "dialogue", "s/a": "production",
    }  # fmt: skip


def test_speed_stretches_own_sound_in_pieces_that_keep_its_pitch() -> None:
    """What is heard is as long as the picture; what is taken is speed × as long."""
    slow = heard(cut_of(scene("id: a, in: 1s, lasts: 2s, speed: 0.8"), a=4), "a")
    assert (slow.length, slow.pieces) == (96_000, ((48_000, 76_800, 96_000),))
    ramp = heard(cut_of(scene("id: a, lasts: 2s, speed: {0s: 1, 2s: 0.5}"), a=4), "a")
    assert sum(length for *_, length in ramp.pieces) == 96_000
    assert sum(taken for _, taken, _ in ramp.pieces) == 72_000  # 1.5 s of the take
    assert [begin for begin, *_ in ramp.pieces[:2]] == [0, round((0.1 - 0.00125) * 48_000)]


# titles


def test_title_stays_three_seconds_where_not_said() -> None:
    timeline = cut_of(titled("text: x, at: a", "text: y, at: a + 1s, lasts: 0.5s", "color: white, at: a, to: a + 2f"))
    assert [(title.start, title.stop) for title in timeline.titles] == [(0, 72), (24, 36), (0, 2)]


def test_title_past_the_end_stops_with_the_film() -> None:
    [title] = cut_of(titled("text: x, at: a + 3s, fade_out: 12f")).titles
    assert (title.start, title.stop, title.fade_out_frames) == (72, 96, 12)


@pytest.mark.parametrize(
    ("title", "code", "key"),
    [
        ("text: x, at: start - 1s", "title-before-start", "at"),
        ("text: x, at: end", "title-outside", "at"),
        ("text: x, at: a + 1s, to: a", "title-outside", "at"),
        ("text: x, at: a, lasts: 0f", "title-outside", "at"),
        ("text: x, at: a, lasts: 10f, fade_in: 5f, fade_out: 6f", "fades-meet", "fade_in"),
        ("text: x, at: a, lasts: 10f, fade_out: 11f", "fades-meet", "fade_out"),
    ],
)
def test_title_that_cannot_stand_is_an_error(title: str, code: str, key: str) -> None:
    assert only(found_in(titled(title)), code).path == ("titles", 0, key)


def test_later_titles_lie_on_top() -> None:
    timeline = cut_of(
        titled("text: below, at: a, lasts: 2s", "color: white, at: a, lasts: 2s", "text: top, at: a, lasts: 2s")
    )
    [first, *_] = pieces(timeline)
    assert [title.title.text for title in first.titles] == ["below", None, "top"]


def test_title_style_nobody_knows_is_an_error_before_a_render() -> None:
    [finding] = findings_of(titled("text: x, at: a, style: lowerthird"))
    assert (finding.severity, str(finding.place)) == (Severity.ERROR, "storyboard.yaml:4:34")
    assert "did you mean 'lower-third'?" in finding.remedy and "not built yet" in finding.remedy
    [caption] = findings_of(scene("id: a, lasts: 1s", rest="captions: {style: subtitles}"))[:1]
    assert "did you mean 'subtitle'?" in caption.remedy


# credits


def credits_of(text: str, takes: dict[str, float]) -> tuple[Timeline, list[tuple[str, str]]]:
    timeline = cut(filmed(text, takes, {**FILES, "music/red-dawn.ogg": sound(9), "sfx/horn.wav": sound(1)})).timeline
    assert timeline is not None
    pages = [clip.material for clip in timeline.clips if clip.scene == "credits"]
    return timeline, [line for page in pages if isinstance(page, SlateMaterial) for line in page.lines]


CREDITED = scene(
    "id: a, lasts: 2s, generate: {with: veo, model: veo-3}", "id: b, lasts: 1s, generate: {model: grade-9}",
    "id: c, lasts: 1s, generate: {with: kling}", "id: d, of: e, lasts: 1s",
    "id: e, omit: true, generate: {with: runway}", "id: f, color: black, lasts: 1s, generate: {with: hailuo}",
    rest="""generate: {with: manual}
credits: {lasts: 4s, lines: [Shot at the edge of the sea, Thank you]}
team: {Director: Mina Okafor, Sound: [Jonas Lind, Ada Park]}
cast: {keeper: {look: old}, boy: {}}
sound:
  music: [{id: theme, file: music/red-dawn.ogg, at: start, licence: "CC BY, Ada Park"}, {file: m.wav, at: start},
    {file: m.wav, at: start + 1s}]
  effects: [{id: horn, file: sfx/horn.wav, at: a, licence: CC0}, {file: f.wav, at: a}]""",
)  # fmt: skip


def test_credits_are_lines_team_cast_models_music_and_licences_in_that_order() -> None:
    takes = {"s/a": 3.0, "s/b": 3.0, "s/e": 3.0}
    timeline, lines = credits_of(CREDITED, takes)
    assert lines == [
        ("line", "Shot at the edge of the sea"), ("line", "Thank you"),
        ("role", "Director"), ("name", "Mina Okafor"), ("role", "Sound"), ("name", "Jonas Lind"), ("name", "Ada Park"),
        ("role", "Cast"), ("name", "keeper"), ("name", "boy"),
        ("role", "Pictures made with"), ("small", "grade-9"), ("small", "runway"), ("small", "veo veo-3"),
        ("role", "Music"), ("small", "red-dawn — CC BY, Ada Park"), ("small", "m"),
        ("role", "Sound"), ("small", "horn — CC0"),
    ]  # fmt: skip
    first = next(clip for clip in timeline.clips if clip.scene == "credits")
    assert (first.start, timeline.frames) == (6 * 24, 10 * 24)  # c has no take: no service is named for a card


def test_credits_last_eight_seconds_where_not_said() -> None:
    timeline, lines = credits_of(scene("id: a, lasts: 1s", rest="credits: {}"), {"s/a": 2.0})
    assert timeline.frames == 9 * 24 and lines == [("line", "T")]
    none = cut(filmed(scene("id: a, lasts: 1s"), {"s/a": 2.0})).timeline
    assert none is not None and none.frames == 24


def test_long_credits_are_pages_that_share_the_time() -> None:
    names = ", ".join(f"Name {number}" for number in range(30))
    timeline, lines = credits_of(
        scene("id: a, lasts: 1s", rest=f"credits: {{lasts: 5s, lines: [{names}]}}"), {"s/a": 2.0}
    )
    pages = [clip for clip in timeline.clips if clip.scene == "credits"]
    assert (len(lines), len(pages), sum(page.frames for page in pages)) == (30, 3, 120)
    assert [page.start for page in pages[1:]] == [page.stop for page in pages[:-1]]


def test_credits_name_the_maker_of_the_take_that_is_shown() -> None:
    takes = {"s/a": (Take("s/a", 1, file("t01.mp4", video(3))),)}
    film = replace(filmed(scene("id: a, lasts: 1s, generate: {with: manual}", rest="credits: {}"), {}), takes=takes)
    timeline = cut(film).timeline
    assert timeline is not None and isinstance(timeline.clips[-1].material, SlateMaterial)
    assert timeline.clips[-1].material.lines == (("line", "T"),)  # made by hand: nobody is named for that
