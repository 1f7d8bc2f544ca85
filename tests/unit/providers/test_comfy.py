"""ComfyUI's traps, against its three dialects on loopback: lost history, interruptions, renamed files, redirects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from comfyserver import ComfyCloudServer, ComfyServer, parts_of
from comfyv2server import ComfyV2Server
from providerserver import Call, Fault, ProviderServer
from services import CLIP, SERVICES, Job, serving

from filmkit.errors import UsageError
from filmkit.model.generation import Role
from filmkit.providers.base import Cancelled, ErrorKind, HttpError, State
from filmkit.providers.comfy_jobs import failure, outputs_of
from filmkit.providers.http import Client
from filmkit.providers.registry import key_names, provider_of

DIALECTS = {service.chosen["FILMKIT_COMFY"]: service for service in SERVICES if service.word == "comfy"}
T2V, I2V = 0, 1


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS["own"], tmp_path) as job:
        yield job


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS["cloud"], tmp_path) as job:
        yield job


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS["v2"], tmp_path) as job:
        yield job


@pytest.fixture(params=DIALECTS)
def any_dialect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS[request.param], tmp_path) as job:
        yield job


def own_server(job: Job) -> ComfyServer:
    assert isinstance(job.server, ComfyServer)
    return job.server


def calls(server: ProviderServer, path: str) -> list[Call]:
    return [call for call in server.calls if call.path == path]


def fetched(job: Job, folder: Path) -> bytes:
    status = job.end()
    assert status.state is State.SUCCEEDED
    job.provider.fetch(job.handle, status.outputs[0], job.http, folder / "take.mp4")
    return (folder / "take.mp4").read_bytes()


# Outputs


@pytest.mark.parametrize("key", ["images", "gifs", "video", "videos"])
@pytest.mark.parametrize("dialect", ["own", "cloud"])
def test_a_clip_is_found_under_whatever_word_its_node_uses(dialect: str, key: str, tmp_path: Path) -> None:
    with serving(DIALECTS[dialect], tmp_path) as job:
        job.server.output_key = key  # type: ignore[attr-defined]
        job.submit()
        assert fetched(job, tmp_path) == CLIP


def test_clips_come_before_stills_and_previews_are_none() -> None:
    files = [("b.png", "output"), ("temp.mp4", "temp"), ("ref_00001_.webp", "output"), ("ref_00001_.mp4", "output"),
             ("a.mp4", "output")]  # fmt: skip
    value: Any = {"9": {"images": [{"filename": name, "subfolder": "", "type": kind} for name, kind in files]},
                  "8": {"text": ["hello"], "audio": [{"filename": "x.flac", "type": "output"}]}}  # fmt: skip
    names = [output.url.partition("filename=")[2].partition("&")[0] for output in outputs_of(value, "ref")]
    assert names == ["ref_00001_.mp4", "a.mp4", "ref_00001_.webp", "b.png", "x.flac"]
    [odd] = outputs_of({"9": {"images": [{"filename": "a.mp4", "subfolder": "x y/ä", "type": "output"}]}}, "")
    assert odd.url == "/view?filename=a.mp4&subfolder=x+y%2F%C3%A4&type=output"


def test_a_run_that_saved_nothing_says_so(own: Job) -> None:
    own_server(own).outputs = lambda job: {"9": {"text": ["done"]}}  # type: ignore[method-assign]
    own.submit()
    status = own.end()
    assert status.state is State.FAILED and "Save Video" in status.reason


# Interruptions and failures


def test_an_interruption_is_no_failure(own: Job) -> None:
    own.server.fates.append("interrupted")
    own.submit()
    assert own.end().state is State.CANCELLED


def test_a_full_card_is_told_with_its_node_and_what_to_do(any_dialect: Job) -> None:
    any_dialect.server.fates.append("failed")
    any_dialect.submit()
    status = any_dialect.end()
    assert status.state is State.FAILED and status.reason.startswith("node 30 (KSampler")
    assert status.reason.endswith("take a smaller size, or fewer seconds")
    assert failure({"exception_message": "no room for a zoom"}) == "no room for a zoom"
    assert failure(None) == "ComfyUI gives no reason"


def test_a_running_job_is_interrupted_and_only_that(own: Job) -> None:
    own.server.polls, own.server.most_at_once = 3, 1
    own.submit(ref="ref-0001")
    polls = own.polls()
    while next(polls).state is not State.RUNNING:
        pass
    first = own.handle
    own.submit(ref="ref-0002")
    assert own.provider.cancel(first, own.http) is Cancelled.CANCELLED
    assert json.loads(calls(own.server, "/interrupt")[0].body) == {"prompt_id": first.value["id"]}
    assert own.provider.poll(first, own.http).state is State.CANCELLED
    assert own.end().state is State.SUCCEEDED


def test_a_waiting_job_is_taken_out_of_the_queue(own: Job) -> None:
    own.server.polls = 5
    own.submit()
    assert own.provider.cancel(own.handle, own.http) is Cancelled.CANCELLED
    assert json.loads(next(call for call in calls(own.server, "/queue") if call.method == "POST").body) == {
        "delete": [own.handle.value["id"]]}  # fmt: skip
    status = own.end()
    assert status.state is State.LOST and "started anew" in status.reason


# Lost history


def test_a_take_is_found_by_its_file_after_the_server_was_started_anew(own: Job, tmp_path: Path) -> None:
    own.submit()
    assert own.end().state is State.SUCCEEDED
    own_server(own).is_forgetful = True
    status = own.provider.poll(own.handle, own.http)
    assert status.state is State.SUCCEEDED and status.seed == 41
    own.provider.fetch(own.handle, status.outputs[0], own.http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP
    assert own.provider.reconcile(own.intent(own.compiled()), own.http).handle is not None


def test_a_job_that_ends_between_two_questions_is_not_lost(own: Job) -> None:
    """It is not in the history yet, and not in the queue any more."""
    server = own_server(own)
    own.submit()
    for job in server.jobs.values():
        job.polls = 2 * server.polls - 1
        job.state = "running"
    queue = server.queue

    def ends(call: Call) -> Any:
        for job in server.jobs.values():
            job.state = "succeeded"
        return queue(call)

    server.queue = ends  # type: ignore[method-assign]
    status = own.provider.poll(own.handle, own.http)
    assert status.state is State.SUCCEEDED and server.count("poll") == 2


@pytest.mark.parametrize("state", ["queued", "running", "succeeded"])
def test_a_lost_job_of_an_older_server_is_found_by_the_name_of_its_file(own: Job, state: str) -> None:
    """Older servers give every job a name of their own."""
    server = own_server(own)
    server.takes_names = False
    server.fail("submit", Fault.RESET_AFTER)
    with pytest.raises(HttpError):
        own.submit(ref="ref-0042")
    for job in server.jobs.values():
        job.state = state
    found = own.provider.reconcile(own.intent(own.compiled(ref="ref-0042"), "ref-0042"), own.http)
    assert found.handle is not None and found.handle.value["id"] in server.jobs
    assert own.provider.reconcile(own.intent(own.compiled(ref="other"), "other"), own.http).handle is None


# Uploads


def test_a_renamed_upload_is_used_by_its_new_name(any_dialect: Job) -> None:
    if not isinstance(any_dialect.server, ComfyV2Server):
        any_dialect.server.renames = True  # type: ignore[attr-defined]
    any_dialect.submit(I2V)
    [job] = any_dialect.server.jobs.values()
    [loader] = [node for node in job.wanted.values() if node["class_type"] == "LoadImage"]
    if isinstance(any_dialect.server, ComfyV2Server):
        assert loader["inputs"]["image"]["info"]["id"] in any_dialect.server.assets
    else:
        assert loader["inputs"]["image"].endswith(" (1).png")
        assert loader["inputs"]["image"] in any_dialect.server.uploaded  # type: ignore[attr-defined]


def test_the_same_picture_goes_up_once_and_two_go_up_twice(own: Job) -> None:
    own.submit(I2V, roles=(Role.LAST,))
    sent = [parts_of(call) for call in calls(own.server, "/upload/image")]
    assert len(sent) == 2 and all(form["subfolder"] == ("", b"filmkit") for form in sent)
    assert len({form["image"][0] for form in sent}) == 2


def test_a_lost_upload_has_cost_nothing(any_dialect: Job) -> None:
    for fault in (Fault.RESET_BEFORE, Fault.ERROR_BEFORE, Fault.NONSENSE):
        any_dialect.server.fail("upload", fault)
        with pytest.raises(HttpError) as caught:
            any_dialect.submit(I2V)
        assert caught.value.kind is ErrorKind.BUSY, fault
    assert any_dialect.server.count("submit") == 0 and any_dialect.server.billed == 0


# What the server would refuse


def test_a_node_that_the_server_lacks_is_named_before_anything_is_sent(own: Job) -> None:
    own_server(own).lacks.add("WanImageToVideo")
    with pytest.raises(HttpError, match="does not know 'WanImageToVideo'") as caught:
        own.submit(I2V)
    assert caught.value.kind is ErrorKind.INVALID and "update ComfyUI" in caught.value.remedy
    assert own.server.count("upload") == own.server.count("submit") == 0


def test_a_model_that_does_not_lie_there_is_named(own: Job) -> None:
    own_server(own).models = ["other.safetensors"]
    with pytest.raises(HttpError, match=r"wan2\.2_t2v_high_noise_14B_fp8_scaled\.safetensors.*one of other") as caught:
        own.submit(T2V)
    assert caught.value.kind is ErrorKind.INVALID and "models folder" in caught.value.remedy


@pytest.mark.parametrize("dialect", ["cloud", "v2"])
def test_a_refused_graph_is_told_by_its_node(dialect: str, tmp_path: Path) -> None:
    with serving(DIALECTS[dialect], tmp_path) as job:
        assert isinstance(job.server, ComfyCloudServer | ComfyV2Server)
        job.server.models = []
        with pytest.raises(HttpError, match=r"node 1 \(UNETLoader\): Value not in list") as caught:
            job.submit(T2V)
        assert caught.value.kind is ErrorKind.INVALID
        assert caught.value.remedy.startswith("put wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors into ComfyUI's "
                                              "models/diffusion_models")  # fmt: skip
        assert job.server.billed == 0


# Keys


def test_the_key_goes_to_the_cloud_and_not_to_the_storage_it_leads_to(cloud: Job, tmp_path: Path) -> None:
    cloud.submit()
    assert fetched(cloud, tmp_path) == CLIP
    assert calls(cloud.server, "/api/view")[0].headers["x-api-key"] == cloud.server.key
    assert cloud.server.leaks == []


def test_a_server_of_ones_own_never_sees_a_key(own: Job, tmp_path: Path) -> None:
    own.submit(I2V)
    assert fetched(own, tmp_path) == CLIP
    told = json.dumps([[call.path, call.headers, call.body.decode("latin-1")] for call in own.server.calls])
    assert own.server.key not in told


def test_a_server_in_ones_own_network_needs_no_encryption_even_where_a_key_is_set() -> None:
    provider = provider_of("comfy", {})
    environment = {"FILMKIT_COMFY_URL": "http://192.168.1.20:8188", "COMFY_API_KEY": "planted-key-0123456789"}
    with Client(provider, environment) as http:
        assert http.base.url == "http://192.168.1.20:8188" and http.keys == {}
    with (
        pytest.raises(HttpError, match="not encrypted"),
        Client(provider_of("comfy", {"FILMKIT_COMFY": "v2"}), environment) as http,
    ):
        provider_of("comfy", {"FILMKIT_COMFY": "v2"}).preflight(http)


def test_either_name_of_the_key_is_taken_and_none_is_said(v2: Job) -> None:
    for name in ("COMFY_API_KEY", "COMFY_CLOUD_API_KEY"):
        with Client(v2.provider, {"FILMKIT_COMFY_URL": v2.server.url, name: v2.server.key}) as http:
            assert v2.provider.preflight(http).is_ready
    with Client(v2.provider, {"FILMKIT_COMFY_URL": v2.server.url, "XDG_CONFIG_HOME": "/none"}) as http:
        with pytest.raises(HttpError, match="COMFY_API_KEY is not set") as caught:
            v2.provider.preflight(http)
        assert caught.value.kind is ErrorKind.AUTH


# Which server


@pytest.mark.parametrize(
    ("environment", "dialect"),
    [
        ({}, "own"),
        ({"FILMKIT_COMFY": "cloud"}, "cloud"),
        ({"FILMKIT_COMFY": "V2"}, "v2"),
        ({"FILMKIT_COMFY_URL": "http://gpu.local:8188"}, "own"),
        ({"FILMKIT_COMFY_URL": "https://cloud.comfy.org"}, "cloud"),
        ({"FILMKIT_COMFY_URL": "https://dep-1.run.comfy.app"}, "v2"),
        ({"FILMKIT_COMFY_URL": "https://cloud.comfy.org", "FILMKIT_COMFY": "v2"}, "v2"),
    ],
)
def test_the_environment_says_which_server_is_meant(environment: dict[str, str], dialect: str) -> None:
    names = {"own": "Comfy", "cloud": "ComfyCloud", "v2": "ComfyV2"}
    assert type(provider_of("comfy", environment)).__name__ == names[dialect]


def test_a_server_that_there_is_none_of_is_said() -> None:
    with pytest.raises(UsageError, match="FILMKIT_COMFY is 'mine'") as caught:
        provider_of("comfy", {"FILMKIT_COMFY": "mine"})
    assert "own, cloud, v2" in caught.value.remedy
    assert {"COMFY_API_KEY", "COMFY_CLOUD_API_KEY"} <= key_names()


def test_a_job_is_not_asked_after_at_another_server(own: Job, v2: Job) -> None:
    handle = own.submit()
    with pytest.raises(HttpError, match="begun with FILMKIT_COMFY=own, and it is now v2") as caught:
        v2.provider.poll(handle, v2.http)
    assert caught.value.kind is ErrorKind.INVALID


def test_a_server_that_is_not_there_is_said_with_what_to_do() -> None:
    provider = provider_of("comfy", {})
    with (
        Client(provider, {"FILMKIT_COMFY_URL": "http://127.0.0.1:9"}) as http,
        pytest.raises(HttpError) as caught,
    ):
        provider.preflight(http)
    assert "start ComfyUI" in caught.value.remedy


def test_preflight_tells_the_version_and_the_card(own: Job) -> None:
    assert own.provider.preflight(own.http).message == "ComfyUI 0.3.64, cuda:0 NVIDIA GeForce RTX 4090 with 24 GiB"
