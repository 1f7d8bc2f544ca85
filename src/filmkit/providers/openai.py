"""The ``/v1/videos`` dialect: OpenAI made it for Sora, and gateways still speak it. OpenAI itself makes no videos.

- The address of a gateway is needed: FILMKIT_OPENAI_URL (or OPENAI_BASE_URL). OpenAI's own host is never asked.
- There is no seed, no negative prompt and no name of ours; a lost answer is looked for in the list of jobs, by its
  words and the time.
- A take lies behind the key at ``/videos/ID/content``, until the job's ``expires_at``.
- A first picture has to have the size of the take.

Unconfirmed: what DELETE does to a job that runs; so nothing is cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Final

from filmkit.model.generation import Mode, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.providers.answers import checked, status_kind
from filmkit.providers.base import (
    Answer,
    Cancelled,
    Compiled,
    ErrorKind,
    Found,
    Handle,
    Home,
    Http,
    HttpError,
    Intent,
    Output,
    PreFlight,
    Request,
    State,
    Status,
    Upload,
)
from filmkit.providers.capabilities import capabilities
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import at, list_at, number_at, text_at
from filmkit.providers.references import CLIPS, PICTURES, put, read_reference, stand_in

_KEY = "OPENAI_API_KEY"
_HOST: Final = "api.openai.com"
_MOST_FILE = 100_000_000
_WINDOW_S: Final = (-5, 900)
"""When a job was made that may be ours: that much before and after the request was written down (clocks differ)."""

_LISTED: Final = 100
_STATES = {
    "queued": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.SUCCEEDED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
_MODERATION = ("moderation", "content_policy", "safety", "sentinel")


class OpenAI:
    """See the module."""

    id = "openai"

    @cached_property
    def home(self) -> Home:
        """OpenAI's own host, which is closed, as the table says since when; gateways are named by their address."""
        return Home(
            f"https://{_HOST}/v1", ("FILMKIT_OPENAI_URL", "OPENAI_BASE_URL"), more_keys=(_KEY,), closed=_closed()
        )

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key, where there is one: a gateway of one's own may want none."""
        return {"Authorization": f"Bearer {keys[_KEY]}"} if keys.get(_KEY) else {}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; there is no field for a name of ours, ``ref`` is not sent."""
        del ref
        order = order_for(request, self.id, model, frozenset({Role.FIRST, Role.CLIP}), is_open=True)
        body, uploads = _body(order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        return order.compiled(body, uploads)

    def preflight(self, http: Http) -> PreFlight:
        """Whether the key is taken: the list of jobs costs nothing. A gateway that has none, or has no time for it,
        may take jobs all the same.
        """
        answer = http.send(Request("GET", "/videos?limit=1"))
        if self.classify(answer) in {ErrorKind.AUTH, ErrorKind.BALANCE}:
            checked(answer, self.classify, "ask whether the key is taken", is_free=True)
        return PreFlight(True)

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request: JSON, or a form where a picture or a clip goes along."""
        with before_it_is_paid():
            request = _request(compiled)
        answer = begin(self, request, http, "id")
        return Handle(self.id, {"id": text_at(answer.body, "id")})

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands; one that is not known any more is LOST."""
        try:
            answer = ask(self, f"/videos/{part(handle.value['id'])}", http, "ask how the job stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="the service does not know this job: it was deleted, or is too old")
            raise
        return status_of(answer.body, answer.headers)

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take, which lies behind the key."""
        fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """The dialect knows only how to delete a job, and its take with it."""
        del handle, http
        return Cancelled.UNSUPPORTED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks among the newest jobs for one with these words, begun then."""
        try:
            answer = ask(self, f"/videos?limit={_LISTED}&order=desc", http, "look for the job")
        except HttpError as error:
            if error.kind not in {ErrorKind.NOT_FOUND, ErrorKind.INVALID}:
                raise
            return _question(intent, [])
        jobs = list_at(answer.body, "data")
        found = [job for job in jobs if _is_it(job, intent)]
        if len(found) == 1:
            return Found(Handle(self.id, {"id": text_at(found[0], "id")}), is_certain=True)
        is_whole = isinstance(at(answer.body, "data"), list) and _reaches_back(answer.body, jobs, intent)
        is_told = all(text_at(job, "prompt") for job in jobs)
        if not found and is_whole and is_told:
            return Found(None, is_certain=True)
        return _question(intent, [text_at(job, "id") for job in found])

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person names."""
        del compiled
        return Handle(self.id, {"id": name})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """A 429 may be an account that is empty; words that are refused are a 400."""
        code = text_at(answer.body, "error", "code").lower()
        if answer.status in {402, 429} and code in {"insufficient_quota", "billing_hard_limit_reached"}:
            return ErrorKind.BALANCE
        if answer.status in {400, 403} and any(word in code for word in _MODERATION):
            return ErrorKind.MODERATED
        return status_kind(answer)


