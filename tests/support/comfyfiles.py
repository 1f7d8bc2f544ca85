"""Pictures and clips with a graph in them, written as ComfyUI's own nodes write them.

SaveImage, SaveAnimatedPNG, SaveAnimatedWEBP, SaveVideo and SaveWEBM of ComfyUI (nodes.py, comfy_extras/nodes_images.py,
nodes_video.py, comfy_api/latest/_ui.py, _input_impl/video_types.py at a125cd84), and Video Combine of
VideoHelperSuite, which writes one comment.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
from PIL import Image, PngImagePlugin

PAGE: dict[str, Any] = {"nodes": [{"id": 6, "type": "CLIPTextEncode"}], "links": [], "version": 0.4}
"""The page's own format, which is written beside the graph that ran."""


def save_image(path: Path, graph: Any, page: Any = PAGE) -> None:
    info = PngImagePlugin.PngInfo()
    if graph is not None:
        info.add_text("prompt", json.dumps(graph))
    info.add_text("workflow", json.dumps(page))
    _pictures()[0].save(path, pnginfo=info, compress_level=4)


def save_animated_png(path: Path, graph: Any, page: Any = PAGE) -> None:
    info = PngImagePlugin.PngInfo()
    for name, value in (("prompt", graph), ("workflow", page)):
        info.add(b"comf", name.encode("latin-1") + b"\0" + json.dumps(value).encode("latin-1"), after_idat=True)
    first, *others = _pictures()
    first.save(path, pnginfo=info, compress_level=4, save_all=True, duration=41, append_images=others)


def save_animated_webp(path: Path, graph: Any, page: Any = PAGE) -> None:
    first, *others = _pictures()
    exif = first.getexif()
    exif[0x0110] = f"prompt:{json.dumps(graph)}"
    exif[0x010F] = f"workflow:{json.dumps(page)}"
    first.save(path, save_all=True, duration=41, append_images=others, exif=exif, lossless=True, quality=80, method=4)


def save_video(path: Path, graph: Any, page: Any = PAGE) -> None:
    """SaveVideo: tags of any name, in MP4's own way."""
    _clip(path, {"workflow": json.dumps(page), "prompt": json.dumps(graph)}, "h264", movflags="use_metadata_tags")


def save_webm(path: Path, graph: Any, page: Any = PAGE) -> None:
    _clip(path, {"prompt": json.dumps(graph), "workflow": json.dumps(page)}, "libvpx-vp9")


def video_combine(path: Path, graph: Any, page: Any = PAGE) -> None:
    """VideoHelperSuite: all of it as JSON in the comment."""
    _clip(path, {"comment": json.dumps({"prompt": json.dumps(graph), "workflow": page})}, "h264")


WRITERS: dict[str, tuple[str, Callable[..., None]]] = {
    "SaveImage": ("png", save_image),
    "SaveAnimatedPNG": ("png", save_animated_png),
    "SaveAnimatedWEBP": ("webp", save_animated_webp),
    "SaveVideo": ("mp4", save_video),
    "SaveWEBM": ("webm", save_webm),
    "Video Combine": ("mp4", video_combine),
}
"""Each documented node: the ending of its files, and what writes one."""


def _pictures(count: int = 3) -> list[Image.Image]:
    return [Image.new("RGB", (64, 48), (40 * each, 90, 160)) for each in range(count)]


def _clip(path: Path, metadata: dict[str, str], codec: str, **options: str) -> None:
    with av.open(str(path), "w", options=options) as out:
        for name, value in metadata.items():
            out.metadata[name] = value
        stream = out.add_stream(codec, rate=16)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for picture in _pictures(8):
            for packet in stream.encode(av.VideoFrame.from_image(picture)):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)


def two_experts(seed: int = 984937593540091) -> dict[str, Any]:
    """A graph as the server ran it: Wan 2.2 with its two experts and their LoRAs, seed in a node of its own."""
    return {
        "1": _node("UNETLoader", unet_name="wan/wan2.2_i2v_high_noise_14B.safetensors", weight_dtype="default"),
        "2": _node("UNETLoader", unet_name="wan\\wan2.2_i2v_low_noise_14B.safetensors", weight_dtype="default"),
        "3": _node("LoraLoaderModelOnly", model=["1", 0], lora_name="fast_high.safetensors", strength_model=1.0),
        "4": _node("LoraLoaderModelOnly", model=["2", 0], lora_name="fast_low.safetensors", strength_model=0.75),
        "5": _node("CLIPLoader", clip_name="umt5.safetensors", type="wan"),
        "6": _node("CLIPTextEncode", text=["16", 0], clip=["5", 0]),
        "7": _node("CLIPTextEncode", text="blurry, text", clip=["5", 0]),
        "8": _node("WanImageToVideo", positive=["6", 0], negative=["7", 0], vae=["9", 0], width=832, height=480,
                   length=81, batch_size=1),
        "9": _node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "10": _node("KSamplerAdvanced", model=["4", 0], add_noise="disable", noise_seed=0, steps=20, cfg=3.5,
                    sampler_name="euler", scheduler="simple", positive=["8", 0], negative=["8", 1],
                    latent_image=["11", 0], start_at_step=10, end_at_step=20, return_with_leftover_noise="disable"),
        "11": _node("KSamplerAdvanced", model=["3", 0], add_noise="enable", noise_seed=["15", 0], steps=20, cfg=3.5,
                    sampler_name="euler", scheduler="simple", positive=["8", 0], negative=["8", 1],
                    latent_image=["8", 2], start_at_step=0, end_at_step=10, return_with_leftover_noise="enable"),
        "12": _node("VAEDecode", samples=["10", 0], vae=["9", 0]),
        "13": _node("CreateVideo", images=["12", 0], fps=16),
        "14": _node("SaveVideo", video=["13", 0], filename_prefix="video/ComfyUI", format="auto", codec="auto"),
        "15": _node("PrimitiveInt", value=seed),
        "16": _node("PrimitiveStringMultiline", value="A boat rolls in the swell – grey dawn."),
        "17": _node("LoraLoaderModelOnly", model=["1", 0], lora_name="not_used.safetensors", strength_model=1.0),
    }  # fmt: skip


def _node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}
