"""Files on their way to a service: read once, told by their bytes, put at their pointer; and answers read with care."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from filmkit.model.generation import Reference, Role
from filmkit.providers.base import ErrorKind, HttpError, Upload
from filmkit.providers.reading import amount_at, at, list_at, number_at, text_at
from filmkit.providers.references import CLIPS, PICTURES, data_uri, filled, put, read_reference

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(64)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(64)


def _reference(folder: Path, data: bytes, name: str = "first.png", digest: str = "") -> Reference:
    (folder / name).write_bytes(data)
    return Reference(Role.FIRST, digest or hashlib.sha256(data).hexdigest(), str(folder / name), f"reference/{name}")


@pytest.mark.parametrize(("data", "media_type"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_a_picture_is_known_by_its_bytes_not_its_name(tmp_path: Path, data: bytes, media_type: str) -> None:
    assert read_reference(_reference(tmp_path, data), 1000, PICTURES) == (media_type, data)


@pytest.mark.parametrize(("data", "kinds", "said"), [
    (MP4, PICTURES, "is an MP4 or QuickTime file, which the service does not take"),
    (PNG, CLIPS, "is a PNG picture, which the service does not take"),
    (b"<!doctype html><html>", PICTURES, "it is a web page saved under this name"),
    (PNG + bytes(1000), PICTURES, "has 1,072 bytes; the service takes 1,000"),
    (b"", PICTURES, "the file is empty"),
])  # fmt: skip
def test_what_the_service_would_refuse_is_not_sent(
    tmp_path: Path, data: bytes, kinds: dict[str, str], said: str
) -> None:
    with pytest.raises(HttpError) as caught:
        read_reference(_reference(tmp_path, data), 1000, kinds)
    assert said in caught.value.message and caught.value.message.startswith("reference/first.png ")
    assert caught.value.kind is ErrorKind.INVALID and caught.value.remedy


def test_a_file_that_changed_or_went_away_is_named(tmp_path: Path) -> None:
    reference = _reference(tmp_path, PNG, digest="0" * 64)
    with pytest.raises(HttpError, match="has changed since the take was planned"):
        read_reference(reference, 1000, PICTURES)
    Path(reference.path).unlink()
    with pytest.raises(HttpError, match="cannot be read: No such file"):
        read_reference(reference, 1000, PICTURES)


def test_a_data_address_holds_the_bytes() -> None:
    head, _, body = data_uri("image/png", PNG).partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(body) == PNG


def test_addresses_are_put_at_their_pointers_and_the_body_stays_as_it_was(tmp_path: Path) -> None:
    reference = _reference(tmp_path, PNG)
    body: dict[str, Any] = {"promptImage": [{"uri": "sha256:1", "position": "first"}], "a/b": {"c": 1}}
    made = filled(body, {Upload(reference, "/promptImage/0/uri"): "data:x", Upload(reference, "/a~1b/c"): "y"})
    assert made == {"promptImage": [{"uri": "data:x", "position": "first"}], "a/b": {"c": "y"}}
    assert body["promptImage"][0]["uri"] == "sha256:1" and body["a/b"] == {"c": 1}


def test_a_setting_makes_the_object_it_belongs_in() -> None:
    body: dict[str, Any] = {"model": "m"}
    put(body, "/contentModeration/publicFigureThreshold", "low")
    assert body == {"model": "m", "contentModeration": {"publicFigureThreshold": "low"}}
    with pytest.raises(ValueError, match="holds nothing"):
        put(body, "/model/deeper/still", 1)


ANSWER: Any = {
    "data": {"id": 205258526306433, "videos": [{"url": "u"}], "units": "3.5", "yes": True, "odd": "NaN", "big": 1e400}
}


def test_an_answer_that_is_something_else_reads_as_nothing() -> None:
    assert (text_at(ANSWER, "data", "id"), text_at(ANSWER, "data", "videos", 0, "url")) == ("205258526306433", "u")
    assert text_at(ANSWER, "data", "videos", 7, "url") == text_at(ANSWER, "data", "yes") == text_at(None, "x") == ""
    assert (number_at(ANSWER, "data", "units"), amount_at(ANSWER, "data", "units")) == (3.5, Decimal("3.5"))
    assert [number_at(ANSWER, "data", name) for name in ("odd", "big", "yes", "videos", "none")] == [None] * 5
    assert list_at(ANSWER, "data") == [] and list_at(ANSWER, "data", "videos") == [{"url": "u"}]
    assert at([1, 2], -1) == 2 and at("text", 0) is None and at([1], "0") is None
