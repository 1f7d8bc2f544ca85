"""Takes are asked for, waited for, brought home, and paid for once, whatever the service does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from paidfilm import FAKE_CLIP, QUICK, Producer, usd
from providerserver import Fault
from stubservice import StubServer

from filmkit.errors import FilmkitError, UsageError
from filmkit.model.finding import FilmError
from filmkit.plan.requests import Order
from filmkit.store.jobs import JobState


def test_missing_takes_are_made_and_locked(producer: Producer, server: StubServer) -> None:
    report = producer.generate()
    assert report.is_all_made
    assert producer.takes() == {"s1/t01": FAKE_CLIP, "s2/t01": FAKE_CLIP}
    line = producer.lock()["harbour/s1/t01"]
    assert (line["origin"], line["provider"], line["model"], line["seed"]) == ("generated", "fal", "stub-1", 100)
    assert (line["prompt"], line["price"], line["mode"]) == ("action number 1", "0.5 USD", "t2v")
    assert (server.billed, server.leaks) == (2, [])
    assert report.budget.spent == usd("1.00") and report.budget.left == usd("99.00")


def test_a_second_run_asks_for_nothing(producer: Producer, server: StubServer) -> None:
    producer.generate()
    calls = len(server.calls)
    report = producer.generate()
    assert report.outcomes == () and len(server.calls) == calls and server.billed == 2


def test_one_more_take_is_a_new_number_with_the_next_seed(producer: Producer, server: StubServer) -> None:
    producer.generate()
    producer.generate(Order(shots=("s1",), takes=2))
    assert sorted(producer.takes()) == ["s1/t01", "s1/t02", "s2/t01"]
    assert [job.wanted["seed"] for job in server.jobs.values()][-1] == 101


def test_take_after_take_fits_the_concurrency_of_the_service(producer: Producer, server: StubServer) -> None:
    server.most_at_once = 1
    assert producer.generate(Order(takes=3)).is_all_made
    assert server.billed == 6


@pytest.mark.parametrize("fault", [Fault.RATE, Fault.BUSY])
def test_what_was_surely_not_taken_is_sent_again(producer: Producer, server: StubServer, fault: Fault) -> None:
    server.fail("submit", fault, fault)
    assert producer.generate().is_all_made
    assert server.billed == 2


@pytest.mark.parametrize("step", ["submit", "poll"])
def test_a_busy_service_is_waited_for_in_words(producer: Producer, server: StubServer, step: str) -> None:
    heard: list[str] = []
    server.fail(step, Fault.BUSY, Fault.BUSY)
    run = producer.run(Order(shots=("s1",)), tell=lambda job, words, share: heard.append(words))
    assert run.go().is_all_made
    attempts = [words for words in heard if words.startswith("attempt ")]
    assert [words.split(":")[0][:9] for words in attempts] == ["attempt 1", "attempt 2"], heard
    assert all("503" in words for words in attempts), heard


def test_one_who_dies_while_it_waits_after_a_refusal_needs_no_person(producer: Producer, server: StubServer) -> None:
    producer.provider.finds = "nothing"
    run = producer.run(Order(shots=("s1",)))

    def dies(error: object, refusals: int) -> None:
        raise SystemExit

    server.fail("submit", Fault.BUSY)
    with ExitStack() as stack:
        (work,) = run.open(stack)
        errand = work.do.args[0].turnstile  # type: ignore[attr-defined]
        errand.refused = dies
        with pytest.raises(SystemExit):
            work.do()
    assert producer.journal.jobs()[0].state is JobState.INTENT
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 1


@pytest.mark.parametrize("fault", [Fault.ERROR_AFTER, Fault.RESET_AFTER, Fault.NONSENSE, Fault.SHORT])
def test_a_lost_answer_is_looked_up_and_not_paid_again(producer: Producer, server: StubServer, fault: Fault) -> None:
    server.fail("submit", fault)
    assert producer.generate().is_all_made
    assert (server.billed, server.count("submit")) == (2, 2)


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE, Fault.RESET_BEFORE])
def test_what_never_arrived_is_sent_again(producer: Producer, server: StubServer, fault: Fault) -> None:
    server.fail("submit", fault)
    assert producer.generate().is_all_made
    assert (server.billed, server.count("submit")) == (2, 3)


@pytest.mark.parametrize(
    "faults",
    [
        (Fault.ERROR_BEFORE, Fault.RESET_BEFORE, Fault.NONSENSE, Fault.RATE, Fault.BUSY),
    ],
)
def test_trouble_while_waiting_costs_nothing(producer: Producer, server: StubServer, faults: tuple[Fault, ...]) -> None:
    server.fail("poll", *faults)
    assert producer.generate().is_all_made
    assert server.billed == 2


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.SHORT, Fault.PAGE, Fault.EXPIRED, Fault.RESET_BEFORE])
def test_a_file_that_came_wrong_is_fetched_again(producer: Producer, server: StubServer, fault: Fault) -> None:
    server.fail("storage", fault)
    assert producer.generate().is_all_made
    assert producer.takes() == {"s1/t01": FAKE_CLIP, "s2/t01": FAKE_CLIP}
    assert server.billed == 2


def test_a_file_that_never_decodes_is_no_take(producer: Producer, server: StubServer) -> None:
    server.clip = server.clip[: len(server.clip) * 2 // 3]
    report = producer.generate()
    assert producer.takes() == {} and producer.lock() == {}
    assert [outcome.job.state for outcome in report.outcomes] == [JobState.SUCCEEDED] * 2
    assert all("run the same command again" in outcome.trouble for outcome in report.outcomes)
    server.clip = FAKE_CLIP
    assert producer.generate().is_all_made
    assert server.billed == 2


def test_a_moderated_take_is_told_with_its_cost_and_not_asked_again(producer: Producer, server: StubServer) -> None:
    server.fates.append("moderated")
    report = producer.generate(Order(shots=("s1",)))
    (outcome,) = report.outcomes
    assert (outcome.job.state, outcome.job.charge) == (JobState.MODERATED, usd("0.5"))
    assert outcome.job.reason == "it shows a named person"
    assert producer.open(Order(shots=("s1",))).proposals == ()
    assert server.billed == 1


def test_a_failed_take_is_given_back_and_tried_again_by_the_next_run(producer: Producer, server: StubServer) -> None:
    server.fates.append("failed")
    report = producer.generate(Order(shots=("s1",)))
    assert not report.is_all_made and report.budget.spent == usd("0")
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 1


def test_a_take_that_came_to_nothing_keeps_its_number_and_seed(producer: Producer, server: StubServer) -> None:
    server.fates.append("failed")
    producer.generate(Order(shots=("s1",), takes=2), at_once=1)
    assert list(producer.takes()) == ["s1/t02"]
    producer.generate(Order(shots=("s1",), takes=2))
    assert list(producer.takes()) == ["s1/t01", "s1/t02"]
    assert [job.wanted["seed"] for job in server.jobs.values()] == [100, 101, 100]


def test_a_take_that_was_thrown_away_makes_room_for_another(producer: Producer, server: StubServer) -> None:
    producer.generate(Order(shots=("s1",)))
    (producer.film / "takes/harbour/s1/t01.mp4").unlink()
    (producer.film / "storyboard.lock").unlink()
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert list(producer.takes()) == ["s1/t02"], "with a number and a seed of its own"
    assert [job.wanted["seed"] for job in server.jobs.values()] == [100, 101]


def test_the_budget_is_never_exceeded(tmp_path: Path, server: StubServer) -> None:
    with Producer.at(tmp_path, server, shots=5, limit="1.20 USD") as producer:
        report = producer.generate()
        assert server.billed == 2 and len(report.unasked) == 3
        assert "of the film's budget of 1.20 USD 0.20 USD is left → raise budget.limit" in report.unasked[0]


def test_a_take_without_a_price_needs_a_word_while_there_is_a_limit(producer: Producer, server: StubServer) -> None:
    producer.provider.price = ""
    report = producer.generate()
    assert server.billed == 0 and all("nobody says what it costs" in why for why in report.unasked)
    assert producer.generate(unpriced=True).is_all_made
    assert server.billed == 2
    assert producer.open().budget.spent == usd("1.00"), "what the service says afterwards counts"


def test_a_run_has_its_own_limit(producer: Producer, server: StubServer) -> None:
    report = producer.generate(most=usd("0.60"))
    assert server.billed == 1 and "of this run's limit of 0.60 USD 0.10 USD is left" in report.unasked[0]


def test_nothing_is_begun_after_the_time_window(producer: Producer, server: StubServer) -> None:
    report = producer.generate(until=1.0)
    assert server.billed == 0 and len(report.unasked) == 2


def test_a_wrong_key_stops_before_anything_is_paid(producer: Producer, server: StubServer) -> None:
    producer.provider.preflight = lambda http: producer.provider.submit(  # type: ignore[method-assign, assignment]
        producer.open().proposals[0].compiled,
        None,
        http,  # type: ignore[arg-type]
    )
    server.key = "another-key-000000"
    run = producer.run()
    server.key = "the-right-one-00000"
    with pytest.raises(FilmkitError, match="who are you"):
        run.go()
    assert producer.journal.jobs() == []


def test_an_account_without_money_takes_nothing(producer: Producer, server: StubServer) -> None:
    from providerserver import Reply, Route

    plain = server.routes()
    server.routes = lambda: [Route("POST", r"/v1/jobs", "submit", lambda _: Reply(402, {"error": "no credit"})), *plain]  # type: ignore[method-assign]
    report = producer.generate()
    assert [outcome.job.state for outcome in report.outcomes] == [JobState.REFUSED] * 2
    assert report.budget.spent == usd("0")
    assert "no credit" in report.outcomes[0].job.reason


def test_a_job_that_takes_too_long_is_left_and_fetched_later(producer: Producer, server: StubServer) -> None:
    server.polls = 10**6
    report = producer.generate(Order(shots=("s1",)), pace=replace(QUICK, patience_s=0.1))
    assert [outcome.job.state for outcome in report.outcomes] == [JobState.SUBMITTED]
    assert [event.kind for event in producer.journal.events(report.outcomes[0].job.ref)][-1] == "detached"
    server.polls = 1
    assert producer.generate(Order(shots=("s1",))).is_all_made
    assert server.billed == 1


def test_a_take_that_was_put_there_meanwhile_is_not_replaced(producer: Producer, server: StubServer) -> None:
    run = producer.run(Order(shots=("s1",)))
    mine = producer.film / "takes/harbour/s1/t01.mov"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    assert run.go().is_all_made
    assert mine.read_bytes() == b"mine" and list(producer.takes()) == ["s1/t02"]
    assert list(producer.lock()) == ["harbour/s1/t02"]


def test_other_words_while_a_take_is_made_buy_no_second_one(producer: Producer, server: StubServer) -> None:
    server.polls = 10**6
    producer.generate(pace=replace(QUICK, patience_s=0.1))
    board = producer.film / "storyboard.yaml"
    board.write_text(board.read_text().replace("action number", "another thing number"))
    server.polls = 1
    assert producer.generate().is_all_made
    assert server.billed == 2


def test_a_film_that_moved_goes_on_with_its_jobs(producer: Producer, server: StubServer) -> None:
    server.polls = 10**6
    producer.generate(pace=replace(QUICK, patience_s=0.1))
    producer.film.rename(producer.folder / "elsewhere")
    (producer.folder / "elsewhere").rename(producer.folder / "film2")
    (producer.folder / "film2").rename(producer.film)
    server.polls = 1
    assert producer.generate().is_all_made
    assert server.billed == 2


def test_a_shot_that_cannot_be_made_is_named(producer: Producer, server: StubServer) -> None:
    with pytest.raises(UsageError, match="no shot 'nowhere'"):
        producer.open(Order(shots=("nowhere",)))
    board = producer.film / "storyboard.yaml"
    board.write_text(board.read_text().replace("with: fal, model: stub-1", "with: openai, model: sora-2"))
    with pytest.raises(FilmError) as caught:
        producer.open()
    assert {finding.about for finding in caught.value.findings} == {"harbour/s1", "harbour/s2"}


def test_what_others_of_the_team_spent_counts(producer: Producer, server: StubServer) -> None:
    (producer.film / "storyboard.lock").write_text(
        '{"take": "harbour/s1/t01", "sha256": "%s", "price": "99.60 USD", "job": "theirs"}\n' % ("a" * 64)
    )
    report = producer.generate()
    assert server.billed == 0, "s1 has a take that somebody else will send; there is no money for s2"
    assert len(report.unasked) == 1
    assert report.budget.left == usd("0.40")


def test_a_state_folder_that_leads_out_of_the_film_is_not_written_into(producer: Producer, server: StubServer) -> None:
    outside = producer.folder / "outside"
    outside.mkdir()
    (outside / "film").write_text("somebody's file")
    (producer.film / ".filmkit").symlink_to(outside)
    with pytest.raises(FilmkitError, match=r"\.filmkit is a link"):
        producer.generate()
    assert [(path.name, path.read_text()) for path in outside.iterdir()] == [("film", "somebody's file")]
    assert server.calls == []


@pytest.mark.parametrize("price", ['"-1000 USD"', '"NaN USD"', '"1e9 USD"', "-5", "[1]", '"5 USD\\u001b[31m"'])
def test_a_price_in_the_lock_that_is_none_moves_no_limit(producer: Producer, server: StubServer, price: str) -> None:
    (producer.film / "storyboard.lock").write_text(
        '{"take": "harbour/s1/t01", "sha256": "' + "a" * 64 + f'", "price": {price}}}\n'
    )
    with pytest.raises(FilmkitError, match=r"harbour/s1/t01 cost .*, which is no sum of money"):
        producer.generate()
    assert server.calls == []


def test_a_host_that_makes_no_takes_any_more_is_refused_before_a_price_is_told(
    producer: Producer, server: StubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = producer.film / "storyboard.yaml"
    board.write_text(board.read_text().replace("with: fal, model: stub-1", "with: openai, model: sora-2"))
    with pytest.raises(FilmError) as caught:
        producer.open()
    said = caught.value.findings[0]
    assert "2026-09-24" in said.message and "gemini-omni" in said.remedy
    monkeypatch.setenv("FILMKIT_OPENAI_URL", "https://gateway.example/v1")
    assert {one.wish.model for one in producer.open().proposals} == {"sora-2"}
