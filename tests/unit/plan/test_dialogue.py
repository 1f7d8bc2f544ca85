"""Lines and their shots: what is told of a line that is longer, and that every choice offered mends it."""

from __future__ import annotations

import re

import pytest
from cutting import filmed, only
from films import sound

from filmkit.model.finding import Finding, Severity
from filmkit.plan.cut import cut

CAST = "cast: {keeper: {look: old}, boy: {look: young}}\n"


def found(
    line: str,
    *more: str,
    shot: str = "color: grey, lasts: 2.5s",
    fps: str = "24",
    seconds: float = 2.3,
    take: float = 0,
) -> list[Finding]:
    """Findings of a film of three shots, ``boat`` (4 s), ``keeper`` and ``flame`` (2 s), with these lines."""
    lines = "".join(f"    - {{file: k.wav, {inside}}}\n" for inside in (line, *more))
    text = (
        f"filmkit: 1\ntitle: T\npicture: {{fps: {fps}}}\n{CAST}scenes:\n  - id: s\n    shots:\n"
        f"      - {{id: boat, color: blue, lasts: 4s}}\n      - {{id: keeper, {shot}}}\n"
        f"      - {{id: flame, color: black, lasts: 2s}}\nsound:\n  dialogue:\n{lines}"
    )
    made = cut(filmed(text, {"s/keeper": take} if take else {}, {"k.wav": sound(seconds)}))
    return [finding for finding in made.findings if finding.code != "placeholder"]


def test_line_longer_than_its_shot_is_told_with_every_choice() -> None:
    finding = only(found("id: late, at: keeper + 0.8s, speaker: keeper"), "line-past-shot")
    assert finding.severity is Severity.WARNING and finding.about == "late"
    assert finding.message == "late goes on for 0.60 s (15 frames) after the end of s/keeper"
    assert finding.remedy == (
        "extend keeper: lasts: 3.125s; trim the line: lasts: 1.7s; split it: lasts: 1.7s here, and a line of its own "
        "with in: 1.7s; begin it earlier: at: keeper + 0.2s; or let it run over s/flame on purpose (L-cut): lasts: 2.3s"
    )
    assert finding.path == ("sound", "dialogue", 0)


@pytest.mark.parametrize("fps", ["24", "23.976", "25", "59.94"])
@pytest.mark.parametrize("at", ["keeper + 0.8s", "keeper + 1.234s", "keeper - 0.05s", "keeper + 31f"])
def test_each_choice_pasted_in_leaves_nothing_to_tell(fps: str, at: str) -> None:
    finding = only(found(f"at: {at}", fps=fps, seconds=2.8173), "line-past-shot")
    said = dict(re.findall(r"(extend|trim|split|begin|run)[^;]*?: (?:lasts|at): ([^;]+?)(?: here|;|$)", finding.remedy))
    assert set(said) == {"extend", "trim", "split", "begin", "run"}, finding.remedy
    rest = re.search(r"with in: (\S+?);", finding.remedy)
    assert rest is not None
    assert found(f"at: {at}", shot=f"color: grey, lasts: {said['extend']}", fps=fps, seconds=2.8173) == []
    assert found(f"at: {at}, lasts: {said['trim']}", fps=fps, seconds=2.8173) == []
    assert found(f"at: {said['begin']}", fps=fps, seconds=2.8173) == []
    assert found(f"at: {at}, lasts: {said['run']}", fps=fps, seconds=2.8173) == []
    parts = (f"at: {at}, lasts: {said['split']}", f"at: flame, in: {rest[1]}")
    assert found(*parts, fps=fps, seconds=2.8173) == []


NORMAL = {
    "it ends with its shot": "at: keeper + 0.2s",
    "one frame of breath after its shot": "at: keeper + 0.24s",
    "it is told where to end": "at: keeper + 0.8s, to: flame + 0.5s",
    "it is told how long it is": "at: keeper + 0.8s, lasts: 2s",
    "it begins before its own picture": "at: keeper - 1s, speaker: keeper",
    "a narrator is in no picture": "at: boat + 3s, speaker: Narrator",
    "its file is trimmed": "at: keeper + 0.8s, in: 0.7s",
}


@pytest.mark.parametrize("what", NORMAL)
def test_nothing_is_told_where_a_film_is_normal(what: str) -> None:
    assert found(NORMAL[what]) == []


def test_voice_of_somebody_not_in_the_shot_may_run_over_the_cut() -> None:
    shot = "color: grey, lasts: 2.5s, cast: [boy]"
    assert found("at: keeper + 0.8s, speaker: keeper", shot=shot) == []
    only(found("at: keeper + 0.8s, speaker: Boy", shot=shot), "line-past-shot")


@pytest.mark.parametrize("speaker", ["Narrator", "voice-over", "VO", "Keeper (V.O.)", "keeper (O.S.)", "Keeper (off)"])
def test_script_words_for_a_voice_without_a_picture_are_known(speaker: str) -> None:
    text = (
        "filmkit: 1\ntitle: T\nscenes:\n  - id: s\n    shots:\n"
        "      - {id: a, color: red, lasts: 1s}\n      - {id: b, color: red, lasts: 5s}\n"
        f'sound: {{dialogue: [{{file: k.wav, at: a, speaker: "{speaker}"}}]}}\n'
    )
    files = {"k.wav": sound(3)}
    assert list(cut(filmed(text, {}, files)).findings) == []
    only(list(cut(filmed(text.replace(speaker, "Voss"), {}, files)).findings), "line-past-shot")


def test_line_hung_before_its_picture_belongs_to_the_shot_it_hangs_on() -> None:
    finding = only(found("at: keeper - 0.5s", seconds=4), "line-past-shot")
    assert "1.00 s (24 frames) after the end of s/keeper" in finding.message
    assert "begin it before its picture (J-cut): at: keeper - 1.5s" in finding.remedy


def test_line_cut_off_by_the_end_of_the_film_is_told() -> None:
    finding = only(found("id: last, at: flame + 0.7s"), "line-past-shot")
    assert finding.message == "last is cut off: the film ends with s/flame, 1.00 s (24 frames) before the line does"
    assert "L-cut" not in finding.remedy and "extend flame: lasts: 3s" in finding.remedy


def test_extending_says_when_the_take_is_too_short_for_it() -> None:
    finding = only(found("at: keeper + 0.8s", shot="lasts: 2.5s", take=3), "line-past-shot")
    assert "extend keeper: lasts: 3.125s (its take gives 3s only)" in finding.remedy
    longer = only(found("at: keeper + 0.8s", shot="lasts: 2.5s", take=5), "line-past-shot")
    assert "only" not in longer.remedy


def test_one_voice_that_says_two_lines_at_once_is_noted() -> None:
    lines = ("id: one, at: boat, speaker: keeper", "id: two, at: boat + 1s, speaker: Keeper")
    finding = only(found(*lines), "lines-at-once")
    assert (finding.severity, finding.about) == (Severity.NOTE, "two")
    assert "1.30 s before one is over" in finding.message and finding.remedy == "begin it later: at: one.end"
    assert found(lines[0], "id: two, at: boat + 1s, speaker: boy") == []
    assert found(lines[0], "id: two, at: one.end, speaker: keeper, lasts: 1s") == []
