"""Veo's words for a request, filtered takes, and who one is: tokens that a service account signs itself."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from services import PNG, SERVICES, Job, reference, serving, shot
from veoserver import VeoServer

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Mode, Role
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, ErrorKind, HttpError, State
from filmkit.providers.http import Client
from filmkit.providers.secrets import redacted
from filmkit.providers.veo import PROVIDER, status_of

VEO = next(service for service in SERVICES if service.word == "veo")
WORDS = "Wide shot. The camera slowly pushes in. A fishing boat rolls in the swell. 35mm, grey dawn."
MODEL = "veo-3.1-fast-generate-001"


def _compiled(folder: Path, mode: Mode, model: str = MODEL, **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, "veo", **more), model, "ref-0001")


PLAIN = {"aspectRatio": "16:9", "durationSeconds": 6, "resolution": "720p", "sampleCount": 1, "seed": 41,
         "negativePrompt": "text, blur"}  # fmt: skip


@pytest.mark.parametrize(("more", "parameters", "price"), [
    ({}, PLAIN, "0.60"),
    ({"seconds": Fraction(3)}, {**PLAIN, "durationSeconds": 4}, "0.40"),
    ({"size": Size(1080, 1920)}, {**PLAIN, "aspectRatio": "9:16", "resolution": "1080p"}, "0.72"),
    ({"size": Size(3840, 2160), "settings": {"generate_audio": "false", "person_generation": "dont_allow"}},
     {**PLAIN, "resolution": "4k", "generateAudio": False, "personGeneration": "dont_allow"}, "1.80"),
])  # fmt: skip
def test_words_become_a_body(tmp_path: Path, more: dict[str, Any], parameters: dict[str, Any], price: str) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, **more)
    assert compiled.path == f"publishers/google/models/{MODEL}:predictLongRunning"
    assert dict(compiled.body) == {"instances": [{"prompt": WORDS}], "parameters": parameters}
    assert compiled.price == Money(Decimal(price), "USD")


def test_first_and_last_picture_are_sent(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, roles=(Role.LAST,))
    first, last = (f"sha256:{reference(tmp_path, role).sha256}" for role in (Role.FIRST, Role.LAST))
    (instance,) = compiled.body["instances"]
    assert instance == {"prompt": WORDS, "image": {"file": first}, "lastFrame": {"file": last}}
    assert [upload.pointer for upload in compiled.uploads] == ["/instances/0/image", "/instances/0/lastFrame"]


def test_pictures_of_the_cast_need_eight_seconds_which_are_told_and_paid(tmp_path: Path) -> None:
    with serving(VEO, tmp_path) as job:
        compiled = job.compiled(0, roles=(Role.LOOK,))
        assert compiled.body["parameters"]["durationSeconds"] == 8
        assert compiled.price == Money(Decimal("3.2"), "USD") and compiled.seconds == 8
        assert ("length", Fate.APPROXIMATED) in {(loss.key, loss.fate) for loss in compiled.losses}
        job.provider.submit(compiled, job.intent(compiled), job.http)
        (made,) = job.server.jobs.values()
        (look,) = made.wanted["instances"][0]["referenceImages"]
        assert base64.b64decode(look["image"]["bytesBase64Encoded"]) == PNG + b"look"


def test_a_start_picture_leaves_pictures_of_the_cast_out_and_tells(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, roles=(Role.LOOK,))
    assert "referenceImages" not in compiled.body["instances"][0]
    assert ("cast", Fate.UNSUPPORTED) in {(loss.key, loss.fate) for loss in compiled.losses}


def _error(code: int, word: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "status": word, "message": message}}


@pytest.mark.parametrize(("status", "body", "kind"), [
    (200, {}, None),
    (401, _error(401, "UNAUTHENTICATED", "invalid credentials"), ErrorKind.AUTH),
    (403, _error(403, "PERMISSION_DENIED", "Permission denied on project"), ErrorKind.AUTH),
    (403, _error(403, "PERMISSION_DENIED", "This API method requires billing to be enabled."), ErrorKind.BALANCE),
    (400, _error(400, "INVALID_ARGUMENT", "durationSeconds is wrong"), ErrorKind.INVALID),
    (400, _error(400, "INVALID_ARGUMENT", "safety_settings is not a field"), ErrorKind.INVALID),
    (400, _error(400, "INVALID_ARGUMENT", "The prompt violates our policies."), ErrorKind.MODERATED),
    (400, [_error(400, "INVALID_ARGUMENT", "API key not valid.")], ErrorKind.AUTH),
    (404, _error(404, "NOT_FOUND", "Publisher Model `veo` was not found."), ErrorKind.RETIRED),
    (429, _error(429, "RESOURCE_EXHAUSTED", "Quota exceeded."), ErrorKind.RATE),
    (500, _error(500, "INTERNAL", "Internal error"), ErrorKind.UNKNOWN_OUTCOME),
    (503, _error(503, "UNAVAILABLE", "blocked for safety"), ErrorKind.BUSY),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, body: Any, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, body)) is kind


VIDEO = {"bytesBase64Encoded": "AAAA", "mimeType": "video/mp4"}


@pytest.mark.parametrize(("operation", "state", "told"), [
    ({"name": "x"}, State.RUNNING, ""),
    ({"name": "x", "done": False}, State.RUNNING, ""),
    ({"name": "x", "done": True, "response": {"videos": [VIDEO]}}, State.SUCCEEDED, ""),
    ({"name": "x", "done": True, "response": {"videos": [VIDEO], "raiMediaFilteredCount": 1}}, State.SUCCEEDED, ""),
    ({"name": "x", "done": True, "response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["a hat"]}},
     State.MODERATED, "a hat"),
    ({"name": "x", "done": True, "response": {"raiMediaFilteredCount": 1, "videos": []}}, State.MODERATED, "filters"),
    ({"name": "x", "done": True, "response": {}}, State.FAILED, "without a video"),
    ({"name": "x", "done": True, "error": {"code": 13, "message": "Internal"}}, State.FAILED, "Internal"),
    ({"name": "x", "done": True, "error": {"code": 3, "message": "It violates our usage guidelines"}},
     State.MODERATED, "usage guidelines"),
])  # fmt: skip
def test_an_operation_says_how_it_stands(operation: dict[str, Any], state: State, told: str) -> None:
    status = status_of(operation)
    assert (status.state, len(status.outputs)) == (state, int(state is State.SUCCEEDED))
    assert told in status.reason and bool(status.reason) is bool(told)
    assert "AAAA" not in repr(status)


def test_a_model_that_was_switched_off_is_told_before_anything_is_paid(tmp_path: Path) -> None:
    with serving(VEO, tmp_path) as job:
        assert isinstance(job.server, VeoServer)
        job.server.gone.add("veo-3.1-generate-001")
        with pytest.raises(HttpError, match="was not found") as caught:
            job.submit()
        assert caught.value.kind is ErrorKind.RETIRED and job.server.billed == 0


def test_the_address_holds_project_and_place(tmp_path: Path) -> None:
    with serving(VEO, tmp_path) as job:
        job.submit()
        assert job.server.calls[0].path.startswith("/v1/projects/film-school-7/locations/europe-west4/publishers/")
    for environment, url in [
        ({"GOOGLE_CLOUD_PROJECT": "p1"}, "https://us-central1-aiplatform.googleapis.com/v1/projects/p1/locations/us-central1"),
        ({"GOOGLE_CLOUD_PROJECT": "p1", "FILMKIT_VEO_URL": "https://aiplatform.googleapis.com",
          "GOOGLE_CLOUD_LOCATION": "global"}, "https://aiplatform.googleapis.com/v1/projects/p1/locations/global"),
        ({"FILMKIT_VEO_URL": "https://gate.example/v1/projects/a/locations/b"},
         "https://gate.example/v1/projects/a/locations/b"),
    ]:  # fmt: skip
        with Client(PROVIDER, {**environment, "FILMKIT_KEYS": "/nowhere"}) as http:
            assert http.base.url == url


@pytest.mark.parametrize("project", ["", "a/../b", "x y", "{evil}", "p?q"])
def test_a_project_that_is_missing_or_none_is_refused(project: str) -> None:
    with pytest.raises(UsageError, match="GOOGLE_CLOUD_PROJECT"):
        Client(PROVIDER, {"GOOGLE_CLOUD_PROJECT": project, "FILMKIT_KEYS": "/nowhere"})


# --- the service account


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key_file(private_key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"type": "service_account", "client_email": "films@school.iam.example",
                                "private_key_id": "k1", "private_key": pem.decode()}))  # fmt: skip
    path.chmod(0o600)
    return path


def _plain(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.fixture
def job(private_key: rsa.RSAPrivateKey, tmp_path: Path) -> Iterator[Job]:
    def may(said: str) -> bool:
        head, claims, signature = said.removeprefix("Bearer ").split(".")
        public = private_key.public_key()
        public.verify(_plain(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
        held = json.loads(_plain(claims))
        assert json.loads(_plain(head)) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
        assert held["iss"] == held["sub"] == "films@school.iam.example" and held["exp"] - held["iat"] == 3600
        return held["scope"] == "https://www.googleapis.com/auth/cloud-platform"

    with serving(VEO, tmp_path) as job:
        assert isinstance(job.server, VeoServer)
        job.server.may = may
        yield job


def test_a_service_account_signs_its_own_token(job: Job, key_file: Path) -> None:
    environment = {"FILMKIT_VEO_URL": job.server.url, "GOOGLE_CLOUD_PROJECT": "p1",
                   "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}  # fmt: skip
    with Client(PROVIDER, environment) as http:
        compiled = job.compiled()
        handle = PROVIDER.submit(compiled, job.intent(compiled), http)
    assert str(handle.value["id"]).startswith("projects/p1/locations/us-central1/") and job.server.billed == 1
    body = json.loads(key_file.read_text())["private_key"].splitlines()[2]
    assert body not in redacted(f"an error that holds {body}")


@pytest.mark.parametrize(("spoil", "told"), [
    (lambda path: path.chmod(0o644), "may be read by others"),
    (lambda path: path.write_text("no json"), "no JSON"),
    (lambda path: path.write_text('{"type": "authorized_user"}'), "not that of a service account"),
    (lambda path: path.write_text('{"client_email": "a", "private_key": "none-at-all"}'), "its private_key is none"),
    (lambda path: path.unlink(), "cannot be read"),
])  # fmt: skip
def test_a_key_file_that_cannot_be_used_says_why(job: Job, key_file: Path, spoil: Any, told: str) -> None:
    spoil(key_file)
    environment = {"FILMKIT_VEO_URL": job.server.url, "GOOGLE_CLOUD_PROJECT": "p1",
                   "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}  # fmt: skip
    with Client(PROVIDER, environment) as http, pytest.raises(HttpError, match=re.escape(told)) as caught:
        compiled = job.compiled()
        PROVIDER.submit(compiled, job.intent(compiled), http)
    assert caught.value.kind is ErrorKind.AUTH and caught.value.remedy and job.server.calls == []


def test_without_a_key_it_says_what_to_set(job: Job) -> None:
    environment = {"FILMKIT_VEO_URL": job.server.url, "GOOGLE_CLOUD_PROJECT": "p1", "FILMKIT_KEYS": "/nowhere"}
    with Client(PROVIDER, environment) as http, pytest.raises(HttpError) as caught:
        compiled = job.compiled()
        PROVIDER.submit(compiled, job.intent(compiled), http)
    assert caught.value.kind is ErrorKind.AUTH and "GOOGLE_APPLICATION_CREDENTIALS" in caught.value.remedy
