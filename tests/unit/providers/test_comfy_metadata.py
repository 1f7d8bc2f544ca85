"""What ComfyUI writes into its files comes back as facts, whichever node wrote it; strangers' files do no harm."""

from __future__ import annotations

import json
import random
import struct
import zlib
from pathlib import Path

import pytest
from comfyfiles import PAGE, WRITERS, save_animated_webp, save_image, save_video, save_webm, two_experts
from PIL import Image, PngImagePlugin

from filmkit.media.embedded import MOST_TEXT, embedded_texts
from filmkit.providers.comfy_metadata import ComfyFacts, Lora, read_comfy

FACTS = ComfyFacts(
    prompt="A boat rolls in the swell – grey dawn.",
    negative="blurry, text",
    seed=984937593540091,
    steps=20,
    cfg=3.5,
    sampler="euler",
    scheduler="simple",
    models=("wan2.2_i2v_high_noise_14B.safetensors", "wan2.2_i2v_low_noise_14B.safetensors"),
    loras=(Lora("fast_low.safetensors", 0.75), Lora("fast_high.safetensors", 1.0)),
)


@pytest.mark.parametrize("writer", WRITERS)
def test_the_graph_is_read_from_what_each_documented_node_saves(writer: str, tmp_path: Path) -> None:
    ending, write = WRITERS[writer]
    path = tmp_path / f"ComfyUI_00001_.{ending}"
    write(path, two_experts())
    assert read_comfy(path) == FACTS


def test_the_lock_gets_only_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_image(path, two_experts())
    found = read_comfy(path)
    assert found is not None
    assert found.lock() == {
        "provider": "comfy", "model": "wan2.2_i2v_high_noise_14B.safetensors", "prompt": FACTS.prompt,
        "negative": "blurry, text", "seed": 984937593540091, "steps": 20, "cfg": 3.5, "sampler": "euler",
        "scheduler": "simple", "models": list(FACTS.models),
        "loras": [{"name": "fast_low.safetensors", "strength": 0.75}, {"name": "fast_high.safetensors", "strength": 1}],
    }  # fmt: skip
    assert json.dumps(found.lock())
    assert ComfyFacts().lock() == {"provider": "comfy"}


