"""The client against a real server on loopback: what is sent, what is read, and what an absent answer means."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from providerserver import Fault, Reply, Route
from stubservice import KEY, URL, StubProvider, StubServer

from filmkit.errors import UsageError
from filmkit.providers.base import ErrorKind, Home, HttpError, Request
from filmkit.providers.exchange import Limits
from filmkit.providers.http import Client
from filmkit.providers.keys import keys_of
from filmkit.providers.secrets import MARK, redacted

CLIP = bytes(range(256)) * 400
LIMITS = Limits(connect_s=2, read_s=0.2, total_s=0.5, file_s=0.5, file_bytes=1 << 20)


@pytest.fixture
def server() -> Iterator[StubServer]:
    with StubServer(CLIP) as server:
        yield server


@pytest.fixture
def client(server: StubServer) -> Iterator[Client]:
    with Client(StubProvider(), {URL: server.url, KEY: server.key}, LIMITS) as client:
        yield client


def _kind(client: Client, request: Request) -> ErrorKind:
    with pytest.raises(HttpError) as caught:
        client.send(request)
    return caught.value.kind


POST = Request("POST", "/v1/jobs", {"prompt": "a boat"})


def test_a_request_is_signed_and_its_answer_read(server: StubServer, client: Client) -> None:
    answer = client.send(POST)
    assert (answer.status, answer.body) == (200, {"id": "job0001"})
    assert server.calls[0].headers["authorization"] == f"Bearer {server.key}"
    assert server.calls[0].json == {"prompt": "a boat"}
    assert server.billed == 1


@pytest.mark.parametrize("fault", [Fault.HANG_AFTER, Fault.HANG_BEFORE, Fault.RESET_AFTER, Fault.DRIP, Fault.SHORT])
def test_a_lost_answer_is_an_unknown_outcome_and_sent_once(server: StubServer, client: Client, fault: Fault) -> None:
    server.fail("submit", fault)
    assert _kind(client, POST) is ErrorKind.UNKNOWN_OUTCOME
    assert server.count("submit") == 1


def test_a_lost_answer_to_what_is_free_is_transient(server: StubServer, client: Client) -> None:
    server.fail("poll", Fault.HANG_BEFORE)
    assert _kind(client, Request("GET", "/v1/jobs/job0001")) is ErrorKind.TRANSIENT
    server.fail("submit", Fault.RESET_BEFORE)
    assert _kind(client, replace(POST, is_free=True)) is ErrorKind.TRANSIENT


def test_a_refused_connection_was_surely_not_accepted() -> None:
    with Client(StubProvider(), {URL: "http://127.0.0.1:9", KEY: "k" * 20}, LIMITS) as client:
        assert _kind(client, POST) is ErrorKind.BUSY


def test_a_name_that_leads_nowhere_was_surely_not_accepted() -> None:
    with Client(StubProvider(), {URL: "https://no-such-host.invalid", KEY: "k" * 20}, LIMITS) as client:
        assert _kind(client, POST) is ErrorKind.BUSY


def test_a_slow_drip_ends_at_the_deadline(server: StubServer, client: Client) -> None:
    server.fail("submit", Fault.DRIP)
    began = time.monotonic()
    _kind(client, replace(POST, json={"prompt": "x", "ref": "y" * 50}))
    assert time.monotonic() - began < 5, "each byte came in time, the whole did not"


def test_an_answer_over_its_limit_is_not_read_on(server: StubServer) -> None:
    environment = {URL: server.url, KEY: server.key}
    with Client(StubProvider(), environment, replace(LIMITS, answer_bytes=10)) as client:
        assert _kind(client, Request("GET", "/v1/jobs?ref=" + "a" * 40)) is ErrorKind.INVALID


def test_no_redirect_of_a_request_is_followed(server: StubServer, client: Client) -> None:
    server.fail("submit", Fault.MOVED)
    assert client.send(POST).status == 302
    assert server.leaks == []


def test_a_file_comes_whole_from_the_storage_without_a_key(server: StubServer, client: Client, tmp_path: Path) -> None:
    job = server.accept({})
    client.download(server.link(job), tmp_path / "out.mp4", is_foreign=True)
    assert (tmp_path / "out.mp4").read_bytes() == CLIP
    assert server.leaks == []
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_a_redirect_to_another_host_drops_the_key(server: StubServer, client: Client, tmp_path: Path) -> None:
    job = server.accept({})
    server.fail("file", Fault.MOVED)
    client.download(f"/v1/files/{job.id}.mp4", tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes() == CLIP
    own = [call for call in server.calls if call.path.startswith("/v1/files")]
    assert own[0].headers["authorization"] == f"Bearer {server.key}", "the service itself is told who asks"
    assert server.leaks == [], "the storage is not"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.SHORT, ErrorKind.TRANSIENT),
        (Fault.DRIP, ErrorKind.TRANSIENT),
        (Fault.RESET_BEFORE, ErrorKind.TRANSIENT),
        (Fault.HANG_BEFORE, ErrorKind.TRANSIENT),
        (Fault.BUSY, ErrorKind.BUSY),
        (Fault.RATE, ErrorKind.RATE),
        (Fault.EXPIRED, ErrorKind.NOT_FOUND),
        (Fault.LOOP, ErrorKind.INVALID),
    ],
)
def test_a_file_that_does_not_come_leaves_nothing(
    server: StubServer, client: Client, tmp_path: Path, fault: Fault, kind: ErrorKind
) -> None:
    link = server.link(server.accept({}))
    server.fail("storage", *[fault] * 4)
    with pytest.raises(HttpError) as caught:
        client.download(link, tmp_path / "out.mp4", is_foreign=True)
    assert caught.value.kind is kind
    assert list(tmp_path.iterdir()) == []
    assert "X-Amz" not in caught.value.message


def test_a_file_over_its_limit_is_refused(server: StubServer, client: Client, tmp_path: Path) -> None:
    server.clip = b"x" * (1 << 20) + b"y"
    with pytest.raises(HttpError, match="more than 1,048,576 bytes"):
        client.download(server.link(server.accept({})), tmp_path / "out.mp4", is_foreign=True)


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example/x.mp4",
        "https://127.0.0.1/x.mp4",
        "https://localhost/x.mp4",
        "https://10.0.0.8/x.mp4",
        "https://169.254.169.254/x",
        "https://[::1]/x.mp4",
        "https://[::ffff:192.168.0.1]/x.mp4",
        "https://user:word@files.example/x.mp4",
        "ftp://files.example/x.mp4",
        "file:///etc/passwd",
    ],
)
def test_an_address_inside_or_unencrypted_is_never_asked(tmp_path: Path, address: str) -> None:
    with Client(StubProvider(), {URL: "https://api.stub.example", KEY: "k" * 20}, LIMITS) as client:
        with pytest.raises(HttpError, match="is not asked") as caught:
            client.download(address, tmp_path / "x", is_foreign=True)
        assert caught.value.kind is ErrorKind.INVALID


def test_a_name_that_leads_inside_is_dropped_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        bent = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", trap.getsockname())]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: bent)
        with (
            Client(StubProvider(), {URL: "https://api.stub.example", KEY: "k" * 20}, LIMITS) as client,
            pytest.raises(HttpError, match=r"127\.0\.0\.1 is an address of this machine"),
        ):
            client.download("https://bent.example/x.mp4", tmp_path / "x", is_foreign=True)
        connection, _ = trap.accept()
        with connection:
            connection.settimeout(2)
            assert connection.recv(1) == b"", "not even a greeting"


def test_files_come_only_from_the_hosts_of_the_service(tmp_path: Path) -> None:
    provider = StubProvider()
    provider.home = Home("https://api.stub.example", (URL,), (KEY,), hosts=("cdn.stub.example",))
    with Client(provider, {KEY: "k" * 20}, LIMITS) as client:
        with pytest.raises(HttpError, match="none of the hosts"):
            client.download("https://elsewhere.example/x.mp4", tmp_path / "x", is_foreign=True)
        with pytest.raises(HttpError, match="cannot be reached"):
            client.download("https://a.cdn.stub.example/x.mp4", tmp_path / "x", is_foreign=True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.stub.example", "not encrypted"),
        ("https://me:word@api.stub.example", "more than a place"),
        ("https://api.stub.example?key=1", "more than a place"),
        ("nonsense", "no address"),
    ],
)
def test_a_base_address_that_may_not_be_is_refused(url: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Client(StubProvider(), {URL: url, KEY: "k" * 20})


def test_a_missing_key_says_where_to_put_it(server: StubServer) -> None:
    with (
        Client(StubProvider(), {URL: server.url, "FILMKIT_KEYS": "/nowhere/keys"}) as client,
        pytest.raises(HttpError, match="STUB_KEY is not set") as caught,
    ):
        client.send(POST)
    assert caught.value.kind is ErrorKind.AUTH
    assert "/nowhere/keys" in caught.value.remedy
    assert server.calls == []


def test_keys_come_from_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("# mine\nexport STUB_KEY='abc-123'\nOTHER=x\n")
    file.chmod(0o600)
    assert keys_of(StubProvider.home, {"FILMKIT_KEYS": str(file)}) == {KEY: "abc-123"}
    assert keys_of(StubProvider.home, {"FILMKIT_KEYS": str(file), KEY: "from-env"}) == {KEY: "from-env"}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_of_keys_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "keys"
    file.write_text("STUB_KEY=abc-123\n")
    file.chmod(mode)
    with pytest.raises(UsageError, match=f"mode 0{mode:o}") as caught:
        keys_of(StubProvider.home, {"FILMKIT_KEYS": str(file)})
    assert f"chmod 600 {file}" in caught.value.remedy


def test_a_file_of_keys_inside_a_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "storyboard.yaml").touch()
    file = tmp_path / "keys"
    file.write_text("STUB_KEY=abc-123\n")
    file.chmod(0o600)
    with pytest.raises(UsageError, match="lies in the film"):
        keys_of(StubProvider.home, {"FILMKIT_KEYS": str(file)})


def test_a_proxy_is_used_for_https_and_never_for_loopback(server: StubServer) -> None:
    proxied = {"HTTPS_PROXY": "http://me:secretword@127.0.0.1:9", KEY: server.key}
    with Client(StubProvider(), {**proxied, URL: server.url}, LIMITS) as client:
        assert client.send(POST).status == 200
    with Client(StubProvider(), proxied, LIMITS) as client:
        assert _kind(client, POST) is ErrorKind.BUSY
    assert redacted("proxy secretword") == f"proxy {MARK}"


def test_the_service_words_of_an_error_are_told_without_the_key(server: StubServer, client: Client) -> None:
    provider = StubProvider()
    server.routes = lambda: [  # type: ignore[method-assign]
        Route("POST", r"/v1/jobs", "submit", lambda _: Reply(400, {"error": {"message": f"bad\x1b key {server.key}"}}))
    ]
    from stubservice import checked

    with pytest.raises(HttpError) as caught:
        checked(client.send(POST), provider.classify, "make a take", is_free=False)
    assert caught.value.message == f"could not make a take: the service answered 400: bad key {MARK}"


def test_log_records_are_redacted_whoever_writes_them(
    server: StubServer, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.send(Request("GET", "/v1/jobs?ref=geheim"))
        logging.getLogger("anybody").warning("key %s at %s", server.key, "https://u:pw@h.example/a?token=abc")
    assert server.key not in caplog.text
    assert "geheim" not in caplog.text
    assert "pw@" not in caplog.text
    assert "token=abc" not in caplog.text
    assert MARK in caplog.text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcDEF1234567890",
        "{'authorization': 'Key abcDEF1234567890'}",
        "x-api-key=abcDEF1234567890",
        "https://b.example/f.mp4?X-Amz-Signature=abcDEF1234567890",
        "X-Amz-Signature=abcDEF1234567890&x=1",
        "sk-abcDEF1234567890abc",
        "key_abcDEF1234567890abc",
        "tok-abcDEF1234567890abc",
        "https://me:abcDEF1234567890@b.example/",
        "eyJhbGciOiJIUzI1NiJ9.abcDEF1234567890.sig",
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    assert "abcDEF1234567890" not in redacted(text)


def test_plain_words_stay() -> None:
    text = "harbour/boat: take t02 from https://api.example.com/v1/tasks/17, key frame 12, token count 5"
    assert redacted(text) == text
