"""What ComfyUI's three dialects share: files going up, outputs coming down, and what an ended run says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlencode

from filmkit.model.run import Json
from filmkit.providers.answers import checked
from filmkit.providers.base import (
    Answer,
    Compiled,
    ErrorKind,
    Handle,
    Http,
    HttpError,
    Output,
    Provider,
    Request,
    State,
    Status,
    Upload,
)
from filmkit.providers.comfy_shipped import FOLDERS
from filmkit.providers.reading import at, list_at, text_at
from filmkit.providers.references import CLIPS, PICTURES, filled, put, read_reference
from filmkit.providers.registry import COMFY_KEYS

_MOST_BYTES: Final = 100 << 20
_TYPES: Final = {
    ".mp4": "video/mp4", ".webm": "video/webm", ".mkv": "video/x-matroska", ".mov": "video/quicktime",
    ".webp": "image/webp", ".gif": "image/gif", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
}  # fmt: skip
_FIRST: Final = ("video/", "image/webp", "image/gif", "image/")


@dataclass(frozen=True, slots=True)
class Door:
    """Where files go up: the path, the field for the file, and what is said besides (``{name}``, ``{type}``)."""

    path: str
    field: str
    form: Mapping[str, str]


def send_up(provider: Provider, compiled: Compiled, http: Http, door: Door) -> dict[Upload, Answer]:
    """Every file of a request, each once; what the server answered. Raises HttpError."""
    answers: dict[str, Answer] = {}
    for upload in compiled.uploads:
        reference = upload.reference
        if reference.sha256 in answers:
            continue
        media_type, _ = read_reference(reference, _MOST_BYTES, {**PICTURES, **CLIPS})
        name = f"{reference.sha256[:24]}{_ending(media_type)}"
        said = {key: value.format(name=name, type=media_type) for key, value in door.form.items()}
        request = Request("POST", door.path, form=said, file=Path(reference.path), file_field=door.field,
                          file_name=name, is_free=True)  # fmt: skip
        what = f"send {reference.name} there"
        answers[reference.sha256] = checked(http.send(request), provider.classify, what, is_free=True)
    return {upload: answers[upload.reference.sha256] for upload in compiled.uploads}


def _ending(media_type: str) -> str:
    return next(ending for ending, known in _TYPES.items() if known == media_type)


def with_names(compiled: Compiled, answers: dict[Upload, Answer]) -> dict[str, Json]:
    """The body with the names that the server gave its files: it may have renamed them, or put them elsewhere."""
    names = {}
    for upload, answer in answers.items():
        name, folder = text_at(answer.body, "name"), text_at(answer.body, "subfolder")
        if not name:
            raise HttpError("could not send a picture there: the server did not say what it calls it", ErrorKind.BUSY)
        names[upload] = f"{folder}/{name}" if folder else name
    return filled(compiled.body, names)


def with_assets(compiled: Compiled, answers: dict[Upload, Answer]) -> dict[str, Json]:
    """The body with the assets that its files became."""
    body = filled(compiled.body, {})
    for upload, answer in answers.items():
        if not text_at(answer.body, "id"):
            raise HttpError("could not send a picture there: the server did not say what it calls it", ErrorKind.BUSY)
        put(body, upload.pointer, {"__type": "core/ASSET", "info": {"id": text_at(answer.body, "id")}})
    return body


def view_path(filename: str, folder: str, prefix: str = "") -> str:
    """Where a finished file is seen."""
    return f"{prefix}/view?{urlencode({'filename': filename, 'subfolder': folder, 'type': 'output'})}"


def made_name(ref: str, ending: str = ".mp4", number: int = 1) -> str:
    """What ComfyUI calls the first file with our prefix (get_save_image_path in its folder_paths.py)."""
    return f"{ref}_{number:05}_{ending}"


def outputs_of(value: Json, ref: str, prefix: str = "") -> tuple[Output, ...]:
    """The files of a run: whatever list has names of files in it (``images``, ``gifs``, ``video`` …), clips first,
    then those with our own name; previews are none.
    """
    found: dict[str, str] = {}
    for said in _named(value, 0):
        if text_at(said, "type") in {"", "output"} and len(found) < 1000:
            found.setdefault(text_at(said, "filename"), text_at(said, "subfolder"))
    outputs = [
        (name, Output(view_path(name, folder, prefix), media_type=media_type_of(name)))
        for name, folder in found.items()
    ]
    outputs.sort(key=lambda each: (rank_of(each[1].media_type), not (ref and ref in each[0])))
    return tuple(output for _, output in outputs)


def _named(value: Json, depth: int) -> Iterator[dict[str, Json]]:
    if depth > 6:
        return
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if isinstance(each, dict) and isinstance(each.get("filename"), str) and isinstance(value, list):
            yield each
        else:
            yield from _named(each, depth + 1)


def media_type_of(name: str) -> str:
    """By the ending of its name; the gate looks at the bytes."""
    return _TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream")


def rank_of(media_type: str) -> int:
    """Clips before moving pictures before stills before the rest."""
    return next((at for at, start in enumerate(_FIRST) if media_type.startswith(start)), len(_FIRST))


def ended(entry: Json, ref: str, seed: int | None, prefix: str = "") -> Status:
    """What an entry of a server's history says: ``error`` stands for a failure and for an interruption."""
    messages = {text_at(message, 0): at(message, 1) for message in list_at(entry, "status", "messages")}
    if "execution_interrupted" in messages:
        return Status(State.CANCELLED, reason="it was interrupted in ComfyUI")
    if "execution_error" in messages or text_at(entry, "status", "status_str") == "error":
        return Status(State.FAILED, reason=failure(messages.get("execution_error")))
    outputs = outputs_of(at(entry, "outputs"), ref, prefix)
    if not outputs:
        return Status(State.FAILED, reason="the workflow ended and saved no file: it needs a 'Save Video' node")
    return Status(State.SUCCEEDED, 1.0, outputs=outputs, seed=seed)


