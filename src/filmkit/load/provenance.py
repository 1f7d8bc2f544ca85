"""Where a file comes from, as far as it tells: by ComfyUI's graph in it, by its content credentials, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from filmkit.errors import FilmkitError
from filmkit.media.claims import read_claims
from filmkit.model.run import Json
from filmkit.plan.download_names import NameSays
from filmkit.providers.comfy_metadata import ComfyFacts, read_comfy


@dataclass(frozen=True)
class Provenance:
    """What is known: ``lock`` are fields for its line in the lock, ``prompt`` the whole prompt where it is known."""

    lock: Mapping[str, Json] = field(default_factory=dict)
    prompt: str = ""
    seed: int | None = None

    @property
    def maker(self) -> str:
        """Who made it; empty where nobody says."""
        return str(self.lock.get("provider") or "")


def provenance_of(path: Path, says: NameSays) -> Provenance:
    """Reads what stands in a file; the graph is believed before credentials, these before the name."""
    comfy, claims = read_comfy(path), _claims(path)
    lock: dict[str, Json] = {"provider": says.maker, "model": says.model, "seed": says.seed}
    claimed = next((maker for claim in claims if (maker := maker_in(claim))), "")
    if claimed and claimed != says.maker:
        lock |= {"provider": claimed, "model": ""}
    if claims:
        lock["claims"] = list(claims[:4])
    if comfy is not None:
        lock = {**{key: value for key, value in lock.items() if key == "claims"}, **_comfy(comfy)}
    seed = lock.get("seed")
    kept = {key: value for key, value in lock.items() if value not in (None, "", [])}
    return Provenance(kept, comfy.prompt if comfy is not None else "", seed if isinstance(seed, int) else None)


def _comfy(facts: ComfyFacts) -> dict[str, Json]:
    return facts.lock()


def _claims(path: Path) -> tuple[str, ...]:
    try:
        return read_claims(path)
    except (OSError, FilmkitError):
        return ()


_MAKERS: Final = {
    "runway": "runway", "kling": "kling", "kuaishou": "kling", "minimax": "hailuo", "hailuo": "hailuo",
    "openai": "openai", "sora": "openai", "chatgpt": "openai", "veo": "veo", "google": "google", "pika": "pika",
    "luma": "luma", "comfyui": "comfy", "firefly": "firefly", "dreamina": "jimeng", "jimeng": "jimeng",
    "pixverse": "pixverse",
}  # fmt: skip
"""Words in the names of programs that sign for what they made."""


def maker_in(claim: str) -> str:
    """Who is meant by the name of a program; empty where nobody is known by it."""
    low = claim.lower()
    return next((maker for word, maker in _MAKERS.items() if word in low), "")
