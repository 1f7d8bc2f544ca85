"""Content credentials: the names in a claim are read from where the standard puts them, within bounds; no more."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from filmkit.load.provenance import maker_in, provenance_of
from filmkit.media.claims import read_claims
from filmkit.plan.download_names import read_name

UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def text(said: str) -> bytes:
    """A CBOR text (RFC 8949, 3.1)."""
    data = said.encode()
    return (bytes([0x60 + len(data)]) if len(data) < 24 else bytes([0x78, len(data)])) + data


def manifest(generator: str = "", agent: str = "") -> bytes:
    """A claim of version 2 and an action, as far as they matter, inside boxes of JUMBF."""
    claim = b"\xa2" + text("claim_generator_info") + b"\xa2" + text("name") + text(generator) + text("version")
    claim = claim + text("1.0") + text("alg") + text("sha256") if generator else b"\xa0"
    action = b"\xa2" + text("action") + text("c2pa.created") + text("softwareAgent") + b"\xa1" + text("name")
    action = action + text(agent) if agent else b""
    body = struct.pack(">I4s", 8 + len(claim), b"cbor") + claim + struct.pack(">I4s", 8 + len(action), b"cbor") + action
    return struct.pack(">I4s", 8 + len(body), b"jumb") + body


def mp4(data: bytes, *, wide: bool = False) -> bytes:
    box = UUID + bytes(4) + b"manifest\0" + bytes(8) + data
    head = struct.pack(">I4sQ", 1, b"uuid", 16 + len(box)) if wide else struct.pack(">I4s", 8 + len(box), b"uuid")
    return struct.pack(">I4s", 20, b"ftyp") + b"isom" + bytes(8) + head + box + struct.pack(">I4s", 8, b"free")


def png(data: bytes) -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", (4, 4)).save(whole, "PNG")
    chunk = struct.pack(">I4s", len(data), b"caBX") + data + struct.pack(">I", zlib.crc32(b"caBX" + data))
    return whole.getvalue()[:33] + chunk + whole.getvalue()[33:]


def webp(data: bytes) -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", (4, 4)).save(whole, "WEBP", lossless=True)
    chunk = struct.pack("<4sI", b"C2PA", len(data)) + data + bytes(len(data) % 2)
    body = whole.getvalue()[8:] + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def jpeg(data: bytes) -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", (4, 4)).save(whole, "JPEG")
    segment = b"JP\0\1\0\0\0\1" + data
    return whole.getvalue()[:2] + struct.pack(">BBH", 0xFF, 0xEB, 2 + len(segment)) + segment + whole.getvalue()[2:]


WRAPPED = {"mp4": mp4, "wide.mp4": lambda data: mp4(data, wide=True), "png": png, "webp": webp, "jpg": jpeg}


@pytest.mark.parametrize("kind", WRAPPED)
def test_names_in_a_claim_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"take.{kind}"
    path.write_bytes(WRAPPED[kind](manifest("Runway Content Credentials", "gen4_turbo by Runway")))
    assert read_claims(path) == ("Runway Content Credentials", "gen4_turbo by Runway")


def test_a_file_without_a_manifest_claims_nothing(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    path.write_bytes(struct.pack(">I4s", 20, b"ftyp") + b"isom" + bytes(8) + b"claim_generator" + text("Runway"))
    assert read_claims(path) == ()


@pytest.mark.parametrize("name", ["two\nlines", "\u202eyawnuR", "x" * 255, ""])
def test_names_that_are_no_plain_text_are_passed_over(tmp_path: Path, name: str) -> None:
    path = tmp_path / "take.mp4"
    path.write_bytes(mp4(manifest(name, "Kling AI")))
    assert read_claims(path) == ("Kling AI",)


def test_lying_headers_and_rubbish_end_at_once(tmp_path: Path) -> None:
    path = tmp_path / "take.mp4"
    whole = mp4(manifest("Runway"))
    began = time.process_time()
    for at in range(0, len(whole), 3):
        path.write_bytes(whole[:at] + os.urandom(3) + whole[at + 3 :])
        assert len(read_claims(path)) <= 2
        path.write_bytes(whole[:at])
        assert len(read_claims(path)) <= 2
    path.write_bytes(struct.pack(">I4s", 20, b"ftyp") + bytes(12) + struct.pack(">I4sQ", 1, b"uuid", 2**63) + UUID)
    assert read_claims(path) == ()
    assert time.process_time() - began < 5


@pytest.mark.parametrize(("claim", "maker"), [
    ("Runway Content Credentials", "runway"), ("OpenAI-API", "openai"), ("Veo 3 by Google", "veo"),
    ("Google C2PA Core Generator Library", "google"),
    ("Adobe_Firefly 1.0", "firefly"), ("make_test_images/0.33.1", ""),
])  # fmt: skip
def test_makers_are_known_by_what_they_sign_with(claim: str, maker: str) -> None:
    assert maker_in(claim) == maker


def test_claim_goes_before_the_name_and_both_into_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "Gen-4 Turbo a boat 12345678.mp4"
    path.write_bytes(mp4(manifest("Kling AI")))
    lock = provenance_of(path, read_name(path.name)).lock
    assert (lock["provider"], lock["claims"]) == ("kling", ["Kling AI"]) and "model" not in lock
    path.write_bytes(mp4(manifest("Runway Content Credentials")))
    lock = provenance_of(path, read_name(path.name)).lock
    assert (lock["provider"], lock["model"], lock["seed"]) == ("runway", "gen4_turbo", 12345678)
