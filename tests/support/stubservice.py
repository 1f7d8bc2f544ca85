"""The plainest service that could be, on loopback, and its provider: for the client, the journal and the engine."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from providerserver import Call, ProviderServer, Reply, Route, ServedJob

from filmkit.model.generation import Fate, Loss, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers import registry
from filmkit.providers.answers import checked, retry_after_s, status_kind
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
)  # fmt: skip

KEY = "STUB_KEY"
URL = "FILMKIT_STUB_URL"
WORDS = {"succeeded": State.SUCCEEDED, "failed": State.FAILED, "moderated": State.MODERATED, "expired": State.EXPIRED}


class StubServer(ProviderServer):
    """``POST /v1/jobs {ref, prompt, seed}``, ``GET /v1/jobs/ID``, ``GET /v1/jobs?ref=``, ``DELETE /v1/jobs/ID``."""

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/v1/jobs", "submit", self.create),
            Route("GET", r"/v1/jobs", "list", self.list),
            Route("GET", r"/v1/jobs/(\w+)", "poll", self.show),
            Route("DELETE", r"/v1/jobs/(\w+)", "cancel", self.stop),
            Route("POST", r"/v1/uploads", "upload", self.upload),
            Route("GET", r"/v1/files/(\w+).mp4", "file", lambda call: self.file(call.found[0])),
            Route("GET", r"/v1/me", "me", lambda _: Reply(200, {"credits": 500})),
        ]

    def create(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(401, {"error": "who are you?"})
        if not isinstance(call.json, dict) or "prompt" not in call.json:
            return Reply(400, {"error": {"message": "no prompt"}})
        return Reply(200, {"id": self.accept(call.json, call.json.get("ref", "")).id})

    def list(self, call: Call) -> Reply:
        return Reply(200, {"jobs": [job.id for job in self.jobs.values() if job.ref == call.query.get("ref")]})

    def show(self, call: Call) -> Reply:
        job = self.look(call.found[0])
        return Reply(404, {"error": "no such job"}) if job is None else Reply(200, self.told(job))

    def told(self, job: ServedJob) -> dict[str, Any]:
        is_done = job.state not in {"queued", "running"}
        return {
            "state": job.state,
            "cost": self.price if is_done and job.state in self.charged else 0 if is_done else None,
            "url": self.link(job) if job.state == "succeeded" else None,
            "reason": "it shows a named person" if job.state == "moderated" else "",
        }

    def stop(self, call: Call) -> Reply:
        return Reply(200, {"cancelled": self.cancel(call.found[0])})

    def upload(self, call: Call) -> Reply:
        return Reply(200, {"uri": f"stub://{len(call.body)}"})


class StubProvider:
    """Speaks to :class:`StubServer`. ``finds``: ``by ref``, ``nothing`` (it has no list), ``gone`` (surely not)."""

    home = Home("https://api.stub.example", (URL,), (KEY,))

    def __init__(self, *, finds: str = "by ref", price: str = "0.50", word: str = "stub") -> None:
        self.finds, self.price, self.id = finds, price, word

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {keys[KEY]}"}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        body: dict[str, Json] = {"prompt": request.words.action or "something", "seed": request.seed, "ref": ref}
        uploads = tuple(Upload(reference, "/picture") for reference in request.references)
        losses = (Loss(Fate.UNSUPPORTED, "seed", "left out"),) if request.seed == 13 else ()
        price = Money(Decimal(self.price), "USD") if self.price else None
        return Compiled(self.id, model, "/v1/jobs", body, uploads, losses, price, Decimal(5))

    def preflight(self, http: Http) -> PreFlight:
        answer = self._ask(http, Request("GET", "/v1/me"), "read the balance")
        assert isinstance(answer.body, dict)
        return PreFlight(True, balance=Money(Decimal(str(answer.body["credits"])) / 100, "USD"))

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        body = dict(compiled.body)
        for upload in compiled.uploads:
            request = Request("POST", "/v1/uploads", file=Path(upload.reference.path), is_free=True)
            answer = self._ask(http, request, "upload a picture", is_free=True)
            assert isinstance(answer.body, dict)
            body[upload.pointer.lstrip("/")] = answer.body["uri"]
        answer = self._ask(http, Request("POST", compiled.path, body), "make a take", is_free=False)
        if not isinstance(answer.body, dict) or not isinstance(answer.body.get("id"), str):
            raise HttpError("the service answered without a job", ErrorKind.UNKNOWN_OUTCOME)
        return Handle(self.id, {"id": answer.body["id"]})

    def poll(self, handle: Handle, http: Http) -> Status:
        answer = self._ask(http, Request("GET", f"/v1/jobs/{handle.value['id']}"), "ask after the job")
        body = answer.body
        if not isinstance(body, dict):
            raise HttpError("the service answered without JSON", ErrorKind.TRANSIENT)
        cost = body.get("cost")
        outputs = (Output(str(body["url"]), media_type="video/mp4", is_foreign=True),) if body.get("url") else ()
        return Status(
            State(str(body["state"])),
            cost=None if cost is None else Money(Decimal(str(cost)) / 100, "USD"),
            outputs=outputs,
            reason=str(body.get("reason") or ""),
            wait_s=retry_after_s(answer),
        )

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        http.download(output.url, out, is_foreign=output.is_foreign)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        answer = self._ask(http, Request("DELETE", f"/v1/jobs/{handle.value['id']}", is_free=True), "cancel")
        assert isinstance(answer.body, dict)
        return Cancelled.CANCELLED if answer.body["cancelled"] else Cancelled.TOO_LATE

    def reconcile(self, intent: Intent, http: Http) -> Found:
        if self.finds == "nothing":
            return Found(None, False, f"did a job begin after {time.ctime(intent.began)}?")
        answer = self._ask(http, Request("GET", f"/v1/jobs?ref={intent.ref}"), "look for a job")
        jobs = answer.body.get("jobs") if isinstance(answer.body, dict) else None
        if isinstance(jobs, list) and jobs:
            return Found(Handle(self.id, {"id": jobs[0]}), True)
        return Found(None, True)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        return Handle(self.id, {"id": name})

    def classify(self, answer: Answer) -> ErrorKind | None:
        return status_kind(answer)

    def _ask(self, http: Http, request: Request, what: str, *, is_free: bool = True) -> Answer:
        return checked(http.send(request), self.classify, what, is_free=is_free)


@contextmanager
def registered(word: str, provider: object) -> Iterator[None]:
    """For a while the storyboard's ``word`` means ``provider`` in this process."""
    module = ModuleType(f"filmkit.providers.{word}")
    module.PROVIDER = provider  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, module.__name__, module)
        registry._provider.cache_clear()
        yield
    registry._provider.cache_clear()
