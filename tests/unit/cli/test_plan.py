"""``plan`` shows the cut, what is stale and its cost; ``--why`` says what changed, in film words."""

from __future__ import annotations

from desk import COLOURS, Desk
from sounds import clicks, write_wav

PLAN = """\
  shot         from frame  frames    length  shows
  city/lights           0      24    1.00 s  colour
  city/rocket          12      24    1.00 s  colour, dissolve 12f
  36 frames, 0:01.5 at 24 frames a second
  to make: 3 segments, 1 mix, 1 master; 36 frames, about 0.7 s of one core
    segment city/lights                   12 frames  <0.1 s
    segment city/lights → city/rocket     12 frames  <0.1 s
    segment city/rocket                   12 frames  <0.1 s
    mix                                               0.5 s
    master                                            0.2 s
"""


def test_plan_shows_the_cut_and_its_cost_and_makes_nothing(desk: Desk) -> None:
    film = desk.film()
    answer = desk.ask("plan", film)
    assert (answer.code, answer.out, answer.err) == (0, PLAN, "")
    assert sorted(path.name for path in film.iterdir()) == ["storyboard.yaml"]


def test_plan_of_a_film_that_is_made_has_nothing_to_make(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    lines = desk.ask("plan", film).out.splitlines()
    assert lines[-2:] == ["  from the store: 3 segments, 1 mix, 1 master", "  nothing to make"]


def test_plan_names_only_what_changed(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    desk.film(COLOURS.replace("white", "red"))
    lines = desk.ask("plan", film).out.splitlines()[4:]
    assert lines[0] == "  from the store: 1 segment, 1 mix"
    assert lines[1].startswith("  to make: 2 segments, 1 master; 24 frames, about ")
    assert [line.split("  ")[2] for line in lines[2:]] == [
        "segment city/lights → city/rocket", "segment city/rocket", "master",
    ]  # fmt: skip


def test_plan_as_json_has_cut_and_cost(desk: Desk) -> None:
    answer = desk.ask("plan", desk.film(), "--json").json
    timeline, todo = answer["timeline"], answer["todo"]
    assert (timeline["frames"], timeline["samples"], timeline["fps"]) == (36, 72_000, "24")
    assert [(clip["shot"], clip["start"], clip["frames"], clip["join_frames"]) for clip in timeline["clips"]] == [
        ("city/lights", 0, 24, 0), ("city/rocket", 12, 24, 12),
    ]  # fmt: skip
    assert (todo["frames"], todo["hits"]) == (36, {})
    assert [step["kind"] for step in todo["missing"]] == ["segment", "segment", "segment", "mix", "master"]


def test_a_draft_is_planned_apart(desk: Desk) -> None:
    film = desk.film()
    desk.fill(film)
    assert "from the store: 1 mix" in desk.ask("plan", film, "--draft").out


def render(desk: Desk, text: str) -> None:
    """A render whose steps were all made."""
    film = desk.film(text)
    desk.fill(film)
    assert desk.ask("render", film).code == 0


def test_why_before_the_first_render(desk: Desk) -> None:
    answer = desk.ask("plan", "--why", "city/rocket", desk.film())
    assert answer.out == "city/rocket: this film was not rendered here yet, so all of it has to be made\n"


def test_why_names_the_change_in_film_words(desk: Desk) -> None:
    render(desk, COLOURS)
    film = desk.film(COLOURS.replace("white", "red"))
    assert desk.ask("plan", "--why", "city/rocket", film).out.splitlines() == [
        "city/rocket: since the last render",
        "  segment city/lights → city/rocket: its colour is #ff0000, it was #ffffff ('color')",
        "  segment city/rocket: its colour is #ff0000, it was #ffffff ('color')",
        "  to make: 2 segments",
    ]


def test_why_may_be_asked_by_scene_and_by_any_spelling(desk: Desk) -> None:
    render(desk, COLOURS)
    film = desk.film(COLOURS.replace("white", "red"))
    told = [desk.ask("plan", "--why", about, film).out.splitlines()[1:] for about in ("city", "rocket", "City/Rocket")]
    assert told[0] == told[1] == told[2] and len(told[0]) == 3


def test_why_of_what_did_not_change(desk: Desk) -> None:
    render(desk, COLOURS)
    film = desk.film(COLOURS.replace("color: white, lasts: 1s", "color: white, lasts: 2s"))
    assert desk.ask("plan", "--why", "lights", film).out == "lights: nothing changed since the last render\n"


def test_why_of_what_the_store_has_from_before(desk: Desk) -> None:
    render(desk, COLOURS.replace("white", "red"))
    render(desk, COLOURS)
    film = desk.film(COLOURS.replace("white", "red"))
    assert desk.ask("plan", "--why", "rocket", film).out.splitlines()[-1] == "  nothing to make: the store has it"


def test_why_of_what_the_store_lost(desk: Desk) -> None:
    render(desk, COLOURS)
    desk.ask("store", "gc", "--all")
    assert desk.ask("plan", "--why", "rocket", "leaving-earth").out.splitlines() == [
        "rocket: nothing changed since the last render",
        "  to make: 2 segments, because the store has lost it",
    ]


def test_why_as_json(desk: Desk) -> None:
    render(desk, COLOURS)
    film = desk.film(COLOURS.replace("white", "red"))
    answer = desk.ask("plan", "--why", "master", film, "--json").json
    assert answer["to_make"] == ["master"]
    assert answer["changes"][0] == {
        "step": "segment city/lights → city/rocket", "field": "params.layers.1.color", "before": "#ffffff",
        "after": "#ff0000", "says": "its colour is #ff0000, it was #ffffff ('color')",
    }  # fmt: skip


def test_plan_and_render_tell_which_cues_moved_since_the_last_render(desk: Desk) -> None:
    sound = "sound: {effects: [{id: knock, file: knock.wav, at: rocket}]}"
    text = f"{COLOURS}{sound}\n"
    film = desk.film(text)
    write_wav(film / "knock.wav", clicks(4_800, [0]))
    desk.fill(film)
    assert desk.ask("render", film, "--json").json["cues"] == {"moved": [], "new": [], "gone": []}
    desk.film(text.replace("black, lasts: 1s", "black, lasts: 2s"))
    told = "+1.000 s (+24 f): knock"
    moved = [{"cue": "knock", "samples": 48_000, "frames": 24}]
    for _ in range(2):  # a plan is no render: it may be asked again
        assert f"  cues moved since the last render, {told}" in desk.ask("plan", film).out.splitlines()
    assert desk.ask("plan", film, "--json").json["cues"] == {"moved": moved, "new": [], "gone": []}
    desk.fill(film)
    assert f"  moved    {told}" in desk.ask("render", film).out.splitlines()
    assert "moved" not in desk.ask("render", film).out + desk.ask("plan", film).out
