"""Takes of which nobody knows what became: held with a question, looked up, answered by a person."""

from __future__ import annotations

import pytest
from paidfilm import FAKE_CLIP, Producer, usd
from providerserver import Fault
from stubservice import StubServer

from filmkit.errors import UsageError
from filmkit.plan.requests import Order
from filmkit.store.jobs import JobState


def test_an_unknown_outcome_is_held_with_its_question(producer: Producer, server: StubServer) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", Fault.RESET_AFTER)
    report = producer.generate(Order(shots=("s1",)))
    (held,) = report.held
    assert held.job.reason.startswith("did a job begin after")
    assert (server.billed, server.count("submit")) == (1, 1)
    again = producer.generate()
    assert len(again.held) == 1 and server.billed == 2, "the other shot is made, the held one is not asked again"


def test_a_held_take_that_was_begun_is_fetched_by_its_name(producer: Producer, server: StubServer) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", Fault.RESET_AFTER)
    (held,) = producer.generate(Order(shots=("s1",))).held
    producer.answer(f"{held.job.ref[:8]}=job0001")
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert producer.takes() == {"s1/t01": FAKE_CLIP} and server.billed == 1


def test_a_held_take_that_never_arrived_is_asked_for_again(producer: Producer, server: StubServer) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", Fault.RESET_BEFORE)
    (held,) = producer.generate(Order(shots=("s1",))).held
    assert producer.answer(f"{held.job.ref[:8]}=no").charge == usd("0")
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 1


def test_a_held_take_that_was_charged_and_is_gone_is_not_bought_again_by_itself(
    producer: Producer, server: StubServer
) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", Fault.RESET_AFTER)
    (held,) = producer.generate(Order(shots=("s1",))).held
    assert producer.answer(f"{held.job.ref[:8]}=yes").state is JobState.LOST
    assert producer.open(Order(shots=("s1",))).proposals == ()
    assert [job.ref for job in producer.open(Order(shots=("s1",))).told] == [held.job.ref]
    producer.answer(f"{held.job.ref[:8]}=again")
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 2, "with open eyes"


@pytest.mark.parametrize(("fault", "billed"), [(Fault.RESET_AFTER, 1), (Fault.RESET_BEFORE, 0)])
def test_a_held_take_is_looked_up_again_by_the_next_run(
    producer: Producer, server: StubServer, fault: Fault, billed: int
) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", fault)
    assert producer.generate(Order(shots=("s1",))).held
    producer.provider.finds = "by ref"
    report = producer.generate(Order(shots=("s1",)))
    assert report.held == [] and server.billed == billed
    producer.generate(Order(shots=("s1",)))
    assert producer.takes() == {"s1/t01": FAKE_CLIP} and server.billed == 1


def test_a_wrong_name_can_be_corrected(producer: Producer, server: StubServer) -> None:
    producer.provider.finds = "nothing"
    server.fail("submit", Fault.RESET_AFTER)
    (held,) = producer.generate(Order(shots=("s1",))).held
    producer.answer(f"{held.job.ref}=job9999")
    assert not producer.generate(Order(shots=("s1",))).is_all_made
    assert producer.answer(f"{held.job.ref}=yes").state is JobState.LOST
    assert producer.answer(f"{held.job.ref}=job0001").state is JobState.SUBMITTED
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 1


def test_a_take_that_is_made_needs_no_answer(producer: Producer) -> None:
    (made,) = producer.generate(Order(shots=("s1",))).outcomes
    for word in ("no", "yes", "again", "job0001"):
        with pytest.raises(UsageError, match="is used"):
            producer.answer(f"{made.job.ref}={word}")


@pytest.mark.parametrize("said", ["nothing", "x=", "zzzz=no", "=no"])
def test_an_answer_that_is_none_is_refused(producer: Producer, said: str) -> None:
    with pytest.raises(UsageError):
        producer.answer(said)