def failure(error: Json) -> str:
    """Why a run failed, with the node; a full card gets its advice."""
    node, kind = text_at(error, "node_id"), text_at(error, "node_type") or text_at(error, "class_type")
    what = text_at(error, "exception_message") or text_at(error, "message") or "ComfyUI gives no reason"
    where = f"node {node} ({kind}): " if node else ""
    advice = " – take a smaller size, or fewer seconds" if _is_memory(error, what) else ""
    return f"{where}{' '.join(what.split())[:300]}{advice}"


def _is_memory(error: Json, what: str) -> bool:
    said = f"{text_at(error, 'exception_type')} {text_at(error, 'code')} {what}"
    return re.search(r"out ?of ?(gpu )?memory|exceed allowed memory|\boom", said, re.I) is not None


def refusal(answer: Answer, compiled: Compiled) -> HttpError | None:
    """A graph that the server did not take, told by node; None for another answer."""
    errors = at(answer.body, "node_errors") or at(answer.body, "error", "details", "node_errors")
    if answer.status not in {400, 422} or not isinstance(errors, dict) or not errors:
        return None
    node_id, said = next(iter(errors.items()))
    first = (list_at(said, "errors") or (said if isinstance(said, list) else [None]))[0]
    kind = text_at(said, "class_type") or text_at(compiled.body["prompt"], node_id, "class_type")
    detail = " ".join(text_at(first, key) for key in ("message", "details", "field", "reason")).split()
    message = f"ComfyUI does not take the workflow: node {node_id} ({kind}): {' '.join(detail)[:300]}"
    return HttpError(message, ErrorKind.INVALID, remedy=_missing_file(compiled, node_id, text_at(first, "details")))


def _missing_file(compiled: Compiled, node_id: str, details: str) -> str:
    inputs = at(compiled.body["prompt"], node_id, "inputs")
    for name, folder in FOLDERS.items():
        value = text_at(inputs, name)
        if value and value in details:
            return f"put {value} into ComfyUI's models/{folder}, or choose another file in a workflow of your own"
    return "mend it in ComfyUI and export it again; or update ComfyUI"


def require_dialect(handle: Handle, dialect: str) -> None:
    """Raises HttpError (``INVALID``) for a job that was begun on another kind of server."""
    begun = str(handle.value.get("dialect", dialect))
    if begun != dialect:
        raise HttpError(f"this job was begun with FILMKIT_COMFY={begun}, and it is now {dialect}", ErrorKind.INVALID,
                        remedy=f"set FILMKIT_COMFY={begun} and run the command again")  # fmt: skip


def handle_of(dialect: str, name: str, body: Json, **more: Json) -> Handle:
    """All that another process needs to go on: the server's name for the job, ours, and the seed."""
    value: dict[str, Json] = {"id": name, "ref": ref_in(body), "seed": at(body, "seed"), "dialect": dialect, **more}
    return Handle("comfy", value)


def ref_in(body: Json) -> str:
    """Our name for the attempt, as a request carries it."""
    return text_at(body, "extra_data", "extra_pnginfo", "filmkit", "ref")


def seed_of(handle: Handle) -> int | None:
    """The seed that was sent."""
    seed = handle.value.get("seed")
    return seed if isinstance(seed, int) and not isinstance(seed, bool) else None


def download_twice(output: Output, http: Http, out: Path) -> None:
    """A file whose signed address may have died on the way: the server gives a fresh one, once."""
    try:
        http.download(output.url, out)
    except HttpError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        http.download(output.url, out)


def no_key() -> HttpError:
    """Where a cloud is asked without a key."""
    return HttpError(
        f"there is no key: {COMFY_KEYS[0]} is not set",
        ErrorKind.AUTH,
        remedy=f"make one at https://platform.comfy.org and set {COMFY_KEYS[0]} in the environment",
    )