def status_of(video: Json, headers: Mapping[str, str]) -> Status:
    """What a job says of itself; ``progress`` comes in percent, and a header says when to ask again."""
    said, code = text_at(video, "status"), text_at(video, "error", "code")
    state = _STATES.get(said, State.RUNNING)
    if state is State.FAILED and any(word in code.lower() for word in _MODERATION):
        state = State.MODERATED
    reason = " · ".join(word for word in (text_at(video, "error", "message"), code) if word)
    progress, wait_ms = number_at(video, "progress"), number_at(dict(headers), "openai-poll-after-ms")
    outputs: tuple[Output, ...] = ()
    if state is State.SUCCEEDED:
        outputs = (Output(f"/videos/{part(text_at(video, 'id'))}/content", media_type="video/mp4"),)
    is_plain = said in _STATES and state not in {State.FAILED, State.MODERATED}
    return Status(
        state,
        None if progress is None else min(max(progress / 100, 0.0), 1.0),
        outputs=outputs,
        reason=reason or ("" if is_plain else f"the service says {said or 'nothing'}"),
        wait_s=None if wait_ms is None else min(max(wait_ms / 1000, 0.0), 300.0),
    )


def _closed() -> dict[str, tuple[str, str]]:
    """OpenAI's host with the day on which its last model was shut down, and what replaces it."""
    sora = next(model for model in capabilities().of("openai") if model.retires_on is not None)
    happened = f"OpenAI makes no videos any more: {sora.name} was shut down on {sora.retires_on}"
    instead = (sora.replaced_by or "").replace("/", ", model: ", 1)
    remedy = f"write generate: {{with: {instead}}}; or set FILMKIT_OPENAI_URL to a gateway that speaks /v1/videos"
    return {_HOST: (happened, remedy)}


def _body(order: Order) -> tuple[dict[str, Json], list[Upload]]:
    mode = order.request.mode
    if mode is Mode.V2V:
        clip = order.needed(Role.CLIP)
        return {"prompt": order.prompt, "video": stand_in(clip)}, [Upload(clip, "/video")]
    body: dict[str, Json] = {
        "model": order.model.id,
        "prompt": order.prompt,
        "seconds": str(int(order.seconds)),
        "size": str(order.shape.size),
    }
    if mode is not Mode.I2V:
        return body, []
    first = order.needed(Role.FIRST)
    return {**body, "input_reference": stand_in(first)}, [Upload(first, "/input_reference")]


def _request(compiled: Compiled) -> Request:
    """Without a file the body as it is; with one a form, which is what every gateway takes."""
    if not compiled.uploads:
        return Request("POST", compiled.path, dict(compiled.body))
    (upload,) = compiled.uploads
    kinds = CLIPS if upload.reference.role is Role.CLIP else PICTURES
    media_type, _ = read_reference(upload.reference, _MOST_FILE, kinds)
    field = upload.pointer.removeprefix("/")
    form = {name: str(value) for name, value in compiled.body.items() if name != field}
    name = f"{upload.reference.role.value}.{media_type.rpartition('/')[2]}"
    return Request("POST", compiled.path, form=form, file=Path(upload.reference.path), file_field=field, file_name=name)


def _is_it(job: Json, intent: Intent) -> bool:
    """Whether a listed job may be the one that was asked for: its words, length and size, and when it was made."""
    made, body = number_at(job, "created_at"), dict(intent.compiled.body)
    is_then = made is not None and _WINDOW_S[0] <= made - intent.began <= _WINDOW_S[1]
    told = [key for key in ("prompt", "seconds", "size", "model") if text_at(job, key) and text_at(body, key)]
    return is_then and "prompt" in told and all(text_at(job, key) == text_at(body, key) for key in told)


def _reaches_back(listed: Json, jobs: list[Json], intent: Intent) -> bool:
    """Whether a list that begins with the newest goes back beyond the request, or is the whole list."""
    made = [number_at(job, "created_at") or 0 for job in jobs]
    is_whole = len(jobs) < _LISTED and at(listed, "has_more") is not True
    return is_whole or (bool(made) and min(made) < intent.began + _WINDOW_S[0])


def _question(intent: Intent, names: list[str]) -> Found:
    candidates = f" These were begun then, with the same words: {', '.join(names)}." if names else ""
    question = (
        f"Did the service begin a job with {intent.compiled.model} at {hour_of(intent)}?{candidates} Its page lists "
        "the jobs: if one is not among your takes, answer with its id"
    )
    return Found(None, is_certain=False, question=question)


PROVIDER: Final = OpenAI()
