"""MiniMax Hailuo, in two dialects: ``/v1`` for Hailuo 02 and 2.3, ``/v2`` for MiniMax-H3 (Hailuo 3.0).

- An error comes with HTTP 200 and ``base_resp.status_code``; codes that say only «try again» do not say whether a job
  began, so they are an unknown outcome.
- No seed, no negative prompt, no cancelling. The service would rewrite prompts: that is switched off unless a setting
  says otherwise, for the storyboard says the motion.
- v1: a job ends in a file, whose address is asked for when it is fetched (it lives for hours). v2: the address comes
  with the job; pictures are either first and last, or looks.

Unconfirmed first-hand: all of v2 (its shapes are those that several clients and resellers use), how long addresses of
v1 live, what moderated jobs cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filmkit.model.generation import Fate, Loss, Mode, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.providers.answers import status_kind
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
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import at, number_at, text_at
from filmkit.providers.references import PICTURES, data_uri, filled, put, read_reference, stand_in

_KEY = "MINIMAX_API_KEY"
_MOST_PICTURE = 20_000_000
_V2 = "/v2/"
_STATES = {
    "preparing": State.QUEUED,
    "queueing": State.QUEUED,
    "queued": State.QUEUED,
    "processing": State.RUNNING,
    "running": State.RUNNING,
    "success": State.SUCCEEDED,
    "succeeded": State.SUCCEEDED,
    "fail": State.FAILED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
}
_KINDS = {
    **dict.fromkeys((1000, 1001, 1024, 1033), ErrorKind.UNKNOWN_OUTCOME),
    1002: ErrorKind.RATE,
    **dict.fromkeys((1004, 2038), ErrorKind.AUTH),
    1008: ErrorKind.BALANCE,
    **dict.fromkeys((1026, 1027), ErrorKind.MODERATED),
    **dict.fromkeys((1042, 2013), ErrorKind.INVALID),
}
_MODERATED = {"1026", "1027"}


class Hailuo:
    """See the module."""

    id = "hailuo"
    home = Home("https://api.minimax.io", ("FILMKIT_HAILUO_URL", "MINIMAX_API_HOST"), keys=(_KEY,))

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key."""
        return {"Authorization": f"Bearer {keys[_KEY]}"}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; there is no field for a name of ours, ``ref`` is not sent."""
        del ref
        order = order_for(request, self.id, model, frozenset({Role.FIRST, Role.LAST, Role.LOOK}))
        is_v2 = order.model.endpoints[request.mode.value].startswith(_V2)
        body, uploads = _body_v2(order) if is_v2 else _body_v1(order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        losses = _looks_lost(order) if is_v2 else ()
        return order.compiled(body, uploads, losses=losses)

    def preflight(self, http: Http) -> PreFlight:
        """MiniMax tells neither balance nor limits: only that there is a key is known."""
        del http
        return PreFlight(True, "MiniMax does not tell what the account holds")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request, pictures and all."""
        with before_it_is_paid():
            pictures = {upload: _picture(upload) for upload in compiled.uploads}
        request = Request("POST", compiled.path, filled(compiled.body, pictures))
        answer = begin(self, request, http, "task_id")
        return Handle(self.id, {"id": text_at(answer.body, "task_id"), "path": compiled.path})

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands; one that MiniMax does not know any more is LOST."""
        name = part(handle.value["id"])
        is_v2 = str(handle.value["path"]).startswith(_V2)
        path = f"/v2/query/video_generation/{name}" if is_v2 else f"/v1/query/video_generation?task_id={name}"
        try:
            answer = self._asked(path, http)
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="MiniMax does not know this job any more")
            raise
        return status_v2(at(answer.body, "task")) if is_v2 else status_v1(answer.body)

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take. v1: asks for the file's address first, and tries the second one where the first is dead."""
        if output.is_foreign:
            fetch_fresh(self, handle, output, http, out)
            return
        file = at(ask(self, output.url, http, "ask where the take lies").body, "file")
        first, second = text_at(file, "download_url"), text_at(file, "backup_download_url")
        if not first:
            raise HttpError("MiniMax names no address for the take", ErrorKind.TRANSIENT)
        try:
            http.download(first, out, is_foreign=True)
        except HttpError as error:
            if error.kind is not ErrorKind.NOT_FOUND or not second:
                raise
            http.download(second, out, is_foreign=True)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """MiniMax has no way to cancel."""
        del handle, http
        return Cancelled.UNSUPPORTED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """MiniMax lists no jobs by a name of ours: a person has to look."""
        del http
        question = (
            f"Did MiniMax begin a job with {intent.compiled.model} at {hour_of(intent)}? Look at the bills at "
            "https://platform.minimax.io; if so, what is its task_id?"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person names; ``compiled`` is its request in the journal."""
        return Handle(self.id, {"id": name, "path": compiled["path"]})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """MiniMax's own code wins over the HTTP status; a job that failed is no error of the question about it."""
        code = number_at(answer.body, "base_resp", "status_code") or number_at(answer.body, "error", "code")
        if code and not text_at(answer.body, "status"):
            return _KINDS.get(int(code), status_kind(answer) or ErrorKind.UNKNOWN_OUTCOME)
        return status_kind(answer)

    def _asked(self, path: str, http: Http) -> Answer:
        return ask(self, path, http, "ask how the job stands")


def status_v1(body: Json) -> Status:
    """What a job of ``/v1`` says of itself."""
    file = text_at(body, "file_id")
    code, message = text_at(body, "base_resp", "status_code"), text_at(body, "base_resp", "status_msg")
    output = Output(f"/v1/files/retrieve?file_id={part(file)}", media_type="video/mp4")
    return _status(text_at(body, "status"), code, message, (output,) if file else ())


def status_v2(task: Json) -> Status:
    """What a job of ``/v2`` says of itself."""
    url = text_at(task, "content", "url")
    outputs = (Output(url, media_type="video/mp4", is_foreign=True),) if url else ()
    return _status(text_at(task, "status"), text_at(task, "error", "code"), text_at(task, "error", "message"), outputs)


def _status(said: str, code: str, message: str, outputs: tuple[Output, ...]) -> Status:
    state = _STATES.get(said.lower(), State.RUNNING)
    if state is State.FAILED and code in _MODERATED:
        state = State.MODERATED
    if not state.is_final or state is State.SUCCEEDED:
        reason = "" if said.lower() in _STATES else f"MiniMax says {said or 'nothing'}"
        return Status(state, outputs=outputs if state is State.SUCCEEDED else (), reason=reason)
    return Status(state, reason=f"{message or 'MiniMax gives no reason'} ({code or 'no code'})")


def _body_v1(order: Order) -> tuple[dict[str, Json], list[Upload]]:
    body: dict[str, Json] = {
        "model": order.model.id,
        "prompt": order.prompt,
        "duration": int(order.seconds),
        "resolution": order.shape.tier,
        "prompt_optimizer": False,
    }
    uploads = []
    for role, field in ((Role.FIRST, "first_frame_image"), (Role.LAST, "last_frame_image")):
        if reference := order.of(role):
            body[field] = stand_in(reference)
            uploads.append(Upload(reference, f"/{field}"))
    return body, uploads


def _body_v2(order: Order) -> tuple[dict[str, Json], list[Upload]]:
    """A picture to start from brings its own ratio (``adaptive``); words alone need one."""
    content: list[Json] = [{"type": "text", "text": order.prompt}]
    roles = {Role.FIRST: "first_frame", Role.LAST: "last_frame"}
    if order.of(Role.FIRST) is None:
        roles = {Role.LOOK: "reference_image"}
    uploads = []
    for role, word in roles.items():
        for reference in order.all_of(role)[: order.model.refs]:
            uploads.append(Upload(reference, f"/content/{len(content)}/image_url/url"))
            content.append({"type": "image_url", "image_url": {"url": stand_in(reference)}, "role": word})
    body: dict[str, Json] = {
        "model": order.model.id,
        "content": content,
        "resolution": order.shape.tier,
        "duration": int(order.seconds),
        "ratio": "adaptive" if order.request.mode is Mode.I2V else order.shape.ratio,
    }
    return body, uploads


def _looks_lost(order: Order) -> tuple[Loss, ...]:
    if order.of(Role.FIRST) is None or order.of(Role.LOOK) is None:
        return ()
    detail = f"{order.model.id} takes a picture to start from or pictures of looks: the looks are left out"
    return (Loss(Fate.UNSUPPORTED, "cast", detail),)


def _picture(upload: Upload) -> str:
    return data_uri(*read_reference(upload.reference, _MOST_PICTURE, PICTURES))


PROVIDER: Final = Hailuo()
