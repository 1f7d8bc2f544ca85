"""Which steps ducking adds: sums of what presses, before any ducking and bus, and one curve for equal settings."""

from __future__ import annotations

from collections.abc import Mapping

from films import TOOLS, film, sound
from storyboards import findings_of

from filmkit.model.recipe import DuckRecipe, StemRecipe
from filmkit.plan.cut import cut
from filmkit.plan.explain import remembered, why
from filmkit.plan.graph import Step, WorkGraph
from filmkit.plan.planner import Quality, plan_film

HEAD = "filmkit: 1\ntitle: T\nscenes: [{id: s, shots: [{id: a, color: black, lasts: 20s}]}]\nsound:\n"
CUES = """\
  effects: [{id: horn, file: horn.wav, at: a + 4s, gain: -4 dB}]
  dialogue: [{id: late, file: late.wav, at: a + 8s}, {id: soon, file: late.wav, at: a + 12s}]
"""


def graph_of(music: str, cues: str = CUES, more: str = "") -> WorkGraph:
    """The graph of 20 black seconds with this music; files are ten seconds long."""
    text = f"{HEAD}{more}  music: [{music}]\n{cues}"
    files = {name: sound(10) for name in ("m.wav", "n.wav", "horn.wav", "late.wav")}
    timeline = cut(film(text, files=files)).timeline
    assert timeline is not None
    return plan_film(timeline, film(text).storyboard.picture, (-14.0, -1.0), TOOLS, Quality()).graph


def ducked(name: str, duck: str) -> str:
    return f"{{id: {name}, file: {name}.wav, at: start, duck: {{{duck}}}}}"


def steps(graph: WorkGraph, kind: str) -> Mapping[str, Step]:
    return {step.name: step for step in graph if step.kind == kind}


def recipe(graph: WorkGraph) -> DuckRecipe:
    [step] = steps(graph, "duck").values()
    return DuckRecipe.from_params(step.params)


def test_a_stem_presses_with_the_very_step_of_the_mix() -> None:
    graph = graph_of(ducked("m", "under: dialogue"))
    assert sorted(steps(graph, "stem")) == ["stem dialogue", "stem effects", "stem music"]
    [duck] = steps(graph, "duck").values()
    assert duck.inputs["press0"].step == steps(graph, "stem")["stem dialogue"].key
    assert steps(graph, "stem")["stem music"].inputs["duck0"].step == duck.key
    assert duck.about == ("m",) and recipe(graph) == DuckRecipe(
        length=960_000, by_db=9, attack=7_200, release=28_800, look_ahead=7_200, starts=(0,)
    )


def test_a_cue_presses_alone_and_over_its_own_length() -> None:
    graph = graph_of(ducked("m", "under: [dialogue, HORN], look_ahead: 0s, attack: 0s, release: 12f"))
    alone = StemRecipe.from_params(steps(graph, "stem")["horn as it presses"].params)
    assert [(one.id, one.start, one.length, one.gain_db) for one in alone.cues] == [("horn", 0, 480_000, -4.0)]
    assert alone.length == 480_000
    found = recipe(graph)
    assert found.starts == (0, 192_000)
    assert (found.attack, found.release, found.look_ahead) == (240, 24_000, 0)


def test_moving_a_pressing_cue_leaves_its_sum_alone() -> None:
    before, after = (
        graph_of(ducked("m", "under: horn"), CUES.replace("a + 4s", place)) for place in ("a + 4s", "a + 6s")
    )
    name = "horn as it presses"
    assert steps(before, "stem")[name].key == steps(after, "stem")[name].key
    assert recipe(after).starts == (288_000,)


def test_what_is_ducked_or_has_a_bus_presses_before_both() -> None:
    graph = graph_of(
        f"{ducked('m', 'under: effects')}, {ducked('n', 'under: dialogue')}",
        CUES.replace("gain: -4 dB", "duck: {under: music}"),
        "  stems: {dialogue: {high_pass: 80 Hz, gain: 2 dB}}\n",
    )
    made = {name: StemRecipe.from_params(step.params) for name, step in steps(graph, "stem").items()}
    assert sorted(made) == sorted(
        name.format(stem) for stem in ("dialogue", "effects", "music") for name in ("stem {}", "{} as it presses")
    )
    for name, stem in made.items():
        is_dry = name.endswith("presses")
        assert (stem.high_pass_hz, stem.bus_gain_db) == (
            (80.0, 2.0) if "dialogue" in name and not is_dry else (None, 0.0)
        )
        assert any(one.duck_slot for one in stem.cues) == (not is_dry and "dialogue" not in name)
    for step in steps(graph, "duck").values():
        assert graph[step.inputs["press0"].step].name.endswith("as it presses")


