"""A shot becomes a filled-in graph: golden binds of every ready workflow, own graphs, and every loss told."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from difflib import unified_diff
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from comfyfiles import two_experts
from goldenbinds import GOLDEN, REF, asked, compiled, goldens

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Mode, Reference, Role, ShotRequest, Words
from filmkit.model.scalar import Size
from filmkit.providers.base import Compiled
from filmkit.providers.comfy import PROVIDER
from filmkit.providers.comfy_graph import parse_graph
from filmkit.providers.comfy_nodes import known_nodes, problems
from filmkit.providers.comfy_shipped import ready_workflows


def own(folder: Path, graph: Any) -> Reference:
    """A workflow as a file of the film."""
    data = json.dumps(graph).encode()
    (folder / "mine.json").write_bytes(data)
    return Reference(Role.LOOK, hashlib.sha256(data).hexdigest(), str(folder / "mine.json"), "workflows/mine.json")


def make(request: ShotRequest, ref: str = REF) -> Compiled:
    return PROVIDER.compile(request, request.model or "wan2.2-14b", ref)


def inputs(made: Compiled, node: str) -> dict[str, Any]:
    graph: Any = made.body["prompt"]
    found: dict[str, Any] = graph[node]["inputs"]
    return found


def losses(made: Compiled) -> list[tuple[Fate, str]]:
    return [(loss.fate, loss.key) for loss in made.losses]


def test_every_ready_workflow_is_filled_in_as_the_golden_one() -> None:
    golden, now = GOLDEN.read_text(encoding="utf-8"), json.dumps(goldens(), indent=1, ensure_ascii=False) + "\n"
    difference = "\n".join(unified_diff(golden.splitlines(), now.splitlines(), "golden", "now", n=1, lineterm=""))
    assert not difference, f"if this is meant: python tests/support/goldenbinds.py\n{difference}"
    assert json.loads(golden).keys() == ready_workflows().keys()


@pytest.mark.parametrize("name", ready_workflows())
def test_what_is_sent_still_keeps_to_the_nodes_definitions(name: str) -> None:
    graph: Any = compiled(name).body["prompt"]
    assert problems(parse_graph(graph, name), known_nodes(), knows_all=True) == []


@pytest.mark.parametrize(
    ("model", "mode", "roles", "name"),
    [
        (None, Mode.T2V, (), "wan2.2_t2v_high"),
        (None, Mode.I2V, (Role.FIRST,), "wan2.2_i2v_high"),
        ("wan2.2-14b", Mode.I2V, (Role.FIRST, Role.LAST), "wan2.2_i2v_high"),
        ("wan2.2-5b", Mode.T2V, (), "ti2v_5B"),
        ("wan2.2-5b", Mode.I2V, (Role.FIRST, Role.LAST), "ti2v_5B"),
        ("ltx2.3", Mode.I2V, (Role.FIRST,), "22b-dev"),
        ("ltx2.3", Mode.I2V, (Role.FIRST, Role.LAST), "22b-distilled"),
    ],
)
def test_a_model_has_its_workflow(model: str | None, mode: Mode, roles: tuple[Role, ...], name: str) -> None:
    made = make(asked(None, mode, roles, model=model))
    assert name in str(made.body["prompt"])
    is_first_last = Role.LAST in roles and model != "wan2.2-5b"
    assert len(made.uploads) == (2 if is_first_last else len(roles[:1]))
    assert (Fate.UNSUPPORTED, "last") in losses(made) or Role.LAST not in roles or is_first_last


def test_steps_keep_the_experts_parts() -> None:
    made = make(asked("wan2.2-t2v", settings={"steps": "30", "cfg": "4.5", "sampler": "dpmpp_2m"}))
    high, low = inputs(made, "30"), inputs(made, "31")
    assert (high["steps"], high["start_at_step"], high["end_at_step"]) == (30, 0, 15)
    assert (low["steps"], low["start_at_step"], low["end_at_step"]) == (30, 15, 10000)
    assert (high["cfg"], low["cfg"], high["sampler_name"], low["sampler_name"]) == (4.5, 4.5, "dpmpp_2m", "dpmpp_2m")
    assert (high["noise_seed"], low["noise_seed"]) == (41, 0)


@pytest.mark.parametrize(("workflow", "cfg", "is_lost"), [("wan2.2-t2v-fast", None, True), ("ltx2.3-t2v", None, True),
                                                          ("wan2.2-t2v-fast", "2", False), ("wan2.2-t2v", None, False),
                                                          ("wan2.2-t2v", "1", True)])  # fmt: skip
def test_what_is_to_be_avoided_is_lost_without_guidance(workflow: str, cfg: str | None, is_lost: bool) -> None:
    made = make(asked(workflow, settings={"cfg": cfg} if cfg else {}))
    assert ((Fate.UNSUPPORTED, "avoid") in losses(made)) is is_lost


def test_a_lora_has_its_files_and_strength() -> None:
    settings = {"lora": "a_high.safetensors", "lora_low": "a_low.safetensors", "lora_strength": "0.8"}
    made = make(asked("wan2.2-t2v-lora", settings=settings))
    assert [inputs(made, node)["lora_name"] for node in "78"] == ["a_high.safetensors", "a_low.safetensors"]
    assert [inputs(made, node)["strength_model"] for node in "78"] == [0.8, 0.8]


@pytest.mark.parametrize(
    ("workflow", "more", "message"),
    [
        ("wan2.2-t2v-lora", {}, "needs a lora"),
        ("wan2.2-i2v", {"mode": Mode.I2V}, "needs 'from'"),
        ("wan2.2-flf", {"mode": Mode.I2V, "roles": (Role.FIRST,)}, "needs 'last'"),
        ("wan2.2-t2v", {"settings": {"steps": "20000"}}, "'steps' cannot be 20000: the most is 10000"),
        ("wan2.2-t2v", {"settings": {"steps": "many"}}, "'steps' cannot be"),
        ("wan2.2-t2v", {"settings": {"sampler": "eular"}}, "one of euler"),
        ("ltx2.3-t2v", {"settings": {"steps": "12"}}, "has no place for 'settings.steps'"),
        ("wan2.2-t2v", {"seed": 1 << 64}, "the most is"),
        ("wan3.0", {}, "there is no ready workflow 'wan3.0'"),
    ],
)
def test_what_cannot_be_asked_is_said(workflow: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make(asked(workflow, **more))


def test_a_model_that_nobody_knows_needs_a_workflow() -> None:
    with pytest.raises(UsageError, match="has no model 'wan9'") as caught:
        PROVIDER.compile(asked(None, model="wan9"), "wan9", REF)
    assert "wan2.2-14b" in caught.value.remedy
    with pytest.raises(UsageError, match=r"no ready workflow for Wan 2\.2 14B in performance"):
        make(asked(None, Mode.PERFORMANCE, (Role.PERFORMANCE,), model="wan2.2-14b"))


def test_a_graph_of_ones_own_is_filled_in(tmp_path: Path) -> None:
    request = asked(own(tmp_path, two_experts()), Mode.I2V, (Role.FIRST,), model="my own")
    with pytest.raises(UsageError, match=r"workflows/mine\.json has no place for 'from'") as caught:
        make(request)
    assert "filmkit: first" in caught.value.remedy and 'bind: {first: "<node>.<input>"}' in caught.value.remedy
    made = make(asked(own(tmp_path, two_experts()), model="my own", settings={"steps": 30}))
    assert made.model == "my own" and made.price is not None and made.price.amount == 0
    assert inputs(made, "16")["value"].startswith("A fishing boat rolls in the swell.")
    assert inputs(made, "7")["text"] == "text, blur"
    assert inputs(made, "15")["value"] == 41
    assert (inputs(made, "8")["width"], inputs(made, "8")["length"]) == (1280, 81)
    assert inputs(made, "14")["filename_prefix"] == "filmkit/ref-0001"
    assert (inputs(made, "11")["end_at_step"], inputs(made, "10")["start_at_step"]) == (15, 15)
    assert made.seconds == Decimal("5.062") and losses(made) == [(Fate.IN_PROMPT, "camera.move")]


def test_a_workflow_without_a_model_s_name_stands_for_any(tmp_path: Path) -> None:
    made = make(asked(own(tmp_path, two_experts())))
    assert made.model == "workflow"


def test_a_workflow_that_changed_meanwhile_is_not_sent(tmp_path: Path) -> None:
    workflow = own(tmp_path, two_experts())
    (tmp_path / "mine.json").write_text("{}")
    with pytest.raises(UsageError, match="has changed meanwhile"):
        make(asked(workflow))
    (tmp_path / "mine.json").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        make(asked(workflow))


def test_no_seed_is_another_take_for_each_attempt_and_none_for_the_wish() -> None:
    """The same graph would give the same take; what is wished for has no attempt's name in it."""
    request = asked("wan2.2-5b-t2v", seed=None)
    seeds = {ref: inputs(make(request, ref), "30")["seed"] for ref in ("", "a", "b")}
    assert seeds[""] == 0 and len(set(seeds.values())) == 3
    bare = make(request, "")
    assert json.dumps(dict(bare.body)).count("ref-0001") == 0 and bare.body["prompt_id"] == ""
    assert make(request, "a").body["seed"] == seeds["a"]


