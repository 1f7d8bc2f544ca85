"""Where a graph's words go: by the map, by titles, by what is plain to see; and what is never guessed."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from comfyfiles import two_experts

from filmkit.providers.comfy_bind import INPUTS, Binding, check_words
from filmkit.providers.comfy_graph import MOST_BYTES, GraphError, parse_graph, read_graph
from filmkit.providers.comfy_nodes import Grid, grid_of, known_nodes, problems, told_node
from filmkit.providers.comfy_shipped import ready_workflows

CALLED: dict[str, Any] = {
    "4": ("CheckpointLoaderSimple", {"ckpt_name": "sd_xl_base_1.0.safetensors"}),
    "5": ("EmptyLatentImage", {"width": 512, "height": 512, "batch_size": 1}),
    "6": ("CLIPTextEncode", {"text": "a cat", "clip": ["4", 1]}),
    "7": ("CLIPTextEncode", {"text": "ugly", "clip": ["4", 1]}),
    "3": ("KSampler", {"model": ["4", 0], "seed": 5, "steps": 20, "cfg": 8.0, "sampler_name": "euler",
                       "scheduler": "normal", "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0],
                       "denoise": 1.0}),
    "8": ("VAEDecode", {"samples": ["3", 0], "vae": ["4", 2]}),
    "9": ("SaveImage", {"images": ["8", 0], "filename_prefix": "ComfyUI"}),
}  # fmt: skip


def plain(**titles: str) -> dict[str, Any]:
    """The graph of ComfyUI's first example, with titles on nodes (``n6="filmkit: prompt"``)."""
    return {
        id_: {"class_type": kind, "inputs": copy.deepcopy(inputs), "_meta": {"title": titles.get(f"n{id_}", kind)}}
        for id_, (kind, inputs) in CALLED.items()
    }


def binding(graph: dict[str, Any], **bind: str) -> Binding:
    return Binding(parse_graph(graph, "mine.json"), bind)


def places(bound: Binding, word: str) -> list[str]:
    return [f"{target.node.id}.{target.input}" for target in bound.of(word)]


def said(bound: Binding, word: str) -> str:
    with pytest.raises(GraphError) as caught:
        bound.of(word)
    return f"{caught.value.message} → {caught.value.remedy}"


def test_what_is_plain_to_see_needs_no_word() -> None:
    bound = binding(plain())
    found = {word: places(bound, word) for word in INPUTS if bound.of(word)}
    assert found == {
        "prompt": ["6.text"], "negative": ["7.text"], "seed": ["3.seed"], "width": ["5.width"],
        "height": ["5.height"], "steps": ["3.steps"], "cfg": ["3.cfg"], "sampler": ["3.sampler_name"],
        "scheduler": ["3.scheduler"], "denoise": ["3.denoise"], "prefix": ["9.filename_prefix"],
    }  # fmt: skip


def test_a_title_says_what_a_node_takes() -> None:
    graph = plain(n7="filmkit: prompt", n6="Filmkit:negative", n3="filmkit: seed, every steps, cfg")
    bound = binding(graph)
    assert places(bound, "prompt") == ["7.text"] and places(bound, "negative") == ["6.text"]
    assert places(bound, "steps") == ["3.steps"] and places(bound, "cfg") == ["3.cfg"]


def test_the_map_wins_over_a_title() -> None:
    bound = binding(plain(n7="filmkit: prompt"), prompt="6.text", steps="3.steps, 3.cfg")
    assert places(bound, "prompt") == ["6.text"]
    assert places(bound, "steps") == ["3.steps", "3.cfg"]


def test_the_map_knows_nodes_by_their_title_too() -> None:
    assert places(binding(plain(n6="My Words"), prompt="my words.text"), "prompt") == ["6.text"]
    graph = plain()
    graph["129:94"] = graph.pop("6")
    graph["3"]["inputs"]["positive"] = ["129:94", 0]
    assert places(binding(graph, prompt="129:94.text"), "prompt") == ["129:94.text"]