def test_equal_settings_are_one_curve_and_others_are_not() -> None:
    pair = f"{ducked('m', 'under: dialogue, attack: 150ms')}, {ducked('n', 'under: Dialogue, attack: 0.15s')}"
    graph = graph_of(pair)
    assert len(steps(graph, "duck")) == 1
    assert len({given.step for slot, given in steps(graph, "stem")["stem music"].inputs.items() if "duck" in slot}) == 1
    other = graph_of(f"{ducked('m', 'under: dialogue')}, {ducked('n', 'under: dialogue, by: 6 dB')}")
    assert len([step for step in other if step.kind == "duck"]) == 2


def test_a_line_without_a_file_presses_on_nothing() -> None:
    cues = "  dialogue: [{id: late, at: a + 8s, lasts: 1s, line: Hello}]\n"
    graph = graph_of(ducked("m", "under: [dialogue, late]"), cues)
    assert recipe(graph).starts == () and not next(iter(steps(graph, "duck").values())).inputs


def test_a_film_without_ducking_and_bus_keeps_its_keys() -> None:
    graph = graph_of("{id: m, file: m.wav, at: start}")
    assert not steps(graph, "duck")
    params = steps(graph, "stem")["stem music"].params
    assert set(params) == {"stem", "length", "cues"} and "duck_slot" not in str(params)


def told(music: tuple[str, str], about: str, cues: tuple[str, str] = (CUES, CUES), more: str = "") -> list[str]:
    before = remembered(graph_of(music[0], cues[0]))
    return [str(change) for change in why(graph_of(music[1], cues[1], more), before, about)]


def test_why_tells_changes_of_a_duck_in_film_words() -> None:
    bare = "{id: m, file: m.wav, at: start}"
    usual = ducked("m", "under: dialogue")
    assert told((usual, ducked("m", "under: dialogue, by: 12 dB, release: 1s")), "m") == [
        "duck under dialogue: the level falls by 12 dB, it was 9 dB ('by')",
        "duck under dialogue: 'release' is 1.000 s, it was 0.600 s",
    ]
    assert told((bare, usual), "stem music")[0] == (
        "stem music: 'm' gives way otherwise: duck under dialogue, it was nothing ('duck')"
    )
    assert told((usual, usual), "m", (CUES, CUES.replace("a + 8s", "a + 7s"))) == [
        "stem dialogue: 'late' begins at 7.000 s, it was 8.000 s ('at')"
    ]
    horn = ducked("m", "under: horn")
    assert told((horn, horn), "m", (CUES, CUES.replace("a + 4s", "a + 5s"))) == [
        "duck under horn: what presses begins at another time ('at')"
    ]


def test_why_tells_changes_of_a_bus_in_film_words() -> None:
    bare = "{id: m, file: m.wav, at: start}"
    assert told((bare, bare), "m", more="  stems: {music: {gain: -2 dB, high_pass: 80 Hz}}\n") == [
        "stem music: the gain of its bus is -2 dB, it was 0 dB ('stems')",
        "stem music: the high-pass of its bus is 80 Hz, it was nothing ('high_pass')",
    ]


def test_a_cue_cannot_give_way_to_its_own_stem() -> None:
    [finding] = findings_of(f"{HEAD}  music: [{ducked('m', 'under: [dialogue, Music]')}]\n")
    assert finding.code == "own-stem" and "'Music' itself" in finding.message and finding.place is not None
    assert finding.place.line == 5


def test_a_cue_that_gives_way_to_nothing_is_asked_to_what() -> None:
    [finding] = findings_of(f"{HEAD}  music: [{ducked('m', 'under: []')}]\n")
    assert finding.code == "under-nothing" and finding.message.startswith("m ") and "[dialogue]" in finding.remedy


def test_a_bus_has_a_good_message_for_a_wrong_frequency() -> None:
    for given, wanted in (("80", "write '80 Hz'"), ("8 Hz", "write 10 to 1000 Hz"), ("0.2 kHz", "write '200 Hz'")):
        [finding] = findings_of(f"{HEAD}  stems: {{music: {{high_pass: {given}}}}}\n")
        assert wanted in finding.remedy, finding
    [finding] = findings_of(f"{HEAD}  stems: {{musik: {{gain: 1 dB}}}}\n")
    assert "music" in finding.remedy