def test_a_large_film_is_made_smaller_by_a_ready_workflow_alone(tmp_path: Path) -> None:
    made = make(asked("wan2.2-t2v", size=Size(3840, 2160)))
    assert (inputs(made, "20")["width"], inputs(made, "20")["height"]) == (1280, 720)
    assert (Fate.APPROXIMATED, "size") in losses(made)
    tall = make(asked("wan2.2-5b-t2v", size=Size(1080, 1920)))
    assert (inputs(tall, "20")["width"], inputs(tall, "20")["height"]) == (704, 1280)
    mine = make(asked(own(tmp_path, two_experts()), size=Size(1920, 1080)))
    assert (inputs(mine, "8")["width"], inputs(mine, "8")["height"]) == (1920, 1088)


def test_ltx_begins_in_half_its_size() -> None:
    made = make(asked("ltx2.3-t2v", size=Size(1920, 1080)))
    assert (inputs(made, "10")["width"], inputs(made, "10")["height"]) == (960, 544)


def test_the_rate_is_the_film_s_where_the_graph_takes_one() -> None:
    made = make(asked("ltx2.3-t2v", fps=Fraction(25)))
    assert [inputs(made, node)[name] for node, name in (("7", "frame_rate"), ("11", "frame_rate"), ("52", "fps"))] == [
        25.0, 25.0, 25.0]  # fmt: skip
    assert inputs(made, "10")["length"] == inputs(made, "11")["frames_number"] == 129
    fast = make(asked("ltx2.3-t2v", fps=Fraction(60)))
    assert inputs(fast, "52")["fps"] == 30.0 and (Fate.APPROXIMATED, "fps") in losses(fast)
    assert inputs(make(asked("wan2.2-t2v", fps=Fraction(25))), "33")["fps"] == 16.0


