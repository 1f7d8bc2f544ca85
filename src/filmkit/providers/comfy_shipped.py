"""The workflows that ship with filmkit, and what each needs; ``workflow: wan2.2-i2v`` names one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from filmkit.model.generation import Mode, Role
from filmkit.model.run import Json
from filmkit.model.scalar import Size
from filmkit.providers.comfy_graph import Graph, parse_graph, read_graph

FOLDERS: Final = {
    "unet_name": "diffusion_models",
    "ckpt_name": "checkpoints",
    "clip_name": "text_encoders",
    "text_encoder": "text_encoders",
    "vae_name": "vae",
    "lora_name": "loras",
    "control_net_name": "controlnet",
    "model_name": "latent_upscale_models",
}
"""Where in ComfyUI's ``models/`` the file lies that an input names."""


@dataclass(frozen=True, slots=True)
class Ready:
    """One ready workflow. ``model`` is the table's word; ``vram_gb`` what is said to be enough."""

    name: str
    what: str
    model: str
    mode: Mode
    needs: tuple[Role, ...] = ()
    settings: tuple[str, ...] = ()
    vram_gb: int = 0
    largest: Size | None = None
    is_vram_confirmed: bool = True

    def graph(self) -> dict[str, Json]:
        """The graph as ComfyUI takes it, its titles with filmkit's words in it."""
        data = files("filmkit.providers").joinpath("workflows", f"{self.name}.json").read_bytes()
        return read_graph(data, self.name)

    def models(self) -> dict[str, str]:
        """The files it loads, each with its folder below ``models/``; not those of one's own LoRA."""
        graph = parse_graph(self.graph(), self.name)
        return dict(sorted(_files(graph)))


@lru_cache(maxsize=1)
def ready_workflows() -> dict[str, Ready]:
    """All of them by name."""
    text = files("filmkit.providers").joinpath("workflows", "about.toml").read_text(encoding="utf-8")
    return {
        name: Ready(
            name,
            said["what"],
            said["model"],
            Mode(said["mode"]),
            tuple(Role(role) for role in said.get("needs", ())),
            tuple(said.get("settings", ())),
            said["vram_gb"],
            Size.parse(said["largest"]),
            "vram_gb" not in said.get("unconfirmed", ()),
        )
        for name, said in tomllib.loads(text).items()
    }


def ready_for(model: str, mode: Mode, *, has_last: bool) -> Ready | None:
    """What is taken for a model of the table where the storyboard names no workflow."""
    needs = {Mode.T2V: (), Mode.I2V: (Role.FIRST, Role.LAST) if has_last else (Role.FIRST,)}.get(mode)
    fitting = (
        ready
        for ready in ready_workflows().values()
        if ready.model == model and ready.mode is mode and ready.needs == needs and not ready.settings
    )
    return next(fitting, None)


def _files(graph: Graph) -> list[tuple[str, str]]:
    return [
        (value, FOLDERS[name])
        for node in graph.nodes.values()
        for name, value in node.inputs.items()
        if name in FOLDERS and isinstance(value, str) and not value.startswith("your_")
    ]
