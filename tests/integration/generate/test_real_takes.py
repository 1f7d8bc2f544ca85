"""What a service sends meets the gate and a decoder before it becomes a take."""

from __future__ import annotations

import pytest
from paidfilm import FRAMES, Producer, clip_bytes
from providerserver import Fault
from stubservice import StubServer

from filmkit.plan.requests import Order

NUMBERS = list(range(FRAMES))
ONE = Order(shots=("s1",))


def test_a_take_that_decodes_is_kept_frame_by_frame(producer: Producer, server: StubServer) -> None:
    assert producer.generate(ONE).is_all_made
    assert producer.takes() == {"s1/t01": NUMBERS}
    (line,) = producer.lock().values()
    assert (producer.folder / "store" / "pins" / line["sha256"]).is_file(), "what was paid for is never swept"


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.PAGE])
def test_a_cut_file_or_a_page_with_a_true_length_is_fetched_again(
    producer: Producer, server: StubServer, fault: Fault
) -> None:
    server.fail("storage", fault)
    assert producer.generate(ONE).is_all_made
    assert producer.takes() == {"s1/t01": NUMBERS}
    assert server.billed == 1


def test_a_still_is_no_clip(producer: Producer, server: StubServer) -> None:
    from PIL import Image

    picture = producer.folder / "still.png"
    Image.new("RGB", (96, 64)).save(picture)
    server.clip = picture.read_bytes()
    (outcome,) = producer.generate(ONE).outcomes
    assert "is a still, and a clip was asked for" in outcome.trouble
    assert producer.takes() == {}
    server.clip = clip_bytes()
    assert producer.generate(ONE).is_all_made
    assert server.billed == 1


def test_what_was_kept_and_is_damaged_is_fetched_again(producer: Producer, server: StubServer) -> None:
    run = producer.run(ONE)
    place = run._desk.arrival.place

    def damaged(job):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        blob = producer.store.folder / "blobs" / job.sha256[:2] / job.sha256
        if not hits:
            hits.append(blob)
            blob.chmod(0o644)
            blob.write_bytes(blob.read_bytes()[:-1] + b"!")
        return place(job)

    hits: list[object] = []
    run._desk.arrival.place = damaged  # type: ignore[method-assign]
    assert run.go().is_all_made
    assert producer.takes() == {"s1/t01": NUMBERS} and len(hits) == 1
    assert server.billed == 1