def test_a_length_that_a_model_does_not_make_is_told() -> None:
    made = make(asked("wan2.2-t2v", seconds=Fraction(30)))
    assert inputs(made, "20")["length"] == 161 and (Fate.APPROXIMATED, "length") in losses(made)


def test_a_workflow_that_makes_a_picture_is_a_picture() -> None:
    made = make(asked("image-lora", settings={"lora": "mine.safetensors"}))
    assert made.seconds is None
    assert [loss.detail for loss in made.losses if loss.key == "length"] == [
        "image-lora makes one picture, which is held for the whole shot"]  # fmt: skip


def test_the_camera_goes_to_its_node_or_into_the_words() -> None:
    node = make(asked("wan2.2-camera", Mode.I2V, (Role.FIRST,)))
    assert inputs(node, "19")["camera_pose"] == "Zoom In" and "camera" not in inputs(node, "5")["text"]
    words = make(asked("wan2.2-i2v", Mode.I2V, (Role.FIRST,)))
    assert "The camera slowly pushes in." in inputs(words, "5")["text"] == words.prompt


def test_pictures_that_have_no_place_are_told() -> None:
    made = make(asked("wan2.2-t2v", Mode.T2V, (Role.LOOK,)))
    assert (Fate.UNSUPPORTED, "cast") in losses(made) and made.uploads == ()


def test_the_file_will_say_for_which_shot_it_was_made() -> None:
    body: Any = make(asked("wan2.2-t2v")).body
    assert body["extra_data"] == {"extra_pnginfo": {"filmkit": {"shot": "harbour/boat", "take": 1, "ref": "ref-0001"}}}


def test_whole_prompts_are_sent_as_they_are() -> None:
    made = make(asked("wan2.2-t2v", words=Words(prompt="just this", avoid=("rain",))))
    assert inputs(made, "5")["text"] == "just this" and inputs(made, "6")["text"] == "rain"