def test_a_take_that_filmkit_asked_for_names_its_shot(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", json.dumps(two_experts()))
    info.add_text("filmkit", json.dumps({"shot": "harbour/boat", "take": 2, "ref": "r"}))
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    found = read_comfy(path)
    assert found is not None and found.shot == "harbour/boat"


def test_a_refined_take_has_the_seed_of_the_sampler_that_begins(tmp_path: Path) -> None:
    """LTX-2.3: noise, guider, sampler and sigmas are nodes of their own, and a second pass refines the first."""
    node = {
        "1": ("CheckpointLoaderSimple", {"ckpt_name": "ltx-2.3.safetensors"}),
        "2": ("CLIPTextEncode", {"text": "rain on glass", "clip": ["1", 1]}),
        "3": ("CLIPTextEncode", {"text": "cartoon", "clip": ["1", 1]}),
        "4": ("LTXVConditioning", {"positive": ["2", 0], "negative": ["3", 0], "frame_rate": 24}),
        "5": ("EmptyLTXVLatentVideo", {"width": 768, "height": 512, "length": 97, "batch_size": 1}),
        "6": ("RandomNoise", {"noise_seed": 11}),
        "7": ("RandomNoise", {"noise_seed": 42}),
        "8": ("CFGGuider", {"model": ["1", 0], "positive": ["4", 0], "negative": ["4", 1], "cfg": 1.5}),
        "9": ("KSamplerSelect", {"sampler_name": "euler"}),
        "10": ("ManualSigmas", {"sigmas": "1.0, 0.9, 0.5, 0.0"}),
        "11": ("SamplerCustomAdvanced", {"noise": ["6", 0], "guider": ["8", 0], "sampler": ["9", 0],
                                         "sigmas": ["10", 0], "latent_image": ["5", 0]}),
        "12": ("LTXVLatentUpsampler", {"samples": ["11", 0], "upscale_model": ["15", 0], "vae": ["1", 2]}),
        "13": ("SamplerCustomAdvanced", {"noise": ["7", 0], "guider": ["8", 0], "sampler": ["9", 0],
                                         "sigmas": ["10", 0], "latent_image": ["12", 0]}),
        "14": ("SaveAnimatedWEBP", {"images": ["13", 0], "filename_prefix": "x"}),
        "15": ("LatentUpscaleModelLoader", {"model_name": "up.safetensors"}),
    }  # fmt: skip
    path = tmp_path / "a.webp"
    save_animated_webp(path, {id_: {"class_type": kind, "inputs": inputs} for id_, (kind, inputs) in node.items()})
    found = read_comfy(path)
    assert found == ComfyFacts("rain on glass", "cartoon", 11, 3, 1.5, "euler", "", ("ltx-2.3.safetensors",))


def test_a_file_without_a_graph_is_not_from_comfyui(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert read_comfy(path) is None
    assert read_comfy(tmp_path / "gone.png") is None
    (tmp_path / "page.mp4").write_text("<!doctype html><title>Sign in</title>")
    assert read_comfy(tmp_path / "page.mp4") is None
    (tmp_path / "link.png").symlink_to(path)
    assert read_comfy(tmp_path / "link.png") is None


def test_only_the_page_format_tells_that_it_is_comfyui_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    save_image(path, None)
    assert read_comfy(path) == ComfyFacts(has_graph=False)
    assert PAGE["nodes"]


@pytest.mark.parametrize(
    "graph",
    [
        [1, 2],
        "text",
        {},
        {"1": 5},
        {"1": {"class_type": 7, "inputs": {}}},
        {"1": {"class_type": "KSampler", "inputs": {"model": ["9", 0]}}},
        {str(at): {"class_type": "A", "inputs": {}} for at in range(2001)},
    ],
)
def test_a_graph_that_is_none_is_passed_over(graph: object, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    save_video(path, graph, page={})
    assert read_comfy(path) is None


def test_a_graph_that_goes_in_circles_ends(tmp_path: Path) -> None:
    ring = {
        "1": {"class_type": "KSampler", "inputs": {
            "model": ["2", 0], "positive": ["3", 0], "negative": ["4", 0], "latent_image": ["1", 0],
            "seed": ["5", 0], "sampler_name": "euler"}},
        "2": {"class_type": "LoraLoaderModelOnly", "inputs": {"model": ["2", 0], "lora_name": "a"}},
        "3": {"class_type": "ConditioningZeroOut", "inputs": {"conditioning": ["4", 0]}},
        "4": {"class_type": "ConditioningZeroOut", "inputs": {"conditioning": ["3", 0]}},
        "5": {"class_type": "Reroute", "inputs": {"": ["5", 0]}},
        "6": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }  # fmt: skip
    path = tmp_path / "a.png"
    save_image(path, ring)
    found = read_comfy(path)
    assert found is not None and (found.prompt, found.seed, found.sampler) == ("", None, "euler")


def test_no_text_grows_beyond_its_limit(tmp_path: Path) -> None:
    """A few kilobytes that unpack to gigabytes, and a chunk that claims to be huge."""
    packed = zlib.compress(b" " * (MOST_TEXT + 1), 9)
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"zTXt", b"prompt\0\0" + packed) + _chunk(b"tEXt", b"a\0b"))
    assert embedded_texts(path) == {"prompt": "", "a": "b"}
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", 0xFFFFFFFF, b"tEXt") + b"prompt\0{}")
    assert embedded_texts(path) == {}


def test_damaged_files_never_raise(tmp_path: Path) -> None:
    """Every documented kind of file, cut and spoilt at random places."""
    chance = random.Random(7)
    for ending, write in (("png", save_image), ("webp", save_animated_webp), ("mp4", save_video), ("webm", save_webm)):
        whole = tmp_path / f"a.{ending}"
        write(whole, two_experts())
        data = whole.read_bytes()
        read = 0
        for _ in range(150):
            spoilt = bytearray(data)
            for _ in range(chance.randrange(1, 12)):
                spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
            whole.write_bytes(spoilt[: chance.randrange(16, len(spoilt) + 1)])
            read += read_comfy(whole) is not None
        assert read < 150


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
