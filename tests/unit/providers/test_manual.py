"""Sheets for takes made by hand: composed for the model of the page, and nothing of the storyboard is lost on them."""

from __future__ import annotations

import html
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from services import reference, shot

from filmkit.model.camera import Camera, Move
from filmkit.model.generation import Mode, Role, Words
from filmkit.model.scalar import Size
from filmkit.plan.download_names import read_name
from filmkit.plan.likeness import Clue, ShotWords, Slate
from filmkit.providers.capabilities import capabilities
from filmkit.providers.manual import Sheet, sheet_of
from filmkit.providers.still import nothing_to_generate
from filmkit.report.prompts import page

MODES = [
    pytest.param(model.id, mode, id=f"{model.key}-{mode.value}")
    for model in capabilities().models
    for mode in model.modes
]  # fmt: skip


def _sheet(folder: Path, model: str | None, mode: Mode = Mode.T2V, **more: Any) -> Sheet:
    return sheet_of(shot(folder, mode, model or "", "manual", **more))


@pytest.mark.parametrize(("model", "mode"), MODES)
def test_all_that_the_storyboard_says_stands_on_the_page(model: str, mode: Mode, tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, model, mode, roles=(Role.LAST, Role.LOOK), settings={"steps": "30"}, seed=123456)
    text = html.unescape(re.sub("<[^>]+>", " ", page("Film", [sheet], ["filmkit gather film"])))
    wanted = ["text, blur", "123456", "steps", "30", "harbour/boat", "harbour-boat-1.mp4", "filmkit gather film"]
    wanted += [one.name for one in sheet.references]
    assert [word for word in wanted if word not in text] == []
    said = sheet.prompt + " ".join(sheet.hints) + " ".join(loss.detail for loss in sheet.losses)
    for word in ("fishing boat", "swell", "grey dawn", "Wide shot"):
        assert word in sheet.prompt or "takes no words" in said
    assert "push" in sheet.prompt.lower() or "takes no words" in said, "the camera is told in words on every page"


@pytest.mark.parametrize(("model", "prompt"), [
    ("gen4.5", "A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."),
    ("veo-3.1", "Wide shot. The camera slowly pushes in. A fishing boat rolls in the swell. 35mm, grey dawn."),
    ("MiniMax-Hailuo-02",
     "[Push in] A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."),
    ("kling-v1-5", "A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."),
    ("nobody-knows", "Wide shot. A fishing boat rolls in the swell. The camera slowly pushes in. 35mm, grey dawn."),
])  # fmt: skip
def test_words_stand_in_the_order_of_the_model(tmp_path: Path, model: str, prompt: str) -> None:
    assert _sheet(tmp_path, model).prompt == prompt


def test_a_move_that_only_the_service_has_a_field_for_is_said_in_words(tmp_path: Path) -> None:
    words = Words(subject="a boat", action="drifts", camera=Camera(move=Move.PAN_LEFT))
    sheet = _sheet(tmp_path, "kling-v1-5", words=words)
    assert "pans left" in sheet.prompt and {loss.key for loss in sheet.losses} == {"camera.move"}


def test_length_and_size_are_those_of_the_page(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, "kling-v2-5-turbo", seconds=Fraction(7), size=Size(1080, 1920))
    assert (sheet.needs, sheet.seconds, sheet.ratio, sheet.quality) == (7, 10, "9:16", "pro")
    made = page("Film", [sheet], [])
    assert "10 s" in made and "the shot needs 7 s" in made
    free = _sheet(tmp_path, None, seconds=Fraction(7))
    assert (free.seconds, free.size, free.page) == (7, Size(1280, 720), "any page that makes clips")


@pytest.mark.parametrize(("model", "more", "hint"), [
    ("kling-v1-5", {"seconds": Fraction(9)}, "at most 5 s"),
    ("gen4.5", {}, "no field for what to avoid"),
    ("kling-v2-5-turbo", {}, "no field for a seed"),
    ("gen4.5", {"mode": Mode.I2V, "roles": (Role.LAST,)}, "no last picture"),
    ("gen4.5", {"roles": (Role.LOOK,)}, "no pictures of the cast"),
    ("gen4_turbo", {}, "no takes of this kind"),
    ("gen4.5", {"words": Words()}, "write the shot's `action`"),
])  # fmt: skip
def test_what_a_person_has_to_mind_is_said(tmp_path: Path, model: str, more: dict[str, Any], hint: str) -> None:
    assert hint in " · ".join(_sheet(tmp_path, model, **more).hints)


def test_the_result_is_called_so_that_its_shot_is_found(tmp_path: Path) -> None:
    slate = Slate.of([ShotWords(name, ("a boat rolls", "a boat")) for name in ("harbour/boat", "harbour/boat-return",
                                                                               "sea/boat")])  # fmt: skip
    for take in (1, 2, 12):
        says = read_name(f"{sheet_of(_at(tmp_path, take)).file_name}.mp4")
        sure = slate.verdict(Clue((), says.whole, says.label, says.is_numbered, says.beginnings)).sure
        assert sure is not None and sure.shot == "harbour/boat"


def _at(folder: Path, take: int) -> Any:
    import dataclasses

    return dataclasses.replace(shot(folder, Mode.T2V, "gen4.5", "manual"), take=take)


def test_takes_of_one_shot_share_a_section_and_have_their_own_seeds(tmp_path: Path) -> None:
    made = page("Film", [_sheet(tmp_path, "gen4.5"), sheet_of(_at(tmp_path, 2))], [])
    assert made.count("<section>") == 1 and "harbour-boat-1.mp4" in made and "harbour-boat-2.mp4" in made
    assert "2 takes to make by hand" in made


def test_nothing_in_a_storyboard_becomes_part_of_the_page(tmp_path: Path) -> None:
    evil = '</pre><script src="https://evil.example/x.js"></script><img src=x onerror=alert(1)>"&'
    words = Words(prompt=evil, avoid=(evil,))
    sheet = _sheet(tmp_path, evil, words=words, settings={evil: evil})
    made = page(evil, [sheet], [evil])
    assert set(re.findall(r"<([a-z0-9]+)", made)) <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "pre", "section", "table", "tr", "th", "td",
        "ul", "li", "code", "small",
    }  # fmt: skip
    assert evil in html.unescape(made)


def test_pictures_that_move_need_nothing() -> None:
    assert nothing_to_generate([]) == ""
    assert nothing_to_generate(["a/b"]).startswith("a/b: nothing has to be generated; its picture is")
    said = nothing_to_generate([f"a/s{at}" for at in range(9)])
    assert said.startswith("a/s0, a/s1, a/s2, a/s3, a/s4, a/s5 and 3 more: nothing")


def test_a_picture_is_named_by_its_place_in_the_film(tmp_path: Path) -> None:
    sheet = _sheet(tmp_path, "gen4.5", Mode.I2V)
    assert [one.name for one in sheet.references] == [reference(tmp_path, Role.FIRST).name]
    assert "<th>start picture</th><td><code>first.png</code></td>" in page("Film", [sheet], [])
