"""A command called wrongly ends with 2, says what is wrong and what to type, and nothing else happens."""

from __future__ import annotations

import pytest
from desk import Desk

WRONG = {
    "rendre": ("no such command 'rendre'. Did you mean 'render'?", "`filmkit --help`"),
    "render --drafft": ("no such option: --drafft (Possible options: --draft)", "`filmkit render --help`"),
    "render --engine dask": ("invalid value for '--engine': 'dask' is not one of 'prefect', 'local'", "render --help`"),
    "render --workers 0": (
        "invalid value for '--workers': Input should be greater than or equal to 1",
        "render --help`",
    ),
    "render one two": ("got unexpected extra argument", "`filmkit render --help`"),
    "plan --why": ("option '--why' requires an argument", "filmkit"),
    "new": ("missing argument 'FOLDER'", "`filmkit new --help`"),
    "store sweep": ("no such command 'sweep'", "`filmkit store --help`"),
    "store gc --limit-gb -1": ("invalid value for '--limit-gb'", "`filmkit store gc --help`"),
    "store stats --store nowhere": ("there is no store at", "without --store"),
    "store stats --store s3://films": ("is an address", "name a folder"),
    "check": (". has no storyboard.yaml", "filmkit new NAME"),
    "check nowhere": ("there is no folder nowhere", "filmkit new NAME"),
    "check film/storyboard.shrot.yaml": ("there is no storyboard.shrot.yaml in film", "there is storyboard.short.yaml"),
    "check film/takes": ("film/takes has no storyboard.yaml", "you are inside the film"),
    "plan film --why lihgts": ("nothing in this film is called 'lihgts'", "did you mean 'lights'?"),
    "new film": ("film is there already and is not empty", "choose another folder; nothing was changed"),
    "new film/storyboard.yaml": ("film/storyboard.yaml is there already", "choose another folder"),
    "gather film --inbox nowhere": ("there is no folder nowhere", "--inbox"),
    "gather film --inbox film/takes": ("lies in the film", "`filmkit adopt`"),
    "gather film --inbox store --assign x": ("'x' assigns nothing", "FILE=SHOT"),
    "gather film --inbox store --assign x=lihgts": ("there is no shot 'lihgts'", "nothing is known here"),
    "takes film lihgts": ("there is no shot 'lihgts'", "did you mean 'lights'?"),
    "takes film --remove lights": ("'lights' names no take", "boat/t02"),
    "takes film --remove lights/t01": ("city/lights has no take 't01'", "it has none yet"),
    "takes film --sheet --undo": ("three things", "one after the other"),
    "takes film --undo": ("the trash is empty", "filmkit takes --remove"),
    "circle lights t01 film": ("city/lights has no take 't01'", "it has none yet"),
    "circle lihgts t01 film": ("there is no shot 'lihgts'", "did you mean 'lights'?"),
    "adopt film --assign nothing.mp4=lights": ("there is no shot 'lights'", "nothing is known here"),
    "check film --against nowhere.yaml": ("nowhere.yaml cannot be read: No such file", "may read"),
}


@pytest.fixture
def film_desk(desk: Desk) -> Desk:
    film = desk.film(name="film")
    (film / "takes").mkdir()
    (film / "storyboard.short.yaml").write_bytes((film / "storyboard.yaml").read_bytes())
    return desk


@pytest.mark.parametrize("line", sorted(WRONG))
def test_wrong_line_says_what_to_type(line: str, film_desk: Desk) -> None:
    answer = film_desk.ask(*line.split())
    message, remedy = WRONG[line]
    assert (answer.code, answer.out) == (2, "")
    first, second = answer.err.splitlines()
    assert first.startswith("error: ") and message in first
    assert second.startswith("    → ") and remedy in second


@pytest.mark.parametrize("line", ["rendre --json", "render --workers x --json", "check nowhere --json"])
def test_wrong_line_is_nothing_but_json_where_json_is_asked_for(line: str, film_desk: Desk) -> None:
    answer = film_desk.ask(*line.split())
    assert (answer.code, answer.err) == (2, "")
    assert answer.json["exit_code"] == 2 and answer.json["findings"] == []
    assert answer.json["error"] and answer.json["remedy"]


def test_wrong_line_leaves_everything_as_it_is(film_desk: Desk) -> None:
    for line in WRONG:
        film_desk.ask(*line.split())
    left = sorted(str(path.relative_to(film_desk.folder)) for path in film_desk.folder.rglob("*"))
    assert [name for name in left if not name.startswith(("film", "store", "state"))] == []
    assert sorted(path.name for path in (film_desk.folder / "film").iterdir()) == [
        "storyboard.short.yaml", "storyboard.yaml", "takes",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["", "store", "server"])
def test_a_command_without_a_word_shows_its_help_and_ends_with_2(command: str, desk: Desk) -> None:
    answer = desk.ask(*command.split())
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: filmkit") and "Commands:" in answer.err


def test_version_is_one_line(desk: Desk) -> None:
    answer = desk.ask("--version")
    assert (answer.code, answer.err) == (0, "") and answer.out.startswith("filmkit 0.")


COMMANDS = [
    *(
        "new",
        "check",
        "plan",
        "models",
        "generate",
        "cost",
        "gather",
        "takes",
        "circle",
        "adopt",
        "render",
        "mix",
        "watch",
    ),
    *("takes", "circle", "adopt"),
    *("status", "doctor", "store", "server"),
    *("store stats", "store check", "store gc"),
    *("server start", "server stop", "server status", "server open"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_whole_lines(command: str, desk: Desk) -> None:
    answer = desk.ask(*command.split(), "--help")
    assert answer.code == 0 and answer.out.startswith(f"Usage: filmkit {command} ")
    assert "..." not in answer.out.split("\n", 1)[1], "a sentence is cut short"


def test_help_names_every_command_in_one_whole_line_each(desk: Desk) -> None:
    listed = desk.ask("--help").out.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == [
        "new", "check", "plan", "models", "generate", "vary", "again", "cost", "gather", "takes", "circle", "adopt",
        "render", "mix", "watch", "status", "doctor", "store", "server",
    ]  # fmt: skip
    assert [line for line in listed if "..." in line or not line.endswith(".")] == []