@pytest.mark.parametrize(
    ("bind", "message"),
    [
        ("6.txt", "node 6 (CLIPTextEncode) has no input 'txt' → its inputs: text, clip"),
        ("66.text", "there is no node '66' → it could be 6.text, 7.text"),
        ("text", "there is no node 'text'"),
        ("6.clip", "'clip' of node 6 (CLIPTextEncode) is made by node 4"),
    ],
)
def test_a_place_that_is_not_there_is_named(bind: str, message: str) -> None:
    assert message in said(binding(plain(), prompt=bind), "prompt")


def test_two_places_for_one_word_are_an_error_that_names_both() -> None:
    two = plain(n6="filmkit: prompt", n7="filmkit: prompt")
    assert "'prompt' could go to node 6 (filmkit: prompt) or node 7 (filmkit: prompt)" in said(binding(two), "prompt")
    graph = plain()
    graph["10"] = copy.deepcopy(graph["3"])
    graph["11"] = copy.deepcopy(graph["6"])
    graph["10"]["inputs"]["positive"] = ["11", 0]
    message = said(binding(graph), "prompt")
    assert "node 6" in message and "node 11" in message and 'bind: {prompt: "6.text"}' in message
    assert "node 3" in said(binding(graph), "seed")


def test_words_are_found_through_what_stands_between() -> None:
    """ControlNet, a node that holds the value, a switch, a guider."""
    graph = plain()
    graph["14"] = {"class_type": "ControlNetApplyAdvanced", "inputs": {
        "positive": ["6", 0], "negative": ["7", 0], "control_net": ["15", 0], "image": ["16", 0], "strength": 1.0,
        "start_percent": 0.0, "end_percent": 1.0}}  # fmt: skip
    graph["15"] = {"class_type": "ControlNetLoader", "inputs": {"control_net_name": "a"}}
    graph["16"] = {"class_type": "LoadImage", "inputs": {"image": "a.png"}}
    graph["17"] = {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "words"}}
    graph["18"] = {"class_type": "PrimitiveInt", "inputs": {"value": 3}}
    graph["3"]["inputs"] |= {"positive": ["14", 0], "negative": ["14", 1], "seed": ["18", 0]}
    graph["6"]["inputs"]["text"] = ["17", 0]
    bound = binding(graph)
    assert [places(bound, word) for word in ("prompt", "negative", "seed", "first")] == [
        ["17.value"], ["7.text"], ["18.value"], ["16.image"]]  # fmt: skip


def test_what_is_computed_is_not_bound() -> None:
    graph = plain(n6="filmkit: prompt")
    graph["20"] = {
        "class_type": "StringConcatenate",
        "inputs": {"string_a": "a", "string_b": ["6", 0], "delimiter": ""},
    }
    graph["6"]["inputs"]["text"] = ["20", 0]
    assert "is made by node 20 (StringConcatenate)" in said(binding(graph), "prompt")


def test_first_and_last_are_told_apart_by_where_they_lead() -> None:
    graph = parse_graph(ready_workflows()["wan2.2-flf"].graph(), "flf")
    for node in graph.nodes.values():
        object.__setattr__(node, "title", "")
    bound = Binding(graph, {})
    assert (places(bound, "first"), places(bound, "last")) == (["18.image"], ["19.image"])


def test_two_experts_share_steps_and_only_one_has_a_seed() -> None:
    bound = binding(two_experts())
    assert places(bound, "seed") == ["15.value"]
    assert places(bound, "steps") == ["10.steps", "11.steps"]
    assert places(bound, "prompt") == ["16.value"]


@pytest.mark.parametrize(("bind", "titles"), [({"promt": "6.text"}, {}), ({}, {"n6": "filmkit: promt"}),
                                              ({"size": "5.width"}, {})])  # fmt: skip
def test_a_word_that_is_none_is_an_error(bind: dict[str, str], titles: dict[str, str]) -> None:
    with pytest.raises(GraphError, match=r"promt|size"):
        check_words(parse_graph(plain(**titles), "mine.json"), bind, {})
    check_words(parse_graph(plain(), "mine.json"), {"guidance": "3.cfg"}, {"guidance": 3})


