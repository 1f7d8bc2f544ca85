"""What is asked of a model that it cannot do: a finding at its place, with the nearest that it can; never an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from filmfolders import FilmFolder

from filmkit.model.finding import Finding, Severity

HEAD = (
    "filmkit: 1\ntitle: T\n{film}scenes:\n  - id: harbour\n    shots:\n      - id: boat\n        lasts: {lasts}\n{shot}"
)
OWN = {
    "model-retired", "model-retiring", "model-missing", "model-unknown", "mode-unsupported", "last-unsupported",
    "length-too-long", "length-not-offered", "size-shape", "size-not-offered", "seed-unsupported", "avoid-unsupported",
    "refs-unsupported", "speech-unsupported", "setting-unknown", "setting-wrong", "camera-approximated",
    "prompt-too-long",
}  # fmt: skip


def found(folder: Path, shot: str, *, film: str = "", lasts: str = "5s", takes: bool = False) -> list[Finding]:
    lines = "".join(f"        {line}\n" for line in shot.splitlines())
    files: dict[str, str | bytes] = {
        "storyboard.yaml": HEAD.format(film=film, lasts=lasts, shot=lines),
        "reference/a.png": b"picture",
        "reference/b.png": b"another",
        "reference/clip.mp4": b"clip",
    }
    if takes:
        files["takes/harbour/boat/t01.mp4"] = b"take"
    folder = folder / "film"
    folder.mkdir()
    return [finding for finding in FilmFolder(folder).write(files).findings() if finding.code in OWN]


ACTION = "action: leaves the harbour\n"
CASES = [
    # what the shot says, the finding's code, what its message and its remedy hold
    ("generate: {with: openai, model: sora-2, length: 4s}", "model-retired", "24 September 2026",
     "with: omni, model: gemini-omni-1.2-flash"),
    ("generate: {with: veo, model: veo-3.1, length: 6s}", "model-retiring", "17 November 2026", "with: omni"),
    ("generate: {with: runway, model: gen4.6, length: 5s}", "model-unknown", "'gen4.6' is not in the table",
     "did you mean 'gen4.5'?"),
    ("generate: {with: veo, length: 4s}", "model-missing", "no model that is taken by itself",
     "model: veo-3.1-generate-001"),
    ("generate: {with: hailuo, length: 5s}", "length-not-offered", "makes 6, 10 s, not 5s", "write length: 6s"),
    ("generate: {with: kling, length: 12s}", "length-too-long", "5, 10 s, and 12s are needed", "length: 10s"),
    ("generate: {with: runway, model: gen4_turbo, length: 5s}", "mode-unsupported", "not from words (t2v)",
     "write model: gen4.5"),
    ("from: reference/a.png\nlast: reference/b.png\ngenerate: {with: runway, length: 5s}", "last-unsupported",
     "gen4.5 takes no last picture", "with: kling, model: kling-v2-5-turbo"),
    ("generate: {with: runway, length: 5s, size: 1920x1080}", "size-not-offered", "makes 1280x720, not 1920x1080",
     "write size: 1280x720"),
    ("generate: {with: hailuo, length: 6s, size: 1080x1920}", "size-shape", "no picture of the shape of 1080x1920",
     "write size: 1920x1080"),
    ("generate: {with: kling, length: 5s, seed: 41}", "seed-unsupported", "takes no seed", "delete 'seed'"),
    ("generate: {with: veo, model: veo-3.1, length: 6s, seed: 5000000000}", "seed-unsupported", "not 5000000000",
     "write seed: 4294967295"),
    ("avoid: [text]\ngenerate: {with: runway, length: 5s}", "avoid-unsupported", "has no negative prompt", "'action'"),
    ('action: \'she says: "Late again."\'\ngenerate: {with: runway, length: 5s}', "speech-unsupported",
     "nobody is heard", "with: hailuo, model: MiniMax-H3"),
    ("generate: {with: kling, length: 5s, settings: {mod: pro}}", "setting-unknown", "no setting 'mod'",
     "did you mean 'mode'?"),
    ("generate: {with: kling, length: 5s, settings: {mode: best}}", "setting-wrong", "cannot be 'best'",
     "write one of std, pro"),
    ("from: reference/a.png\nlast: reference/b.png\ngenerate: {with: kling, length: 5s, settings: {mode: std}}",
     "setting-wrong", "only in pro, not in std", "write mode: pro"),
    ("generate: {with: comfy, settings: {steps: 5000}}", "setting-wrong", "cannot be '5000'", "from 1 to 100"),
    ("generate: {with: comfy, settings: {steps: many}}", "setting-wrong", "cannot be 'many'", "a whole number"),
    ("generate: {with: fal, model: kling-2.5-turbo-pro, settings: {cfg_scale: 2}}", "setting-wrong", "cannot be '2'",
     "from 0 to 1"),
    (f"prompt: {'x' * 1200}\ngenerate: {{with: runway, length: 5s}}", "prompt-too-long", "1,200 UTF-16 units",
     "take 200 out"),
    ("camera: {move: orbit-left}\ngenerate: {with: hailuo, length: 6s}", "camera-approximated", "orbit-left", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("shot", "code", "message", "remedy"), CASES, ids=[f"{case[1]}-{case[2][:20]}" for case in CASES]
)
def test_what_a_model_cannot_do_is_found(shot: str, code: str, message: str, remedy: str, tmp_path: Path) -> None:
    text = shot if "action" in shot or "prompt" in shot else ACTION + shot
    [finding] = [finding for finding in found(tmp_path, text) if finding.code == code]
    assert message in finding.message and remedy in finding.remedy
    assert finding.severity is not Severity.ERROR
    assert finding.place is not None and finding.place.line > 6
    assert finding.about == "harbour/boat"


GRANTED = [
    "generate: {with: runway, model: gen4.5, length: 5s, seed: 41}",
    "generate: {with: runway, model: Gen-4.5, size: 720x1280}",
    "from: reference/a.png\ngenerate: {with: runway, model: turbo, length: 5s}",
    "from: reference/clip.mp4\ngenerate: {with: runway}",
    "from: reference/a.png\nlast: reference/b.png\navoid: [text]\ngenerate: {with: kling, settings: {mode: pro}}",
    "avoid: [text]\ngenerate: {with: comfy, model: wan2.2, length: 5s, settings: {steps: 30, cfg: 6, sampler: euler}}",
    "generate: {with: manual, model: anything at all, length: 7s, seed: 3, settings: {style: loud}}",
    "camera: {move: push-in}\ngenerate: {with: runway, length: 5s}",
]


@pytest.mark.parametrize("shot", GRANTED)
def test_what_a_model_can_do_is_silent(shot: str, tmp_path: Path) -> None:
    assert [(finding.code, finding.message) for finding in found(tmp_path, ACTION + shot)] == []


BAD = "generate: {with: openai, model: sora-2, length: 7s, seed: 1}"


@pytest.mark.parametrize("more", ["omit: true", "color: black"])
def test_shot_that_is_not_made_is_left_in_peace(more: str, tmp_path: Path) -> None:
    assert found(tmp_path, f"{more}\n{BAD}") == []


def test_shot_that_has_its_take_is_left_in_peace(tmp_path: Path) -> None:
    assert found(tmp_path, BAD, takes=True) == []


def test_still_is_asked_for_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, "from: reference/a.png\ngenerate: {with: still}\navoid: [text]") == []


def test_what_the_film_says_for_all_is_a_note_there_once(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    board = HEAD.format(film="generate: {with: kling, seed: 1000}\n", lasts="5s", shot=f"        {ACTION}")
    board += "      - {id: two, lasts: 5s, action: sinks}\n      - {id: three, lasts: 5s, action: burns}\n"
    findings = [
        finding
        for finding in FilmFolder(folder).write({"storyboard.yaml": board}).findings()
        if finding.code == "seed-unsupported"
    ]
    assert [(finding.severity, finding.place and finding.place.line) for finding in findings] == [(Severity.NOTE, 3)]


def test_unknown_model_of_an_open_maker_is_only_a_note(tmp_path: Path) -> None:
    [finding] = found(tmp_path, ACTION + "generate: {with: openai, model: a-gateway-s-own, length: 5s}")
    assert (finding.code, finding.severity) == ("model-unknown", Severity.NOTE)
    assert "nothing of it is checked" in finding.remedy


def test_workflow_of_ones_own_is_nobodys_model(tmp_path: Path) -> None:
    assert found(tmp_path, ACTION + "generate: {with: comfy, model: mine, workflow: workflows/a.json}") == []


def test_length_of_the_shot_counts_where_no_other_is_said(tmp_path: Path) -> None:
    shot = ACTION + "speed: 2\nin: 1s\ngenerate: {with: runway}"
    [finding] = found(tmp_path, shot, lasts="6s")
    assert finding.code == "length-too-long" and "13s are needed" in finding.message


LINTED = """\
subject: a messenger
action: hands a letter to the queen, no guards
framing: wide shot, slow push in
"""


def weak(findings: list[Finding]) -> set[tuple[str, str]]:
    return {
        (finding.code, finding.place.excerpt.split(":")[0].strip())
        for finding in findings
        if finding.code.startswith("prompt-") and finding.place is not None
    }


@pytest.mark.parametrize("maker", ["runway", "manual"])
def test_weak_words_are_told_at_their_place_whoever_makes_the_take(maker: str, tmp_path: Path) -> None:
    lines = "".join(f"        {line}\n" for line in (LINTED + f"generate: {{with: {maker}}}").splitlines())
    folder = tmp_path / "film"
    folder.mkdir()
    board = HEAD.format(film="", lasts="5s", shot=lines)
    assert weak(FilmFolder(folder).write({"storyboard.yaml": board}).findings()) == {
        ("prompt-contact", "action"), ("prompt-negation", "action"), ("prompt-words-mixed", "framing"),
    }  # fmt: skip
    taken = FilmFolder(folder).write({"takes/harbour/boat/t01.mp4": b"take"})
    assert weak(taken.findings()) == set(), "a shot that has its take is left in peace"


def test_weak_style_of_the_film_is_told_once_where_it_stands(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    board = HEAD.format(film="style: never blurry\ngenerate: {with: manual}\n", lasts="5s", shot=f"        {ACTION}")
    board += "      - {id: two, lasts: 5s, action: sinks}\n"
    findings = FilmFolder(folder).write({"storyboard.yaml": board}).findings()
    assert [finding.place and finding.place.line for finding in findings if finding.code == "prompt-negation"] == [3]


def test_shot_that_nobody_is_asked_for_has_no_words_to_weigh(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    board = HEAD.format(film="", lasts="5s", shot="        action: a house without windows\n")
    assert weak(FilmFolder(folder).write({"storyboard.yaml": board}).findings()) == set()


def test_what_several_models_do_not_grant_is_one_finding(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    board = HEAD.format(film="generate: {with: kling, seed: 1000}\n", lasts="5s", shot=f"        {ACTION}")
    board += "      - {id: two, lasts: 6s, action: sinks, generate: {with: hailuo}}\n"
    findings = FilmFolder(folder).write({"storyboard.yaml": board}).findings()
    [finding] = [finding for finding in findings if finding.code == "seed-unsupported"]
    assert "kling-v2-5-turbo takes no seed" in finding.message
    assert finding.message.endswith("(the same with MiniMax-Hailuo-02)")


def test_model_that_is_gone_is_told_and_nothing_else_of_it(tmp_path: Path) -> None:
    assert [finding.code for finding in found(tmp_path, ACTION + "avoid: [text]\n" + BAD)] == ["model-retired"]
