"""From a request to a wish: compiled in the service's words, priced, and named by all that decides the take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from filmkit.model.generation import Fate, Loss, Reference, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.providers.base import Compiled, Provider, Upload
from filmkit.providers.capabilities import capabilities
from filmkit.providers.prompt import compose
from filmkit.store.jobs import Wish, wish_key
from filmkit.store.journal_rows import money_of, text_of


@dataclass(frozen=True)
class Proposal:
    """One take that could be asked for: what the shot wants, and what would be sent for it."""

    request: ShotRequest
    compiled: Compiled
    wish: Wish

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What of the storyboard is not kept as written."""
        return self.compiled.losses


@dataclass(frozen=True)
class Who:
    """For which film, by whom, in which run a take is asked for."""

    film: str
    person: str
    run: str


def propose(provider: Provider, request: ShotRequest, who: Who) -> Proposal:
    """Compiles a request. Raises UsageError for what the service or the model cannot do."""
    model = model_of(request)
    bare = provider.compile(request, model, "")
    parts: dict[str, Json] = {
        "provider": provider.id, "model": bare.model, "path": bare.path, "body": dict(bare.body),
        "references": [[upload.pointer, upload.reference.sha256] for upload in bare.uploads],
        "seed": request.seed, "take": request.take, "film": who.film, "shot": request.shot,
    }  # fmt: skip
    wish = Wish(
        wish_key(parts), who.film, request.shot, request.take, provider.id, bare.model, {}, bare.price, who.person,
        who.run,
    )  # fmt: skip
    return Proposal(request, bare, replace(wish, compiled=compiled_to_json(bare, request)))


def with_ref(provider: Provider, proposal: Proposal, ref: str) -> dict[str, Json]:
    """What will be sent, as JSON, with the name of this attempt in it wherever the service takes one."""
    compiled = provider.compile(proposal.request, model_of(proposal.request), ref)
    return compiled_to_json(compiled, proposal.request)


def model_of(request: ShotRequest) -> str:
    """The model's own id: the one that is named, or the service's default for this mode."""
    known = capabilities().find(request.maker, request.model, request.mode)
    return known.id if known is not None else request.model or ""


def compiled_to_json(compiled: Compiled, request: ShotRequest) -> dict[str, Json]:
    """All of it as plain JSON for the journal, with the words and the seed for the lock."""
    known = capabilities().find(compiled.provider, compiled.model, request.mode)
    composed = compose(request, known).prompt if known is not None else request.words.prompt or request.words.action
    prompt = compiled.prompt or composed
    return {
        "path": compiled.path,
        "body": dict(compiled.body),
        "uploads": [[upload.pointer, _reference_to_json(upload.reference)] for upload in compiled.uploads],
        "losses": [[loss.fate.value, loss.key, loss.detail] for loss in compiled.losses],
        "price": text_of(compiled.price),
        "seconds": None if compiled.seconds is None else f"{compiled.seconds:f}",
        "prompt": prompt,
        "seed": request.seed,
        "mode": request.mode.value,
    }


def compiled_from_json(wish: Wish) -> Compiled:
    """The request again, as it was written down. Raises KeyError, TypeError or ValueError for JSON that is none."""
    said: Mapping[str, Any] = wish.compiled
    return Compiled(
        wish.provider,
        wish.model,
        said["path"],
        said["body"],
        tuple(Upload(_reference(value), pointer) for pointer, value in said["uploads"]),
        tuple(Loss(Fate(fate), key, detail) for fate, key, detail in said["losses"]),
        money_of(said["price"]),
        None if said["seconds"] is None else Decimal(said["seconds"]),
    )


def _reference_to_json(reference: Reference) -> dict[str, Json]:
    return {"role": reference.role.value, "sha256": reference.sha256, "path": reference.path, "name": reference.name}


def _reference(said: Mapping[str, Any]) -> Reference:
    return Reference(Role(said["role"]), said["sha256"], said["path"], said["name"])