# Reading


def test_the_format_of_the_page_is_refused_with_the_way_out() -> None:
    with pytest.raises(GraphError) as caught:
        read_graph(json.dumps({"nodes": [], "links": [], "version": 0.4}).encode(), "mine.json")
    assert "format of ComfyUI's page" in caught.value.message and "Export (API)" in caught.value.remedy


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not json", "is no JSON"),
        (b"[1]", "is no graph"),
        (b"{}", "has 0 nodes"),
        (b'{"1": {"inputs": {}}}', "node 1 has no class_type"),
        (b'{"1": {"class_type": "A", "inputs": []}}', "has no inputs"),
        (b'{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "comes from node 2, which is not there"),
        (b'{"1": {"class_type": "A", "inputs": {"x": NaN}}}', "NaN is no number"),
        (b"[" * 200_000, "is no JSON"),
        (b'{"1": {"class_type": "A", "inputs": {"x": ' + b"[" * 40 + b"]" * 40 + b"}}}", "nested too deeply"),
        (json.dumps({str(at): {"class_type": "A", "inputs": {}} for at in range(2001)}).encode(), "2,001 nodes"),
        (b" " * (MOST_BYTES + 1), "bytes"),
    ],
)
def test_a_stranger_s_graph_is_bounded(data: bytes, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        parse_graph(read_graph(data, "mine.json"), "mine.json")


def test_a_graph_in_a_request_is_taken_too() -> None:
    assert read_graph(json.dumps({"prompt": plain()}).encode(), "a").keys() == CALLED.keys()


# The nodes' definitions


@pytest.mark.parametrize("name", ready_workflows())
def test_every_ready_workflow_keeps_to_comfyui_s_own_definitions(name: str) -> None:
    ready = ready_workflows()[name]
    graph = parse_graph(ready.graph(), name)
    assert [str(problem) for problem in problems(graph, known_nodes(), knows_all=True)] == []
    assert {node.kind for node in graph.nodes.values()} <= set(known_nodes())
    bound = Binding(graph, {})
    check_words(graph, {}, {})
    for word in ("prompt", "negative", "seed", "prefix", *(role.value for role in ready.needs), *ready.settings):
        assert bound.of(word), word
    reached = {node.id for end in graph.nodes.values() if "filename_prefix" in end.inputs for node in graph.above(end)}
    assert reached == set(graph.nodes), "a node that leads nowhere"
    assert ready.models() and ready.vram_gb >= 8
    savers = graph.of_kind("SaveVideo")
    assert all(node.inputs["codec"] == node.inputs["format.codec"] == "auto" for node in savers)


def test_the_page_on_takes_lists_every_ready_workflow_and_word() -> None:
    page = (Path(__file__).parents[3] / "docs" / "takes.md").read_text(encoding="utf-8")
    section = page.partition("## Your own ComfyUI")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z0-9_.-]+)`", section))
    assert set(ready_workflows()) <= told
    words = {word.replace(" ", "_") for word in INPUTS} - {"half_width", "half_height", "camera_speed"}
    assert words <= told


def test_definitions_name_where_they_were_read() -> None:
    from importlib.resources import files

    said = json.loads(files("filmkit.providers").joinpath("workflows", "nodes.json").read_text(encoding="utf-8"))
    sources = {node["source"] for node in said["nodes"].values()}
    assert len(said["nodes"]) == len(known_nodes()) > 50
    assert all(source.count("@") == 1 and len(source.split("@")[1].split(":")[0]) == 40 for source in sources)


@pytest.mark.parametrize(
    ("node", "change", "message"),
    [
        ("3", {"steps": 20_000}, "node 3 (KSampler): 'steps' cannot be 20000: the most is 10000"),
        ("3", {"cfg": -1}, "the least is 0"),
        ("3", {"sampler_name": "eular"}, "it is one of euler, euler_cfg_pp"),
        ("3", {"seed": "five"}, 'cannot be "five": it is INT'),
        ("3", {"model": "x"}, "needs a connection (MODEL)"),
        ("3", {"latent_image": ["6", 0]}, "takes LATENT, and node 6 (CLIPTextEncode) gives CONDITIONING"),
        ("8", {"vae": ["4", 7]}, "takes output 7 of node 4 (CheckpointLoaderSimple), which has 3"),
        ("6", {"clip": None}, "'clip' is missing"),
    ],
)
def test_what_a_server_would_refuse_is_named_with_its_node(node: str, change: dict[str, Any], message: str) -> None:
    graph = plain()
    graph[node]["inputs"] |= change
    graph[node]["inputs"] = {key: value for key, value in graph[node]["inputs"].items() if value is not None}
    found = [str(problem) for problem in problems(parse_graph(graph, "mine"), known_nodes())]
    assert len(found) == 1 and message in found[0]


def test_a_node_that_nobody_here_knows_is_not_judged_but_by_the_server() -> None:
    graph = plain()
    graph["8"]["class_type"] = "MyOwnDecode"
    parsed = parse_graph(graph, "mine")
    assert problems(parsed, known_nodes()) == []
    [problem] = problems(parsed, known_nodes(), knows_all=True)
    assert "node 8 (VAEDecode): the server does not know 'MyOwnDecode'" in str(problem)


def test_a_graph_that_saves_nothing_is_named() -> None:
    graph = plain()
    del graph["9"]
    [problem] = problems(parse_graph(graph, "mine"), known_nodes())
    assert "saves" in str(problem) and "Save Video" in problem.remedy


def test_a_server_s_own_definitions_are_read_in_both_its_writings() -> None:
    """V1 writes choices as a list, V3 as COMBO with options; dynamic inputs are not judged."""
    answer = {"Odd": {"input": {
        "required": {"a": [["x", "y"], {}], "b": ["COMBO", {"options": ["x"]}], "c": ["INT", {"min": 1, "max": 9}],
                     "d": ["COMFY_DYNAMICCOMBO_V3", {"options": []}], "e": [["f.png"], {"image_upload": True}]},
        "optional": {"f": ["IMAGE"], "g": ["FLOAT,INT", {"default": 1.0}]}, "hidden": {"h": "PROMPT"}},
        "output": ["IMAGE", ["x"]], "output_node": True}}  # fmt: skip
    odd = told_node("Odd", answer)  # type: ignore[arg-type]
    assert odd is not None and odd.saves and odd.outputs == ("IMAGE", "*")
    assert {name: socket.choices for name, socket in odd.inputs.items()} == {
        "a": ("x", "y"), "b": ("x",), "c": None, "d": (), "e": None, "f": None, "g": None}  # fmt: skip
    assert odd.inputs["f"].is_optional and odd.inputs["d"].kinds == {"*"} and odd.inputs["g"].kinds == {"FLOAT", "INT"}
    assert told_node("Odd", {}) is None and told_node("Odd", {"Odd": 5}) is None


@pytest.mark.parametrize(
    ("kind", "name", "wanted", "above"),
    [
        ("WanImageToVideo", "length", 80, 81),
        ("WanImageToVideo", "length", 82, 85),
        ("Wan22ImageToVideoLatent", "length", 120, 121),
        ("EmptyLTXVLatentVideo", "length", 120, 121),
        ("EmptyLTXVLatentVideo", "length", 122, 129),
        ("MyLTXSampler", "length", 122, 129),
        ("MyWanThing", "length", 80, 81),
        ("Other", "length", 80, 80),
        ("WanImageToVideo", "height", 1080, 1088),
        ("Wan22ImageToVideoLatent", "height", 720, 736),
    ],
)
def test_frames_and_sides_are_counted_as_the_node_counts(kind: str, name: str, wanted: int, above: int) -> None:
    node = parse_graph({"1": {"class_type": kind, "inputs": {name: 1}}}, "a").nodes["1"]
    assert grid_of(node, name, known_nodes()).above(wanted) == above
    assert Grid(1, 4, 1, 81).above(400) == 81
